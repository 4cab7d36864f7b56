"""Permissions per user and assignment rules."""

from __future__ import annotations

from typing import Any

import pytest

from local.org.data.rules.save_results import SaveOptions
from local.org.data.store import Store
from local.org.standard.seed import QUEUE_NAME
from local.org.wire.messages import OrgError
from tests.support.org.data import a_contact, a_lead, an_org_store, codes, created, row_of, the_user

JANE = "jane@northwind.example"


def with_rights(**rights: Any) -> Store:
    store = an_org_store()
    store.declare({"permissions": {JANE: rights}})
    return store


def test_a_field_that_security_hides_does_not_exist_for_the_user() -> None:
    """Source: SOAP API guide, describesobjectresult: only fields visible by field-level security appear; writing one is INVALID_FIELD."""
    store = with_rights(fields={"Contact.Phone": {"read": False}})
    jane = the_user(store, JANE)
    contact = store.view(jane).schema.sobject("Contact")
    assert contact is not None
    assert contact.field("Phone") is None
    assert codes(store.create(jane, "Contact", a_contact(Phone="1"))) == ["INVALID_FIELD"]
    assert store.create(None, "Contact", a_contact(Phone="1")).success


def test_a_field_that_security_makes_read_only_is_refused() -> None:
    """Source: status codes of the REST API guide, captured answers: INVALID_FIELD_FOR_INSERT_UPDATE."""
    store = with_rights(fields={"Contact.Phone": {"edit": False}})
    result = store.create(the_user(store, JANE), "Contact", a_contact(Phone="1"))
    assert codes(result) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]


def test_each_user_has_rights_of_its_own() -> None:
    store = with_rights(fields={"Contact.Phone": {"read": False}})
    other = "margaret@northwind.example"
    store.declare({"permissions": {other: {"fields": {"Contact.Fax": {"read": False}}}}})
    hidden = {}
    for username in (JANE, other):
        contact = store.view(the_user(store, username)).schema.sobject("Contact")
        assert contact is not None
        hidden[username] = {name for name in ("Phone", "Fax") if contact.field(name) is None}
    assert hidden == {JANE: {"Phone"}, other: {"Fax"}}


def test_security_cannot_hide_a_required_field() -> None:
    store = with_rights(fields={"Contact.LastName": {"read": False}})
    assert store.create(the_user(store, JANE), "Contact", a_contact()).success


def test_an_sobject_without_read_does_not_exist_for_the_user() -> None:
    store = with_rights(objects={"Lead": {"read": False}})
    with pytest.raises(OrgError, match="The requested resource does not exist"):
        store.create(the_user(store, JANE), "Lead", a_lead())


