"""What a handler of the simulated org receives: the request, the org, the caller's session and the API version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate

from .caller import Caller
from .messages import OrgError, Request, Response

type Handler[O] = Callable[Concatenate[Call[O], ...], Response]
"""`def handler(call: Call[O], **groups: str) -> Response`, raising OrgError. O is the part of the org that it needs."""

type Route[O] = tuple[str, str, Handler[O]]
"""Method, regular expression of the whole path after `/services/data/vNN.N` (named groups, already decoded), handler."""


@dataclass(slots=True, frozen=True)
class Call[O]:
    """One request on its way through the org; `caller` is None only on routes that need no session."""

    request: Request
    org: O
    version: float
    caller: Caller | None = None

    @property
    def session(self) -> Caller:
        """Return the caller; raise the 401 of a request without a session."""
        if self.caller is None:
            raise OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        return self.caller

    @property
    def base(self) -> str:
        """Return the path that URLs in answers start with, such as `/services/data/v66.0`."""
        return f"/services/data/v{self.version:.1f}"
