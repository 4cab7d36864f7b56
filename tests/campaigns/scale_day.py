"""One day of the scale campaign: the queue and its workers in virtual time around the code that paces."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import replace
from itertools import batched
from typing import Any, NamedTuple

from causeway.connections.connection import Connection, Usage
from causeway.contract.changes import Change
from causeway.contract.messages import Delivery
from causeway.contract.outcomes import Result
from causeway.push.context import PushContext, read_context
from causeway.push.pacing.flush import Taken
from causeway.push.pacing.gather import gather
from causeway.push.pacing.rates import is_worth_noting, with_rates
from causeway.push.ports import PushPorts
from causeway.push.receiving import receive_changes
from causeway.push.saving.batch_size import MeasuredBatchSize
from causeway.push.tasks import Arrived, Task, open_tasks
from causeway.syncs.sync import PushRules, Sync

from tests.campaigns.scale_world import START_MS, Org, Sent, changes_of, orgs
from tests.support.push.gathering import MemoryGathering
from tests.support.push.memory import MemoryParked, MemorySyncs, PlentyOfTime, one_after_another

SHARE_PERCENT = 80
MESSAGES_PER_BATCH, WINDOW_MS = 100, 1_000
CALL_MS, OWN_MS = 400, 150  # of one call to an org, and of everything else of a batch
RECORDS_PER_CALL = 1_000  # five collections of 200
# Units of DynamoDB: an entity is 2.4 KB, and written when it is claimed and when it is completed; the history takes a transaction.
ENTITY_WCU, HISTORY_WCU, USAGE_WCU = 6, 4, 6
RRU_PER_PART, RRU_PER_ENTITY = 6, 2
# us-east-1, on demand: a million writes, reads, requests to SQS; a GB-second of Lambda on arm64, of which push has one
WRU_DOLLARS, RRU_DOLLARS, SQS_DOLLARS, LAMBDA_GB_S_DOLLARS = 0.625e-6, 0.125e-6, 0.4e-6, 13.3334e-6
SQS_PER_MESSAGE = 1 + 0.2 + 0.1  # sent alone; received and deleted by tens; its outcome sent by tens
SYNC = Sync(id="lead-contact", source="lead", sobject="Contact", enabled=True, push=PushRules(create_when_missing=True))


class Message(NamedTuple):
    """A message on the queue: visible from a time on (epoch ms), the change it carries, and how often it was received."""

    visible_at_ms: int
    number: int
    sent: Sent
    receives: int = 0


class Day:
    """Runs one day; `figures` says how it went."""

    def __init__(self, tenants: int, hours: int, seed: int, *, gathers: bool) -> None:
        chance = random.Random(seed)
        self.orgs = {org.tenant: org for org in orgs(tenants, chance)}
        sent = [each for org in self.orgs.values() for each in changes_of(org, hours, chance)]
        sent.sort()
        self.queue = [Message(each.at_ms, number, each) for number, each in enumerate(sent)]
        self.sent, self.now_ms = sent, START_MS
        self.connections = {tenant: org.connection() for tenant, org in self.orgs.items()}
        self.gathering = MemoryGathering(lambda: self.now_ms)
        self.parked = MemoryParked()
        self.ports = self._ports(gathers=gathers)
        self.arrivals: Counter[str] = Counter()
        self.latencies_ms: defaultdict[str, list[int]] = defaultdict(list)
        self.ends_ms: list[int] = []
        self.peak = self.busy_ms = self.parts = self.flushes = self.entities = self.noted = self.received = (
            self.deferred
        ) = 0
        self.spent: set[str] = set()

    def _ports(self, *, gathers: bool) -> PushPorts:
        unused: Any = None
        return PushPorts(
            connections=self,
            syncs=MemorySyncs({tenant: [SYNC] for tenant in self.orgs}),
            described=unused,
            described_again=unused,
            org=unused,
            claims=unused,
            synced=unused,
            parked=self.parked,
            history=unused,
            outbound=unused,
            signals=unused,
            now_ms=lambda: self.now_ms,
            in_parallel=one_after_another,
            batch_size=MeasuredBatchSize(),
            defer=lambda receipt, seconds: None,
            finish=lambda: None,
            worker="worker",
            quota_share_percent=SHARE_PERCENT,
            gathering=self.gathering if gathers else None,
            note_arrival=lambda tenant: self.arrivals.update((tenant,)),
        )

    def get(self, tenant: str) -> Connection:
        return self.connections[tenant]

    def note_record_sizes(self, tenant: str, org_id: str, sizes: Any) -> None:
        raise AssertionError("no record is refused here")

    # --- the queue and its workers

    def run(self) -> None:
        """Cut batches each second until the queue is empty; what a worker is busy with delays nobody, and is counted."""
        while self.queue:
            self.now_ms = max(self.now_ms + WINDOW_MS, self.queue[0].visible_at_ms + WINDOW_MS)
            visible = []
            while self.queue and self.queue[0].visible_at_ms <= self.now_ms:
                visible.append(heapq.heappop(self.queue))
            for batch in batched(visible, MESSAGES_PER_BATCH, strict=False):
                self._work(batch)

    def _work(self, batch: Sequence[Message]) -> None:
        by_tenant: defaultdict[str, list[Message]] = defaultdict(list)
        for message in batch:
            by_tenant[message.sent.tenant].append(message._replace(receives=message.receives + 1))
        self.received += len(batch)
        took_ms = OWN_MS + max(self._push(tenant, messages) for tenant, messages in by_tenant.items()) * CALL_MS
        while self.ends_ms and self.ends_ms[0] <= self.now_ms:
            heapq.heappop(self.ends_ms)
        heapq.heappush(self.ends_ms, self.now_ms + took_ms)
        self.peak, self.busy_ms = max(self.peak, len(self.ends_ms)), self.busy_ms + took_ms

    def _push(self, tenant: str, messages: Sequence[Message]) -> int:
        """Let one tenant's part take its way as far as the decision to call, and count the calls; return how many these are."""
        self.parts += 1
        arrived = [_arrived(message) for message in messages]
        context = read_context(tenant, self.ports, PlentyOfTime())
        gate = context.gate()
        settlement = receive_changes(tenant, arrived, self.ports.syncs, gate)
        if any(message.receives == 1 for message in messages):
            self.ports.note_arrival(tenant)
        taken = gather(context, settlement, arrived, gate)
        calls = 0
        if not gate.is_open:
            self.spent.add(tenant)
            self._defer({message.number: self.now_ms + 900_000 for message in messages}, messages)
        else:
            calls = self._settle(context, open_tasks(settlement.tasks), taken)
            again = {int(task.message_id): task.redeliver_at_ms for task in settlement.tasks if task.redelivered}
            self._defer(again, messages)
        return calls

    def _defer(self, again: dict[int, int], messages: Sequence[Message]) -> None:
        for message in messages:
            if message.number in again:
                self.deferred += 1
                heapq.heappush(self.queue, message._replace(visible_at_ms=max(self.now_ms, again[message.number])))

    def _settle(self, context: PushContext, tasks: Sequence[Task], taken: Taken) -> int:
        """Write the tasks' records: the newest change of each person, one read and one save for each thousand."""
        org = self.orgs[context.tenant]
        people = {int(task.change.key) for task in tasks}
        calls = 2 * -(-len(people) // RECORDS_PER_CALL)
        for task in tasks:
            person, sent_ms = int(task.change.key), task.change.sent_at_ms
            org.rows[person] = max(org.rows.get(person, 0), task.change.occurred_at_ms)
            self.latencies_ms[context.tenant].append(self.now_ms + OWN_MS + calls * CALL_MS - sent_ms)
            task.settle(Result.UPDATED)
        taken.finish()
        if tasks:
            self.flushes += 1
            self.entities += len(people)
            org.calls += calls
            self._note_usage(org)
        return calls

    def _note_usage(self, org: Org) -> None:
        before, read = self.connections[org.tenant].usage, Usage(org.used, org.allowed, self.now_ms)
        if is_worth_noting(before, read):
            usage = with_rates(before, read, self.arrivals.pop(org.tenant, 0))
            self.connections[org.tenant] = replace(self.connections[org.tenant], usage=usage)
            self.noted += 1

    # --- how it went

    def figures(self) -> dict[str, Any]:
        """Return the figures of the day."""
        changes, calls = len(self.sent), sum(org.calls for org in self.orgs.values())
        everything = [each for found in self.latencies_ms.values() for each in found]
        plentiful = [
            each for tenant in self.latencies_ms if self._is_plentiful(tenant) for each in self.latencies_ms[tenant]
        ]
        writes = (
            self.gathering.writes + self.entities * ENTITY_WCU + self.flushes * HISTORY_WCU + self.noted * USAGE_WCU
        )
        return {
            "changes": changes,
            "calls_per_1000_changes": round(calls * 1000 / changes, 1),
            "spent_quotas": len(self.spent),
            "above_share": sum(org.used > org.allowed * SHARE_PERCENT / 100 for org in self.orgs.values()),
            "scarce_tenants": sum(not self._is_plentiful(tenant) for tenant in self.orgs),
            "plentiful_p95_s": _p95_s(plentiful),
            "p95_s": _p95_s(everything),
            "max_s": round(max(everything) / 1000, 1),
            "lost": changes - len(everything) + len(self.parked.entries),
            "stale": self._stale(),
            "lambda_concurrency_peak": self.peak,
            "wcu_per_change": round(writes / changes, 2),
            "gathering_wcu_per_change": round(self.gathering.writes / changes, 2),
            "dollars_per_million": round(self._dollars(writes) / changes * 1e6, 2),
        }

    def _is_plentiful(self, tenant: str) -> bool:
        """Return whether a tenant's changes would use under half of its share, were none of them gathered."""
        org = self.orgs[tenant]
        return org.changes * 2 < org.ours(SHARE_PERCENT) / 2

    def _stale(self) -> int:
        """Return how many people the org does not hold as they were sent last."""
        newest: dict[tuple[str, int], int] = {}
        for each in self.sent:
            newest[each.tenant, each.person] = each.at_ms
        return sum(self.orgs[tenant].rows.get(person) != at_ms for (tenant, person), at_ms in newest.items())

    def _dollars(self, writes: int) -> float:
        reads = self.parts * RRU_PER_PART + self.entities * RRU_PER_ENTITY
        requests = len(self.sent) * SQS_PER_MESSAGE + self.deferred * 2
        lambda_gb_s = self.busy_ms / 1000
        return writes * WRU_DOLLARS + reads * RRU_DOLLARS + requests * SQS_DOLLARS + lambda_gb_s * LAMBDA_GB_S_DOLLARS


def _arrived(message: Message) -> Arrived:
    sent = message.sent
    change = Change(sent.tenant, "lead", str(sent.person), sent.at_ms, sent.at_ms, 0, {"n": message.number})
    delivery = Delivery(str(message.number), "", sent.at_ms, receives=message.receives)
    return Arrived(change, delivery.message_id, delivery)


def _p95_s(latencies_ms: Sequence[int]) -> float:
    return round(sorted(latencies_ms)[int(len(latencies_ms) * 0.95)] / 1000, 1) if latencies_ms else 0.0