@pytest.mark.parametrize(
    ("right", "code"),
    [
        ("create", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("edit", "INSUFFICIENT_ACCESS_OR_READONLY"),
        ("delete", "INSUFFICIENT_ACCESS_OR_READONLY"),
    ],
)
def test_object_rights_are_each_on_their_own(right: str, code: str) -> None:
    store = with_rights(objects={"Contact": {right: False}})
    jane, known = the_user(store, JANE), created(store, "Contact", **a_contact())
    results = {
        "create": store.create(jane, "Contact", a_contact(LastName="Byron")),
        "edit": store.update(jane, "Contact", known, {"Title": "CEO"}),
        "delete": store.delete(jane, "Contact", known),
    }
    assert {name: codes(result) for name, result in results.items()} == {
        name: [code] if name == right else [] for name in results
    }


def with_rule(**rule: Any) -> Store:
    store = an_org_store()
    entries = [{"condition": "LeadSource = 'Web'", "owner": QUEUE_NAME}, {"condition": "", "owner": JANE}]
    store.declare({"assignment_rules": [{"name": "Leads", "sobject": "Lead", "entries": entries, **rule}]})
    return store


def owner_of(store: Store, options: SaveOptions | None = None, **values: Any) -> str:
    result = store.create(None, "Lead", a_lead(**values), options or SaveOptions())
    assert result.success, result.errors
    return str(row_of(store, result.id)["OwnerId"])


def test_the_active_rule_assigns_by_its_first_entry_that_holds() -> None:
    """Source: REST API guide, Assignment Rule Header: without the header the active rule runs."""
    store = with_rule()
    assert owner_of(store, LeadSource="Web").startswith("00G")
    assert owner_of(store, LastName="Byron") == the_user(store, JANE).user_id


def test_the_rule_overrides_a_given_owner() -> None:
    store = with_rule()
    assert owner_of(store, OwnerId=the_user(store).user_id) == the_user(store, JANE).user_id


def test_sforce_auto_assign_false_leaves_the_owner() -> None:
    """Source: REST API guide, Assignment Rule Header: FALSE."""
    store = with_rule()
    assert owner_of(store, SaveOptions(auto_assign=False)) == the_user(store).user_id


def test_an_update_assigns_anew_unless_a_header_forbids_it() -> None:
    """Source: REST API guide, Assignment Rule Header: updates may re-assign the owner; send FALSE on updates."""
    store = with_rule()
    lead = store.load("Lead", [a_lead()])[0]
    store.update(None, "Lead", lead, {"Title": "CEO"}, SaveOptions(auto_assign=False))
    assert row_of(store, lead)["OwnerId"] == the_user(store).user_id
    store.update(None, "Lead", lead, {"Title": "CTO"})
    assert row_of(store, lead)["OwnerId"] == the_user(store, JANE).user_id


def test_an_inactive_rule_runs_only_when_named_by_id() -> None:
    store = with_rule(active=False)
    assert owner_of(store) == the_user(store).user_id
    options = SaveOptions(auto_assign=store.assignment_rules[0].rule_id)
    assert owner_of(store, options, LastName="Byron") == the_user(store, JANE).user_id


def test_rules_see_the_fields_that_a_user_does_not() -> None:
    """Validation, defaults and assignment belong to the org, whatever the caller may see."""
    store = an_org_store()
    values = [{"value": "Gold", "defaultValue": True}, "Silver"]
    field = {"name": "Tier__c", "type": "picklist", "picklistValues": values}
    rule = {"name": "Cold", "error_condition": "Rating = 'Cold'", "message": "Too cold."}
    store.declare({"sobjects": [{"name": "Lead", "fields": [field], "validation_rules": [rule]}]})
    hidden = {"Lead.Rating": {"read": False}, "Lead.Tier__c": {"read": False}}
    store.declare({"permissions": {JANE: {"fields": hidden}}})
    jane = the_user(store, JANE)
    lead = store.create(jane, "Lead", a_lead())
    assert row_of(store, lead.id)["Tier__c"] == "Gold"
    store.load("Lead", [{"Id": lead.id, "Rating": "Cold"}])
    assert codes(store.update(jane, "Lead", str(lead.id), {"Title": "CEO"})) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]


def test_rules_can_be_read_as_records() -> None:
    """Source: Object Reference, DuplicateRule, MatchingRule and AssignmentRule."""
    store = with_rule()
    duplicates = {row["DeveloperName"]: row for row in store.view(None).rows("DuplicateRule")}
    assert duplicates["Standard_Lead_Duplicate_Rule"]["IsActive"] is True
    assert duplicates["Standard_Lead_Duplicate_Rule"]["SobjectType"] == "Lead"
    [assignment] = store.view(None).rows("AssignmentRule")
    assert (assignment["Name"], assignment["Active"]) == ("Leads", True)
    assert assignment["Id"] == store.assignment_rules[0].rule_id
    store.declare({"duplicate_rules": [{"name": "Standard_Lead_Duplicate_Rule", "active": False}]})
    duplicates = {row["DeveloperName"]: row for row in store.view(None).rows("DuplicateRule")}
    assert duplicates["Standard_Lead_Duplicate_Rule"]["IsActive"] is False
    assert duplicates["Standard_Contact_Duplicate_Rule"]["IsActive"] is True
    assert len(duplicates) == 2


def test_a_user_with_fewer_rights_sees_new_fields_too() -> None:
    store = with_rights(fields={"Contact.Phone": {"read": False}})
    jane = the_user(store, JANE)
    assert store.create(jane, "Contact", a_contact()).success
    store.declare({"sobjects": [{"name": "Contact", "fields": [{"name": "New__c", "type": "string"}]}]})
    assert store.create(jane, "Contact", a_contact(LastName="Byron", New__c="x")).success
