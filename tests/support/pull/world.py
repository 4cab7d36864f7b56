"""A world to pull in: the push world's simulated org over real HTTP, pulled by the real gateways; stores are in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from causeway.connections.connection import Connection
from causeway.errors import NotFound
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.pulls import PullingOrg
from causeway.pull.endings import Ended
from causeway.pull.jobs import LinkedRecord, PullJob
from causeway.pull.ports import PullPorts
from causeway.pull.run import pull_sync
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import written_hashes
from causeway.push.memory.links import key_of
from causeway.salesforce.access import Access
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.sync import Sync

from local.org.app import Org
from tests.support.pull.fakes import (
    MemoryCheckpoints,
    MemoryDueDates,
    MemoryQueues,
    MemoryRuns,
    MemorySignals,
    MemorySlots,
    Patience,
)
from tests.support.push.memory import StateItems
from tests.support.push.world import TENANT, World, served


class PushedLinks:
    """Links as pushes remember them; what LinkTable reads from its table."""

    def __init__(self, state: StateItems) -> None:
        self._state = state

    def of_records(self, sync: Sync, org_id: str, tenant: str, ids: Sequence[str]) -> dict[str, LinkedRecord]:
        found: dict[str, LinkedRecord] = {}
        for record_id in ids:
            item = self._state.items.get((tenant, self._state.owners.get((tenant, org_id, record_id), "")))
            if item is not None and item.state is not None:
                entity = Entity.parse(item.state)
                of = key_of(entity, record_id)
                written = written_hashes(entity, record_id)
                key = of[1] if of and of[0] == sync.source else None
                found[record_id] = LinkedRecord(key, written, item.completed_at_ms)
        return found


class PulledSyncs:
    """The world's syncs by id."""

    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, tenant: str, sync_id: str) -> Sync | None:
        return next((sync for sync in self._world.syncs.by_tenant.get(tenant, ()) if sync.id == sync_id), None)


class PullWorld(World):
    """One tenant's org with pushes and pulls; the org's clock stands still unless `pass_time` moves it."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.control("POST", "clock", {"now": "2026-11-20T10:00:00Z", "stop": True})
        self.now = int(self.control("GET", "clock")["now_ms"])
        self.renewals = 0
        self.org = SalesforceOrg(self._connected(), self, self.http, self.clock, self._note_usage)
        self.checkpoints = MemoryCheckpoints(self.clock)
        self.queues, self.runs, self.due = MemoryQueues(), MemoryRuns(), MemoryDueDates()
        self.pull_signals, self.patience = MemorySignals(), Patience()
        self._received = 0

    def renewed(self, stale: Access) -> Access:
        """Open a new session, as the token broker does for an expired one."""
        self.renewals += 1
        return self._connected()

    def pass_time(self, seconds: float) -> None:
        """Move both clocks."""
        self.control("POST", "clock", {"advance_s": seconds})
        self.now += int(seconds * 1000)

    def described_now(self, tenant: str, sobject: str, *, max_age_ms: int = 0, fresh: bool = False) -> SObjectDescribe:
        """Return the describe, read again each time."""
        self._describes.pop(sobject, None)
        return self.described(tenant, sobject)

    def pull_ports(self, **replaced: Any) -> PullPorts:
        """Return the ports of one worker."""
        self._numbers += 1
        ports: dict[str, Any] = {
            "syncs": PulledSyncs(self),
            "connections": self.connections,
            "org_of": self.pulling,
            "checkpoints": self.checkpoints,
            "slots": MemorySlots(self.clock),
            "links": PushedLinks(self.state),
            "synced": self.synced,
            "queues": self.queues,
            "due": self.due,
            "runs": self.runs,
            "signals": self.pull_signals,
            "new_id": lambda: f"worker-{self._numbers}",
            "now_ms": self.clock,
        }
        return PullPorts(**{**ports, **replaced})

    def pulling(self, connection: Connection) -> PullingOrg:
        """Return the org as a pull reads it."""
        return PullingOrg(self.org, _Describes(self), self.clock)

    def run(self, sync: str, job: PullJob | None = None, **replaced: Any) -> Ended:
        """Run one worker's part of a pull."""
        return pull_sync(job or PullJob(TENANT, sync), self.pull_ports(**replaced), self.patience)

    def pull(self, sync: str, **replaced: Any) -> list[dict[str, Any]]:
        """Pull until the run is done and return the records published since the last time."""
        ended = self.run(sync, **replaced)
        while ended is Ended.HANDED_OVER:
            ended = self.run(sync, self.queues.jobs.pop(0)[0], **replaced)
        assert ended is Ended.DONE, ended
        return self.received()

    def received(self) -> list[dict[str, Any]]:
        """Return the records of the pages published since the last time."""
        pages, self._received = self.queues.published[self._received :], len(self.queues.published)
        return [record for page in pages for record in page["records"]]

    def edit(self, sobject: str, record_id: str, **values: Any) -> None:
        """Change a record as a person does in Salesforce."""
        self.org.request("PATCH", f"sobjects/{sobject}/{record_id}", json=values)


class _Describes:
    def __init__(self, world: PullWorld) -> None:
        self._world = world

    def described(
        self, tenant: str, sobject: str, *, max_age_ms: int = 900_000, fresh: bool = False
    ) -> SObjectDescribe:
        if max_age_ms and not fresh:
            return self._world.described(tenant, sobject)
        try:
            return self._world.described_now(tenant, sobject)
        except NotFound:
            self._world._describes.pop(sobject, None)
            raise


@contextmanager
def pull_world(*syncs: Sync, org: Org | None = None) -> Iterator[PullWorld]:
    """Give a world with these syncs."""
    with served(org) as server:
        made = PullWorld(server.origin)
        made.syncs.by_tenant[TENANT] = list(syncs)
        try:
            yield made
        finally:
            made.close()
