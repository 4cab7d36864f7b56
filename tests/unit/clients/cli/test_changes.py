"""Rows become changes; one that breaks the contract is refused alone."""

from __future__ import annotations

import pytest
from causeway_client.cli.rows.changes import changes_of, is_change
from causeway_client.cli.rows.columns import Columns
from causeway_client.cli.rows.files import Row

BY_ID = Columns({"mail": "email", "when": "when"}, "id", ())
BY_EMAIL = Columns({"mail": "email"}, "mail", ())


def test_a_row_becomes_a_change_with_its_key_as_text() -> None:
    (change,) = changes_of([Row(2, {"id": 7, "mail": "Ada@Example.com"})], BY_ID).changes
    assert (change.key, change.fields) == ("7", {"email": "Ada@Example.com"})


def test_an_address_that_is_the_key_is_one_however_it_is_spelt() -> None:
    found = changes_of([Row(2, {"mail": "Ada@Example.com"}), Row(3, {"mail": "ada@example.com"})], BY_EMAIL)
    assert [change.key for change in found.changes] == ["ada@example.com"] * 2
    assert found.repeated() == ["ada@example.com"]


def test_the_column_that_says_when_is_no_field() -> None:
    row = Row(2, {"id": 7, "when": "2026-11-20T10:00:00Z"})
    (change,) = changes_of([row], BY_ID, occurred_at="when").changes
    assert change.occurred_at is not None
    assert change.fields == {}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"mail": "a@example.com"}, "the column 'id' is empty"),
        ({"id": "x" * 257}, "key"),
        ({"id": 1, "when": "yesterday"}, "occurred_at"),
        ({"id": 1, "mail": "x" * 1_100_000}, "bytes long"),
    ],
)
def test_a_row_that_breaks_the_contract_is_refused_alone(cells: dict[str, object], reason: str) -> None:
    found = changes_of([Row(2, cells), Row(3, {"id": "ok"})], BY_ID, occurred_at="when")
    assert [change.key for change in found.changes] == ["ok"]
    assert [refused.number for refused in found.refused] == [2]
    assert reason in found.refused[0].reason


def test_a_json_line_may_be_a_whole_change() -> None:
    line = Row(1, {"key": "lead-1", "fields": {"phone": None}, "about": {"email": "a@example.com"}})
    assert is_change(line)
    (change,) = changes_of([line], None).changes
    assert change.model_dump(exclude_unset=True)["fields"] == {"phone": None}
    assert not is_change(Row(1, {"key": "lead-1", "fields": "text"}))
