"""A bench to push on: the real use case over memory and a scripted org, where time only moves when a test says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.contract.message_writing import message_json
from causeway.contract.messages import Delivery
from causeway.gateways.aws.parallel import gathered
from causeway.push.batch import Batch, push_batch
from causeway.push.ports import PushPorts
from causeway.push.saving.batch_size import MeasuredBatchSize
from causeway.salesforce.calls import Collection, Lookup, Row, Saved, SaveError

from tests.campaigns.push_model import DESCRIBES
from tests.campaigns.push_simulation import described_as
from tests.support.pull.two_way import MemorySynced
from tests.support.push.memory import (
    MemoryClaims,
    MemoryConnected,
    MemoryHistory,
    MemoryOutbound,
    MemoryParked,
    MemorySignals,
    MemorySyncs,
    PlentyOfTime,
    StateItems,
)
from tests.support.push.world import TENANT, change, contact_sync

NOW_MS = 1_800_000_000_000
CONNECTED = Connection(TENANT, Status.CONNECTED, epoch=1, org_id="org")


def person(name: str, **more: Any) -> dict[str, Any]:
    """Return a change of somebody whose key, last name and address are the same word."""
    return change(name, last_name=name, email=f"{name}@example.com", **more)


class ScriptedOrg:
    """An org that knows nobody, saves everything, and does now and then what a test has planned."""

    def __init__(self) -> None:
        self.api_calls = 0
        self.saved: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self.poison: str | None = None
        self.locked = 0
        self.planned: list[Any] = []
        self.timeouts: list[float] = []

    def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]:
        self.api_calls += 1
        return [[] for _ in lookups]

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        self.api_calls += 1
        self.timeouts.append(timeout_s)
        if self.planned:
            planned = self.planned.pop(0)
            if isinstance(planned, Exception):
                raise planned
            return [[planned] * len(collection.saves) for collection in collections]
        return [self._collection(collection) for collection in collections]

    def _collection(self, collection: Collection) -> list[Saved]:
        self.sizes.append(len(collection.saves))
        if any(save.values.get("LastName") == self.poison for save in collection.saves):
            error = SaveError("JSON_PARSER_ERROR", "no")
            return [Saved("refused", error=error, whole=True)] * len(collection.saves)
        return [self._save(dict(save.values)) for save in collection.saves]

    def _save(self, values: dict[str, Any]) -> Saved:
        if self.locked:
            self.locked -= 1
            return Saved("refused", error=SaveError("UNABLE_TO_LOCK_ROW", "locked"))
        self.saved.append(values)
        return Saved("saved", f"003{len(self.saved):012d}AAA", created=True)


class Bench:
    """The real use case over memory and a scripted org."""

    def __init__(self) -> None:
        self.org, self.now_ms = ScriptedOrg(), NOW_MS
        self.connections = MemoryConnected(CONNECTED)
        self.state, self.parked, self.outbound = StateItems(), MemoryParked(), MemoryOutbound()
        self.deadline: Any = PlentyOfTime()
        self.runs = 0

    def push(self, *people: str, **replaced: Any) -> Batch:
        return self.deliver(*[person(name) for name in people], **replaced)

    def deliver(
        self,
        *changes: Mapping[str, Any],
        run: str | None = None,
        sent_at_ms: int = NOW_MS,
        redriven_for: Sequence[str] = (),
        receives: int = 1,
        **replaced: Any,
    ) -> Batch:
        """Deliver one message to a worker of its own."""
        self.runs += 1
        body = json.dumps(message_json(TENANT, "lead", [dict(each) for each in changes], run))
        delivery = Delivery(
            "m1", body, sent_at_ms, redriven=bool(redriven_for), syncs=tuple(redriven_for), receives=receives
        )
        return push_batch([delivery], self.ports(**replaced), self.deadline)

    def ports(self, **replaced: Any) -> PushPorts:
        made: dict[str, Any] = {
            "connections": self.connections,
            "syncs": MemorySyncs({TENANT: [contact_sync()]}),
            "described": lambda tenant, sobject: described_as(sobject),
            "described_again": lambda tenant, sobject: DESCRIBES[sobject],
            "org": lambda tenant: self.org,
            "claims": MemoryClaims(self.state, f"w{self.runs}", lambda: self.now_ms, 720_000),
            "synced": MemorySynced(),
            "parked": self.parked,
            "history": MemoryHistory(),
            "outbound": self.outbound,
            "signals": MemorySignals(),
            "now_ms": lambda: self.now_ms,
            "in_parallel": gathered,
            "batch_size": MeasuredBatchSize(),
            "defer": lambda receipt, seconds: None,
            "finish": lambda: None,
            "worker": f"w{self.runs}",
        }
        return PushPorts(**(made | replaced))

    def results(self) -> dict[str, tuple[str, str | None]]:
        found = [item for _, body in self.outbound.sent for item in json.loads(body)["outcomes"]]
        return {item["key"]: (item["result"], item["code"]) for item in found}
