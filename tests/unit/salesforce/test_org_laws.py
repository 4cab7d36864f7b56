"""What was decided to send is never refused by the org's own rules for the field, and is stored as it was sent."""

from __future__ import annotations

from dataclasses import fields as parts_of
from typing import Any

import pytest
from causeway.salesforce import soql
from causeway.salesforce.describe import (
    FieldDescribe,
    SObjectDescribe,
    compact,
    describe_from_compact,
    describe_from_json,
)
from causeway.salesforce.values.coercion import coerced
from causeway.salesforce.values.comparison import same_value
from causeway.syncs.checks.save_check import save_problems
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.ready_made import Template
from causeway.syncs.templates import proposed_syncs, template_sync
from hypothesis import given
from hypothesis import strategies as st

from local.org.data.rules.field_values import stored
from local.org.data.rules.save_results import RecordError
from local.org.rest.sobjects.describe import field_json
from local.org.schema.sobjects import FieldType, PicklistValue
from local.org.soql import parse
from local.org.standard.catalog import standard_schema
from local.org.wire.messages import OrgError
from tests.support.syncs.factories import field, picklist, row, sync
from tests.unit.salesforce.test_laws import cases
from tests.unit.syncs import test_filters

SHARED = {part.name for part in parts_of(FieldType)} & {part.name for part in parts_of(FieldDescribe)}


def field_of_the_org(planned: FieldDescribe) -> FieldType:
    """Return the simulated org's field with the same attributes."""
    given = {name: getattr(planned, name) for name in SHARED - {"picklist_values", "reference_to", "controller_name"}}
    values = [PicklistValue(item.value, item.label, item.active) for item in planned.picklist_values]
    return FieldType(**given, picklist_values=values, reference_to=list(planned.reference_to))


@given(cases())
def test_what_was_decided_to_send_never_fails_validation_in_the_org(case: Any) -> None:
    planned, value = case
    found = coerced(planned, value)
    if found.keep:
        kept = stored(field_of_the_org(planned), found.value)
        assert kept is not None
        assert same_value(planned, kept, found.value)


@pytest.mark.parametrize(
    ("planned", "value"),
    [
        (field(length=5), "abcdef"),
        (field(type="textarea", length=5), "a\n\nbc"),
        (field(type="email"), "stanisław.wójcik@wp.pl"),
        (picklist("P", "Red"), "Pink"),
        (field(type="double", precision=3, scale=1), 100),
        (field(type="datetime"), "soon"),
    ],
)
def test_the_law_can_fail_because_the_org_refuses_values_sent_as_they_came(planned: Any, value: Any) -> None:
    with pytest.raises((RecordError, OrgError)):
        stored(field_of_the_org(planned), value)


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
    planned = field(type="email")
    try:
        accepted = stored(field_of_the_org(planned), address) is not None
    except RecordError:
        accepted = False
    assert coerced(planned, address).keep == accepted


def described(name: str) -> SObjectDescribe:
    """Return a standard sObject's describe as the org would send it."""
    kind = standard_schema().sobject(name)
    assert kind is not None
    raw = {"name": kind.name, "label": kind.label, "keyPrefix": kind.key_prefix, "createable": True, "updateable": True}
    return describe_from_json({**raw, "queryable": True, "fields": [field_json(kind, item) for item in kind.fields]})


def test_what_a_new_connection_proposes_has_no_problem_in_a_standard_org() -> None:
    contact, lead = proposed_syncs()
    assert save_problems(contact, described("Contact"), [lead]) == ()
    assert save_problems(lead, described("Lead"), [contact]) == ()


@pytest.mark.parametrize(("template", "name"), [("people", "Contact"), ("people", "Lead"), ("companies", "Account")])
def test_every_row_of_a_template_fits_a_standard_org(template: Template, name: str) -> None:
    assert save_problems(template_sync(template, "a", "a", name), described(name), []) == ()


@pytest.mark.parametrize("name", ["Contact", "Lead", "Account", "Task", "Case", "Opportunity"])
def test_the_describe_of_a_standard_sobject_survives_the_cache(name: Any) -> None:
    describe = described(name)
    assert len(describe.fields) > 10
    assert describe_from_compact(compact(describe)) == describe


@pytest.mark.parametrize("name", ["Contact", "Lead", "Account", "Task"])
def test_rows_to_read_only_fields_of_a_standard_org_are_found_and_no_others(name: Any) -> None:
    describe = described(name)
    for planned in describe.fields:
        if planned.name == "Name" and name in PEOPLE:  # a whole name, which is written in its parts
            continue
        rules = sync(row("x", planned.name), sobject=name)
        found = [item.level for item in save_problems(rules, describe, []) if item.code == "field_not_writable"]
        assert bool(found) != planned.is_writable, planned.name
        if not planned.permissionable:
            assert found == ([] if planned.is_writable else ["error"]), planned.name


@pytest.mark.parametrize("name", ["Id", "CreatedDate", "MailingAddress", "MasterRecordId", "IsEmailBounced"])
def test_what_salesforce_keeps_itself_is_an_error_in_a_row(name: Any) -> None:
    found = save_problems(sync(row("x", name)), described("Contact"), [])
    assert [(item.level, item.code) for item in found] == [("error", "field_not_writable")]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
def test_the_orgs_own_parser_reads_back_what_a_literal_says(value: Any) -> None:
    where: Any = parse(f"SELECT Id FROM Contact WHERE Name = {soql.literal(value)}").where
    assert where.value.value == value
    parse(f"SELECT Id FROM Contact WHERE Name LIKE {soql.like(value or 'x')}")


@pytest.mark.parametrize(("condition", "_"), test_filters.CONDITIONS)
def test_the_org_reads_every_filter(condition: Any, _: Any) -> None:
    parse(f"SELECT Id FROM Contact WHERE {test_filters.text(condition)}")
