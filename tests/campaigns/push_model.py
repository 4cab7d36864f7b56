"""
The world of the push simulation: virtual time, workers that may die at any port call, an org and a queue in memory.

Every port call of the real use case goes through `Simulation.call`, which lets time pass (other workers run meanwhile) and
decides by the seed what goes wrong with it. Nothing here decides anything that production code decides.
"""

from __future__ import annotations

import heapq
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

from causeway.connections.connection import Connection, Status, Usage
from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote
from causeway.contract.timeline import Noted
from causeway.errors import OrgUnavailable, OutcomeUnknown, QuotaSpent, StoreUnavailable
from causeway.parked.entries import Parked, ParkedPage, Redrive, due_id
from causeway.push.memory.claims.answers import Busy, Claim, Seen
from causeway.push.pacing.windows import Held, Window
from causeway.salesforce.calls import Collection, Lookup, Row, Save, Saved, SaveError
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.sync import Sync
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from tests.support.push.gathering import MemoryGathering
from tests.support.push.memory import MemoryClaims, MemoryHistory, MemorySyncs, StateItems

LEASE_MS, HOLD_MS, TIMEOUT_MS, VISIBILITY_MS = 720_000, 600_000, 120_000, 720_000
START_MS = 1_800_000_000_000
NEEDS_FIRST_NAME = "(needs a first name)"  # a title that ends like this is refused while its record has no first name
NOT_YET = "(not yet)"  # until an org opens: a title that ends like this is refused alone, a phone with its whole record
CRASH_BEFORE, CRASH_AFTER, FAULT = 0, 1, 2


class Crash(BaseException):
    """The worker's process died here."""


@dataclass(slots=True)
class Worker:
    """One invocation: dead ones reach no port any more."""

    name: str
    deadline_ms: int
    skew_ms: int
    dead: bool = False


class Simulation:
    """Virtual time and the faults of one seed."""

    def __init__(self, seed: int, fault_share: float, faults_until_ms: int) -> None:
        self.random = random.Random(seed)
        self.now_ms = START_MS
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._number = 0
        self._fault_share, self._faults_until_ms = fault_share, faults_until_ms
        self.worker: Worker | None = None
        self.alive = 0
        self.crashed: set[tuple[str, int]] = set()
        self.forced: tuple[str, int] | None = None
        self.reached: set[str] = set()

    def at(self, when_ms: int, what: Callable[[], None]) -> None:
        """Let something happen at a time."""
        self._number += 1
        heapq.heappush(self._events, (max(when_ms, self.now_ms), self._number, what))

    def run(self, until_ms: int) -> None:
        """Let everything happen, in order of time."""
        while self._events and self._events[0][0] <= until_ms:
            self.now_ms, _, what = heapq.heappop(self._events)
            self.worker = None
            what()

    def start(self, worker: Worker, work: Callable[[], None]) -> None:
        """Run an invocation as a coroutine of its own; a crash ends it without a trace."""

        def body() -> None:
            try:
                work()
            except Crash:
                return
            finally:
                self.alive -= 1

        self.alive += 1
        one = greenlet(body)
        self._resume(one, worker)

    def _resume(self, one: greenlet, worker: Worker) -> None:
        self.worker = worker
        one.switch()

    def sleep(self, ms: int) -> None:
        """Let time pass for the present worker while the others go on."""
        worker = self.worker
        me = getcurrent()
        if worker is None or me.parent is None:
            return
        self.at(self.now_ms + ms, lambda: self._resume(me, worker))
        me.parent.switch()

    def clock(self) -> int:
        """Return the time as the present worker's clock shows it."""
        return self.now_ms + (self.worker.skew_ms if self.worker else 0)

    @property
    def has_faults(self) -> bool:
        """Whether things still go wrong."""
        return self._fault_share > 0 and self.now_ms < self._faults_until_ms

    def fault(self, kinds: int) -> int | None:
        """Return which of `kinds` things goes wrong with this call, or None."""
        if not self.has_faults or self.random.random() >= self._fault_share:
            return None
        return self.random.randrange(kinds)

    def call[R](
        self,
        name: str,
        latency_ms: int,
        work: Callable[[], R],
        failed: Callable[[int], R] | None = None,
        kinds: int = 2,
    ) -> R:
        """
        Make one port call: time passes, then it happens; or the worker dies before or after it; or it fails in one of its ways.

        `failed(kind)` returns (or raises) what the caller sees; kinds 0 and up, of which odd ones are applied before.
        """
        worker = self.worker
        if worker is None:
            return work()
        self.reached.add(name)
        self._check(worker)
        kind = self._forced(name) if self.forced else self.fault(2 + (kinds if failed else 0))
        if kind == CRASH_BEFORE:
            self._die(worker, name, CRASH_BEFORE)
        self.sleep(self._latency(latency_ms, name))
        self._check(worker)
        if kind is not None and kind >= FAULT and failed is not None:
            if (kind - FAULT) % 2:
                work()
            return failed(kind - FAULT)
        result = work()
        if kind == CRASH_AFTER:
            self._die(worker, name, CRASH_AFTER)
        return result

    def _forced(self, name: str) -> int | None:
        """Return the one crash that is asked for, at the first call of that name."""
        if self.forced is None or self.forced[0] != name or self.forced in self.crashed:
            return None
        return self.forced[1]

    def _latency(self, usual_ms: int, name: str) -> int:
        """Calls mostly take their usual time; now and then a machine stands still for longer than a lease."""
        if name.startswith("claims.") and self.has_faults and not self.forced and self.random.random() < 0.01:
            return LEASE_MS + 60_000
        return int(usual_ms * self.random.random() * 2)

    def _check(self, worker: Worker) -> None:
        if worker.dead:
            raise Crash

    def _die(self, worker: Worker, name: str, when: int) -> None:
        self.crashed.add((name, when))
        worker.dead = True
        raise Crash


