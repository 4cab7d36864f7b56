"""
Push under faults at every port call, deterministically, with the real use case: what is lost, doubled, stale, foreign, unsettled?

    python -m tests.campaigns.push_simulation --seeds 20000 [--first 0] [--pacing] [--variant no_fence] --json

Prints `seeds, changes, lost, duplicates, stale, mixed, unlinked, cross_tenant, unsettled, miscounted` and exits 1 unless the last
eight are 0 (`mixed`: records that were written values of several people, `unlinked`: activities without their person,
`miscounted`: changes that the history does not count once for what is remembered of them). A seed is one
scenario: people of one or two tenants, in some of one household address and told apart by an external ID, activities that may
overtake their person, partial changes of several keys, sent twice, out of order and from clocks that are wrong; workers that die
before and after every port call, stand still for longer than a lease, and meet lost requests, lost answers, writes that land up
to ten minutes late, throttles, locks, spent quotas, dead connections and revised syncs. Then the faults stop, and everything must
come to rest. Some texts are such as a composite call would take for references; in some orgs a title needs a first name, or the
automation bears one or two records at once; some products send everything once more at the end. Addresses and external IDs come as
people write them; some fields were made a minute ago, after what the workers know was described; some orgs refuse values, whole
records, or the sight of the external ID, until somebody there allows it: then what is parked is redriven, and all is sent again a day
later. In half of the scenarios, with `--pacing` in all, calls are scarce, so that changes are gathered. Broken variants must
fail: `no_fence`, `release_on_timeout`, `no_version`, `no_pending_create`, `interpret_text`, `adopt_by_address`,
`refused_for_ever`, `believed_for_ever`, `addresses_as_written`, `old_describe`, `no_redrive`, `address_without_number`,
`uncounted`, `forget_held`, `take_back_left`, `no_makers`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from causeway.connections.connection import Status
from causeway.contract.messages import LATEST_MS, Delivery
from causeway.errors import NotFound, RetryableError, StoreUnavailable
from causeway.parked import redriving
from causeway.parked.entries import ParkedPage, Redrive
from causeway.parked.replay import Replay
from causeway.push.batch import push_batch
from causeway.push.deciding import describes, identifying
from causeway.push.deciding.planning import merging
from causeway.push.deciding.planning.refused_before import RecordState
from causeway.push.deciding.reading.people_rows import PeopleRows
from causeway.push.memory import rejected_values
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.entity import Entity
from causeway.push.outcomes import history
from causeway.push.outcomes.history import mark_of
from causeway.push.ports import PushPorts
from causeway.push.saving import answers, writes
from causeway.push.saving.batch_size import MeasuredBatchSize
from causeway.push.saving.pending import PendingSave, SaveProgress
from causeway.salesforce.calls import Save
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values import emails
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import PushRules, Sync

from tests.campaigns.push_model import (
    DESCRIBES,
    NEEDS_FIRST_NAME,
    NOT_YET,
    START_MS,
    TIMEOUT_MS,
    VISIBILITY_MS,
    SimulatedClaims,
    SimulatedConnections,
    SimulatedGathering,
    SimulatedHistory,
    SimulatedOrg,
    SimulatedOutbound,
    SimulatedParked,
    SimulatedSyncs,
    Simulation,
    Worker,
    describe_before,
)
from tests.support.pull.two_way import MemorySynced
from tests.support.push.memory import MemoryClaims, PlentyOfTime, StateItems, one_after_another

FAULTS_UNTIL_MS = START_MS + 1_500_000
NEXT_DAY_MS = START_MS + 100_000_000
END_MS = START_MS + 140_000_000
REDRIVEN_AGAIN_MS = 1_800_000  # after the last faults, when what had failed with them has come to rest
POLL_MS, TICK_MS = 4_000, 60_000
FIELDS = ("phone", "title", "first_name")
SALESFORCE = {"phone": "Phone", "title": "Title", "first_name": "FirstName"}
VARIANTS = (
    "no_fence",
    "release_on_timeout",
    "no_version",
    "no_pending_create",
    "interpret_text",
    "adopt_by_address",
    "refused_for_ever",
    "believed_for_ever",
    "addresses_as_written",
    "old_describe",
    "no_redrive",
    "address_without_number",
    "uncounted",
    "forget_held",
    "take_back_left",
    "no_makers",
)
REFERENCE = " @{r0[0].id}"  # some texts end like this
WRITTEN = ("{}", "mailto:{}", "\u200b{}", "A Person <{}>", "{}.", "'{}'", " {} ")


@dataclass(slots=True)
class Counts:
    """What a run of seeds came to."""

    seeds: int = 0
    changes: int = 0
    lost: int = 0
    duplicates: int = 0
    stale: int = 0
    mixed: int = 0
    unlinked: int = 0
    cross_tenant: int = 0
    unsettled: int = 0
    miscounted: int = 0

    def add(self, other: Counts) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def holds(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__ if name not in ("seeds", "changes"))


@dataclass(slots=True)
class Message:
    """One message on the queue: hidden until a time, gone when acknowledged."""

    message_id: str
    body: str
    sent_at_ms: int
    visible_at_ms: int
    receives: int = 0
    first_sent: tuple[int, ...] = ()
    syncs: tuple[str, ...] = ()


@dataclass(slots=True)
class Sent:
    """One change as sent, for the oracle: its person and its place in the order of changes."""

    tenant: str
    person: int
    key: str
    order: tuple[int, int, int]
    fields: dict[str, str]
    source: str = "lead"


@dataclass(slots=True)
class Scenario:
    """One seed's world."""

    seed: int
    forced: tuple[str, int] | None = None
    pacing: bool = False
    sim: Simulation = field(init=False)
    queue: dict[str, Message] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    state: StateItems = field(default_factory=StateItems)
    working: int = 0
    workers: int = 0
    messages: int = 0

    def __post_init__(self) -> None:
        chance = random.Random(self.seed * 7 + 1)
        self.sim = Simulation(self.seed, self._fault_share(chance), FAULTS_UNTIL_MS)
        self.sim.forced = self.forced
        self.tenants = self._tenants(chance)
        self.parked, self.outbound = SimulatedParked(self.sim), SimulatedOutbound(self.sim)
        self.history, self.connections = SimulatedHistory(self.sim), SimulatedConnections(self.sim, self.tenants)
        self.are_students = chance.random() < 0.4
        of_tenant = {tenant: syncs_of(chance, are_students=self.are_students) for tenant in self.tenants}
        self.syncs = SimulatedSyncs(self.sim, of_tenant)
        bears = chance.choice((0, 0, 1, 2))
        self.orgs = {tenant: SimulatedOrg(self.sim, tenant, bears=bears) for tenant in self.tenants}
        self.are_written = chance.random() < 0.4
        self.new_field = chance.choice(("Title", "Student__c", "", "", ""))
        self.described_until_ms = START_MS + chance.randint(0, 900_000)
        self._close(chance)
        if self.are_students:
            self._enter_household(chance)
        self.batch_size = MeasuredBatchSize()
        self.person_wait_ms = chance.choice((0, 60_000, 600_000))
        self.gathering = SimulatedGathering(self.sim)
        self._pace(random.Random(self.seed * 7 + 2))
        self._produce(chance)
        if chance.random() < 0.4:
            self._chat(chance)
        self._flip(chance)

    parked: SimulatedParked = field(init=False)
    outbound: SimulatedOutbound = field(init=False)
    history: SimulatedHistory = field(init=False)
    connections: SimulatedConnections = field(init=False)
    syncs: SimulatedSyncs = field(init=False)
    orgs: dict[str, SimulatedOrg] = field(init=False)
    tenants: list[str] = field(init=False)
    batch_size: MeasuredBatchSize = field(init=False)
    are_students: bool = field(init=False)
    addressed: bool = field(init=False)
    person_wait_ms: int = field(init=False)
    gathering: SimulatedGathering = field(init=False)
    are_written: bool = field(init=False)
    new_field: str = field(init=False)
    described_until_ms: int = field(init=False)
    is_closed: bool = field(init=False)

    def _fault_share(self, chance: random.Random) -> float:
        return chance.choice((0.02, 0.06, 0.12))

    def _tenants(self, chance: random.Random) -> list[str]:
        return ["t1", "t2"] if chance.random() < 0.3 else ["t1"]

    # --- what happens

    def _pace(self, chance: random.Random) -> None:
        """Make calls scarce, in some scenarios or all, so that changes are gathered for some time."""
        if chance.random() < (1 if self.pacing else 0.5):
            for tenant in self.tenants:
                self.connections.use_up(tenant, 11_900, 15_000)
            self.syncs.deliver_within(chance.choice((20, 60, 300)))

    def _close(self, chance: random.Random) -> None:
        """Let some orgs refuse values for a while; afterwards an admin has what is parked redriven, twice."""
        self.is_closed = chance.random() < 0.3
        if not self.is_closed:
            return
        for tenant, org in self.orgs.items():
            org.opens_at_ms = START_MS + chance.randint(0, 1_200_000)
            for number in range(2):
                at_ms = max(org.opens_at_ms + 60_000, FAULTS_UNTIL_MS + number * REDRIVEN_AGAIN_MS)
                self.sim.at(at_ms, self._redriver(tenant, f"redrive-{tenant}-{number}"))

    def _redriver(self, tenant: str, redrive_id: str) -> Callable[[], None]:
        return lambda: self.parked.request_redrive(Redrive(tenant, requested_at_ms=self.sim.clock()), redrive_id)

    def _enter_household(self, chance: random.Random) -> None:
        """Enter people of the shared address in the orgs: somebody with a number that nobody sends, somebody without one."""
        for tenant, org in self.orgs.items():
            for sync in self.syncs.by_tenant[tenant]:
                if sync.source != "lead":
                    continue
                if chance.random() < 0.3 and sync.push.external_id_field:
                    number = f"{tenant}-Numbernobody"
                    org.hold(sync.sobject, LastName=f"{tenant}-Someone", Email=household_of(tenant), Student__c=number)
                if chance.random() < 0.3:
                    org.hold(sync.sobject, LastName=f"{tenant}-Bare", Email=household_of(tenant))

    def _produce(self, chance: random.Random) -> None:
        """Send partial changes of a few people, some twice, from clocks that are up to six minutes fast or slow."""
        people = chance.randint(2, 3) if self.are_students else chance.randint(1, 2)
        needy = chance.random() < 0.3
        # Else most changes carry no e-mail, and only the key says who is meant.
        self.addressed = addressed = self.are_students or chance.random() < 0.7
        for number in range(chance.randint(3, 5)):
            tenant, person = chance.choice(self.tenants), chance.randrange(people)
            key = f"other-{person}" if addressed and chance.random() < 0.4 else f"k{person}"
            said_ms = START_MS + chance.randint(-900_000, 360_000)
            value = f"{tenant}-of{person}-{number}{REFERENCE if number % 3 == 2 else ''}"
            fields = {name: value for name in FIELDS if chance.random() < 0.7} or {"phone": value}
            if needy and "title" in fields:
                fields["title"] += NEEDS_FIRST_NAME
            if self.is_closed and chance.random() < 0.4:
                fields = {
                    name: f"{text}{NOT_YET}" if name in ("phone", "title") else text for name, text in fields.items()
                }
            body = self._change(tenant, person, key, said_ms, fields, chance)
            if not addressed and chance.random() < 0.8:
                del body["fields"]["email"]
            for _ in range(2 if chance.random() < 0.3 else 1):
                sent_ms = START_MS + chance.randint(0, 400_000)
                self.sim.at(sent_ms, self._sender(tenant, body))
                self.sent.append(Sent(tenant, person, key, (min(said_ms, sent_ms + LATEST_MS), sent_ms, 0), fields))

        if needy:
            self._send_everything_again(FAULTS_UNTIL_MS - TICK_MS, chance)
        if self.is_closed:
            self._send_everything_again(NEXT_DAY_MS, chance)

    def _change(
        self, tenant: str, person: int, key: str, said_ms: int, fields: Mapping[str, str], chance: random.Random
    ) -> dict[str, Any]:
        body = change_body(tenant, person, key, said_ms, fields)
        if self.are_students:
            body["fields"] |= {"email": household_of(tenant), "student": f"{tenant}-Number{person}"}
        if self.are_written:
            body["fields"]["email"] = chance.choice(WRITTEN).format(body["fields"]["email"])
            if self.are_students and chance.random() < 0.5:
                body["fields"]["student"] = f"{tenant}-NUMBER{person}"
        return body

    def _send_everything_again(self, at_ms: int, chance: random.Random) -> None:
        """Send the newest value of each field of each person once more."""
        people = {(item.tenant, item.person): item.key for item in self.sent}
        for (tenant, person), key in people.items():
            fields = {name: newest.fields[name] for name in FIELDS if (newest := self._newest(tenant, person, name))}
            self.sim.at(at_ms, self._sender(tenant, self._change(tenant, person, key, at_ms, fields, chance)))
            self.sent.append(Sent(tenant, person, key, (at_ms, at_ms, 0), fields))

    def _newest(self, tenant: str, person: int, name: str) -> Sent | None:
        """Return the newest change that gave a person's field a value."""
        mine = (item for item in self.sent if (item.tenant, item.person) == (tenant, person) and name in item.fields)
        return max(mine, key=lambda item: item.order, default=None)

    def _chat(self, chance: random.Random) -> None:
        """Send activities about people, before, while and after these are pushed."""
        people = list(self.sent)
        for number in range(chance.randint(1, 2)):
            concerned = chance.choice(people)
            tenant, key = concerned.tenant, f"chat-{number}"
            about = {"source": "lead", "key": concerned.key}
            if self.addressed and not self.are_students and chance.random() < 0.5:
                written = chance.choice(WRITTEN) if self.are_written else "{}"
                about = {"email": written.format(email_of(tenant, concerned.person))}
            fields = {"subject": f"{tenant}-of{concerned.person}-chat{number}"}
            sent_ms = START_MS + chance.randint(0, 400_000)
            self.sim.at(sent_ms, self._sender(tenant, {"key": key, "about": about, "fields": fields}, "chat"))
            self.sent.append(Sent(tenant, concerned.person, key, (sent_ms, sent_ms, 0), fields, source="chat"))

    def _sender(self, tenant: str, body: dict[str, Any], source: str = "lead") -> Callable[[], None]:
        def send() -> None:
            was_watched = self.is_watched
            self.enqueue(tenant, [json.dumps({"version": 1, "tenant": tenant, "source": source, "changes": [body]})])
            if not was_watched:
                self._poll()
                self._tick()

        return send

    def _flip(self, chance: random.Random) -> None:
        """End a connection for a while and revise syncs in some scenarios."""
        if chance.random() < 0.2:
            tenant, from_ms = chance.choice(self.tenants), START_MS + chance.randint(0, 400_000)
            self.sim.at(from_ms, lambda: self.connections.flip(tenant, Status.RECONNECTION_REQUIRED))
            self.sim.at(from_ms + 500_000, lambda: self.connections.flip(tenant, Status.CONNECTED))
        if chance.random() < 0.2:
            self.sim.at(START_MS + chance.randint(0, 400_000), lambda: self.syncs.revise(self.tenants[0]))

    def run(self) -> Counts:
        """Let it all happen, and compare."""
        self._poll()
        self._tick()
        self.sim.run(END_MS)
        return self._counts()

    def enqueue(
        self,
        tenant: str,
        bodies: Sequence[str],
        sent: Sequence[Sequence[int]] = (),
        redriven: Sequence[Sequence[str]] = (),
    ) -> None:
        """Put messages on the queue."""
        for place, body in enumerate(bodies):
            self.messages += 1
            message_id = f"m{self.messages}"
            first_sent = tuple(sent[place]) if sent else ()
            syncs = tuple(redriven[place]) if redriven else ()
            self.queue[message_id] = Message(
                message_id, body, self.sim.now_ms, self.sim.now_ms, first_sent=first_sent, syncs=syncs
            )

    def send(
        self,
        tenant: str,
        bodies: Sequence[str],
        *,
        sent: Sequence[Sequence[int]] = (),
        redriven: Sequence[Sequence[str]] = (),
    ) -> None:
        """Take back what replay sends."""
        self.sim.call("queue.send", 20, lambda: self.enqueue(tenant, bodies, sent, redriven), unavailable)

    def _poll(self) -> None:
        """Start workers for what is visible; stop looking once all is at rest."""
        visible = [message for message in self.queue.values() if message.visible_at_ms <= self.sim.now_ms]
        if visible and self.working < 3:
            size = self.sim.random.randint(1, 3)
            self._start(self.sim.random.sample(visible, min(size, len(visible))))
        if self.is_watched:
            self.sim.at(self._next_ms(), self._poll)

    @property
    def is_watched(self) -> bool:
        """Whether anything may still come of itself, so that queue and schedule are looked at."""
        return self.sim.now_ms < FAULTS_UNTIL_MS or bool(self.queue or self.parked.entries or self.sim.alive)

    def _next_ms(self) -> int:
        """Return when there may be something to do: soon while messages are visible, else when the next one is."""
        waits = [message.visible_at_ms for message in self.queue.values()]
        soonest = min(waits, default=self.sim.now_ms + TICK_MS // 2)
        return max(self.sim.now_ms + POLL_MS, min(soonest, self.sim.now_ms + TICK_MS // 2))

    def _start(self, messages: list[Message]) -> None:
        self.workers += 1
        self.working += 1
        worker = Worker(f"w{self.workers}", self.sim.now_ms + TIMEOUT_MS, self.sim.random.randint(-500, 500))
        for message in messages:
            message.visible_at_ms = self.sim.now_ms + VISIBILITY_MS
            message.receives += 1
        deliveries = [
            Delivery(
                item.message_id,
                item.body,
                item.sent_at_ms,
                item.message_id,
                first_sent=item.first_sent,
                redriven=bool(item.syncs),
                syncs=item.syncs,
                receives=item.receives,
            )
            for item in messages
        ]
        self.sim.at(self.sim.now_ms, lambda: self.sim.start(worker, lambda: self._work(worker, deliveries)))
        self.sim.at(worker.deadline_ms, lambda: self._time_out(worker))

    def _time_out(self, worker: Worker) -> None:
        """Lambda ends an invocation that takes too long (one that stands still wakes later: a thawed environment)."""
        if not worker.dead and self.sim.random.random() < 0.5:
            worker.dead = True
        self.working -= 1

    def _work(self, worker: Worker, deliveries: list[Delivery]) -> None:
        batch = push_batch(deliveries, self._ports(worker), Remaining(self.sim, worker))
        for fault in batch.faults:
            raise fault
        for delivery in deliveries:
            if delivery.message_id not in batch.redelivered:
                self.queue.pop(delivery.message_id, None)
            elif delivery.message_id in self.queue and (at_ms := batch.redelivered[delivery.message_id]):
                self.queue[delivery.message_id].visible_at_ms = max(self.sim.now_ms, at_ms)

    def _tick(self) -> None:
        """Run the replay schedule."""
        self.workers += 1
        worker = Worker(f"r{self.workers}", self.sim.now_ms + TIMEOUT_MS, 0)
        replay = Replay(self.connections, self.syncs, self.parked, self, 80)

        def work() -> None:
            try:
                replay.tick(self.sim.now_ms, PlentyOfTime())
            except RetryableError:
                return

        if self.parked.entries:
            self.sim.start(worker, work)
        if self.is_watched:
            self.sim.at(self.sim.now_ms + TICK_MS, self._tick)

    def _ports(self, worker: Worker) -> PushPorts:
        def described_again(tenant: str, sobject: str) -> Any:
            return self._described(sobject, is_old=self.is_closed and self.new_field == "Student__c")

        def described(tenant: str, sobject: str) -> Any:
            return self._described(sobject, is_old=bool(self.new_field))

        def org(tenant: str) -> SimulatedOrg:
            found: SimulatedOrg = self.sim.call("org", 5, lambda: self.orgs[tenant], unavailable)
            return found

        return PushPorts(
            connections=self.connections,
            syncs=self.syncs,
            described=described,
            described_again=described_again,
            org=org,
            claims=SimulatedClaims(self.sim, self.state, worker),
            synced=MemorySynced(),
            parked=self.parked,
            history=self.history,
            outbound=self.outbound,
            signals=self.history,
            now_ms=self.sim.clock,
            in_parallel=one_after_another,
            batch_size=self.batch_size,
            defer=lambda receipt, seconds: None,
            finish=lambda: None,
            worker=worker.name,
            person_wait_ms=self.person_wait_ms,
            gathering=self.gathering,
        )

    def _described(self, sobject: str, *, is_old: bool) -> Any:
        is_before = is_old and self.sim.now_ms < self.described_until_ms and sobject in ("Contact", "Lead")
        find = (lambda: describe_before(sobject, self.new_field)) if is_before else (lambda: described_as(sobject))
        return self.sim.call("described", 5, find, unavailable)

    # --- the oracle

    def _counts(self) -> Counts:
        counts = Counts(seeds=1, changes=len(self.sent))
        counts.unsettled = len(self.queue) + len(self.parked.entries) + self._untold()
        counts.miscounted = self._miscounted()
        counts.cross_tenant = self.outbound.foreign + sum(org.foreign for org in self.orgs.values())
        counts.mixed = sum(org.mixed for org in self.orgs.values())
        for tenant, org in self.orgs.items():
            for sync in (sync for sync in self.syncs.by_tenant[tenant] if sync.source == "lead"):
                for person in sorted({item.person for item in self._people(tenant)}):
                    self._compare(counts, tenant, org, sync.sobject, person)
            self._compare_chats(counts, tenant, org)
        return counts

    def _people(self, tenant: str) -> list[Sent]:
        """Return what was sent about people themselves."""
        return [item for item in self.sent if item.tenant == tenant and item.source == "lead"]

    def _compare_chats(self, counts: Counts, tenant: str, org: SimulatedOrg) -> None:
        """Every activity is there once, and linked to its person."""
        for item in (item for item in self.sent if item.tenant == tenant and item.source == "chat"):
            rows = [row for row in org.rows.values() if row.get("Subject") == item.fields["subject"]]
            person = last_name_of(tenant, item.person)
            people = {row["Id"] for row in org.rows.values() if row.get("LastName") == person}
            counts.lost += not rows
            counts.duplicates += max(len(rows) - 1, 0)
            counts.unlinked += sum(row.get("WhoId") not in people for row in rows)

    def _untold(self) -> int:
        """Return how many changes have no outcome for one of their syncs."""
        return sum(
            (item.tenant, item.key, sync.id) not in self.outbound.published
            for item in self.sent
            for sync in self.syncs.by_tenant[item.tenant]
            if sync.source == item.source
        )

    def _miscounted(self) -> int:
        """Return how many changes the history counted twice, or not at all though they are remembered as settled."""
        counted = self.history.counted
        remembered = {
            (tenant, settlement, mark_of(memory, sync, occurred_at_ms, content))
            for (tenant, _), item in self.state.items.items()
            for memory, key in Entity.parse(item.state).keys.items()
            for sync, settled in key.get("settled", {}).items()
            for occurred_at_ms, content, _, _, _, settlement in settled
        }
        return sum(counted[each] != 1 for each in remembered | counted.keys())

    def _compare(self, counts: Counts, tenant: str, org: SimulatedOrg, sobject: str, person: int) -> None:
        rows = [
            row
            for row in org.rows.values()
            if row["sobject"] == sobject and row.get("LastName") == last_name_of(tenant, person)
        ]
        if not rows:
            counts.lost += 1
            return
        counts.duplicates += len(rows) - 1
        for name, planned in SALESFORCE.items():
            newest = self._newest(tenant, person, name)
            found = rows[0].get(planned)
            if newest is None or found == newest.fields[name]:
                continue
            if newest.fields[name].endswith(NEEDS_FIRST_NAME) and self._newest(tenant, person, "first_name") is None:
                continue
            if found is None:
                counts.lost += 1
            else:
                counts.stale += 1


class Remaining:
    """The time that a worker has left."""

    def __init__(self, sim: Simulation, worker: Worker) -> None:
        self._sim, self._worker = sim, worker

    def remaining_ms(self) -> int:
        return self._worker.deadline_ms - self._sim.now_ms


def described_as(sobject: str) -> SObjectDescribe:
    """Return the describe; these orgs' users see people and tasks only."""
    if sobject not in DESCRIBES:
        raise NotFound(f"There is no {sobject}.")
    return DESCRIBES[sobject]


def unavailable(kind: int) -> Any:
    raise StoreUnavailable("The store does not answer.", "It is tried again.")


def email_of(tenant: str, person: int) -> str:
    return f"{tenant}-person{person}@example.com"


def household_of(tenant: str) -> str:
    return f"{tenant}-home@example.com"


def last_name_of(tenant: str, person: int) -> str:
    return f"{tenant}-Last{person}"


def change_body(tenant: str, person: int, key: str, said_ms: int, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return one change; everything but the fields that differ makes a creation possible."""
    always = {"email": email_of(tenant, person), "last_name": last_name_of(tenant, person)}
    always["company"] = f"{tenant}-Company"
    moment = datetime.fromtimestamp(said_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {"key": f"{key}", "occurred_at": moment, "fields": {**always, **fields}}


_ROWS = tuple(
    Row(product=product, salesforce=planned) for product, planned in (*SALESFORCE.items(), ("last_name", "LastName"))
)
_RULES = PushRules(create_when_missing=True, create_unless="never", on_duplicate="save")
_CONTACT = Sync(id="lead-contact", source="lead", sobject="Contact", enabled=True, push=_RULES, mappings=_ROWS)
_LEAD = Sync(
    id="lead-lead",
    source="lead",
    sobject="Lead",
    enabled=True,
    position=2,
    push=_RULES,
    mappings=(*_ROWS, Row(product="company", salesforce="Company")),
)


_CHAT = Sync(
    id="chat-task",
    source="chat",
    sobject="Task",
    enabled=True,
    push=PushRules(create_when_missing=True),
    mappings=(Row(product="subject", salesforce="Subject"),),
)


def syncs_of(chance: random.Random, *, are_students: bool) -> list[Sync]:
    """Return a Contact sync, a Lead sync in some scenarios, and one of chats; students have a number, which leads lack in some."""
    syncs = [_CONTACT, _LEAD] if chance.random() < 0.4 else [_CONTACT]
    if not are_students:
        return [*syncs, _CHAT]
    numbered = [_of_students(sync) for sync in syncs]
    return [*([numbered[0], *syncs[1:]] if chance.random() < 0.5 else numbered), _CHAT]


def _of_students(sync: Sync) -> Sync:
    rules = sync.push.model_copy(update={"external_id_field": "Student__c"})
    rows = (*sync.mappings, Row(product="student", salesforce="Student__c"))
    return sync.model_copy(update={"push": rules, "mappings": rows})


# --- broken on purpose


@contextmanager
def broken(variant: str | None) -> Iterator[None]:
    """Take one protection out of the code for a while."""
    if variant is None:
        yield
        return
    owner, name, replacement = _BREAKS[variant]
    kept = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def _complete_without_fence(
    self: MemoryClaims, tenant: str, entity: str, fence: int, state: str, *, keep: bool
) -> bool:
    item = self.shared.items[tenant, entity]
    item.state = state
    item.owner = item.lease_until_ms = None
    return True


def _free_on_timeout(item: PendingSave, progress: SaveProgress) -> None:
    for task in item.tasks:
        if task.is_open:
            task.redeliver(1)


def _no_order(entity: Entity, record_id: str, name: str) -> None:
    return None


def _nothing_noted(claims: HeldClaims, creates: Sequence[tuple[str, str, Any]]) -> set[str]:
    return {entity for entity, _, _ in creates}


def _is_nobody_else(self: PeopleRows, row: Any, keys: Any) -> bool:
    return False


def _alike(self: RecordState, name: str, values: Mapping[str, Any], epoch: int) -> str:
    return "whatever else is written"


def _nothing_found(parked: Any, redrive: Redrive) -> ParkedPage:
    return ParkedPage(())


def _lacks_nothing(describe: SObjectDescribe, syncs: Any) -> bool:
    return False


_BREAKS: dict[str, tuple[Any, str, Any]] = {
    "believed_for_ever": (rejected_values, "BELIEVED_MS", END_MS),
    "addresses_as_written": (emails, "cleaned_email", str.strip),
    "old_describe": (describes, "lacks", _lacks_nothing),
    "address_without_number": (identifying, "lacks_external_id", _lacks_nothing),
    "no_redrive": (redriving, "page_of", _nothing_found),
    "uncounted": (history, "REMEMBERED_MS", 0),
    "refused_for_ever": (RecordState, "depends_on", _alike),
    "interpret_text": (Save, "is_literal", False),
    "no_pending_create": (writes, "note_creates", _nothing_noted),
    "no_fence": (MemoryClaims, "complete_one", _complete_without_fence),
    "release_on_timeout": (answers, "hold_unknown", _free_on_timeout),
    "no_version": (merging, "field_order", _no_order),
    "adopt_by_address": (PeopleRows, "is_another", _is_nobody_else),
    "no_makers": (writes, "note_makers", lambda claims, makers: set()),
    "take_back_left": (MemoryClaims, "has_left", lambda claims, tenant, entity, fence: False),
    "forget_held": (SimulatedGathering, "held", lambda gathering, tenant, generation: []),
}


# --- running


def run_seeds(first: int, seeds: int, variant: str | None = None, *, pacing: bool = False) -> Counts:
    """Run seeds one after another; with `pacing`, changes are gathered in each."""
    counts = Counts()
    with broken(variant):
        for seed in range(first, first + seeds):
            counts.add(Scenario(seed, pacing=pacing).run())
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.push_simulation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--pacing", action="store_true", help="with calls so scarce that changes are gathered, in every scenario"
    )
    parser.add_argument("--variant", choices=VARIANTS, help="take a protection out: must fail")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    began = time.perf_counter()
    chunk = 250
    starts = range(given.first, given.first + given.seeds, chunk)
    counts = Counts()
    with ProcessPoolExecutor(given.processes) as pool:
        sizes = [min(chunk, given.first + given.seeds - start) for start in starts]
        run = partial(run_seeds, variant=given.variant, pacing=given.pacing)
        for part in pool.map(run, starts, sizes):
            counts.add(part)
    figures = {name: getattr(counts, name) for name in Counts.__slots__}
    took = {"seconds": round(time.perf_counter() - began, 1)}
    print(
        json.dumps(figures | took)
        if given.json
        else "\n".join(f"{name:14} {value}" for name, value in (figures | took).items())
    )
    return 0 if counts.holds else 1


if __name__ == "__main__":
    sys.exit(main())
