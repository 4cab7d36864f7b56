"""What a handler of the simulated org receives: the request, the org, the caller's session and the API version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.org.wire.messages import OrgError, Request, Response

if TYPE_CHECKING:
    from local.org.app import Org
    from local.org.oauth.sessions import Session

type Handler = Callable[..., Response]
"""`def handler(call: Call, **groups: str) -> Response`, raising OrgError."""

type Route = tuple[str, str, Handler]
"""Method, regular expression of the whole path after `/services/data/vNN.N` (named groups, already decoded), handler."""


@dataclass(slots=True)
class Call:
    """One request on its way through the org; `caller` is None only on routes that need no session."""

    request: Request
    org: Org
    version: float
    caller: Session | None = None
    in_composite: bool = False

    @property
    def session(self) -> Session:
        """Return the caller's session; raise the 401 of a request without one."""
        if self.caller is None:
            raise OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        return self.caller

    @property
    def base(self) -> str:
        """Return the path that URLs in answers start with, such as `/services/data/v66.0`."""
        return f"/services/data/v{self.version:.1f}"
