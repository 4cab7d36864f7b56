"""What hints need from outside; gateways fulfil it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from causeway.connections.connection import Connection
from causeway.pull.jobs import PullJob
from causeway.relay.pacing import Planned
from causeway.syncs.sync import Sync


class Relays(Protocol):
    """Which tenants take hints of which orgs, and which pulls are planned (gateways/dynamodb/relays.py)."""

    def tenants_of(self, org_id: str) -> Sequence[str]:
        """Return the tenants that take hints of an org (Id of 15 characters)."""

    def heard(self, org_id: str, tenant: str, now_ms: int) -> None:
        """Note that an event came."""

    def planned(self, tenant: str, sync: str) -> Planned | None:
        """Return the pull that was planned last."""

    def plan(self, tenant: str, sync: str, before: Planned | None, after: Planned | None) -> bool:
        """Replace the planned pull if it is still `before`; return False when another worker was faster."""


class Connections(Protocol):
    """The tenants' connections."""

    def get(self, tenant: str) -> Connection: ...


class Syncs(Protocol):
    """The tenants' syncs."""

    def list(self, tenant: str) -> Sequence[Sync]: ...


class Jobs(Protocol):
    """The pull queue."""

    def enqueue(self, job: PullJob, delay_s: int) -> None: ...


class DueDates(Protocol):
    """When syncs are due."""

    def bring_forward(self, tenant: str, sync: str, at_ms: int) -> None: ...


@dataclass(frozen=True)
class HintPorts:
    """Everything that taking hints touches; `quota_share_percent` is the part of the org's daily calls that pushes may use up."""

    relays: Relays
    connections: Connections
    syncs: Syncs
    jobs: Jobs
    due: DueDates
    now_ms: Callable[[], int]
    quota_share_percent: int = 80
