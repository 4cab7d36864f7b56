"""Parked changes as a file for spreadsheets: every field has a column, and nothing in it is computed."""

from __future__ import annotations

import csv
import io
from typing import Any

from causeway.parked.export import COLUMNS, parked_csv


def an_entry(**fields: Any) -> dict[str, Any]:
    entry: dict[str, Any] = dict.fromkeys(COLUMNS)
    return entry | {"parked_id": "r1", "reason": "Why, and how?", "change": {"key": "k1", "fields": fields}}


def lines(*entries: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(parked_csv(list(entries)).removeprefix("\ufeff"))))


def test_each_field_of_the_changes_has_a_column_of_its_own() -> None:
    head, first, second = lines(an_entry(email="ada@example.com", score=0), an_entry(vip=True, tags=["a", "ü"]))
    assert head == [*COLUMNS, "email", "score", "vip", "tags"]
    assert first[len(COLUMNS) :] == ["ada@example.com", "0", "", ""]
    assert second[len(COLUMNS) :] == ["", "", "true", '["a", "ü"]']
    assert first[COLUMNS.index("reason")] == "Why, and how?"


def test_a_message_that_could_not_be_read_has_a_line_without_fields() -> None:
    unreadable = dict.fromkeys(COLUMNS) | {"parked_id": "m1", "body": "{not json"}
    assert lines(unreadable)[1][0] == "m1"


def test_no_cell_is_a_formula() -> None:
    cells = ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    head, values = lines(an_entry(**{f"={number}": text for number, text in enumerate(cells)}))
    assert values[len(COLUMNS) :] == [f"'{text}" for text in cells]
    assert all(name.startswith("'=") for name in head[len(COLUMNS) :])


def test_it_opens_as_utf_8() -> None:
    assert parked_csv([]).encode().startswith(b"\xef\xbb\xbf")
