"""What mappings select of an sObject."""

from __future__ import annotations

import pytest
from causeway.pull.planning.selection import product_name

from tests.support.pull.plans import plan_of


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("first_name", "first_name"),
        ("fields.first_name", "first_name"),
        ("First Name", "First Name"),
        ("e-mail", "e-mail"),
        ("conversation", None),
        ("join(' ', [fields.a, fields.b])", None),
        ("fields.a.b", None),
        ("record.Name", None),
    ],
)
def test_plain_product_fields_are_pulled_and_computed_ones_are_not(expression: str, name: str | None) -> None:
    assert product_name(expression) == name


def test_names_are_spelled_as_describe_does() -> None:
    assert plan_of(("last", "lastname"), ("company", "account.name")).products == {
        "last": "LastName",
        "company": "Account.name",
        "email": "Email",
    }


def test_email_is_pulled_automatically_unless_switched_off() -> None:
    assert "email" in plan_of(("last", "LastName")).products
    assert "email" not in plan_of(("last", "LastName"), email="off").products


def test_compound_fields_are_left_to_their_parts() -> None:
    plan = plan_of(("address", "MailingAddress"))
    assert "MailingAddress" not in plan.columns
    assert [problem.field for problem in plan.problems] == ["MailingAddress"]


def test_formulas_and_parents_fields_ask_for_the_sweep() -> None:
    assert not plan_of(("last", "LastName")).sweeps
    assert plan_of(("score", "Score__c")).sweeps
    assert plan_of(("company", "Account.Name")).sweeps
