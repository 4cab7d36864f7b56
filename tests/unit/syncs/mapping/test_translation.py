"""Tables of values: what the product says, as Salesforce takes it."""

from __future__ import annotations

import pytest
from causeway.syncs.mapping.translation import NotInTable, product_values, value_table

from tests.support.syncs.factories import row

STAGES = row(
    "stage", "StageName", values={"new": "Prospecting", "Won": "Closed Won", "7": 7, "true": "Yes", "none": None}
)


def test_values_are_looked_up_in_any_case_and_as_json_writes_them() -> None:
    table = value_table(STAGES)
    assert table is not None
    assert [table.translated(each) for each in (" NEW ", "won", 7, True, "none")] == [
        "Prospecting",
        "Closed Won",
        7,
        "Yes",
        None,
    ]
    assert table.translated(["new", "", "none", "won"]) == ["Prospecting", "Closed Won"]


def test_a_value_that_the_table_does_not_name_takes_the_fallback_or_none() -> None:
    table = value_table(STAGES.model_copy(update={"fallback": "Other"}))
    assert table is not None
    assert [table.translated(each) for each in ("lost", {"a": 1})] == ["Other", "Other"]
    bare = value_table(STAGES)
    assert bare is not None
    for value in ("lost", ["new", "lost"], {"a": 1}):
        with pytest.raises(NotInTable):
            bare.translated(value)


def test_a_row_without_values_has_no_table() -> None:
    assert value_table(row("stage", "StageName", fallback="Other")) is None


def test_backwards_the_first_product_value_stands_for_a_salesforce_value() -> None:
    two = row("stage", "StageName", values={"won": "Closed Won", "done": "closed won", "off": None})
    assert product_values(two) == {"closed won": "won"}
