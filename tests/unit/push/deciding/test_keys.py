"""When two values by which records are found are the same."""

from __future__ import annotations

import pytest
from causeway.push.deciding.keys import are_other_people, compared, spellings
from causeway.push.tasks import External
from causeway.salesforce.describe import FieldDescribe

COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"


def field(kind: str = "string", *, case_sensitive: bool = False) -> FieldDescribe:
    return FieldDescribe("Code__c", "Code", kind, case_sensitive=case_sensitive)


def number(value: str | None) -> tuple[External, ...]:
    return (External("Contact", "Code__c", value or "", value),)


@pytest.mark.parametrize(("case_sensitive", "same"), [(False, True), (True, False)])
def test_the_describe_says_whether_case_counts(case_sensitive: bool, same: bool) -> None:
    described = field(case_sensitive=case_sensitive)
    assert (compared(described, "xAb") == compared(described, "xaB")) is same


def test_a_text_is_the_same_in_its_composed_and_its_decomposed_form() -> None:
    assert compared(field(case_sensitive=True), COMPOSED) == compared(field(case_sensitive=True), DECOMPOSED)


def test_texts_that_only_casefolding_makes_equal_are_different() -> None:
    assert compared(field(), "Stra\u00dfe") != compared(field(), "Strasse")


def test_numbers_are_the_same_by_value() -> None:
    assert compared(field("double"), "1.50") == compared(field("double"), "1.5")


def test_a_text_is_asked_for_in_both_forms() -> None:
    assert spellings(COMPOSED) == spellings(DECOMPOSED) == {COMPOSED, DECOMPOSED}
    assert spellings("plain") == {"plain"}


def test_people_differ_by_different_values_of_one_external_id_alone() -> None:
    other_field = (External("Lead", "Code__c", "9", "9"),)
    assert are_other_people(number("1"), number("2"))
    assert not are_other_people(number("1"), number("1"))
    assert not are_other_people(number("1"), ())
    assert not are_other_people(number("1"), other_field)


def test_two_values_that_the_field_cannot_hold_are_two_people() -> None:
    assert are_other_people(number(None), number(None))
