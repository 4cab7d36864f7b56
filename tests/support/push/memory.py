"""Push's ports in memory: hand-written, safe to share between threads; MemoryClaims passes the contract tests of ClaimTable."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote
from causeway.contract.timeline import Noted
from causeway.gateways.dynamodb.history.timeline import parts_of
from causeway.parked.entries import Parked, due_id
from causeway.push.memory.claims.answers import Busy, Claim, Held, Pointed, Seen
from causeway.syncs.sync import Sync


@dataclass(slots=True)
class ClaimItem:
    """One item of the state table."""

    entity: str | None = None
    state: str | None = None
    owner: str | None = None
    lease_until_ms: int | None = None
    fence: int = 0
    completed_at_ms: int = 0
    is_entity: bool = False


@dataclass(slots=True)
class StateItems:
    """What every worker's MemoryClaims shares: items by (tenant, identity), and who owns which record."""

    items: dict[tuple[str, str], ClaimItem] = field(default_factory=dict)
    owners: dict[tuple[str, str, str], str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    writes: int = 0


class MemoryClaims:
    """The claims as one worker sees them."""

    def __init__(
        self, shared: StateItems, owner: str, now_ms: Callable[[], int], lease_ms: int, margin_ms: int = 2_000
    ) -> None:
        self.shared, self._owner, self._now_ms = shared, owner, now_ms
        self._lease_ms, self._margin_ms = lease_ms, margin_ms
        self._had: dict[tuple[str, str], int] = {}

    def look(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        for identifier in set(identifiers):
            item = self.shared.items.get((tenant, identifier))
            if item is not None:
                found[identifier] = Seen(item.entity, item.state, item.lease_until_ms or 0)
        return found

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        return {entity: self.acquire_one(tenant, entity) for entity in sorted(set(entities))}

    def acquire_one(self, tenant: str, entity: str) -> Claim:
        with self.shared.lock:
            now_ms = self._now_ms()
            self.shared.writes += 1
            item = self.shared.items.setdefault((tenant, entity), ClaimItem())
            if item.entity is not None:
                return Pointed(item.entity)
            if item.lease_until_ms is not None and item.lease_until_ms >= now_ms - self._margin_ms:
                if item.owner != self._owner or self.has_left(tenant, entity, item.fence):
                    return Busy(item.lease_until_ms + self._margin_ms)
            else:
                item.owner, item.lease_until_ms, item.is_entity = self._owner, now_ms + self._lease_ms, True
                item.fence += 1
            self._had[tenant, entity] = item.fence
            return Held(entity, item.fence, item.state, item.completed_at_ms)

    def has_left(self, tenant: str, entity: str, fence: int) -> bool:
        """Return whether this worker had a claim and left it to its lease."""
        return self._had.get((tenant, entity)) == fence

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        with self.shared.lock:
            pointed = {}
            for identifier, entity in entities.items():
                self.shared.writes += 1
                item = self.shared.items.setdefault((tenant, identifier), ClaimItem(entity=entity))
                pointed[identifier] = item.entity or identifier
            return pointed

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        with self.shared.lock:
            self.shared.writes += len({record_id[:14] for record_id in entities})
            return {
                record_id: self.shared.owners.setdefault((tenant, org_id, record_id), entity)
                for record_id, entity in entities.items()
            }

    def owners(self, tenant: str, org_id: str, record_ids: Iterable[str]) -> dict[str, str]:
        owners = self.shared.owners
        return {each: owners[tenant, org_id, each] for each in record_ids if (tenant, org_id, each) in owners}

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        return {
            entity
            for entity, (fence, state) in entities.items()
            if self.complete_one(tenant, entity, fence, state, keep=keep)
        }

    def complete_one(self, tenant: str, entity: str, fence: int, state: str, *, keep: bool) -> bool:
        with self.shared.lock:
            self.shared.writes += 1
            item = self.shared.items[tenant, entity]
            if item.fence != fence or item.owner != self._owner:
                return False
            item.state, item.completed_at_ms = state, self._now_ms()
            if not keep:
                item.owner = item.lease_until_ms = None
            return True

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        with self.shared.lock:
            for entity, fence in entities.items():
                self.shared.writes += 1
                item = self.shared.items[tenant, entity]
                if item.fence == fence and item.owner == self._owner:
                    item.owner = item.lease_until_ms = None


class LossyClaims(MemoryClaims):
    """The claims of a worker that cannot store one `entity`, or with `owners` False learns of no record who owns it."""

    def __init__(self, shared: StateItems, now_ms: Callable[[], int], entity: str = "", *, owners: bool = True) -> None:
        super().__init__(shared, "lossy", now_ms, 720_000)
        self._lost, self._knows_owners = entity, owners

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        return super().own(tenant, org_id, entities) if self._knows_owners else {}

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        kept = {entity: found for entity, found in entities.items() if entity != self._lost}
        return super().complete(tenant, kept, keep=keep)


class MemoryConnected:
    """Connections that are simply set."""

    def __init__(self, *connections: Connection) -> None:
        self.by_tenant = {connection.tenant: connection for connection in connections}

    def get(self, tenant: str) -> Connection:
        return self.by_tenant.get(tenant, Connection(tenant, cause="never_connected"))

    def note_record_sizes(self, tenant: str, org_id: str, sizes: Mapping[str, int]) -> None:
        self.by_tenant[tenant] = replace(self.get(tenant), record_sizes=dict(sizes))

    def set(self, tenant: str, status: Status, cause: str = "") -> None:
        before = self.get(tenant)
        self.by_tenant[tenant] = replace(before, status=status, cause=cause, epoch=before.epoch + 1)


type Found = list[Sync]


class MemorySyncs:
    """Syncs that are simply set."""

    def __init__(self, syncs: Mapping[str, Sequence[Sync]]) -> None:
        self.by_tenant = {tenant: list(found) for tenant, found in syncs.items()}

    def list(self, tenant: str) -> Sequence[Sync]:
        return self.by_tenant.get(tenant, [])

    def of_source(self, tenant: str, source: str) -> Found:
        return [sync for sync in self.by_tenant.get(tenant, ()) if sync.source == source]


class MemoryParked:
    """Parked entries by tenant and id."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Parked] = {}

    def put(self, entries: Sequence[Parked]) -> None:
        self.entries |= {(entry.tenant, entry.parked_id): entry for entry in entries}

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        for parked_id in parked_ids:
            self.entries.pop((tenant, parked_id), None)

    def wake(self, tenant: str, parked_ids: Sequence[str]) -> None:
        for parked_id in parked_ids:
            entry = self.entries.pop((tenant, parked_id), None)
            if entry is not None:
                self.put([replace(entry, parked_id=due_id(parked_id, 0), not_before_ms=0)])


class MemoryHistory:
    """Notes of push runs: what was counted, and which settlements are noted whole (but for some) or in parts."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str, str, list[Outcome], int]] = []
        self.whole: dict[tuple[str, ...], set[str]] = {}
        self.parts: dict[tuple[str, ...], set[str]] = {}
        self.counted: Counter[tuple[str, str, str]] = Counter()
        self.timelines: dict[tuple[str, str], list[bytes]] = {}

    def note_timeline(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None:
        self.timelines[tenant, settlement] = parts_of(noted)

    def note_push(self, tenant: str, note: PushNote) -> None:
        settlement = (tenant, note.settlement, note.run_id, note.source)
        counted = dict(note.outcomes)
        if note.is_own and settlement not in self.parts and settlement not in self.whole:
            self.whole[settlement] = set(note.left)
        else:
            parts = self.parts.setdefault(settlement, set())
            open_marks = counted.keys() & self.whole.get(settlement, counted.keys())
            counted = {mark: counted[mark] for mark in open_marks - parts}
            parts.update(counted)
        self.counted.update((tenant, note.settlement, mark) for mark in counted)
        if counted:
            self.notes.append((tenant, note.run_id, note.source, list(counted.values()), note.api_calls))


class MemoryOutbound:
    """Bodies sent, by tenant."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, tenant: str, bodies: Sequence[str]) -> None:
        self.sent += [(tenant, body) for body in bodies]


class MemorySignals:
    """Signals that matched."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None:
        self.outcomes += [outcome for outcome in outcomes if outcome.edges]

    @property
    def edges(self) -> list[tuple[str | None, str, str, str]]:
        """Return the signals that fired: record, signal, edge and id."""
        return [
            (outcome.salesforce_id, edge["signal"], edge["edge"], edge["id"])
            for outcome in self.outcomes
            for edge in outcome.edges
        ]


class PlentyOfTime:
    """A deadline that is far off."""

    def __init__(self, remaining_ms: int = 100_000) -> None:
        self.left_ms = remaining_ms

    def remaining_ms(self) -> int:
        return self.left_ms


def one_after_another(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run calls in order; exceptions come back as values."""
    found: list[Any] = []
    for call in work:
        try:
            found.append(call())
        except Exception as error:  # noqa: BLE001  # a value here, as gathered returns it
            found.append(error)
    return found
