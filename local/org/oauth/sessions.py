"""The org's sessions: access tokens, whose they are, and how long they live on the org's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..setup.clock import Clock
from ..wire.messages import OrgError, Request
from .facts import SESSION_EXPIRED, SESSION_NOT_FOR_REST
from .token_mint import TokenMint

BULK1 = "/services/async/"
REST_SCOPES = frozenset({"api", "full"})


@dataclass(slots=True)
class Session:
    """One access token: its user, its app, its scopes; `last_used_ms` moves with every API call."""

    token: str
    user_id: str
    username: str
    client_id: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    created_ms: int = 0
    last_used_ms: int = 0
    timeout_s: int = 7200
    grant_id: str = ""
    ended: bool = False


class Sessions:
    """All sessions by access token."""

    def __init__(self, clock: Clock, mint: TokenMint) -> None:
        self._clock, self._mint = clock, mint
        self._by_token: dict[str, Session] = {}

    def start(
        self, user_id: str, username: str, client_id: str, scopes: Iterable[str], timeout_s: int, grant_id: str = ""
    ) -> Session:
        """Start a session that ends `timeout_s` seconds after its last use."""
        now_ms = self._clock.now_ms()
        session = Session(
            self._mint.access_token(),
            user_id,
            username,
            client_id,
            frozenset(scopes),
            now_ms,
            now_ms,
            timeout_s,
            grant_id,
        )
        self._by_token[session.token] = session
        return session

    def find(self, token: str) -> Session | None:
        """Return the live session of a token; None when it is unknown, idle for too long, or ended."""
        session = self._by_token.get(token)
        if session is None or session.ended:
            return None
        if self._clock.now_ms() - session.last_used_ms >= session.timeout_s * 1000:
            session.ended = True
            return None
        return session

    def of_header(self, authorization: str | None) -> Session:
        """Return the session of an Authorization header and record its use; raise the two 401s of a session."""
        session = self.find(bearer_token(authorization))
        if session is None:
            raise OrgError("INVALID_SESSION_ID", SESSION_EXPIRED, status=401)
        if not session.scopes & REST_SCOPES:
            raise OrgError("INVALID_SESSION_ID", SESSION_NOT_FOR_REST, status=401)
        session.last_used_ms = self._clock.now_ms()
        return session

    def end(self, token: str) -> bool:
        """End one session; say whether it was active."""
        session = self.find(token)
        if session is not None:
            session.ended = True
        return session is not None

    def end_of_grant(self, grant_id: str) -> None:
        """End every session that came from one approval."""
        for session in list(self._by_token.values()):
            if session.grant_id == grant_id:
                session.ended = True

    def end_all(self) -> None:
        """End every session, as an admin can."""
        for session in list(self._by_token.values()):
            session.ended = True


def session_header(request: Request) -> str | None:
    """Return a request's Authorization header; Bulk API 1.0 takes the token alone as X-SFDC-Session (its guide, Session Header)."""
    token = request.headers.get("x-sfdc-session") if request.path.startswith(BULK1) else None
    return f"Bearer {token}" if token else request.headers.get("authorization")


def bearer_token(authorization: str | None) -> str:
    """Return the token of a `Bearer` or `OAuth` header; raise 401 INVALID_AUTH_HEADER for another scheme."""
    if not authorization:
        raise OrgError("INVALID_SESSION_ID", SESSION_EXPIRED, status=401)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not token.strip():
        raise OrgError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)
    return token.strip()
