"""JMESPath over one change."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import BrokenMapping
from causeway.syncs.mapping.conditions import MISSING, condition, document, product_field
from jmespath.exceptions import JMESPathError

from tests.support.syncs.factories import about, change, said


def value(expression: str, fields: dict[str, Any], **parts: Any) -> Any:
    """Return what the expression gives for a change with these fields."""
    return product_field(expression).value(document(change(fields, **parts)))


def test_a_plain_name_means_a_field_of_the_change() -> None:
    assert value("company", {"company": "ACME"}) == "ACME"
    assert value("fields.company", {"company": "ACME"}) == "ACME"
    assert value("Company Name", {"Company Name": "ACME"}) == "ACME"
    assert value("first-name", {"first-name": "Ada"}) == "Ada"
    assert value("key", {}) is MISSING
    assert value("key", {"key": "mine"}) == "mine"
    assert value("@.key", {}) == "lead-1"


def test_absent_and_null_are_different() -> None:
    assert value("company", {}) is MISSING
    assert value("company", {"company": None}) is None
    assert value("fields.address.city", {"address": {"city": None}}) is None
    assert value("fields.address.city", {"address": None}) is MISSING
    assert value("fields.address.city", {"address": "Paris"}) is MISSING


def test_a_computed_null_is_not_the_products_null() -> None:
    assert value("fields.a || fields.b", {"a": None, "b": None}) is MISSING


def test_an_expression_over_fields_that_a_partial_change_does_not_carry_says_nothing() -> None:
    greeting = "join(' ', [to_string(fields.first), to_string(fields.last)])"
    assert value(greeting, {"phone": "1"}) is MISSING
    assert value(greeting, {"first": "Ada", "last": "Lovelace"}) == "Ada Lovelace"


def test_expressions_see_the_whole_document() -> None:
    given = {"conversation": said("Hello", "Bye"), "about": about(email="ada@example.com")}
    assert value("conversation[-1].text", {}, **given) == "Bye"
    assert value("conversation[0].at", {}, **given) == "2026-11-21T12:00:00Z"
    assert value("about.email", {}, **given) == "ada@example.com"
    assert value("occurred_at", {"occurred_at": "x"}) == "x"
    assert value("[source, @.occurred_at]", {}) == ["lead", "2026-11-21T12:00:00Z"]


@pytest.mark.parametrize("expression", ["fields.", "join(", "a b c !", "[", "unknown_function(@)", "((" * 400])
def test_a_broken_expression_is_found_when_it_is_saved(expression: Any) -> None:
    with pytest.raises(BrokenMapping) as found:
        product_field(expression)
    assert found.value.remedy


@pytest.mark.parametrize("expression", ["join(' ', [fields.a, fields.b])", "ceil(fields.big)", "sort([fields.a, `1`])"])
def test_an_expression_that_can_not_be_worked_out_says_why(expression: Any) -> None:
    with pytest.raises(JMESPathError, match=r"\w"):
        value(expression, {"a": "x", "big": float("inf")})


ACCOUNT = {"AnnualRevenue": 600_000, "Name": "ACME"}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("account.AnnualRevenue > `500000`", True),
        ("account.AnnualRevenue > `700000`", False),
        ("account.Industry == 'Media'", False),
        ("account", True),
        ("record", False),
        ("qualified", True),
        ("fields.score", True),
        ("fields.empty", False),
        ("ceil(fields.big)", False),
        ("length(conversation) > `0`", False),
    ],
)
def test_conditions_hold_as_jmespath_sees_truth(expression: Any, holds: Any) -> None:
    fields = {"qualified": True, "score": 0, "empty": [], "big": float("inf")}
    assert condition(expression).holds(document(change(fields), account=ACCOUNT)) is holds


@pytest.mark.parametrize(
    ("expression", "reads"),
    [
        ("account.AnnualRevenue > `500000`", {("account", "AnnualRevenue")}),
        ("record.Account.Name || owner.Email", {("record", "Account", "Name"), ("owner", "Email")}),
        ("contains(record.Tags__c, 'x')", {("record", "Tags__c")}),
        ("fields.tags[0].name", {("fields", "tags")}),
        ("conversation[?speaker=='lead'].text", {("conversation",)}),
        ("`5`", set()),
    ],
)
def test_the_fields_that_an_expression_names_are_known(expression: Any, reads: Any) -> None:
    assert condition(expression).reads == reads


def test_an_expression_is_compiled_once() -> None:
    product_field("fields.compiled_once[0]")
    before = product_field.cache_info().misses
    product_field("fields.compiled_once[0]")
    assert product_field.cache_info().misses == before
