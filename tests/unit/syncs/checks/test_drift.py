"""What changed in the org that a sync's rules rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from causeway.salesforce.describe import PicklistValue, SObjectDescribe
from causeway.syncs.checks.drift import drift_problems

from tests.support.syncs.factories import contact, field, picklist, row, sync

LEVEL = picklist("Level__c", "Gold", "Silver", length=40)
BEFORE = contact(LEVEL, field("Other__c"))
CREATE = {"update_existing": True, "create_when_missing": True}


def after(*changed: Any, without: str = "") -> SObjectDescribe:
    names = {item.name for item in changed} | {without}
    kept = tuple(item for item in BEFORE.fields if item.name not in names)
    return replace(BEFORE, fields=(*kept, *changed))


def drift(describe: SObjectDescribe, *rows: Any, **parts: Any) -> list[tuple[str, str, str | None]]:
    rules = sync(*(rows or (row("level", "Level__c"), row("name", "LastName"))), **parts)
    return [(item.level, item.code, item.field) for item in drift_problems(rules, BEFORE, describe)]


def test_nothing_changed_means_no_drift() -> None:
    assert drift(BEFORE) == []


def test_what_nobody_mapped_may_change_freely() -> None:
    assert drift(after(without="Other__c")) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (replace(LEVEL, type="string"), ("warning", "field_type_changed", "Level__c")),
        (replace(LEVEL, length=20), ("warning", "field_shorter", "Level__c")),
        (replace(LEVEL, updateable=False), ("warning", "field_not_writable", "Level__c")),
        (replace(LEVEL, picklist_values=LEVEL.picklist_values[:1]), ("warning", "picklist_value_retired", "Level__c")),
    ],
)
def test_what_changed_in_a_mapped_field_is_reported(changed: Any, found: Any) -> None:
    assert drift(after(changed)) == [found]


def test_a_mapped_field_that_is_gone_is_an_error() -> None:
    assert drift(after(without="Level__c")) == [("error", "unknown_field", "Level__c")]
    assert drift(after(without="Email")) == [("error", "unknown_field", "Email")]
    assert drift(after(without="Email"), email="off") == []
    assert drift(after(without="AccountId"), row("a", "Account.Name")) == [("error", "unknown_field", "AccountId")]


def test_a_retired_value_that_a_row_always_writes_is_an_error() -> None:
    values = (PicklistValue("Gold", "Gold"), PicklistValue("Silver", "Silver", active=False))
    retired = after(replace(LEVEL, picklist_values=values))
    assert drift(retired, row("'silver'", "Level__c")) == [("error", "picklist_value_retired", "Level__c")]
    assert drift(retired, row("'gold'", "Level__c")) == [("warning", "picklist_value_retired", "Level__c")]
    open_ended = after(replace(LEVEL, picklist_values=values, restricted_picklist=False))
    assert drift(open_ended, row("'silver'", "Level__c")) == []


def test_a_newly_required_field_is_an_error_where_records_are_created() -> None:
    required = after(field("Other__c", nillable=False))
    assert drift(required, push=CREATE) == [("error", "required_field_not_mapped", "Other__c")]
    assert drift(required) == []
    assert drift(required, row("x", "Other__c"), push=CREATE) == []
    assert drift(after(field("New__c", nillable=False)), push=CREATE) == [
        ("error", "required_field_not_mapped", "New__c")
    ]


def test_a_pull_minds_only_what_it_reads() -> None:
    assert drift(after(replace(LEVEL, updateable=False)), direction="pull") == []
    assert drift(after(without="Level__c"), direction="pull") == [("error", "unknown_field", "Level__c")]
