"""By which stamp changes of an sObject are found."""

from __future__ import annotations

import pytest
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.stamps import stamp_of


def _with(*fields: FieldDescribe) -> SObjectDescribe:
    return SObjectDescribe("Thing", "Thing", fields=fields)


def _moment(name: str, *, filterable: bool = True) -> FieldDescribe:
    return FieldDescribe(name, name, "datetime", filterable=filterable)


@pytest.mark.parametrize(
    ("names", "stamp"),
    [
        (("CreatedDate", "LastModifiedDate", "SystemModstamp"), "SystemModstamp"),
        (("CreatedDate", "LastModifiedDate"), "LastModifiedDate"),
        (("CreatedDate",), "CreatedDate"),
        (("LoginTime",), "LoginTime"),
        (("CloseDate",), ""),
    ],
)
def test_the_first_stamp_that_there_is_counts(names: tuple[str, ...], stamp: str) -> None:
    assert stamp_of(_with(*map(_moment, names))) == stamp


def test_a_stamp_that_cannot_be_filtered_is_passed_over() -> None:
    assert stamp_of(_with(_moment("SystemModstamp", filterable=False), _moment("CreatedDate"))) == "CreatedDate"
