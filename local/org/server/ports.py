"""What the edge and the HTTP server need of the org."""

from __future__ import annotations

from typing import Protocol

from ..oauth.sessions import Sessions
from ..setup.clock import Clock
from ..setup.limits import Limits
from ..setup.settings import Settings
from ..wire.messages import Request, Response
from ..wire.replies import Reply
from .audit import Audit
from .fault_rules import Faults


class EdgeOrg(Protocol):
    """The org as audit and faults see it."""

    @property
    def clock(self) -> Clock:
        """Return the clock of the org."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the org."""

    @property
    def limits(self) -> Limits:
        """Return what the org allows and what is used of it."""

    @property
    def sessions(self) -> Sessions:
        """Return the access tokens of the org."""

    @property
    def audit(self) -> Audit:
        """Return the audit log."""

    @property
    def faults(self) -> Faults:
        """Return the faults in force."""

    @property
    def generation(self) -> int:
        """Return how often the org was reset."""

    def count(self, kind: str, request: Request) -> None:
        """Count a request under its kind."""

    def dispatch(self, request: Request) -> Response:
        """Route a request to its handler; raise OrgError or OAuthError."""


class ServedOrg(Protocol):
    """The org as the HTTP server sees it."""

    origin: str
    """The address that the org is served at; the server sets it."""

    @property
    def clock(self) -> Clock:
        """Return the clock of the org."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the org."""

    def handle(self, request: Request) -> Reply:
        """Answer one request as the network would see it."""
