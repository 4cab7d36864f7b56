"""What composite resources need of the org, and what the org needs to run a part of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ...wire.caller import Caller
from ...wire.messages import OrgError, Request, Response
from ..ports import DataOrg


class CompositeOrg(DataOrg, Protocol):
    """The org as composite resources see it: its records, and requests within a request."""

    def subrequest(
        self, caller: Caller, method: str, url: str, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Response:
        """Run a part in the caller's session; errors come back as responses."""


class InjectedError(Protocol):
    """A fault that applies to a part of a composite request."""

    @property
    def applied(self) -> bool:
        """Say whether the part runs before its error is answered."""

    def as_error(self) -> OrgError:
        """Return the error to answer."""


class FaultSource(Protocol):
    """The faults in force."""

    def take(self, request: Request, kind: str, username: str, *, part: bool = False) -> InjectedError | None:
        """Return the fault that applies to this request, if any, and count it."""


class PartLog(Protocol):
    """Where the parts of a request are recorded."""

    def subrequest(self, request: Request, status: int) -> None:
        """Record a part of the running request."""


class SubrequestOrg(Protocol):
    """The org as the run of one part sees it."""

    @property
    def audit(self) -> PartLog:
        """Return the audit log."""

    @property
    def faults(self) -> FaultSource:
        """Return the faults in force."""

    def run(self, request: Request, path: str, version: float, caller: Caller) -> Response:
        """Answer a request for a path below the version."""
