"""A full account: who is refused, who waits, and for how long."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

from local.limits.invocations import EVENT_AGE_S, NEW_ACCOUNT, behind_the_gateway, until_admitted, waits
from tests.support.template import template

THROTTLED = {"throttle": True, "error": True, "body": {"__type": "TooManyRequestsException"}}
DONE = {"body": "done"}


def account(full_for: int) -> tuple[Callable[[], dict[str, Any]], list[float], Callable[[float], None]]:
    """Return an invocation that is throttled the first times, the waits so far, and a sleep that notes them."""
    answers, slept = iter([THROTTLED] * full_for), list[float]()
    return lambda: next(answers, DONE), slept, slept.append


def test_what_is_asynchronous_waits_until_the_account_has_room() -> None:
    execute, slept, sleep = account(full_for=4)
    assert until_admitted(execute, EVENT_AGE_S, sleep) == DONE
    assert slept == [1, 2, 4, 8]


def test_what_is_synchronous_is_refused_at_once() -> None:
    execute, slept, sleep = account(full_for=1)
    assert until_admitted(execute, 0, sleep) == THROTTLED
    assert not slept


def test_a_batch_is_given_up_when_its_visibility_timeout_has_passed() -> None:
    execute, slept, sleep = account(full_for=1_000)
    assert until_admitted(execute, 60, sleep) == THROTTLED
    assert sum(slept) <= 60


def test_an_event_is_tried_for_six_hours_and_never_waits_longer_than_five_minutes() -> None:
    assert max(waits(EVENT_AGE_S)) == 300
    assert EVENT_AGE_S - 300 < sum(waits(EVENT_AGE_S)) <= EVENT_AGE_S
    assert list(islice(waits(0), 1)) == []


def test_the_gateway_says_500_and_nothing_of_a_throttle() -> None:
    answered = behind_the_gateway(THROTTLED)
    assert answered is not None
    assert answered["statusCode"] == 500
    assert json.loads(answered["body"]) == {"message": "Internal server error"}
    assert behind_the_gateway(DONE) is None


def test_the_templates_defaults_leave_a_new_account_room_for_its_pollers() -> None:
    parameters = template()["Parameters"]
    assert parameters["PushConcurrency"]["Default"] + parameters["PullConcurrency"]["Default"] < NEW_ACCOUNT
