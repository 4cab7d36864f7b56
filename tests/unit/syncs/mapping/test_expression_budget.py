"""No expression stalls a worker: whatever it is and is given, it ends within its budget; what stays within it is plain JMESPath."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import jmespath
import pytest
from causeway.contract.changes import Change, Utterance
from causeway.syncs.mapping.conditions import condition, document, is_too_costly, product_field
from causeway.syncs.mapping.expression_budget import (
    BASE_STEPS,
    MAX_SIZE,
    STEPS_PER_VALUE,
    Document,
    ExpressionTooCostly,
    searched,
)
from causeway.syncs.signals import looks, signal_rules
from causeway.syncs.sync import Signal, Sync
from hypothesis import given, settings
from hypothesis import strategies as st

LONG = "y" * 400_000
SMALL: dict[str, Any] = {"fields": {"a": "x", "n": 3, "l": [1, 2, 3], "o": {"b": [{"c": 1}, {"c": 2}]}, "e": ""}}
SECONDS = 5.0  # of processor time, on a machine that others use too; such an expression ran for more than a minute

BOMBS = [
    "length(" + " | ".join(["[@,@][]"] * 30) + ")",
    " | ".join(["[@,@]"] * 60) + " | to_string(@)",
    " | ".join(["[@,@]"] * 60) + " | [@ == @]",
    "[" + " | ".join(["[@,@]"] * 60) + ", " + " | ".join(["[@,@]"] * 60) + "] | [0] == [1]",
    " | ".join(["{a: @, b: @}"] * 60) + " | to_string(@)",
    "fields.a | " + " | ".join(["join('', [@, @])"] * 60),
    "fields.a | " + " | ".join(["join(@, ['a', @, 'b', @])"] * 40),
    "conversation[*].[conversation] | [0]",
    "map(&join(fields.big, [`1`]), conversation)",
    "join(fields.big, map(&'', fields.many))",
    "fields.many[*].[@][] | [@,@][] | map(&[@,@,@,@,@,@,@,@], @) | [] | map(&[@,@,@,@,@,@,@,@], @) | []",
    "sort_by(fields.many, &to_string(@)) | map(&contains(fields.big, @), @)",
    "fields.many[?contains(`" + "[" + ",".join(["1"] * 900) + "]" + "`, @)] | [@,@][] | [@,@][] | [@,@][] | [@,@][]",
    " | ".join(["merge({a: @}, {b: @}, {c: @})"] * 40),
    " | ".join(["values({a: @, b: @})[]"] * 40),
    " | ".join(["to_array(@) | [@[], reverse(@)][]"] * 40),
    "!" * 900 + "fields.a",
    "(" * 300 + "fields.a" + ")" * 300,
    "fields.a || " * 300 + "fields.a",
]


def change() -> Change:
    spoken = tuple(Utterance(number, "customer", "hello there") for number in range(300))
    return Change(
        "t", "lead", "k", 0, 0, fields={"a": "x", "big": LONG, "many": list(range(3_000))}, conversation=spoken
    )


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: text[:40])
def test_an_expression_that_multiplies_what_it_is_given_ends_soon(text: str) -> None:
    began = time.process_time()
    given = document(change())
    try:
        found = searched(condition(text).compiled.parsed, given)
    except Exception as error:  # noqa: BLE001  # any end is one, if it comes soon
        found = error
    assert time.process_time() - began < SECONDS
    assert found is not None


@pytest.mark.parametrize("text", BOMBS[:7], ids=lambda text: text[:40])
def test_it_ends_with_an_error_that_says_why(text: str) -> None:
    with pytest.raises(ExpressionTooCostly, match=r"it makes a value that is too large|it takes too many steps"):
        condition(text).holds(document(change()))


@pytest.mark.parametrize("text", BOMBS[:6], ids=lambda text: text[:40])
def test_the_save_check_refuses_what_is_too_costly_whatever_it_is_given(text: str) -> None:
    assert is_too_costly(condition(text))


@pytest.mark.parametrize(
    "text",
    [
        "fields.score > `50`",
        "conversation[?speaker == 'customer'].text | join('\n', @)",
        "conversation[*].{who: speaker, what: text} | sort_by(@, &who) | [0].what",
        "contains(fields.big, 'z')",
        "max(fields.many)",
        "length(fields.many[?@ > `100`])",
    ],
)
def test_what_products_use_stays_within_the_budget(text: str) -> None:
    spoken = tuple(Utterance(number, "customer", "hello there") for number in range(5_000))
    big = Change("t", "lead", "k", 0, 0, fields={"big": LONG, "many": list(range(20_000))}, conversation=spoken)
    assert not is_too_costly(condition(text))
    assert condition(text).value(document(big)) is not None


def test_the_expressions_of_one_change_share_its_budget() -> None:
    given, text = document(Change("t", "lead", "k", 0, 0, fields={"a": 1})), "fields.a == `1`"
    assert condition(text).holds(given)
    given.spend(BASE_STEPS)
    with pytest.raises(ExpressionTooCostly):
        given.spend(STEPS_PER_VALUE * 20)
    with pytest.raises(ExpressionTooCostly):
        condition(text).holds(given.with_more({"record": {"Id": "1"}}))
    assert condition(text).holds(document(Change("t", "lead", "k", 0, 0, fields={"a": 1})))


def test_a_plain_product_field_takes_nothing_of_it() -> None:
    given = document(Change("t", "lead", "k", 0, 0, fields={"a": 1}))
    assert [product_field("a").value(given) for _ in range(BASE_STEPS * 2)] == [1] * BASE_STEPS * 2


LEAVES = st.sampled_from(
    ["@", "fields", "fields.a", "fields.n", "fields.l", "fields.o.b", "`[1,[2]]`", "'t'", "fields.e"]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map(" | ".join),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(inner, inner).map(lambda parts: f"{{x: {parts[0]}, y: {parts[1]}}}"),
        inner.map(lambda part: f"({part})[]"),
        inner.map(lambda part: f"({part})[*]"),
        inner.map(lambda part: f"({part})[::-1]"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[?{parts[1]}]"),
        st.tuples(inner, st.sampled_from(["==", "!=", "<", ">=", "&&", "||"]), inner)
        .map(" ".join)
        .map(lambda t: f"({t})"),
        st.tuples(
            st.sampled_from(["to_string", "to_array", "length", "keys", "values", "type", "reverse", "sort"]), inner
        ).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"map(&{parts[0]}, to_array({parts[1]}))"),
        st.tuples(inner, inner).map(
            lambda parts: f"join(to_string({parts[0]}), map(&to_string(@), to_array({parts[1]})))"
        ),
        st.tuples(inner, inner).map(lambda parts: f"contains(to_string({parts[0]}), to_string({parts[1]}))"),
    )


EXPRESSIONS = st.recursive(LEAVES, _larger, max_leaves=12)


def outcome(search: Any) -> Any:
    try:
        return ("found", search())
    except ExpressionTooCostly:
        return ("too costly", None)
    except Exception as error:  # noqa: BLE001  # whatever plain JMESPath does, this does too
        return (type(error).__name__, None)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_what_stays_within_the_budget_is_what_jmespath_finds(text: str) -> None:
    parsed = jmespath.compile(text).parsed
    counted = outcome(lambda: searched(parsed, SMALL))
    if counted[0] != "too costly":
        assert counted == outcome(lambda: jmespath.search(text, SMALL))


@settings(max_examples=60, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.integers(min_value=1, max_value=40))
def test_no_expression_takes_more_than_its_budget_however_often_it_is_repeated(parts: list[str], times: int) -> None:
    text = " | ".join(f"({part})" for part in parts * times)
    spent = Document({**SMALL, "fields": {**SMALL["fields"], "l": list(range(100)), "a": "x" * 5_000}})
    began = time.process_time()
    found = outcome(lambda: searched(jmespath.compile(text).parsed, spent))
    assert time.process_time() - began < SECONDS
    assert spent._steps <= BASE_STEPS + STEPS_PER_VALUE * 200 + MAX_SIZE
    if found[0] == "found":
        assert found[1] is None or len(str(found[1])) <= MAX_SIZE * 20


def test_all_signals_of_a_sync_share_one_budget_over_a_change() -> None:
    """Fifty signals once had fifty budgets: a change of a message took seconds, and all tenants of the worker waited."""
    costly = "length(sort_by(fields.many, &to_string(@))) > `0`"
    signals: dict[str, str | Signal] = {f"costly_{place}": costly for place in range(50)}
    rules = signal_rules(Sync(id="a", source="lead", sobject="Contact", signals=signals))
    began = time.process_time()
    seen = looks(rules, document(change()))
    assert time.process_time() - began < SECONDS / 10
    assert len(seen) == 50
    assert 1 <= sum(look.holds is True for look in seen) <= 10  # what the first ones leave is too little for the others
    assert {look.holds for look in seen[10:]} == {None}


def test_a_text_too_large_to_make_is_not_made_first() -> None:
    """Twelve hundred million characters would fit no worker's memory."""
    tracemalloc.start()
    with pytest.raises(ExpressionTooCostly):
        searched(condition("join(fields.big, map(&'', fields.many))").compiled.parsed, document(change()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000
