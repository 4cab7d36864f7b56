"""Replay's ports in memory, and entries for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import replace

from causeway.connections.connection import Connection, Status
from causeway.connections.gates import Gate
from causeway.contract.message_writing import message_json
from causeway.contract.messages import parse_message
from causeway.errors import StoreUnavailable
from causeway.parked.entries import Parked, ParkedPage, Redrive
from causeway.parked.replay import Replay
from causeway.push.outcomes.parked_entries import waiting_entry
from causeway.syncs.sync import Sync

from tests.support.push.memory import MemoryConnected, MemorySyncs
from tests.support.push.world import lead_sync

NOW_MS = 1_800_000_000_000
CONNECTED = Connection("acme", Status.CONNECTED, epoch=2)
CLOSED = Gate(False, "reconnection_required", "The grant is dead.", "Connect again.", "connected")


class Store:
    """Entries, marks and prepared tasks in memory; a test may let its pages be short."""

    def __init__(self, *entries: Parked) -> None:
        self.entries = {entry.parked_id: entry for entry in entries}
        self.marks = {entry.tenant for entry in entries if entry.is_waiting}
        self.requested: dict[str, Redrive] = {}
        self.ended: dict[str, Redrive] = {}
        self.most_a_page = 500

    def page(
        self,
        tenant: str,
        *,
        code: str | None = None,
        source: str | None = None,
        key: str | None = None,
        after: str | None = None,
        limit: int = 100,
        waiting: bool | None = None,
        group: str | None = None,
    ) -> ParkedPage:
        found = [
            entry
            for _, entry in sorted(self.entries.items())
            if entry.tenant == tenant and waiting in (None, entry.is_waiting) and code in (None, entry.code)
            if source in (None, entry.source) and key in (None, entry.key)
            if after is None or entry.parked_id > after
        ]
        limit = min(limit, self.most_a_page)
        return ParkedPage(tuple(found[:limit]), found[limit - 1].parked_id if len(found) > limit else None)

    def by_ids(self, tenant: str, parked_ids: Sequence[str]) -> list[Parked]:
        found = [self.entries[parked_id] for parked_id in parked_ids if parked_id in self.entries]
        return [entry for entry in found if entry.tenant == tenant]

    def put(self, entries: Sequence[Parked]) -> None:
        self.entries |= {entry.parked_id: entry for entry in entries}
        self.marks |= {entry.tenant for entry in entries if entry.is_waiting}

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        for parked_id in parked_ids:
            del self.entries[parked_id]

    def mark_waiting(self, tenant: str) -> None:
        self.marks.add(tenant)

    def unmark_waiting(self, tenant: str) -> None:
        self.marks.discard(tenant)

    def waiting_tenants(self) -> Iterator[str]:
        return iter(sorted(self.marks))

    def request_redrive(self, redrive: Redrive, new_id: str) -> None:
        self.requested[new_id] = redrive

    def note_redrive(self, redrive_id: str, redrive: Redrive) -> None:
        self.requested[redrive_id] = redrive

    def redrives(self) -> Iterator[tuple[str, Redrive]]:
        return iter(list(self.requested.items()))

    def count_refused(self, redrive: Redrive) -> int:
        return sum(
            not entry.is_waiting and entry.parked_at_ms <= redrive.requested_at_ms for entry in self._named(redrive)
        )

    def _named(self, redrive: Redrive) -> list[Parked]:
        if redrive.parked_ids:
            return self.by_ids(redrive.tenant, redrive.parked_ids)
        named = {"code": redrive.code, "source": redrive.source, "key": redrive.key}
        return [
            entry
            for entry in self.entries.values()
            if entry.tenant == redrive.tenant
            if all(value in (None, getattr(entry, name)) for name, value in named.items())
        ]

    def redrives_of(self, tenant: str) -> list[tuple[str, Redrive]]:
        return [each for each in (self.requested | self.ended).items() if each[1].tenant == tenant]

    def fulfil(self, redrive_id: str, redrive: Redrive) -> None:
        del self.requested[redrive_id]
        self.ended[redrive_id] = redrive


class Queue:
    """Messages sent; it may refuse."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.times: list[list[int]] = []
        self.syncs: list[list[str]] = []
        self.is_down = False

    def send(
        self,
        tenant: str,
        bodies: Sequence[str],
        *,
        sent: Sequence[Sequence[int]] = (),
        redriven: Sequence[Sequence[str]] = (),
    ) -> None:
        if self.is_down:
            raise StoreUnavailable("down")
        self.times += [list(times) for times in sent]
        self.syncs += [list(syncs) for syncs in redriven]
        self.sent += [(tenant, body) for body in bodies]


class TimeFor:
    """A deadline that is over after so many looks at it."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def remaining_ms(self) -> int:
        self._looks -= 1
        return 100_000 if self._looks >= 0 else 0


def waiting(tenant: str, number: int, gate: Gate = CLOSED) -> Parked:
    body = json.dumps(message_json(tenant, "lead", [{"key": f"k{number}", "fields": {"n": number}}]))
    (change,) = parse_message(body, NOW_MS + number).changes
    return waiting_entry(tenant, change, gate, NOW_MS)


def refused(number: int, code: str = "missing_required_field", body: str = "") -> Parked:
    return replace(
        waiting("acme", number),
        parked_id=f"r{number}",
        code=code,
        retry_when=None,
        sync=None if code == "crashed" else "lead-lead",
        body=body or waiting("acme", number).body,
    )


def keys(queue: Queue) -> list[list[str]]:
    return [[change["key"] for change in json.loads(body)["changes"]] for _, body in queue.sent]


def replay(
    store: Store,
    queue: Queue,
    *connections: Connection,
    syncs: Sequence[Sync] = (lead_sync(),),
    keep_overdue: Callable[[str, int], bool] = lambda tenant, now_ms: False,
) -> Replay:
    return Replay(MemoryConnected(*connections), MemorySyncs({"acme": syncs}), store, queue, 80, keep_overdue)
