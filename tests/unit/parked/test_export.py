"""Parked changes as a file for spreadsheets: every field has a column, and nothing in it is computed."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from causeway.parked.export import COLUMNS, MAX_NAMED_BYTES, OTHERS, named_fields, parked_csv


def an_entry(**fields: Any) -> dict[str, Any]:
    entry: dict[str, Any] = dict.fromkeys(COLUMNS)
    return entry | {"parked_id": "r1", "reason": "Why, and how?", "change": {"key": "k1", "fields": fields}}


def lines(*entries: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(parked_csv(entries, named_fields(entries)).removeprefix("\ufeff"))))


def test_each_field_of_the_changes_has_a_column_of_its_own() -> None:
    head, first, second = lines(an_entry(email="ada@example.com", score=0), an_entry(vip=True, tags=["a", "ü"]))
    assert head == [*COLUMNS, "email", "score", "vip", "tags", OTHERS]
    assert first[len(COLUMNS) :] == ["ada@example.com", "0", "", "", ""]
    assert second[len(COLUMNS) :] == ["", "", "true", '["a", "ü"]', ""]
    assert first[COLUMNS.index("reason")] == "Why, and how?"


def test_a_message_that_could_not_be_read_has_a_line_without_fields() -> None:
    unreadable = dict.fromkeys(COLUMNS) | {"parked_id": "m1", "body": "{not json"}
    assert lines(unreadable)[1][0] == "m1"


def test_a_later_part_has_the_columns_of_the_first_and_its_other_fields_together() -> None:
    named = named_fields([an_entry(email="ada@example.com")])
    head, later = csv.reader(io.StringIO(parked_csv([an_entry(score=7)], named).removeprefix("\ufeff")))
    assert head == [*COLUMNS, "email", OTHERS]
    assert later[len(COLUMNS) :] == ["", '{"score": 7}']


def test_the_names_of_the_columns_fit_into_the_token_of_the_next_part() -> None:
    entry = an_entry(**{f"field_{number:04}": number for number in range(150)})
    named = named_fields([entry])
    assert 50 < len(named) < 150
    assert len(json.dumps(named)) <= MAX_NAMED_BYTES + 2
    assert len(json.loads(lines(entry)[1][-1])) == 150 - len(named)


def test_no_cell_is_a_formula() -> None:
    cells = ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    head, values = lines(an_entry(**{f"={number}": text for number, text in enumerate(cells)}))
    assert values[len(COLUMNS) : -1] == [f"'{text}" for text in cells]
    assert all(name.startswith("'=") for name in head[len(COLUMNS) : -1])


def test_it_opens_as_utf_8() -> None:
    assert parked_csv([], ()).encode().startswith(b"\xef\xbb\xbf")
