"""Structured pull filters."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import BrokenMapping
from causeway.salesforce.describe import PicklistValue, SObjectDescribe
from causeway.syncs.filters import MAX_CONDITIONS, OPERATORS, filter_problems, where

from tests.support.syncs.factories import NOON_MS, codes, contact, field, picklist, sobject

ACCOUNT = sobject("Account", field("Name"), field("AnnualRevenue", "currency"), picklist("Industry", "Media"))


def described() -> SObjectDescribe:
    return contact(
        picklist("LeadSource", "Web", "Phone Inquiry", restricted_picklist=False),
        picklist("Level__c", "Gold", "Silver"),
        picklist("Interests__c", "a", "b", "c", type="multipicklist"),
        field("Score__c", "double"),
        field("At__c", "time"),
    )


def text(condition: dict[str, Any]) -> str:
    return where(condition, described(), NOON_MS, {"Account": ACCOUNT})


def on(name: str, operator: str, *value: Any) -> dict[str, Any]:
    return {"field": name, "operator": operator, **({"value": value[0]} if value else {})}


CONDITIONS: list[tuple[dict[str, Any], str]] = [
    (on("email", "equals", "ada@example.com"), "Email = 'ada@example.com'"),
    (on("Title", "not_equals", "C'EO"), "Title != 'C\\'EO'"),
    (on("LeadSource", "in", ["web", "Fair"]), "LeadSource IN ('Web','Fair')"),
    (on("Level__c", "not_in", ["gold"]), "Level__c NOT IN ('Gold')"),
    (on("Title", "contains", "50%"), "Title LIKE '%50\\%%'"),
    (on("Title", "starts", "Head"), "Title LIKE 'Head%'"),
    (on("Score__c", "greater", 5), "Score__c > 5"),
    (on("Score__c", "greater_or_equal", "2.50"), "Score__c >= 2.50"),
    (on("Score__c", "less", 1e3), "Score__c < 1000.0"),
    (on("Birthdate", "less_or_equal", "2000-01-31"), "Birthdate <= 2000-01-31"),
    (on("CreatedDate", "greater", "2026-01-01T01:00:00+01:00"), "CreatedDate > 2026-01-01T00:00:00Z"),
    (on("HasOptedOutOfEmail", "equals", False), "HasOptedOutOfEmail = false"),
    (on("AccountId", "equals", "001000000000001"), "AccountId = '001000000000001AAA'"),
    (on("Id", "in", ["003000000000001"]), "Id IN ('003000000000001AAA')"),
    (on("Phone", "empty"), "Phone = null"),
    (on("Interests__c", "not_empty"), "Interests__c != null"),
    (on("Interests__c", "includes", ["a;B", ["c"]]), "Interests__c INCLUDES ('a;b','c')"),
    (on("Interests__c", "excludes", ["a"]), "Interests__c EXCLUDES ('a')"),
    (
        on("CreatedDate", "within_last", 7),
        "(CreatedDate >= 2026-11-14T12:00:00Z) AND (CreatedDate <= 2026-11-21T12:00:00Z)",
    ),
    (on("Birthdate", "within_next", 1), "(Birthdate >= 2026-11-21) AND (Birthdate <= 2026-11-22)"),
    (on("Account.AnnualRevenue", "greater", 500000), "Account.AnnualRevenue > 500000"),
    (on("account.industry", "equals", "media"), "Account.Industry = 'Media'"),
]


@pytest.mark.parametrize(("condition", "soql"), CONDITIONS)
def test_each_operator_becomes_soql(condition: Any, soql: Any) -> None:
    assert text(condition) == soql


def test_groups_nest_with_parentheses() -> None:
    tree = {"all": [on("Phone", "not_empty"), {"any": [on("Title", "empty"), on("Level__c", "equals", "gold")]}]}
    assert text(tree) == "(Phone != null) AND ((Title = null) OR (Level__c = 'Gold'))"
    assert text({"all": [{"all": [on("Phone", "empty")]}]}) == "Phone = null"


@pytest.mark.parametrize("tree", [None, {}, {"all": []}])
def test_no_filter_reads_everything(tree: Any) -> None:
    assert where(tree, described(), NOON_MS) == ""


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (on("Gone__c", "empty"), "filter_unknown_field"),
        (on("Account.Gone__c", "empty"), "filter_unknown_field"),
        (on("Owner.Name", "equals", "x"), "filter_unknown_field"),
        (on("Description", "contains", "x"), "filter_not_filterable"),
        (on("Title", "like", "x"), "filter_operator"),
        (on("Title", "greater", "x"), "filter_operator"),
        (on("HasOptedOutOfEmail", "empty"), "filter_operator"),
        (on("Interests__c", "equals", "a"), "filter_operator"),
        (on("Score__c", "contains", "5"), "filter_operator"),
        (on("At__c", "equals", "10:00"), "filter_operator"),
        (on("Title", "equals", ""), "filter_value"),
        (on("Title", "equals"), "filter_value"),
        (on("Title", "equals", None), "filter_value"),
        (on("Title", "equals", "x" * 4_001), "filter_value"),
        (on("Title", "in", "x"), "filter_value"),
        (on("Title", "in", []), "filter_value"),
        (on("Title", "empty", "x"), "filter_value"),
        (on("Level__c", "equals", "Bronze"), "filter_value"),
        (on("Score__c", "greater", "many"), "filter_value"),
        (on("Score__c", "greater", "1e-300"), "filter_value"),
        (on("Birthdate", "greater", "2000-01-01T00:00:00Z"), "filter_value"),
        (on("CreatedDate", "greater", "2026-01-01"), "filter_value"),
        (on("CreatedDate", "within_last", 0), "filter_value"),
        (on("CreatedDate", "within_last", True), "filter_value"),
        (on("CreatedDate", "within_last", "7"), "filter_value"),
        (on("HasOptedOutOfEmail", "equals", "false"), "filter_value"),
        (on("AccountId", "equals", "003000000000001"), "filter_value"),
        (on("AccountId", "equals", "' OR Id != '"), "filter_value"),
        ({"field": "Title"}, "filter_invalid"),
        ({"field": "Title", "operator": "empty", "raw": "x"}, "filter_invalid"),
        ({"soql": "Id != null"}, "filter_invalid"),
        ({"any": []}, "filter_invalid"),
        ({"all": [{"all": []}]}, "filter_invalid"),
        ({"all": "Title"}, "filter_invalid"),
        ({"all": [], "any": []}, "filter_invalid"),
        ({"all": ["Title = 'x'"]}, "filter_invalid"),
    ],
)
def test_what_does_not_fit_is_a_problem_and_never_a_wider_query(condition: Any, code: Any) -> None:
    problems = filter_problems(condition, described(), {"Account": ACCOUNT})
    assert codes(problems) == [code]
    assert problems[0].level == "error"
    with pytest.raises(BrokenMapping):
        text(condition)


def test_every_problem_of_a_filter_is_reported_at_once() -> None:
    tree = {"any": [on("Gone__c", "empty"), on("Title", "equals", "x"), on("Score__c", "equals", "y")]}
    assert codes(filter_problems(tree, described())) == ["filter_unknown_field", "filter_value"]


def test_deep_and_wide_filters_are_refused() -> None:
    tree: dict[str, Any] = on("Title", "empty")
    for _ in range(6):
        tree = {"all": [tree]}
    assert codes(filter_problems(tree, described())) == ["filter_invalid"]
    wide = {"all": [on("Title", "empty")] * (MAX_CONDITIONS + 5)}
    assert codes(filter_problems(wide, described())) == ["filter_invalid"]
    long = {"all": [on("Title", "in", [f"{number}{'x' * 3_000}" for number in range(20)])]}
    assert codes(filter_problems(long, described())) == ["filter_invalid"]


def test_a_retired_picklist_value_may_be_filtered_by() -> None:
    describe = contact(picklist("Level__c", PicklistValue("Old", "Old", active=False)))
    assert where(on("Level__c", "equals", "old"), describe, NOON_MS) == "Level__c = 'Old'"


def test_every_operator_fits_some_type() -> None:
    assert all(OPERATORS.values())
