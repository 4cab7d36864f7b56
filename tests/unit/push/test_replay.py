"""What waited goes on when its gate opens: oldest first, many changes in a message, sent before it is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from causeway.domain.connections import Connection, Status, Usage
from causeway.domain.gates import Gate
from causeway.domain.messages import message_json, parse_message
from causeway.domain.parked import Parked, ParkedPage, Redrive
from causeway.errors import StoreUnavailable
from causeway.services.push_tell import waiting_entry
from causeway.services.replay import Replay, packed

from tests.push_memory import MemoryConnected, PlentyOfTime

NOW_MS = 1_800_000_000_000
CLOSED = Gate(False, "reconnection_required", "The grant is dead.", "Connect again.", "connected")


class Store:
    """Entries, marks and wishes in memory."""

    def __init__(self, *entries: Parked) -> None:
        self.entries = {entry.parked_id: entry for entry in entries}
        self.marks = {entry.tenant for entry in entries if entry.is_waiting}
        self.redrives: dict[str, Redrive] = {}

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
    ) -> ParkedPage:
        found = [
            entry
            for _, entry in sorted(self.entries.items())
            if entry.tenant == tenant and (not waiting or entry.is_waiting) and code in (None, entry.code)
        ]
        return ParkedPage(tuple(found[:limit]))

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        for parked_id in parked_ids:
            del self.entries[parked_id]

    def mark_waiting(self, tenant: str) -> None:
        self.marks.add(tenant)

    def unmark_waiting(self, tenant: str) -> None:
        self.marks.discard(tenant)

    def waiting_tenants(self) -> Iterator[str]:
        return iter(sorted(self.marks))

    def wish(self, redrive: Redrive, wish_id: str) -> None:
        self.redrives[wish_id] = redrive

    def wishes(self) -> Iterator[tuple[str, Redrive]]:
        return iter(list(self.redrives.items()))

    def fulfil(self, wish: str, redrive: Redrive) -> None:
        del self.redrives[wish]


class Queue:
    """Messages sent; it may refuse."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bool]] = []
        self.times: list[list[int]] = []
        self.is_down = False

    def send(
        self, tenant: str, bodies: Sequence[str], *, redriven: bool = False, sent: Sequence[Sequence[int]] = ()
    ) -> None:
        if self.is_down:
            raise StoreUnavailable("down")
        self.times += [list(times) for times in sent]
        self.sent += [(tenant, body, redriven) for body in bodies]


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
        body=body or waiting("acme", number).body,
    )


def keys(queue: Queue) -> list[list[str]]:
    return [[change["key"] for change in json.loads(body)["changes"]] for _, body, _ in queue.sent]


def replay(store: Store, queue: Queue, *connections: Connection) -> Replay:
    return Replay(MemoryConnected(*connections), store, queue, 80)


CONNECTED = Connection("acme", Status.CONNECTED, epoch=2)


def test_what_waited_goes_on_oldest_first_in_few_messages() -> None:
    store, queue = Store(*[waiting("acme", number) for number in (700, 5, 300)]), Queue()
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).waiting == 3
    assert keys(queue) == [["k5", "k300", "k700"]]
    assert queue.times == [[NOW_MS + 5, NOW_MS + 300, NOW_MS + 700]]
    assert (store.entries, store.marks) == ({}, set())


def test_a_closed_gate_keeps_them() -> None:
    store, queue = Store(waiting("acme", 1)), Queue()
    dead = Connection("acme", Status.RECONNECTION_REQUIRED, cause="grant_ended")
    assert replay(store, queue, dead).tick(NOW_MS, PlentyOfTime()).still_waiting == 1
    assert (queue.sent, len(store.entries)) == ([], 1)


def test_a_quota_is_looked_at_again_after_a_while() -> None:
    gate = replace(CLOSED, retry_when="quota", not_before_ms=NOW_MS + 900_000)
    store, queue = Store(waiting("acme", 1, gate)), Queue()
    spent = replace(CONNECTED, usage=Usage(99, 100, NOW_MS))
    assert replay(store, queue, spent).tick(NOW_MS, PlentyOfTime()).waiting == 0
    assert replay(store, queue, CONNECTED).tick(NOW_MS + 1, PlentyOfTime()).waiting == 0
    assert replay(store, queue, spent).tick(NOW_MS + 900_000, PlentyOfTime()).waiting == 1


def test_nothing_is_forgotten_that_was_not_sent() -> None:
    store, queue = Store(waiting("acme", 1)), Queue()
    queue.is_down = True
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).failed == 1
    assert len(store.entries) == 1


def test_one_tenants_trouble_does_not_stop_the_next() -> None:
    class HalfDown(Queue):
        def send(
            self, tenant: str, bodies: Sequence[str], *, redriven: bool = False, sent: Sequence[Sequence[int]] = ()
        ) -> None:
            if tenant == "acme":
                raise StoreUnavailable("down")
            super().send(tenant, bodies, redriven=redriven, sent=sent)

    store, queue = Store(waiting("acme", 1), replace(waiting("beta", 2), parked_id="w2")), HalfDown()
    done = replay(store, queue, CONNECTED, replace(CONNECTED, tenant="beta")).tick(NOW_MS, PlentyOfTime())
    assert (done.failed, done.waiting) == (1, 1)


def test_refused_changes_are_sent_again_when_wished_and_broken_messages_never() -> None:
    store, queue = Store(refused(1), refused(2, "invalid_message", "{broken"), refused(3)), Queue()
    store.wish(Redrive("acme"), "wish-1")
    assert replay(store, queue).tick(NOW_MS, PlentyOfTime()).redriven == 2
    assert keys(queue) == [["k1", "k3"]]
    assert queue.sent[0][2] is True
    assert (list(store.entries), store.redrives) == (["r2"], {})


def test_a_crashed_message_goes_back_as_it_was() -> None:
    assert list(packed([refused(1), refused(2, "crashed", "{as it was"), refused(3)])) == [
        ("{as it was", (NOW_MS + 2,)),
        *packed([refused(1), refused(3)]),
    ]


def test_messages_hold_500_changes_and_stay_under_the_queues_limit() -> None:
    assert [len(json.loads(body)["changes"]) for body, _ in packed([refused(number) for number in range(501)])] == [
        500,
        1,
    ]
    large = json.dumps(message_json("acme", "lead", [{"key": "k", "fields": {"note": "x" * 300_000}}]))
    assert max(len(body) for body, _ in packed([refused(number, body=large) for number in range(5)])) < 1_000_000
