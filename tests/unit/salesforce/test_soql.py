"""The text of SOQL statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from causeway.errors import BrokenMapping, InvalidRecord
from causeway.salesforce import soql
from hypothesis import given
from hypothesis import strategies as st

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_MEANS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def read_back(text: str) -> str:
    """Read one SOQL string literal as Salesforce's grammar does; anything left over or unknown is an error."""
    whole = re.fullmatch(r"'((?:[^'\\\n]|\\.)*)'", text, re.DOTALL)
    if not whole:
        raise ValueError(text)
    return _ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else _MEANS[found[1]], whole[1])


STORABLE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=200)


@given(STORABLE)
def test_a_literal_read_back_equals_the_value(value: Any) -> None:
    assert read_back(soql.literal(value)) == value


@given(st.lists(STORABLE, min_size=1, max_size=20))
def test_a_list_of_literals_reads_back_as_the_same_list(values: Any) -> None:
    text = soql.in_condition("Name", values)
    assert text.startswith("Name IN (")
    found = re.findall(r"'(?:[^'\\]|\\.)*'", text, re.DOTALL)
    assert [read_back(item) for item in found] == values


BROKEN_ESCAPERS: dict[str, Callable[[str], str]] = {
    "none": lambda value: f"'{value}'",
    "doubled quotes": lambda value: "'" + value.replace("'", "''") + "'",
    "quotes only": lambda value: "'" + value.replace("'", "\\'") + "'",
}


@pytest.mark.parametrize("broken", BROKEN_ESCAPERS.values(), ids=BROKEN_ESCAPERS)
def test_the_law_catches_the_usual_broken_escapers(broken: Any) -> None:
    hostile = ["x' OR Name != 'x", "\\' OR Name != '", "line\nbreak"]
    assert any(_misread(broken(value), value) for value in hostile)


def _misread(text: str, value: str) -> bool:
    try:
        return read_back(text) != value
    except (ValueError, KeyError):
        return True


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800", "x" * 4_001, "'" * 2_001])
def test_what_no_query_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRecord):
        soql.literal(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (-2.5, "-2.5"),
        (1e20, "1" + "0" * 20),
        (1e-7, "0.0000001"),
        ("a", "'a'"),
    ],
)
def test_literals_of_other_types(value: Any, text: Any) -> None:
    assert soql.literal(value) == text


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidRecord):
        soql.literal(float("nan"))


def test_wildcards_in_a_search_are_taken_literally() -> None:
    assert soql.like("50%_'") == "'%50\\%\\_\\'%'"
    assert soql.like("a\\", starts=True) == "'a\\\\%'"


def test_moments_are_unquoted_and_in_utc() -> None:
    assert soql.moment(1_795_262_400_000) == "2026-11-21T12:00:00Z"
    assert soql.moment(1_795_262_400_123) == "2026-11-21T12:00:00.123Z"


def test_conditions_are_joined_with_parentheses() -> None:
    assert soql.all_of(["a = 1", "", soql.any_of(["b = 2", "c = 3"])]) == "(a = 1) AND ((b = 2) OR (c = 3))"
    assert soql.any_of(["a = 1"]) == "a = 1"
    assert soql.all_of([]) == ""


def test_a_statement_names_each_field_once() -> None:
    text = soql.select("Contact", ["Id", "Email", "id"], "Email != null", order_by="Id", limit=5)
    assert text == "SELECT Id, Email FROM Contact WHERE Email != null ORDER BY Id LIMIT 5"
    assert soql.select("Contact", ["Id"]) == "SELECT Id FROM Contact"


def test_a_statement_that_salesforce_would_refuse_for_its_length_is_not_built() -> None:
    with pytest.raises(BrokenMapping):
        soql.select("Contact", ["Id"], "Email = '" + "x" * 100_000 + "'")
    with pytest.raises(BrokenMapping):
        soql.select("Contact; DROP", ["Id"])


@given(st.lists(STORABLE.filter(bool), max_size=50), st.integers(300, 2_000), st.integers(1, 20))
def test_chunks_hold_every_value_in_order_within_the_room(values: Any, room: Any, most: Any) -> None:
    chunks = list(soql.in_chunks(values, room, most))
    assert [value for chunk in chunks for value in chunk] == values
    for chunk in chunks:
        assert 0 < len(chunk) <= most
        listed = len(soql.in_condition("E", chunk)) - len("E IN ()")
        assert listed <= room or len(chunk) == 1


def test_a_thousand_usual_addresses_fit_one_statement() -> None:
    addresses = [f"person.number.{number:04d}@example.com" for number in range(1_000)]
    assert len(list(soql.in_chunks(addresses, 99_000, 2_000))) == 1


def test_what_a_composite_call_would_read_as_a_reference_is_a_text() -> None:
    """Inside /composite, `@{refId.field}` in a query's URL stands for an earlier answer."""
    assert soql.literal("@{people.records[0].Id}") == "'\\u0040{people.records[0].Id}'"
    assert soql.literal("a@b.example") == "'a@b.example'"
