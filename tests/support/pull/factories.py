"""Syncs, plans and ports of pulls for unit tests."""

from __future__ import annotations

from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.pull.ports import PullPorts
from causeway.pull.run import pull_sync
from causeway.syncs.sync import Mapping, PullRules, Sync

from tests.support.pull.fakes import (
    MemoryCheckpoints,
    MemoryConnections,
    MemoryDueDates,
    MemoryQueues,
    MemoryRuns,
    MemorySignals,
    MemorySlots,
    MemorySyncs,
    NoLinks,
    Patience,
)
from tests.support.pull.org import ORG, FakeOrg, contact_describe
from tests.support.pull.two_way import MemorySynced

TENANT = "acme"


def a_pull(*rows: tuple[str, str], sync_id: str = "people", sobject: str = "Contact", **changes: Any) -> Sync:
    """Return an enabled pull sync; LastName is mapped unless rows are given."""
    pairs = rows or (("last_name", "LastName"),)
    mappings = tuple(Mapping(product=product, salesforce=path) for product, path in pairs)
    base = {"id": sync_id, "source": "lead", "sobject": sobject, "direction": "pull", "enabled": True}
    return Sync.model_validate({**base, "mappings": mappings, "pull": PullRules(), **changes})


class Pulling:
    """One tenant's fake org and everything a pull touches, in memory; workers may die and be replaced."""

    def __init__(self, sync: Sync | None = None, org: FakeOrg | None = None) -> None:
        self.sync = sync or a_pull()
        self.org = org or FakeOrg(contact_describe())
        self.connections = MemoryConnections(Connection(TENANT, Status.CONNECTED, org_id=ORG, epoch=1))
        self.checkpoints = MemoryCheckpoints(self.now)
        self.slots, self.due, self.runs = MemorySlots(self.now), MemoryDueDates(), MemoryRuns()
        self.queues, self.signals, self.synced = MemoryQueues(), MemorySignals(), MemorySynced()
        self.patience = Patience()
        self._read = self._numbers = 0

    def now(self) -> int:
        return self.org.now_ms

    def ports(self, **replaced: Any) -> PullPorts:
        """Return the ports of one worker."""
        ports: dict[str, Any] = {
            "syncs": MemorySyncs({self.sync.id: self.sync}),
            "connections": self.connections,
            "org_of": lambda connection: self.org,
            "checkpoints": self.checkpoints,
            "slots": self.slots,
            "links": NoLinks(),
            "synced": self.synced,
            "queues": self.queues,
            "due": self.due,
            "runs": self.runs,
            "signals": self.signals,
            "new_id": self._new_id,
            "now_ms": self.now,
        }
        return PullPorts(**{**ports, **replaced})

    def _new_id(self) -> str:
        self._numbers += 1
        return f"id-{self._numbers}"

    def run(self, job: PullJob | None = None, deliveries: int = 1, **replaced: Any) -> Ended:
        """Run one worker's part."""
        return pull_sync(job or PullJob(TENANT, self.sync.id), self.ports(**replaced), self.patience, deliveries)

    def pull(self, **replaced: Any) -> list[dict[str, Any]]:
        """Pull until the run is done and return what was published."""
        ended = self.run(**replaced)
        while ended is Ended.HANDED_OVER:
            ended = self.run(self.queues.jobs.pop(0)[0], **replaced)
        assert ended is Ended.DONE, ended
        return self.received()

    def received(self) -> list[dict[str, Any]]:
        """Return the records published since the last time."""
        pages, self._read = self.queues.published[self._read :], len(self.queues.published)
        return [record for page in pages for record in page["records"]]

    def kinds(self) -> list[tuple[str, str]]:
        """Pull, and return Id and kind of each record published."""
        return [(record["salesforce_id"], record["kind"]) for record in self.pull()]


def an_id(number: int, prefix: str = "003") -> str:
    """Return a record Id that sorts by its number."""
    return f"{prefix}{number:012d}AAA"


def people(count: int, **more: Any) -> Pulling:
    """Return a pull of an org in which so many contacts were created, one a second, a minute ago."""
    pulling = Pulling(**more)
    for number in range(count):
        pulling.org.commit(an_id(number), LastName=f"Name {number}")
        pulling.org.advance(1)
    pulling.org.advance(60)
    return pulling
