"""Browser sessions: a backend creates one for one person of one tenant; short, revocable, stored only as a digest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pydantic import Field

from causeway.connections.access.embedding import (
    EMBED_LIFE_MS,
    Embedding,
    checked_embedding,
    embedded_console_url,
)
from causeway.connections.access.encoding import digest
from causeway.connections.access.frames import is_at_its_origin
from causeway.connections.access.links import INVITE_LIFE_MS
from causeway.connections.access.roles import Role
from causeway.contract.names import TENANT, Strict
from causeway.salesforce.values.dates import rfc3339

SESSION_LIFE_MS: Final = 60 * 60 * 1000
_TOKEN: Final = re.compile(rf"cws_({TENANT[1:-1]})\.([A-Za-z0-9_-]{{43}})")


class SessionRequest(Strict):
    """Whom a backend asks a session for; with `embed` it works in a frame of one page alone, for a quarter of an hour."""

    user: str = Field(min_length=1, max_length=256)
    role: Role
    embed: Embedding | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """
    Who is at the browser.

    `origin` is the page that embeds the console, "" for none; `source` the only one that the session may touch. `acts_for` is the
    operator who opened the tenant, "" for the tenant's own people.
    """

    tenant: str
    user: str
    role: Role
    origin: str = ""
    source: str = ""
    acts_for: str = ""


class Sessions(Protocol):
    """Stored sessions: see gateways/dynamodb/config/markers.py."""

    def keep_session(self, tenant: str, session: str, values: Mapping[str, Any], expires_at_ms: int) -> bool: ...
    def session(self, tenant: str, session: str, now_ms: int) -> Mapping[str, Any] | None: ...
    def end_sessions(self, tenant: str, user: str | None = None) -> int: ...
    def end_links(self, tenant: str, user: str | None, at_ms: int, until_ms: int) -> None: ...


def new_session(
    tenant: str,
    request: SessionRequest,
    sessions: Sessions,
    *,
    public_url: str,
    now_ms: Callable[[], int],
    new_secret: Callable[[], str],
    embed_origins: Sequence[str] = (),
    acts_for: str = "",
) -> dict[str, Any]:
    """
    Return `{"token", "console_url", "expires_at"}` of a session of one hour, or for embedding of a quarter of one.

    The token follows the `#` of the console's address, which browsers never send to a server or in a Referer. That of a session
    for embedding is in no address: nobody can put a person into another's session by a link. Raises InvalidRequest.
    """
    token = f"cws_{tenant}.{new_secret()}"
    values = {"user": request.user, "role": request.role.value} | ({"acts_for": acts_for} if acts_for else {})
    url, life_ms = f"{public_url}/console#session={token}", SESSION_LIFE_MS
    if request.embed:
        checked_embedding(request.embed, request.role, embed_origins)
        url, life_ms = embedded_console_url(public_url, request.embed), EMBED_LIFE_MS
        values |= {"origin": request.embed.origin, "source": request.embed.source or ""}
    expires_at_ms = now_ms() + life_ms
    sessions.keep_session(tenant, digest(token), values, expires_at_ms)
    return {"token": token, "console_url": url, "expires_at": rfc3339(expires_at_ms)}


def session_of(
    authorization: str, sessions: Sessions, now_ms: int, headers: Mapping[str, str] | None = None
) -> Session | None:
    """
    Return the session of a header `Authorization: Bearer <token>`; None for a forged, ended or expired session.

    `headers` (lower case) say which page embeds the console: a session that is not for that page is none.
    """
    scheme, _, token = authorization.strip().partition(" ")
    named = _TOKEN.fullmatch(token.strip())
    if scheme.lower() != "bearer" or not named:
        return None
    tenant = named[1]
    kept = sessions.session(tenant, digest(token.strip()), now_ms)
    if not kept or not is_at_its_origin(kept.get("origin", ""), headers or {}):
        return None
    bound = {name: kept.get(name, "") for name in ("origin", "source", "acts_for")}
    return Session(tenant, kept["user"], Role(kept["role"]), **bound)


def end_sessions(tenant: str, sessions: Sessions, now_ms: int, user: str | None = None) -> dict[str, Any]:
    """End every session of the tenant, or of one of its users, and their open connect links, at once; return `{"ended": sessions}`."""
    sessions.end_links(tenant, user, now_ms, now_ms + INVITE_LIFE_MS)
    return {"ended": sessions.end_sessions(tenant, user)}
