"""Reads API Gateway's event as one request of one verified caller."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from causeway.connections.access.roles import Role
from causeway.errors import CausewayError, InvalidRequest

MAX_BODY_BYTES = 6 * 1024 * 1024  # Lambda's own cap on a request; API Gateway alone would let 10 MB through

BACKEND, BROWSER, ANYONE = "/v1/", "/console/api/", "public"
_RESOURCES = {"/v1/{proxy+}": BACKEND, "/console/api/{proxy+}": BROWSER}


class TooLarge(CausewayError):
    """A body over MAX_BODY_BYTES (HTTP 413)."""

    code = "too_large"


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who calls: `role` in what may be done, `user` as the product names the person ("" for a backend).

    `tenant` is the only one a browser may touch; None for a backend, which acts as operator of its whole deployment.
    `origin` is the page that embeds the console, `source` the only one that the caller may touch, "" for all; `acts_for` is the
    operator who opened the tenant.
    """

    role: Role
    tenant: str | None = None
    user: str = ""
    session: str = ""
    origin: str = ""
    source: str = ""
    acts_for: str = ""

    @property
    def is_backend(self) -> bool:
        """Whether IAM, not a session, let this caller in."""
        return self.tenant is None


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `mount` by the resource that API Gateway matched (and authorized), `segments` of the path below it, decoded."""

    method: str
    mount: str
    segments: tuple[str, ...]
    caller: Caller | None
    request_id: str
    query: Mapping[str, str] = field(default_factory=dict)
    event: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def body(self) -> bytes:
        """Return the decoded body; raise TooLarge or InvalidRequest."""
        text = self.event.get("body") or ""
        if len(text) > MAX_BODY_BYTES * 4 // 3 + 4:
            raise _too_large()
        body = _from_base64(text) if self.event.get("isBase64Encoded") else text.encode(errors="surrogatepass")
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
        return body


def request_of(event: Mapping[str, Any]) -> Request:
    """Return the request in a REST API proxy event (payload 1.0); `caller` is None where nobody had to show who they are."""
    context = event.get("requestContext") or {}
    resource = str(event.get("resource", ""))
    mount = _RESOURCES.get(resource, ANYONE)
    # A custom domain's base path comes before the mount; a REST API leaves the path percent-encoded.
    below = str(event.get("path", "")).partition(mount)[2] if mount != ANYONE else resource.removeprefix("/v1/")
    return Request(
        method=str(event.get("httpMethod", "")),
        mount=mount,
        segments=tuple(unquote(part) for part in below.rstrip("/").split("/")),
        caller=_caller(mount, context),
        request_id=str(context.get("requestId", "")),
        query={name: value for name, value in (event.get("queryStringParameters") or {}).items() if value},
        event=event,
    )


def _caller(mount: str, context: Mapping[str, Any]) -> Caller | None:
    if mount == BACKEND:
        return Caller(Role.OPERATOR)
    session = context.get("authorizer") or {}
    if mount != BROWSER or not session.get("tenant") or session.get("role") not in set(Role):
        return None
    return Caller(
        role=Role(session["role"]),
        tenant=str(session["tenant"]),
        user=str(session.get("user", "")),
        session=str(session.get("session", "")),
        origin=str(session.get("origin", "")),
        source=str(session.get("source", "")),
        acts_for=str(session.get("acts_for", "")),
    )


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise InvalidRequest("The body is not the base64 that it is said to be.", "Send one JSON object.") from error


def _too_large() -> TooLarge:
    return TooLarge("The body is larger than 6 MB.", "Send less at once.")
