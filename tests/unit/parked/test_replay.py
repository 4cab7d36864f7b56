"""What waited goes on when its gate opens: oldest first, many changes in a message, sent before it is forgotten."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import replace
from typing import Any

import pytest
from causeway.connections.connection import Connection, Status, Usage
from causeway.contract.message_writing import message_json
from causeway.contract.messages import parse_message
from causeway.errors import StoreUnavailable
from causeway.gateways.aws.queues import redriven_syncs
from causeway.parked.entries import Redrive, due_id
from causeway.parked.replay_messages import replay_messages
from causeway.push.outcomes.parked_entries import waiting_entry
from causeway.syncs.sync import Sync

from tests.support.parked.replay import CLOSED, CONNECTED, NOW_MS, Queue, Store, TimeFor, keys, refused, replay, waiting
from tests.support.push.memory import PlentyOfTime
from tests.support.push.world import lead_sync, sync


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


def test_a_tick_says_how_long_the_oldest_change_of_all_tenants_has_waited() -> None:
    dead = [Connection(tenant, Status.RECONNECTION_REQUIRED, cause="grant_ended") for tenant in ("acme", "beta")]
    store = Store(*[waiting(tenant, number) for tenant, number in (("acme", 700), ("beta", 5), ("beta", 900))])
    done = replay(store, Queue(), *dead).tick(NOW_MS, PlentyOfTime())
    assert done.oldest_waiting_s(NOW_MS + 5 + 90_000) == 90
    assert replay(Store(), Queue(), *dead).tick(NOW_MS, PlentyOfTime()).oldest_waiting_s(NOW_MS) == 0


def test_what_went_on_does_not_count_as_waiting() -> None:
    done = replay(Store(waiting("acme", 1)), Queue(), CONNECTED).tick(NOW_MS, PlentyOfTime())
    assert (done.waiting, done.oldest_waiting_s(NOW_MS + 90_000)) == (1, 0)


def test_a_quota_is_looked_at_again_after_a_while() -> None:
    gate = replace(CLOSED, retry_when="quota", not_before_ms=NOW_MS + 900_000)
    store, queue = Store(waiting("acme", 1, gate)), Queue()
    spent = replace(CONNECTED, usage=Usage(99, 100, NOW_MS))
    assert replay(store, queue, spent).tick(NOW_MS, PlentyOfTime()).waiting == 0
    assert replay(store, queue, CONNECTED).tick(NOW_MS + 1, PlentyOfTime()).waiting == 0
    assert replay(store, queue, spent).tick(NOW_MS + 900_000, PlentyOfTime()).waiting == 1


def test_what_is_not_due_yet_hides_nothing_that_is() -> None:
    quota = replace(CLOSED, retry_when="quota", not_before_ms=NOW_MS + 900_000)
    store, queue = Store(waiting("acme", 1, quota), waiting("acme", 2, quota), waiting("acme", 3)), Queue()
    store.most_a_page = 1
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).waiting == 1
    assert keys(queue) == [["k3"]]


def test_a_change_that_waits_for_its_person_is_due_when_the_wait_is_over_or_it_is_woken() -> None:
    person = replace(CLOSED, code="person_unknown", retry_when="person", not_before_ms=NOW_MS + 600_000)
    store, queue = Store(waiting("acme", 1, person)), Queue()
    (waits,) = store.entries
    quiet = replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime())
    assert (quiet.waiting, quiet.oldest_waiting_s(NOW_MS)) == (0, 0)
    assert waits > f"w{NOW_MS:014d}" > due_id(waits, NOW_MS - 1)
    assert replay(store, queue, CONNECTED).tick(NOW_MS + 600_000, PlentyOfTime()).waiting == 1


def test_nothing_is_forgotten_that_was_not_sent() -> None:
    store, queue = Store(waiting("acme", 1)), Queue()
    queue.is_down = True
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).failed == 1
    assert len(store.entries) == 1


DOWN, DENIED = StoreUnavailable("down"), PermissionError("denied")


@pytest.mark.parametrize(("error", "faults"), [(DOWN, []), (DENIED, [DENIED, DENIED])])
def test_one_tenants_trouble_does_not_stop_the_next(error: Exception, faults: list[Exception]) -> None:
    class HalfDown(Queue):
        def send(self, tenant: str, bodies: Sequence[str], **more: Any) -> None:
            if tenant == "acme":
                raise error
            super().send(tenant, bodies, **more)

    store, queue = Store(waiting("acme", 1), replace(waiting("beta", 2), parked_id="w2")), HalfDown()
    store.request_redrive(Redrive("acme"), "redrive-1")
    store.entries["r1"] = refused(1)
    done = replay(store, queue, CONNECTED, replace(CONNECTED, tenant="beta")).tick(NOW_MS, PlentyOfTime())
    assert (done.failed, done.waiting, done.faults) == (2, 1, faults)


def test_refused_changes_are_sent_again_when_requested_and_broken_messages_never() -> None:
    store, queue = Store(refused(1), refused(2, "invalid_message", "{broken"), refused(3)), Queue()
    store.request_redrive(Redrive("acme"), "redrive-1")
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).redriven == 2
    assert keys(queue) == [["k1", "k3"]]
    assert queue.syncs == [["lead-lead", "lead-lead"]]
    assert store.requested == {}


def test_a_redriven_change_stays_listed_until_push_settles_it_and_a_crashed_message_goes() -> None:
    store, queue = Store(refused(1), refused(2, "crashed", "{as it was")), Queue()
    store.request_redrive(Redrive("acme"), "redrive-1")
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).redriven == 2
    assert (queue.syncs, list(store.entries)) == ([[], ["lead-lead"]], ["r1"])


@pytest.mark.parametrize("status", [Status.DISCONNECTED, Status.RECONNECTION_REQUIRED, Status.PENDING])
def test_a_request_is_held_while_nothing_can_run(status: Status) -> None:
    store, queue = Store(refused(1), refused(2, "crashed", "{as it was")), Queue()
    store.request_redrive(Redrive("acme"), "redrive-1")
    closed = replace(CONNECTED, status=status, cause="grant_ended")
    assert replay(store, queue, closed).tick(NOW_MS, PlentyOfTime()).redriven == 0
    assert (queue.sent, len(store.entries), len(store.requested)) == ([], 2, 1)
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).redriven == 2
    assert store.requested == {}


@pytest.mark.parametrize("syncs", [(), (lead_sync().model_copy(update={"enabled": False}),), (sync("other", "Lead"),)])
def test_what_was_refused_for_a_sync_that_is_off_or_gone_stays_parked(syncs: Sequence[Sync]) -> None:
    store, queue = Store(refused(1)), Queue()
    store.request_redrive(Redrive("acme"), "redrive-1")
    assert replay(store, queue, CONNECTED, syncs=syncs).tick(NOW_MS, PlentyOfTime()).redriven == 0
    assert (queue.sent, len(store.entries), store.requested) == ([], 1, {})


def test_a_crashed_message_stays_parked_while_no_sync_takes_its_changes_or_it_names_no_source() -> None:
    crashed = refused(1, "crashed", "{as it was")
    for entry, syncs in ((crashed, ()), (replace(crashed, source=None), (lead_sync(),))):
        store, queue = Store(entry), Queue()
        store.request_redrive(Redrive("acme"), "redrive-1")
        assert replay(store, queue, CONNECTED, syncs=syncs).tick(NOW_MS, PlentyOfTime()).redriven == 0
        assert (queue.sent, len(store.entries)) == ([], 1)


def test_a_request_that_takes_longer_than_a_tick_goes_on_where_it_stopped() -> None:
    entries = [replace(refused(number), parked_id=f"r{number:04d}") for number in range(501)]
    store, queue = Store(*entries), Queue()
    store.request_redrive(Redrive("acme"), "redrive-1")
    ticks = [replay(store, queue, CONNECTED).tick(NOW_MS, TimeFor(2)).redriven for _ in range(2)]
    assert (ticks, store.requested) == ([500, 1], {})


@pytest.mark.parametrize(
    "named", [{"source": "lead"}, {"code": "missing_required_field"}, {"source": "lead", "key": "k1"}]
)
def test_a_request_reaches_all_that_it_names_page_by_page_and_nothing_else(named: dict[str, Any]) -> None:
    others = [replace(refused(7), source="other", sync="other-lead", code="shared_email"), waiting("acme", 8)]
    store, queue = Store(*[refused(number) for number in range(3)], *others), Queue()
    store.marks.clear()
    store.most_a_page = 1
    store.request_redrive(Redrive("acme", **named), "redrive-1")
    syncs = (lead_sync(), sync("other-lead", "Lead", source="other"))
    replay(store, queue, CONNECTED, syncs=syncs).tick(NOW_MS, PlentyOfTime())
    assert keys(queue) == ([["k1"]] if "key" in named else [["k0"], ["k1"], ["k2"]])
    assert (len(store.entries), store.requested) == (5, {})


def test_a_tick_begins_no_tenant_that_it_has_no_time_for() -> None:
    store, queue = Store(waiting("acme", 1), replace(waiting("beta", 2), parked_id="w2")), Queue()
    beta = replace(CONNECTED, tenant="beta")
    assert replay(store, queue, CONNECTED, beta).tick(NOW_MS, TimeFor(1)).waiting == 1
    assert [entry.tenant for entry in store.entries.values()] == ["beta"]


def test_waiting_changes_and_requests_take_turns_when_a_tick_has_little_time() -> None:
    for minute in range(2):
        store, queue = Store(waiting("acme", 1), refused(2)), Queue()
        store.requested["one"] = Redrive("acme")
        done = replay(store, queue, CONNECTED).tick(NOW_MS + minute * 60_000, TimeFor(1 + minute))
        assert (done.waiting, done.redriven) == ((1, 0), (0, 1))[minute]


def test_a_change_that_comes_to_wait_while_its_tenants_mark_is_taken_away_is_found_by_the_next_tick() -> None:
    class Busy(Store):
        def unmark_waiting(self, tenant: str) -> None:
            self.entries["w9"] = replace(waiting("acme", 9), parked_id="w9")  # marked already: the mark goes with it
            super().unmark_waiting(tenant)

    store, queue = Busy(waiting("acme", 1)), Queue()
    replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime())
    assert (sorted(store.entries), store.marks) == (["w9"], {"acme"})


def test_a_large_backlog_of_one_tenant_does_not_keep_the_others_waiting() -> None:
    backlog = [replace(waiting("acme", 1), parked_id=f"w{number}") for number in range(11_000)]
    store, queue = Store(*backlog, replace(waiting("beta", 1), parked_id="x1")), Queue()
    done = replay(store, queue, CONNECTED, replace(CONNECTED, tenant="beta")).tick(NOW_MS, PlentyOfTime())
    assert (done.waiting, len(store.entries)) == (10_001, 1_000)


def test_what_was_sent_for_different_runs_is_not_mixed() -> None:
    bodies = [json.dumps(message_json("acme", "lead", [{"key": run, "fields": {}}], run)) for run in ("a", "a", "b")]
    messages = list(replay_messages([refused(number, body=body) for number, body in enumerate(bodies)]))
    assert [(json.loads(message.body)["run"], len(message.sent)) for message in messages] == [("a", 2), ("b", 1)]


def test_what_was_redriven_and_had_to_wait_goes_on_for_its_sync_alone() -> None:
    redelivered = replace(waiting("acme", 1), parked_id="w0", sync="lead-lead")
    store, queue = Store(redelivered, waiting("acme", 2)), Queue()
    assert replay(store, queue, CONNECTED).tick(NOW_MS, PlentyOfTime()).waiting == 2
    assert (keys(queue), queue.syncs, store.entries) == ([["k2"], ["k1"]], [["lead-lead"]], {})


def test_a_crashed_message_goes_back_as_it_was() -> None:
    assert list(replay_messages([refused(1), refused(2, "crashed", "{as it was"), refused(3)])) == [
        ("{as it was", (NOW_MS + 2,), ()),
        *replay_messages([refused(1), refused(3)]),
    ]


def test_messages_hold_500_changes_and_stay_under_the_queues_limit() -> None:
    assert [
        len(json.loads(body)["changes"]) for body, *_ in replay_messages([refused(number) for number in range(501)])
    ] == [
        500,
        1,
    ]


@pytest.mark.parametrize("letter", ["x", "é", "漢"])
def test_messages_stay_under_the_queues_limit_in_every_script(letter: str) -> None:
    bodies = [large_body(letter, 700_000), *[large_body(letter, 300_000)] * 4]
    messages = list(replay_messages([refused(number, body=body) for number, body in enumerate(bodies)]))
    assert max(len(message.body.encode()) for message in messages) < 1_000_000


def large_body(letter: str, size: int) -> str:
    note = letter * (size // len(letter.encode()))
    return json.dumps(message_json("acme", "lead", [{"key": "k", "fields": {"note": note}}]), ensure_ascii=False)


@pytest.mark.parametrize(
    ("mark", "syncs"),
    [("*", ()), ("", ()), ("a b", ()), ("a,,b", ()), ("lead-lead", ("lead-lead",)), ("a,B_1", ("a", "B_1"))],
)
def test_a_mark_names_syncs_or_stands_for_all(mark: str, syncs: tuple[str, ...]) -> None:
    assert redriven_syncs({"messageAttributes": {"redriven": {"stringValue": mark}}}) == syncs
    assert redriven_syncs({}) == ()


def test_a_change_near_the_queues_limit_hardly_grows_while_it_waits() -> None:
    message = message_json("acme", "lead", [{"key": "k", "fields": {f"field_{n}": [n, n] for n in range(1_000)}}])
    sent = json.dumps(message, separators=(",", ":"))
    (change,) = parse_message(sent, NOW_MS).changes
    ((body, *_),) = replay_messages([waiting_entry("acme", change, CLOSED, NOW_MS)])
    assert len(body) < len(sent) + 50
