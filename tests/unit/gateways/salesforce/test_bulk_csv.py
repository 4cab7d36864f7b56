"""The CSV of Bulk API 2.0 queries as rows of REST."""

from __future__ import annotations

import pytest
from causeway.errors import OutcomeUnknown
from causeway.gateways.salesforce.bulk_csv import csv_rows

from tests.support.pull.plans import plan_of


def test_rows_of_bulk_are_the_rows_of_rest() -> None:
    plan = plan_of(("size", "Size__c"), ("score", "Score__c"), ("born", "Born__c"), ("vip", "Is_Vip__c"))
    header = ["Id", "LastName", "Size__c", "Score__c", "Born__c", "Is_Vip__c", "Account.Name", "Owner.IsActive"]
    lines = [
        ",".join(f'"{name}"' for name in header) + "\n",
        '"003A","Say ""hi"",\n',
        'twice","7","2.5","2026-11-20T10:00:00.000Z","true","","true"\n',
    ]
    (row,) = csv_rows(lines, plan.types)
    assert row == {
        "Id": "003A",
        "LastName": 'Say "hi",\ntwice',
        "Size__c": 7,
        "Score__c": 2.5,
        "Born__c": "2026-11-20T10:00:00.000+0000",
        "Is_Vip__c": True,
        "Account": None,
        "Owner": {"IsActive": True},
    }


def test_a_parent_of_a_type_nobody_described_is_read_as_text() -> None:
    lines = ['"Id","Account.Rating__c"\n', '"003A","5"\n']
    assert list(csv_rows(lines, {})) == [{"Id": "003A", "Account": {"Rating__c": "5"}}]


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([], None),
        (["<html>\n"], None),
        (['"LastName"\n', '"Lovelace"\n'], None),
        (['"Id","LastName"\n', '"003A"\n'], None),
        (['"Id","LastName"\n', '"003A","Love'], None),
        (['"Id","Size__c"\n', '"003A","many"\n'], None),
        (['"Id","LastName"\n'], 1),
    ],
)
def test_results_that_were_cut_or_are_none_are_read_again(lines: list[str], count: int | None) -> None:
    with pytest.raises(OutcomeUnknown):
        list(csv_rows(lines, {"Size__c": "int"}, count))
