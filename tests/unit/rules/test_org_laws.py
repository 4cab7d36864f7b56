"""What was decided to send is never refused by the org's own rules for the field, and is stored as it was sent."""

from __future__ import annotations

from dataclasses import fields as parts_of
from typing import Any

import pytest
from causeway.domain.comparison import same_value
from causeway.domain.describe import FieldDescribe
from causeway.domain.values import coerced
from hypothesis import given

from local.org.messages import OrgError
from local.org.save_results import RecordError
from local.org.schema import FieldType, PicklistValue
from local.org.values import stored
from tests.rules_factories import field, picklist
from tests.unit.rules.test_laws import cases

SHARED = {part.name for part in parts_of(FieldType)} & {part.name for part in parts_of(FieldDescribe)}


def field_of_the_org(target: FieldDescribe) -> FieldType:
    """Return the simulated org's field with the same attributes."""
    given = {name: getattr(target, name) for name in SHARED - {"picklist_values", "reference_to", "controller_name"}}
    values = [PicklistValue(item.value, item.label, item.active) for item in target.picklist_values]
    return FieldType(**given, picklist_values=values, reference_to=list(target.reference_to))


@given(cases())
def test_what_was_decided_to_send_never_fails_validation_in_the_org(case: Any) -> None:
    target, value = case
    found = coerced(target, value)
    if found.keep:
        kept = stored(field_of_the_org(target), found.value)
        assert kept is not None
        assert same_value(target, kept, found.value)


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (field(length=5), "abcdef"),
        (field(type="textarea", length=5), "a\n\nbc"),
        (field(type="email"), "stanisław.wójcik@wp.pl"),
        (picklist("P", "Red"), "Pink"),
        (field(type="double", precision=3, scale=1), 100),
        (field(type="datetime"), "soon"),
    ],
)
def test_the_law_can_fail_because_the_org_refuses_values_sent_as_they_came(target: Any, value: Any) -> None:
    with pytest.raises((RecordError, OrgError)):
        stored(field_of_the_org(target), value)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.co",
        "Ada.Lovelace+x@sub.example.com",
        "o'neil@x.org",
        "a..b@x.org",
        "ä@x.org",
        "a@x",
        "a@-x.org",
        "a b@x.org",
        "a@x.c1",
    ],
)
def test_the_org_and_causeway_agree_on_addresses(address: Any) -> None:
    target = field(type="email")
    try:
        accepted = stored(field_of_the_org(target), address) is not None
    except RecordError:
        accepted = False
    assert coerced(target, address).keep == accepted
