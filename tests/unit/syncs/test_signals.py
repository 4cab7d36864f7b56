"""What an event of a signal shows of the values that its condition read: never more than EventBridge takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway.syncs.limits import check_limits
from causeway.syncs.signals import MAX_VALUE, MAX_VALUES, Look, edges, looks, signal_rules
from causeway.syncs.sync import Signal

from tests.support.syncs.factories import sync

EVENT_BYTES = 256 * 1024


def seen(signal: str | Signal, fields: dict[str, Any]) -> Look:
    rules = signal_rules(sync(signals={"big": signal}))
    (look,) = looks(rules, {"fields": fields, "record": None, "account": None, "owner": None})
    return look


@pytest.mark.parametrize("value", [None, True, 0, -7, 1.5, 2**63 - 1, "x" * MAX_VALUE, [1, {"a": "b"}], {"a": []}, ""])
def test_a_short_value_is_shown_as_it_is(value: Any) -> None:
    assert seen("fields.score", {"score": value}).values == {"fields.score": value}


@pytest.mark.parametrize(
    "value", ["x" * 300, ["x" * 300], {"a": list(range(1_000))}, [[[]] * 200], {"k" * 400: 1}, 10**400, 2**63, [10**30]]
)
def test_a_larger_value_is_shown_as_the_beginning_of_its_text(value: Any) -> None:
    (shown,) = seen("fields.score", {"score": value}).values.values()
    whole = value if isinstance(value, str) else json.dumps(value)
    assert isinstance(shown, str)
    assert shown == whole[:MAX_VALUE]


def test_an_event_that_shows_many_values_stays_small() -> None:
    names = [f"f{number}" for number in range(300)]
    found = seen(" || ".join(f"fields.{name}" for name in names), {name: ["\U0001f600" * 300] for name in names}).values
    assert len(found) == 300
    assert sum(len(each) for each in found.values()) == MAX_VALUES
    assert len(json.dumps(found)) < EVENT_BYTES - 50_000


@pytest.mark.parametrize("signal", ["a" * 4_000, Signal(when="a" * 4_000), Signal(changed="a" * 4_000)])
def test_a_signal_of_any_form_may_be_as_long_as_a_condition(signal: str | Signal) -> None:
    given = sync(signals={"big": signal})
    check_limits(given)
    assert len(signal_rules(given)) == 1


def test_the_value_before_is_cut_as_well() -> None:
    states: dict[str, list[Any]] = {}
    signal = Signal(changed="fields.score")
    edges(states, [seen(signal, {"score": 10**40})], 1, "a")
    (edge,) = edges(states, [seen(signal, {"score": 5})], 2, "b")
    assert (edge.before, edge.values) == (str(10**40), {"fields.score": 5})
