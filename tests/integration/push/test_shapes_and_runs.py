"""What a run refuses or leaves out because of a sync's own shape is found when the sync is saved; the rest is decided by data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.warning_codes import WARNINGS
from causeway.salesforce.field_paths import related_describes
from causeway.syncs.checks.save_check import paths_of, save_problems
from causeway.syncs.sync import Mapping, Sync

from tests.support.push.world import TENANT, World, change, sync, world


class Shape(NamedTuple):
    """A sync that the save check has a finding for, a change of it, and what a run makes of that."""

    code: str
    finding: str
    sync: Sync
    fields: dict[str, Any]
    times: int = 1


LAST = ("last_name", "LastName")
EMAIL = {"email": "new@example.com"}


def people(*rows: tuple[str, str], **push: Any) -> Sync:
    return sync("s", "Contact", LAST, *rows, **push)


def constant(code: str, value: str, target: str, sobject: str = "Contact") -> Shape:
    """Return a row that writes the same to every record."""
    rows = (LAST, ("company", "Company")) if sobject == "Lead" else (LAST,)
    return Shape(code, "value_does_not_fit", sync("s", sobject, *rows, (value, target)), EMAIL)


def parent_that_needs_more() -> Sync:
    made = people()
    row = Mapping(product="site", salesforce="Site__r.Name", create_related=True)
    return made.model_copy(update={"mappings": (*made.mappings, row)})


SHAPES = [
    Shape(
        "invalid_match_key",
        "match_field_not_mapped",
        sync("s", "Account", ("n", "Name"), match_fields=("Site",)),
        {"n": "A"},
    ),
    Shape("missing_required_field", "required_field_not_mapped", sync("s", "Contact", ("t", "Title")), {"t": "CEO"}),
    Shape("condition", "expression_reads_nothing", people(when="`false`"), {}),
    Shape("no_match", "writes_nothing", people(create_when_missing=False, update_existing=False), {}),
    Shape(
        "updates_off",
        "writes_nothing",
        people(create_when_missing=False, update_existing=False),
        {"email": "there@example.com"},
    ),
    Shape("salesforce:INVALID_FIELD", "unknown_field", people(when="record.Gone__c == null"), EMAIL),
    Shape("salesforce:INVALID_FIELD", "unknown_field", people(("account.Gone__c || title", "Title")), EMAIL),
    Shape(
        "salesforce:REQUIRED_FIELD_MISSING",
        "required_field_not_mapped",
        sync("s", "Event", ("last_name", "Subject")),
        {},
    ),
    Shape("mapping_broken", "unknown_field", people(("x", "Gone__c")), {"x": "1"}),
    Shape("type_not_supported", "field_not_writable", people(("x", "MailingAddress")), {"x": "1"}),
    constant("type_mismatch", '`{"a": 1}`', "Title"),
    Shape("not_writable_at_create", "field_not_writable", people(("x", "CreatedDate")), {"x": "2026-01-01T00:00:00Z"}),
    Shape(
        "not_writable_at_update", "field_not_writable", people(("x", "CreatedDate")), {"x": "2026-01-01T00:00:00Z"}, 2
    ),
    Shape("missing_required_field", "value_does_not_fit", sync("s", "Contact", ("`null`", "LastName")), {}),
    Shape("parent_refused", "parent_not_createable", parent_that_needs_more(), {"site": "North"}),
    constant("cut", f"'{'x' * 50}'", "FirstName"),
    constant("too_long", f"'{'1' * 41}'", "Phone"),
    constant("email_invalid", "'nobody'", "Email"),
    constant("email_cleaned", "'mailto:a@example.com'", "Email"),
    constant("date_invalid", "'soon'", "Birthdate"),
    constant("not_a_boolean", "'maybe'", "HasOptedOutOfEmail"),
    constant("not_a_number", "'many'", "NumberOfEmployees", "Lead"),
    constant("number_too_large", "`99999999999`", "NumberOfEmployees", "Lead"),
    constant("number_ambiguous", "'1,250'", "AnnualRevenue", "Lead"),
    constant("id_invalid", "'x'", "AccountId"),
    constant("id_of_wrong_object", "'003000000000001AAA'", "AccountId"),
    constant("picklist_value_unknown", "'Bronze'", "Level__c"),
    constant("picklist_value_inactive", "'Old'", "Level__c"),
    constant("datetime_invalid", "'soon'", "Seen__c"),
    constant("datetime_without_offset", "'2026-01-01T00:00:00'", "Seen__c"),
    constant("read_as_epoch", "`1780000000`", "Seen__c"),
    constant("time_invalid", "'late'", "At__c"),
    constant("percent_of_one", "`0.9`", "Share__c"),
    constant("too_many_values", f"'{';'.join(f'v{n}' for n in range(101))}'", "Many__c"),
    constant("characters_removed", '`"a\\u0007b"`', "Title"),
]
DATA = {
    "broken_mapping": "the org changed after the sync was saved; the drift check looks daily",
    "condition_too_costly": "what a condition costs is estimated at saving (expression_too_costly); the rest is the size of the change",
    "converted": "somebody converted the lead",
    "crashed": "the message",
    "deleted_in_salesforce": "somebody deleted the record",
    "duplicate_blocked": "what the org's records hold, and the sync's rule that was chosen",
    "exists_as_contact": "who is there already",
    "exists_as_lead": "who is there already",
    "invalid_email": "the address",
    "invalid_message": "the message",
    "invalid_record": "the value",
    "memory_full": "what is remembered of the person or record already; the rows of one sync alone always have room",
    "missing_permission": "the connected user, which the connection test checks",
    "no_sync": "no sync is there to be checked",
    "not_connected": "the connection",
    "not_settled_yet": "the time",
    "org_unavailable": "the org",
    "password_expired": "the connected user",
    "pending": "the connection",
    "person_unknown": "whether the person was pushed",
    "quota_spent": "the org's quota",
    "reconnection_required": "the connection",
    "several_matches": "what the org's records hold, and the sync's rule that was chosen",
    "shared_email": "what the org's records hold",
    "sobject_not_visible": "the describe is what the check needs: it says sobject_not_found itself",
    "superseded": "newer changes",
    "about_unknown": "whether the person is known",
    "cannot_clear": "a null that the product sends",
    "clamped": "the product's clock",
    "conflict_kept": "what both sides changed",
    "conflict_overwritten": "what both sides changed",
    "entries_dropped": "what the field holds",
    "expression_failed": "the values that a function gets",
    "expression_too_costly": "the size of the change; the row itself is estimated at saving",
    "id_not_found": "the Id that was sent",
    "messages_dropped": "the conversation; conversation_short_field warns of the field",
    "no_room": "what the field holds",
    "parent_ambiguous": "what the org's records hold",
    "parent_missing": "what the org's records hold",
    "picklist_not_for_controller": "the controlling value, which other rows or people give",
    "picklist_not_for_record_type": "the record's type, which other rows or people give",
    "possible_duplicate": "what the org's records hold",
    "record_type_unknown": "an org without record types has no such field; else a fixed one is checked as any fixed value",
    "refused_before": "what the org refused",
    "text_kept": "what people wrote",
    "value_not_in_table": "the product's value",
}


@pytest.fixture
def w() -> Iterator[World]:
    with world() as made:
        values = [{"value": "Gold", "active": True}, {"value": "Old", "active": False}]
        many = [{"value": f"v{number}", "active": True} for number in range(120)]
        contact = [
            {"name": "Level__c", "type": "picklist", "restrictedPicklist": True, "picklistValues": values},
            {"name": "Many__c", "type": "multipicklist", "picklistValues": many},
            {"name": "Seen__c", "type": "datetime"},
            {"name": "At__c", "type": "time"},
            {"name": "Share__c", "type": "percent", "precision": 5, "scale": 2},
            {"name": "Site__c", "type": "reference", "referenceTo": ["Site__c"], "relationshipName": "Site__r"},
        ]
        needed = {"name": "Code__c", "type": "string", "length": 9, "nillable": False}
        sobjects = [{"name": "Site__c", "fields": [needed]}, {"name": "Contact", "fields": contact}]
        made.control("POST", "schema", {"sobjects": sobjects})
        made.load("Contact", {"LastName": "There", "Email": "there@example.com"})
        yield made


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.code}-{shape.finding}")
def test_what_the_shape_of_a_sync_costs_every_change_is_said_when_it_is_saved(w: World, shape: Shape) -> None:
    w.syncs.by_tenant[TENANT] = [shape.sync]
    for number in range(shape.times):
        (outcome,) = w.push(change("k1", **{"last_name": f"L{number}", **shape.fields}))
    met = {outcome["code"], *(warning["code"] for warning in outcome["warnings"])}
    assert shape.code in met, outcome
    describe = w.described(TENANT, shape.sync.sobject)
    related = related_describes(
        describe, (*paths_of(shape.sync), "Account.Name"), lambda sobject: w.described(TENANT, sobject)
    )
    found = save_problems(shape.sync, describe, (), related=related)
    assert shape.finding in {problem.code for problem in found}, found


def test_every_code_of_a_run_is_either_said_when_a_sync_is_saved_or_decided_by_data() -> None:
    shapes = {shape.code for shape in SHAPES if not shape.code.startswith("salesforce:")}
    assert shapes | DATA.keys() == OUTCOMES.keys() | WARNINGS.keys()
    assert not shapes & DATA.keys()
