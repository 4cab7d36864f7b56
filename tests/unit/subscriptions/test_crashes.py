"""A worker that dies between any two steps loses nothing, and says nothing that is not so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from causeway.subscriptions.delivering import LEASE_MS, deliver
from causeway.subscriptions.ports import Answer, SubscriptionPorts

from tests.support.subscriptions.world import ALL, SubscriptionWorld

URL = "https://hooks.example.com/causeway"
BACK_S = 360  # NoticeQueue's visibility timeout
STEPS = ("later", "publish", "post", "claim", "keep", "release", "sent", "put_off", "refuse", "pending")


class Died(BaseException):
    """A worker that was killed."""


@dataclass
class Dying:
    """Kills the worker before or after its `at`th step."""

    at: int
    is_after: bool
    steps: int = 0

    def step(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def dying(*given: Any, **named: Any) -> Any:
            self.steps += 1
            is_last = self.steps == self.at
            if is_last and not self.is_after:
                raise Died
            result = work(*given, **named)
            if is_last:
                raise Died
            return result

        return dying

    def ports(self, ports: SubscriptionPorts) -> SubscriptionPorts:
        return replace(
            ports,
            store=_Steps(ports.store, self),
            notices=_Steps(ports.notices, self),
            later=self.step(ports.later),
            publish=self.step(ports.publish),
            post=self.step(ports.post),
        )


class _Steps:
    def __init__(self, known: Any, dying: Dying) -> None:
        self._known, self._dying = known, dying

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._known, name)
        return self._dying.step(found) if name in STEPS else found


def deliver_and_die(w: SubscriptionWorld, subscription: str, at: int, *, is_after: bool) -> bool:
    """Deliver with a worker that dies at a step; its message comes back. Return whether it died."""
    w.queue.clear()
    try:
        deliver("acme", subscription, Dying(at, is_after).ports(w.ports), lambda: True)
    except Died:
        w.queue.append((w.now_ms + BACK_S * 1000, "acme", subscription))
        return True
    return False


def a_world(broken: dict[str, Answer]) -> tuple[SubscriptionWorld, str]:
    w = SubscriptionWorld()
    made, _ = w.management.create("acme", URL, "", ALL, ())
    w.broken = broken
    for number in range(3):
        for record in ("003A", "003B", "003C", "003D", "003E"):
            w.signal(record, number)
    return w, made.id


BROKEN: list[dict[str, Answer]] = [{}, {"": Answer(503)}, {"003A": Answer(400)}, {"003C": Answer(0)}]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_step_a_worker_dies_at_everything_arrives_in_order(broken: dict[str, Answer], is_after: bool) -> None:
    died = 0
    for at in range(1, 60):
        w, subscription = a_world(dict(broken))
        if not deliver_and_die(w, subscription, at, is_after=is_after):
            break
        died += 1
        w.pass_time(BACK_S + LEASE_MS / 1000)
        w.broken.clear()
        w.pass_time(1_000)
        for record in ("003A", "003B", "003C", "003D", "003E"):
            assert list(dict.fromkeys(w.numbers_of(record))) == [0, 1, 2], (at, record)
    assert died > 8


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("is_back", [False, True])
def test_that_a_subscription_was_disabled_is_published_if_and_only_if_it_is(is_after: bool, is_back: bool) -> None:
    died = 0
    for at in range(1, 60):
        w, subscription = a_world({"": Answer(410)})
        if not deliver_and_die(w, subscription, at, is_after=is_after):
            break
        died += 1
        if is_back:
            w.broken.clear()
        w.pass_time(BACK_S + LEASE_MS / 1000 + 1_000)
        (listed,) = w.management.list("acme")
        kinds = [kind for kind, _ in w.published]
        assert bool(kinds) is not listed.is_active, at
        assert listed.is_published is not listed.is_active, at
        assert len(kinds) <= 2, "once more after a crash in between"
    assert died > 4


def test_one_who_comes_while_another_delivers_is_served_by_that_one() -> None:
    w, subscription = a_world({})
    w.queue.clear()
    late = [1]

    def post(url: str, headers: Any, body: str) -> Answer:
        while late:
            w.signal("003Z", late.pop())
            w.deliver("acme", subscription)
        return w.ports.post(url, headers, body)

    deliver("acme", subscription, replace(w.ports, post=post, now_ms=lambda: w.now_ms), lambda: True)
    w.queue = [each for each in w.queue if each[0] <= w.now_ms]
    w.pass_time(1)
    assert w.numbers_of("003Z") == [1]


def test_a_message_that_comes_a_moment_early_by_another_clock_is_not_the_last_one() -> None:
    w, subscription = a_world({"": Answer(503)})
    w.pass_time(1)
    at_ms, *_ = min(w.queue)
    w.queue.clear()
    w.broken.clear()
    w.now_ms = at_ms - 3_000
    w.deliver("acme", subscription)
    assert w.received == []
    w.pass_time(10)
    assert len(w.received) == 15


def test_a_person_who_replays_while_a_worker_disables_wins_and_nothing_is_published() -> None:
    w, subscription = a_world({"": Answer(410)})

    def post(url: str, headers: Any, body: str) -> Answer:
        w.management.replay("acme", subscription, w.now_ms)
        return Answer(410)

    deliver("acme", subscription, replace(w.ports, post=post), lambda: True)
    w.broken.clear()
    w.pass_time(10)
    assert (w.management.list("acme")[0].is_active, w.published, len(w.received)) == (True, [], 15)