# --- stores


class SimulatedClaims:
    """Claims whose batch calls may be applied in part, and whose answers may be lost."""

    def __init__(self, sim: Simulation, items: StateItems, worker: Worker) -> None:
        self._sim = sim
        self._inner = MemoryClaims(items, worker.name, sim.clock, LEASE_MS)

    def look(self, tenant: str, identifiers: Any) -> dict[str, Seen]:
        return self._sim.call("claims.look", 10, lambda: self._inner.look(tenant, identifiers), _unavailable)

    def acquire(self, tenant: str, entities: Any) -> dict[str, Claim]:
        chosen = sorted(set(entities))

        def busy(kind: int) -> dict[str, Claim]:
            return {entity: Busy(self._sim.clock() + 5_000) for entity in chosen}

        return self._sim.call("claims.acquire", 20, lambda: self._inner.acquire(tenant, chosen), busy)

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        return self._sim.call("claims.point", 20, lambda: self._inner.point(tenant, entities), lambda kind: {})

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        return self._sim.call("claims.own", 20, lambda: self._inner.own(tenant, org_id, entities), lambda kind: {})

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        def some(kind: int) -> set[str]:
            part = dict(sorted(entities.items())[: len(entities) // 2]) if not kind % 2 else {}
            return self._inner.complete(tenant, part, keep=keep) if part else set()

        return self._sim.call("claims.complete", 20, lambda: self._inner.complete(tenant, entities, keep=keep), some)

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        self._sim.call("claims.release", 20, lambda: self._inner.release(tenant, entities), lambda kind: None)


def _unavailable(kind: int) -> NoReturn:
    raise StoreUnavailable("The store does not answer.", "It is tried again.")


class SimulatedParked:
    """The parked store, as push and replay see it."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self.entries: dict[tuple[str, str], Parked] = {}
        self.requests: dict[str, Redrive] = {}

    def put(self, entries: Sequence[Parked]) -> None:
        def keep() -> None:
            self.entries.update({(entry.tenant, entry.parked_id): entry for entry in entries})

        self._sim.call("parked.put", 20, keep, _unavailable)

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        def forget() -> None:
            for parked_id in parked_ids:
                self.entries.pop((tenant, parked_id), None)

        self._sim.call("parked.drop", 20, forget, _unavailable)

    def wake(self, tenant: str, parked_ids: Sequence[str]) -> None:
        def make_due() -> None:
            for parked_id in parked_ids:
                entry = self.entries.pop((tenant, parked_id), None)
                if entry is not None:
                    due = replace(entry, parked_id=due_id(parked_id, self._sim.now_ms), not_before_ms=0)
                    self.entries[tenant, due.parked_id] = due

        self._sim.call("parked.wake", 20, make_due, _unavailable)

    def page(self, tenant: str, **asked: Any) -> ParkedPage:
        of_kind = (
            key
            for key, entry in self.entries.items()
            if key[0] == tenant and entry.is_waiting == asked["waiting"] and key[1] > (asked.get("after") or "")
        )
        limit = asked.get("limit", 100)
        found = [self.entries[key] for key in heapq.nsmallest(limit, of_kind)]
        return ParkedPage(tuple(found), found[-1].parked_id if len(found) == limit and not asked["waiting"] else None)

    def by_ids(self, tenant: str, parked_ids: Sequence[str]) -> Sequence[Parked]:
        return [self.entries[tenant, each] for each in parked_ids if (tenant, each) in self.entries]

    def mark_waiting(self, tenant: str) -> None:
        return

    def unmark_waiting(self, tenant: str) -> None:
        return

    def waiting_tenants(self) -> Any:
        return iter(sorted({tenant for (tenant, _), entry in self.entries.items() if entry.is_waiting}))

    def request_redrive(self, redrive: Redrive, new_id: str) -> None:
        self.requests[new_id] = redrive

    def note_redrive(self, redrive_id: str, redrive: Redrive) -> None:
        self.requests[redrive_id] = redrive

    def redrives(self) -> Any:
        return iter(list(self.requests.items()))

    def count_refused(self, redrive: Redrive) -> int:
        found = (entry for (tenant, _), entry in self.entries.items() if tenant == redrive.tenant)
        return sum(not entry.is_waiting and entry.parked_at_ms <= redrive.requested_at_ms for entry in found)

    def redrives_of(self, tenant: str) -> list[tuple[str, Redrive]]:
        return [each for each in self.requests.items() if each[1].tenant == tenant]

    def fulfil(self, redrive_id: str, redrive: Redrive) -> None:
        self.requests.pop(redrive_id, None)


class SimulatedGathering:
    """The windows of paced delivery, whose writes may be lost or applied without an answer."""

    def __init__(self, sim: Simulation) -> None:
        self._sim, self.inner = sim, MemoryGathering(sim.clock)

    def read(self, tenant: str) -> Window:
        found: Window = self._sim.call("gathering.read", 5, lambda: self.inner.read(tenant), _unavailable)
        return found

    def open(self, tenant: str, window: Window, flush_at_ms: int) -> Window | None:
        return self._sim.call("gathering.open", 10, lambda: self.inner.open(tenant, window, flush_at_ms), _unavailable)

    def hold(self, tenant: str, window: Window, name: str, content: bytes, changes: int) -> Window | None:
        def put() -> None:
            held = self.inner.content.setdefault((tenant, window.generation), {})
            held[name] = content, self._sim.clock()

        self._sim.call("gathering.put", 10, put, _unavailable)
        return self._sim.call(
            "gathering.hold", 5, lambda: self.inner.hold(tenant, window, name, content, changes), _unavailable
        )

    def close(self, tenant: str, window: Window) -> bool:
        return self._sim.call("gathering.close", 10, lambda: self.inner.close(tenant, window), _unavailable)

    def take_over(self, tenant: str, window: Window, generation: int) -> bool:
        return self._sim.call(
            "gathering.take_over", 10, lambda: self.inner.take_over(tenant, window, generation), _unavailable
        )

    def held(self, tenant: str, generation: int) -> list[Held]:
        return self._sim.call("gathering.held", 10, lambda: self.inner.held(tenant, generation), _unavailable)

    def give_up(self, tenant: str, generation: int) -> None:
        self._sim.call("gathering.give_up", 10, lambda: self.inner.give_up(tenant, generation), _unavailable)

    def finish(self, tenant: str, generation: int) -> None:
        self._sim.call("gathering.finish", 10, lambda: self.inner.finish(tenant, generation), _unavailable)


class SimulatedOutbound:
    """Published outcomes: (tenant, key, sync) → results, in order."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self.published: dict[tuple[str, str, str | None], list[str]] = {}
        self.foreign = 0

    def send(self, tenant: str, bodies: Sequence[str]) -> None:
        def keep() -> None:
            for body in bodies:
                whole = json.loads(body)
                self.foreign += whole["tenant"] != tenant
                for item in whole["outcomes"]:
                    self.published.setdefault((tenant, item["key"], item["sync"]), []).append(item["result"])

        self._sim.call("outbound.send", 20, keep, _unavailable)


class SimulatedHistory:
    """The history; it is only written. `counted` says how often each change counted for a settlement and sync."""

    def __init__(self, sim: Simulation) -> None:
        self._sim, self._kept = sim, MemoryHistory()

    @property
    def counted(self) -> Counter[tuple[str, str, str]]:
        return self._kept.counted

    def note_push(self, tenant: str, note: PushNote) -> None:
        self._sim.call("history.note_push", 10, lambda: self._kept.note_push(tenant, note), _unavailable)

    def note_timeline(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None:
        self._sim.call("history.note_timeline", 5, lambda: None, _unavailable)

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None:
        self._sim.call("signals.matched", 10, lambda: None)


class SimulatedConnections:
    """Connections that flip while batches run."""

    def __init__(self, sim: Simulation, tenants: Sequence[str]) -> None:
        self._sim = sim
        self.by_tenant = {
            tenant: Connection(tenant, Status.CONNECTED, epoch=1, org_id=f"org of {tenant}") for tenant in tenants
        }

    def get(self, tenant: str) -> Connection:
        found: Connection = self._sim.call("connections.get", 5, lambda: self.by_tenant[tenant], _unavailable)
        return found

    def note_record_sizes(self, tenant: str, org_id: str, sizes: Mapping[str, int]) -> None:
        def keep() -> None:
            self.by_tenant[tenant] = replace(self.by_tenant[tenant], record_sizes=dict(sizes))

        self._sim.call("connections.note_record_sizes", 5, keep, _unavailable)

    def use_up(self, tenant: str, used: int, allowed: int) -> None:
        """Let the org have used so many of its calls."""
        usage = Usage(used, allowed, self._sim.now_ms)
        self.by_tenant[tenant] = replace(self.by_tenant[tenant], usage=usage)

    def flip(self, tenant: str, status: Status) -> None:
        before = self.by_tenant[tenant]
        self.by_tenant[tenant] = replace(before, status=status, cause="grant_ended", epoch=before.epoch + 1)


class SimulatedSyncs(MemorySyncs):
    """Syncs whose revision grows while batches run."""

    def __init__(self, sim: Simulation, syncs: Mapping[str, Sequence[Sync]]) -> None:
        super().__init__(syncs)
        self._sim = sim

    def of_source(self, tenant: str, source: str) -> list[Sync]:
        return self._sim.call("syncs.of_source", 5, lambda: MemorySyncs.of_source(self, tenant, source), _unavailable)

    def deliver_within(self, seconds: int) -> None:
        """Let every sync deliver within some seconds."""
        for tenant, syncs in self.by_tenant.items():
            rules = [sync.push.model_copy(update={"deliver_within_s": seconds}) for sync in syncs]
            self.by_tenant[tenant] = [
                sync.model_copy(update={"push": push}) for sync, push in zip(syncs, rules, strict=True)
            ]

    def revise(self, tenant: str) -> None:
        self.by_tenant[tenant] = [
            sync.model_copy(update={"revision": sync.revision + 1}) for sync in self.by_tenant[tenant]
        ]


# --- the org


_TEXT = [("FirstName", "string"), ("LastName", "string"), ("Phone", "phone"), ("Title", "string"), ("Email", "email")]


def describe(sobject: str) -> SObjectDescribe:
    """Return Contact, Lead or Task as these orgs have them."""
    system = [FieldDescribe(name, name, "id", createable=False, updateable=False) for name in ("Id", "MasterRecordId")]
    system += [
        FieldDescribe(name, name, "boolean", createable=False, updateable=False)
        for name in ("IsDeleted", "IsConverted")
    ]
    system.append(FieldDescribe("CreatedDate", "Created", "datetime", createable=False, updateable=False))
    if sobject == "Task":
        who = FieldDescribe("WhoId", "Name", "reference", relationship_name="Who", reference_to=("Contact", "Lead"))
        return SObjectDescribe(
            "Task", "Task", "00T", fields=(*system, FieldDescribe("Subject", "Subject", "string", length=80), who)
        )
    text = [FieldDescribe(name, name, kind, length=80, nillable=name != "LastName") for name, kind in _TEXT]
    text.append(FieldDescribe("Student__c", "Student", "string", length=80, unique=True, external_id=True))
    if sobject == "Lead":
        text.append(FieldDescribe("Company", "Company", "string", length=80, nillable=False))
    return SObjectDescribe(sobject, sobject, {"Contact": "003", "Lead": "00Q"}[sobject], fields=(*system, *text))


DESCRIBES = {name: describe(name) for name in ("Contact", "Lead", "Task")}


@cache
def describe_before(sobject: str, name: str) -> SObjectDescribe:
    """Return an sObject as it was before a field was made."""
    now = DESCRIBES[sobject]
    return replace(now, fields=tuple(each for each in now.fields if each.name != name))


PREFIXES = {"Contact": "003", "Lead": "00Q", "Task": "00T"}


@dataclass(slots=True)
class SimulatedOrg:
    """One tenant's org: rows, a count of calls, and writes that land late or whose answers are lost."""

    sim: Simulation
    tenant: str
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: list[tuple[str, str, str]] = field(default_factory=list)
    calls: int = 0
    foreign: int = 0
    bears: int = 0
    opens_at_ms: int = 0
    people: dict[str, set[str]] = field(default_factory=dict)

    def hold(self, sobject: str, **values: str) -> None:
        """Hold a record that a person of the tenant entered."""
        self._create(sobject, values)

    @property
    def mixed(self) -> int:
        """Return how many records were written values of several people, or of another than the one whose number they hold."""
        return sum(len(names) > 1 for names in self.people.values())

    @property
    def api_calls(self) -> int:
        return self.calls

    def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]:
        self.calls += 1
        return self.sim.call("org.read", 400, lambda: [self._found(lookup) for lookup in lookups], _read_fault, 6)

    def _found(self, lookup: Lookup) -> list[Row]:
        if lookup.via:
            return []
        single = [[(name, values)] for name, values in lookup.any_of]
        desired = [_folded(conditions) for conditions in (*single, *lookup.all_of)]
        return [
            {**dict.fromkeys(name for name in lookup.fields if "." not in name), **row}
            for row in self.rows.values()
            if row["sobject"] == lookup.sobject
            and any(all(str(row.get(name, "")).lower() in values for name, values in each) for each in desired)
        ]

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        self.calls += 1
        latency_ms = 1_500

        def lost(kind: int) -> list[list[Saved]]:
            return self._lost(kind, collections)

        return self.sim.call("org.save", latency_ms, lambda: self._apply(collections), lost, 8)

    def _lost(self, kind: int, collections: Sequence[Collection]) -> list[list[Saved]]:
        """Odd kinds have been applied already; even ones have not, or will be."""
        unknown = [[Saved("unknown")] * len(collection.saves) for collection in collections]
        match kind:
            case 0:
                raise OrgUnavailable("The org is down.", "It is tried again.")
            case 2:
                late_ms = int(self.sim.random.random() * (HOLD_MS - 10_000))
                self.sim.at(self.sim.now_ms + late_ms, lambda: self._land(collections))
                return unknown
            case 4:
                locked = SaveError("UNABLE_TO_LOCK_ROW", "locked")
                return [[Saved("refused", error=locked)] * len(collection.saves) for collection in collections]
            case 6:
                raise QuotaSpent("The quota is spent.", "Wait.")
        return unknown

    def _land(self, collections: Sequence[Collection]) -> None:
        self._apply(collections)

    def _apply(self, collections: Sequence[Collection]) -> list[list[Saved]]:
        """Save the records; a composite call resolves references in texts, and here none of them leads anywhere."""
        is_composite = len(collections) > 1 or not collections[0].is_literal
        if is_composite and any("@{" in str(save.values) for each in collections for save in each.saves):
            halted = Saved("refused", error=SaveError("PROCESSING_HALTED", "Invalid reference specified."), whole=True)
            return [[halted] * len(collection.saves) for collection in collections]
        return [self._collection(collection.saves) for collection in collections]

    def _collection(self, saves: Sequence[Save]) -> list[Saved]:
        """Save the records of one collection, but for those of an sObject of which there are more than the automation bears."""
        counts = Counter(save.sobject for save in saves)
        exceeded = Saved("refused", error=SaveError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: System.LimitException"))
        return [exceeded if 0 < self.bears < counts[save.sobject] else self._save(save) for save in saves]

    def _save(self, save: Any) -> Saved:
        after = {**self.rows.get(save.record_id or "", {}), **save.values}
        if str(save.values.get("Title", "")).endswith(NEEDS_FIRST_NAME) and not after.get("FirstName"):
            return Saved("refused", error=SaveError("FIELD_INTEGRITY_EXCEPTION", "not alone", ("Title",)))
        if refused := self._not_yet(save.values):
            return Saved("refused", error=refused)
        self.foreign += any(
            isinstance(value, str) and not value.startswith(self.tenant)
            for name, value in save.values.items()
            if name != "WhoId"
        )
        if save.record_id is not None:
            row = self.rows.get(save.record_id)
            if row is None:
                return Saved("refused", error=SaveError("ENTITY_IS_DELETED", "gone"))
            self._update(row, save.values)
            return Saved("saved", save.record_id)
        known = self._of_external(save) if save.external_id else None
        if known is not None:
            self._update(known, save.values)
            return Saved("saved", known["Id"])
        return Saved("saved", self._create(save.sobject, save.values), created=True)

    def _not_yet(self, values: Mapping[str, Any]) -> SaveError | None:
        """Return why values are refused that somebody in the org will allow later."""
        if self.sim.now_ms >= self.opens_at_ms:
            return None
        if str(values.get("Phone", "")).endswith(NOT_YET):
            return SaveError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "A rule of the org refuses the record.", ("Phone",))
        is_refused = str(values.get("Title", "")).endswith(NOT_YET)
        return SaveError("FIELD_INTEGRITY_EXCEPTION", "The value is refused.", ("Title",)) if is_refused else None

    def _of_external(self, save: Any) -> dict[str, Any] | None:
        """Return the record that an upsert finds by its external ID."""
        value = str(save.values[save.external_id]).lower()
        rows = (row for row in self.rows.values() if row["sobject"] == save.sobject)
        return next((row for row in rows if str(row.get(save.external_id, "")).lower() == value), None)

    def _update(self, row: dict[str, Any], values: Mapping[str, Any]) -> None:
        row.update(values)
        self._note_people(row["Id"], values)

    def _create(self, sobject: str, values: Mapping[str, Any]) -> str:
        record_id = f"{PREFIXES[sobject]}{len(self.rows):012d}AAA"
        self.rows[record_id] = {
            "Id": record_id,
            "sobject": sobject,
            "IsDeleted": False,
            "IsConverted": False,
            "CreatedDate": f"{self.sim.now_ms:020d}",
            **values,
        }
        self._note_people(record_id, values)
        return record_id

    def _note_people(self, record_id: str, values: Mapping[str, Any]) -> None:
        """Note whose values a record was written; a value names its person (`…-Last1`, `…-of1-4`), or nobody whom we push."""
        found = (match for value in values.values() if (match := _PERSON.search(str(value))))
        self.people.setdefault(record_id, set()).update(match[1] for match in found)


_PERSON = re.compile(r"-(?:Last|of|Number)(\w+)", re.IGNORECASE)


def _folded(conditions: Any) -> list[tuple[str, frozenset[str]]]:
    """Return the conditions on the fields of one record as texts in one case."""
    return [(name, frozenset(str(value).lower() for value in values)) for name, values in conditions]


def _read_fault(kind: int) -> Any:
    if kind in (0, 1):
        raise OrgUnavailable("The org is down.", "It is tried again.")
    if kind == 4:
        raise QuotaSpent("The quota is spent.", "Wait.")
    raise OutcomeUnknown("The answer was cut.", "It is tried again.")
