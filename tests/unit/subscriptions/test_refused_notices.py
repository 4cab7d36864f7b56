"""A notice that a receiver refuses for ever ends alone, visibly, and others go on."""

from __future__ import annotations

import pytest
from causeway.subscriptions.ports import Answer
from causeway.subscriptions.rounds import GIVE_UP_TRIES

from tests.support.subscriptions.world import ALL, SubscriptionWorld

URL = "https://hooks.example.com/causeway"
HOUR_S, DAY_S = 3_600, 86_400


@pytest.fixture
def w() -> SubscriptionWorld:
    world = SubscriptionWorld()
    world.management.create("acme", URL, "", ALL, ())
    return world


def let_traffic_pass(w: SubscriptionWorld, hours: int, first: int = 0) -> list[int]:
    """Let a notice of a good record happen every ten minutes; return their numbers."""
    numbers = list(range(first, first + hours * 6))
    for number in numbers:
        w.signal("good", number)
        w.pass_time(600)
    return numbers


@pytest.mark.parametrize("answer", [Answer(400, "it answered 400"), Answer(413), Answer(500), Answer(0, "silence")])
def test_a_notice_that_is_refused_while_others_are_taken_ends_and_its_record_goes_on(
    w: SubscriptionWorld, answer: Answer
) -> None:
    w.broken["bad-0"] = answer
    w.signal("bad", 0)
    w.signal("bad", 1)
    assert w.numbers_of("bad") == []
    numbers = let_traffic_pass(w, 12)
    (listed,) = w.management.list("acme")
    assert (w.numbers_of("good"), w.numbers_of("bad")) == (numbers, [1])
    assert (listed.is_active, listed.failing_since_ms, listed.refused) == (True, 0, 1)
    assert f"{answer.why or answer.status}" in listed.last_refusal
    assert "webhook-id bad-0" in listed.last_refusal


def test_what_was_given_up_comes_back_by_a_replay(w: SubscriptionWorld) -> None:
    w.broken["bad-0"] = Answer(400)
    w.signal("bad", 0)
    let_traffic_pass(w, 12)
    w.broken.clear()
    (listed,) = w.management.list("acme")
    assert w.management.replay("acme", listed.id, w.now_ms) == 1
    w.pass_time(1)
    (listed,) = w.management.list("acme")
    assert (w.numbers_of("bad"), listed.refused, listed.last_refusal) == ([0], 0, "")


def test_the_others_do_not_wait_for_what_is_refused(w: SubscriptionWorld) -> None:
    for record in range(12):
        w.broken[f"bad{record}"] = Answer(400)
        w.signal(f"bad{record}", 0)
    w.pass_time(HOUR_S)
    for number in range(30):
        w.signal("good", number)
        w.pass_time(60)
        assert len(w.numbers_of("good")) >= number - 2, "a few minutes at most"
    w.pass_time(900)
    assert w.numbers_of("good") == list(range(30))


def test_records_that_are_always_refused_do_not_end_a_subscription_that_takes_others(w: SubscriptionWorld) -> None:
    for record in range(4):
        w.broken[f"bad{record}"] = Answer(422)
    days = 8
    for number in range(days * 12):
        for record in range(4):
            w.signal(f"bad{record}", number)
        w.signal("good", number)
        w.pass_time(2 * HOUR_S)
    (listed,) = w.management.list("acme")
    assert (listed.is_active, w.numbers_of("good")) == (True, list(range(days * 12)))
    assert listed.refused > 4
    assert len(w.queue) < 20, "one message is on its way, not one for each that came"
    assert w.tries < days * 24 * 4 * 5 * 2, "they are tried every quarter of an hour at most"


def test_a_receiver_that_was_away_for_hours_and_comes_back_loses_nothing(w: SubscriptionWorld) -> None:
    let_traffic_pass(w, 1)
    w.broken[""] = Answer(503)
    for record in "abcdefgh":
        w.signal(record, 0)
    w.pass_time(7 * HOUR_S)
    for fault in range(GIVE_UP_TRIES - 1):  # it comes back with faults now and then
        w.broken = {"a": Answer(500), "b": Answer(500)} if fault % 2 else {"": Answer(503)}
        w.pass_time(60)
    w.broken = {}
    w.pass_time(900)
    (listed,) = w.management.list("acme")
    assert listed.refused == 0
    assert [w.numbers_of(record) for record in "abcdefgh"] == [[0]] * 8


def test_a_receiver_that_takes_nothing_is_given_up_after_days_however_many_records_wait(w: SubscriptionWorld) -> None:
    w.broken[""] = Answer(400, "it answered 400")
    for number in range(5):
        for record in "abcdefgh":
            w.signal(record, number)
        w.pass_time(1.01 * DAY_S)
    (listed,) = w.management.list("acme")
    assert "5 days" in listed.disabled_because
    assert listed.refused == 0
    w.broken.clear()
    w.management.replay("acme", listed.id, w.now_ms)
    w.pass_time(60)
    assert [w.numbers_of(record) for record in "abcdefgh"] == [[0, 1, 2, 3, 4]] * 8
