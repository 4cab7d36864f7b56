"""
Signals under crashes and redelivery, with the real push: is every edge of a condition an event, and none twice?

    python -m tests.campaigns.signals --edges 50000 [--seed 1] [--variant no_state] --json

People of a simulated org are pushed again and again, under two keys and for two syncs each; a score that rises and falls past the
condition makes edges, and so does the revenue of their account. The worker dies before and after port calls of every kind (also
between the writes of two claims), calls are refused, messages are delivered again, late and in any order within a round. The
receiver drops events whose id it knows, as docs/messages.md says.
Prints `edges` (that happened), `events` (deliveries), `missed` (edges without an event), `repeated` (events of
no edge, or further ones under another id), `crashes`, and exits 1 unless `missed` and `repeated` are 0. The broken variants
must fail: `no_state` forgets what was seen last, `edges_not_kept` forgets the edges of a settled change.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.contract.messages import Delivery
from causeway.contract.outcomes import Outcome
from causeway.errors import StoreUnavailable
from causeway.push.batch import push_batch
from causeway.push.memory.claims.answers import Busy, Claim
from causeway.push.memory.entity import Entity
from causeway.push.outcomes import fired_signals
from causeway.push.ports import PushPorts
from causeway.push.saving.batch_size import MeasuredBatchSize
from causeway.salesforce.calls import Collection, Lookup, Row, Saved
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.sync import Mapping as MappingRow
from causeway.syncs.sync import PushRules, Signal, Sync

from tests.support.pull.two_way import MemorySynced
from tests.support.push.memory import (
    MemoryClaims,
    MemoryConnected,
    MemoryHistory,
    MemoryOutbound,
    MemoryParked,
    MemorySyncs,
    PlentyOfTime,
    StateItems,
    one_after_another,
)

TENANT, ORG = "acme", "00D000000000001AAA"
START_MS = 1_800_000_000_000
LEASE_MS = 720_000
PEOPLE = 200
EDGES_OF_A_WORLD = 2_500
CHANGES = 100  # of one batch
FAULTS = 0.004  # of all port calls
VARIANTS = ("no_state", "edges_not_kept")
TEXT = {"type": "string", "length": 255}
SIGNALS: dict[str, Any] = {
    "keen": Signal(when="fields.score > `5`", ended=True),
    "big": Signal(when="account.AnnualRevenue > `500`", ended=True),
}


class Crash(BaseException):
    """The worker's process died here."""


@dataclass(slots=True)
class Faults:
    """What goes wrong: a share of the port calls end the worker before or after they are made, or are refused."""

    random: random.Random
    share: float
    crashes: int = 0

    def call[R](self, work: Callable[[], R]) -> R:
        """Make one port call."""
        kind = self.random.randrange(3) if self.random.random() < self.share else None
        if kind == 0:
            self.crash()
        if kind == 1:
            raise StoreUnavailable("The store is not available.", "It is tried again.")
        found = work()
        if kind == 2:
            self.crash()
        return found

    def crash(self) -> None:
        """End the worker."""
        self.crashes += 1
        raise Crash


class Faulty:
    """A port every call of which may go wrong."""

    def __init__(self, port: Any, faults: Faults) -> None:
        self._port, self._faults = port, faults

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return (lambda *given, **named: self._faults.call(lambda: found(*given, **named))) if callable(found) else found


class FaultyClaims(Faulty):
    """
    Claims as ClaimTable answers them: a write that fails is missing from the answer, and a worker may die between two writes.
    """

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        def one(entity: str) -> set[str]:
            done: set[str] = self._port.complete(tenant, {entity: entities[entity]}, keep=keep)
            return done

        return {each for found in self._each(entities, one) for each in found}

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        def one(entity: str) -> dict[str, Claim]:
            return {entity: self._port.acquire_one(tenant, entity)}

        met: dict[str, Claim] = {entity: Busy(0) for entity in entities}
        for found in self._each(met, one):
            met |= found
        return met

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        def one(record: str) -> dict[str, str]:
            found: dict[str, str] = self._port.own(tenant, org_id, {record: entities[record]})
            return found

        return {record: owner for found in self._each(entities, one) for record, owner in found.items()}

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        def one(entity: str) -> None:
            self._port.release(tenant, {entity: entities[entity]})

        list(self._each(entities, one))

    def _each[R](self, entities: Iterable[str], one: Callable[[str], R]) -> Iterator[R]:
        """Write one after another, in any order; what fails is passed over."""
        names = sorted(entities)
        self._faults.random.shuffle(names)
        for name in names:
            with suppress(StoreUnavailable):
                yield self._faults.call(partial(one, name))


