"""A request to send parked changes again has a total, a percentage and an end."""

from __future__ import annotations

from copy import replace
from typing import Any

from causeway.connections.connection import Status
from causeway.parked.entries import Redrive
from causeway.parked.listing import redrive, redrives
from causeway.parked.redriving import MOST_UNSETTLED_MS
from causeway.syncs.sync import Sync

from tests.support.parked.replay import CONNECTED, NOW_MS, Queue, Store, TimeFor, refused, replay
from tests.support.push.memory import PlentyOfTime
from tests.support.push.world import lead_sync


def requested(*numbers: int) -> Store:
    """Return a store in which so many refused changes were parked before somebody asked for all of them."""
    store = Store(
        *(replace(refused(number), parked_id=f"r{number:04d}", parked_at_ms=NOW_MS - 1) for number in numbers)
    )
    assert redrive(store, Redrive("acme"), NOW_MS, lambda: "acme#1")["total"] == len(numbers)
    return store


def tick(store: Store, now_ms: int = NOW_MS, *, time: Any = None, syncs: tuple[Sync, ...] = (lead_sync(),)) -> None:
    replay(store, Queue(), CONNECTED, syncs=syncs).tick(now_ms, time or PlentyOfTime())


def shown(store: Store) -> tuple[str, int, int]:
    (found,) = redrives(store, "acme")
    return found["status"], found["percent"], found["left"]


def settle(store: Store, *numbers: int, again: bool = False) -> None:
    """Let push settle changes, or refuse them `again`: their entry is parked anew."""
    for number in numbers:
        entry = store.entries.pop(f"r{number:04d}")
        if again:
            store.put([replace(entry, parked_at_ms=NOW_MS + 5)])


def test_it_goes_from_nothing_to_all_as_the_changes_are_decided_anew() -> None:
    store = requested(1, 2, 3, 4)
    assert shown(store) == ("waiting", 0, 4)
    tick(store)
    assert shown(store) == ("settling", 0, 4)
    settle(store, 1)
    settle(store, 2, again=True)
    assert shown(store) == ("settling", 50, 2), "it is counted when somebody looks"
    settle(store, 3, 4, again=True)
    assert shown(store) == ("settling", 99, 0), "the schedule ends it"
    tick(store, NOW_MS + 60_000)
    assert shown(store) == ("completed", 100, 0)
    assert store.requested == {}


def test_more_than_a_tick_holds_is_under_way_meanwhile() -> None:
    store = requested(*range(600))
    tick(store, time=TimeFor(2))
    (found,) = redrives(store, "acme")
    assert (found["status"], found["sent"], found["total"]) == ("sending", 500, 600)


def test_what_cannot_be_sent_is_passed_over_and_holds_up_no_end() -> None:
    store = requested(1, 2)
    store.put([replace(refused(3, "invalid_message", "{broken"), parked_id="r0003", parked_at_ms=NOW_MS - 1)])
    tick(store)
    settle(store, 1, 2)
    tick(store, NOW_MS + 60_000)
    (found,) = redrives(store, "acme")
    assert (found["status"], found["sent"], found["passed_over"], found["left"]) == ("completed", 2, 1, 1)
    assert list(store.entries) == ["r0003"]


def test_with_no_sync_to_take_them_it_ends_at_once() -> None:
    store = requested(1)
    tick(store, syncs=())
    assert shown(store) == ("completed", 100, 1)


def test_what_is_not_decided_within_a_day_ends_it_with_what_is_left() -> None:
    store = requested(1, 2)
    tick(store)
    settle(store, 1)
    tick(store, NOW_MS + MOST_UNSETTLED_MS - 1)
    assert shown(store)[0] == "settling"
    tick(store, NOW_MS + MOST_UNSETTLED_MS)
    assert (shown(store), list(store.entries)) == (("unsettled", 100, 1), ["r0002"])


def test_it_waits_while_the_tenant_cannot_push() -> None:
    store = requested(1)
    closed = replace(CONNECTED, status=Status.DISCONNECTED, cause="deauthorized")
    replay(store, Queue(), closed).tick(NOW_MS, PlentyOfTime())
    assert shown(store) == ("waiting", 0, 1)


def test_changes_are_sent_once_however_many_ticks_see_the_request() -> None:
    store, queue = requested(1, 2), Queue()
    for minute in range(3):
        replay(store, queue, CONNECTED).tick(NOW_MS + minute * 60_000, PlentyOfTime())
    assert len(queue.sent) == 1