@dataclass(slots=True)
class Org:
    """An org of contacts, each with an account of its own."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    api_calls: int = 0

    def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]:
        """Return the contacts of each lookup."""
        return [list(self._found(lookup)) for lookup in lookups]

    def _found(self, lookup: Lookup) -> Iterator[Row]:
        if lookup.sobject != "Contact" or lookup.via:
            return
        wanted = {value for _, values in lookup.any_of for value in values}
        for row in self.rows.values():
            if row["Email"] in wanted or row["Id"] in wanted:
                yield dict(row)

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        """Update contacts."""
        return [[self._saved(save.record_id or "", save.values) for save in each.saves] for each in collections]

    def _saved(self, record_id: str, values: Mapping[str, Any]) -> Saved:
        self.rows[record_id].update(values)
        return Saved("saved", record_id)


@dataclass(slots=True)
class Receiver:
    """The product: it drops events whose id it knows."""

    events: int = 0
    known: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None:
        """Take events in."""
        for outcome in outcomes:
            for edge in outcome.edges:
                self.events += 1
                self.known.setdefault(edge["id"], (outcome.salesforce_id or "", edge["signal"], edge["edge"]))


@dataclass(slots=True)
class World:
    """Everything that outlives a worker, and what really happened."""

    random: random.Random
    faults: Faults
    org: Org = field(default_factory=Org)
    state: StateItems = field(default_factory=StateItems)
    receiver: Receiver = field(default_factory=Receiver)
    now_ms: int = START_MS
    workers: int = 0
    messages: int = 0
    truth: dict[tuple[str, str], bool] = field(default_factory=dict)
    happened: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for number in range(PEOPLE):
            record_id = f"003{number:012d}AAA"
            account = {"Id": f"001{number:012d}AAA", "Name": f"Company {number}", "AnnualRevenue": 0}
            self.org.rows[record_id] = {
                "Id": record_id,
                "Email": f"p{number}@example.com",
                "LastName": "L",
                "Phone": "",
                "AccountId": account["Id"],
                "Account": account,
                "CreatedDate": "2026-01-01T00:00:00.000+0000",
            }

    @property
    def edges(self) -> int:
        """Return how many edges happened."""
        return sum(self.happened.values())

    def see(self, record_id: str, signal: str, holds: bool) -> None:
        """Note what is true of a record from now on."""
        if self.truth.get((record_id, signal), False) != holds:
            self.truth[record_id, signal] = holds
            self.happened[record_id, signal, "matched" if holds else "ended"] += 1

    def round(self) -> None:
        """Change some people, and push until every message is acknowledged; then nothing is under way."""
        chosen = self.random.sample(range(PEOPLE), CHANGES)
        changes = [self._changed(number) for number in chosen]
        waiting = [self._message(changes[start : start + 20]) for start in range(0, len(changes), 20)]
        waiting += [each for each in waiting if self.random.random() < 0.1]  # delivered twice
        while waiting:
            self.random.shuffle(waiting)
            taken, waiting = waiting[:3], waiting[3:]
            waiting += self._pushed(taken)

    def _changed(self, number: int) -> dict[str, Any]:
        record_id = f"003{number:012d}AAA"
        row = self.org.rows[record_id]
        score = self.random.randrange(11)
        if self.random.random() < 0.5:
            row["Account"]["AnnualRevenue"] = self.random.choice((0, 1_000))
        self.see(record_id, "big", row["Account"]["AnnualRevenue"] > 500)
        self.see(record_id, "keen", score > 5)
        self.now_ms += 1
        key = f"k{number}" if self.random.random() < 0.7 else f"other-{number}"
        at = datetime.fromtimestamp(self.now_ms / 1000, UTC).isoformat()
        fields = {"email": row["Email"], "score": score, "phone": str(self.now_ms)}
        return {"key": key, "occurred_at": at, "fields": fields}

    def _message(self, changes: list[dict[str, Any]]) -> Delivery:
        self.messages += 1
        body = {"version": 1, "tenant": TENANT, "source": "lead", "changes": changes}
        return Delivery(f"m{self.messages}", json.dumps(body), self.now_ms)

    def _pushed(self, taken: list[Delivery]) -> list[Delivery]:
        """Let one worker push; return the messages that come again, later than any lease."""
        self.workers += 1
        try:
            batch = push_batch(taken, self._ports(), PlentyOfTime())
        except Crash:
            self.now_ms += 2 * LEASE_MS
            return taken
        if batch.faults:
            raise batch.faults[0]
        again = [each for each in taken if each.message_id in batch.redelivered]
        if again:
            self.now_ms += 2 * LEASE_MS
        return again + [each for each in taken if self.random.random() < 0.02]  # acknowledged too late

    def _ports(self) -> PushPorts:
        claims = MemoryClaims(self.state, f"worker-{self.workers}", lambda: self.now_ms, LEASE_MS)
        row = MappingRow(product="phone", salesforce="Phone")
        syncs = [
            Sync(
                id=name,
                source="lead",
                sobject="Contact",
                enabled=True,
                position=place,
                push=PushRules(),
                mappings=(row,),
                signals=SIGNALS,
            )
            for place, name in enumerate(("first", "second"))
        ]
        connection = Connection(
            TENANT, Status.CONNECTED, epoch=1, org_id=ORG, instance_url="https://a.my.salesforce.com"
        )
        faults = self.faults
        return PushPorts(
            connections=MemoryConnected(connection),
            syncs=MemorySyncs({TENANT: syncs}),
            described=lambda tenant, sobject: DESCRIBES[sobject],
            described_again=lambda tenant, sobject: DESCRIBES[sobject],
            org=lambda tenant: Faulty(self.org, faults),
            claims=FaultyClaims(claims, faults),
            synced=MemorySynced(),
            parked=MemoryParked(),
            history=MemoryHistory(),
            outbound=Faulty(MemoryOutbound(), faults),
            signals=Faulty(self.receiver, faults),
            now_ms=lambda: self.now_ms,
            in_parallel=one_after_another,
            batch_size=MeasuredBatchSize(),
            defer=lambda receipt, seconds: None,
            finish=lambda: None,
            worker=f"w{self.workers}",
        )

    def counts(self) -> dict[str, int]:
        """Compare what happened with what was received."""
        received = Counter(self.receiver.known.values())
        missed = sum((self.happened - received).values())
        repeated = sum((received - self.happened).values())
        counted = {"edges": self.edges, "events": self.receiver.events, "missed": missed, "repeated": repeated}
        return {**counted, "crashes": self.faults.crashes, "workers": self.workers}


def _text(name: str) -> FieldDescribe:
    return FieldDescribe(name, name, "string", length=255)


def _contact() -> SObjectDescribe:
    account = FieldDescribe(
        "AccountId", "Account", "reference", length=18, relationship_name="Account", reference_to=("Account",)
    )
    email = FieldDescribe("Email", "Email", "email", length=80)
    names = ("Id", "LastName", "Phone", "CreatedDate")
    return SObjectDescribe("Contact", "Contact", "003", fields=(*(_text(name) for name in names), email, account))


DESCRIBES = {
    "Contact": _contact(),
    "Lead": SObjectDescribe(
        "Lead", "Lead", "00Q", fields=(_text("Id"), FieldDescribe("Email", "Email", "email", length=80))
    ),
    "Account": SObjectDescribe(
        "Account",
        "Account",
        "001",
        fields=(_text("Id"), _text("Name"), FieldDescribe("AnnualRevenue", "R", "currency")),
    ),
}


@contextmanager
def variant(name: str) -> Iterator[None]:
    """Break what a variant breaks."""
    before_states, before_edges = fired_signals._states, Entity.parse
    if name == "no_state":
        fired_signals._states = lambda task, outcome, claims: {}
    if name == "edges_not_kept":
        Entity.parse = classmethod(_without_edges(before_edges))  # type: ignore[assignment, method-assign]  # broken on purpose
    try:
        yield
    finally:
        fired_signals._states = before_states
        Entity.parse = before_edges  # type: ignore[method-assign]  # whole again


def _without_edges(parse: Callable[[str | None], Entity]) -> Callable[[type[Entity], str | None], Entity]:
    def parsed(cls: type[Entity], text: str | None) -> Entity:
        entity = parse(text)
        for kept in entity.keys.values():
            for settled in kept.get("settled", {}).values():
                for entry in settled:
                    entry[3].pop("edges", None)
        for states in entity.signals.values():
            for state in states.values():
                state[2:3] = [""] * len(state[2:3])
        return entity

    return parsed


def run(edges: int, seed: int = 1, broken: str = "") -> dict[str, int]:
    """Let so many edges happen, and count."""
    chance = random.Random(seed)
    world = World(chance, Faults(random.Random(seed + 1), FAULTS))
    with variant(broken):
        while world.edges < edges:
            world.round()
    return world.counts()


def run_all(edges: int, seed: int, broken: str) -> dict[str, int]:
    """Let so many edges happen in worlds of their own, on all processors, and count together."""
    parts = [min(EDGES_OF_A_WORLD, edges - start) for start in range(0, edges, EDGES_OF_A_WORLD)]
    seeds = range(seed, seed + len(parts))
    found: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        for counts in pool.map(run, parts, seeds, [broken] * len(parts)):
            found.update(counts)
    names = ("edges", "events", "missed", "repeated", "crashes", "workers")
    return {name: found[name] for name in names}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.signals",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--edges", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", choices=VARIANTS, default="")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    found = run_all(given.edges, given.seed, given.variant)
    print(json.dumps(found) if given.json else "\n".join(f"{name:10} {value:,}" for name, value in found.items()))
    return 0 if found["missed"] == found["repeated"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
