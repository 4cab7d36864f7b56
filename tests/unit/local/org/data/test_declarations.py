"""Schema declarations: what may be said, what is refused, and that a real describe can be declared (SCHEMA.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.org.data.store import Store
from local.org.rest.sobjects.describe import field_json
from local.org.schema.sobjects import FieldType, SObjectType
from local.org.wire.messages import OrgError
from tests.support.org.data import StoppedClock, a_contact, an_org_store, codes, created, row_of


def sobject(store: Store, name: str) -> SObjectType:
    found = store.schema.sobject(name)
    assert found is not None
    return found


def declared(attributes: dict[str, Any], name: str = "Contact") -> FieldType:
    store = an_org_store()
    store.declare({"sobjects": [{"name": name, "fields": [{"name": "New__c", **attributes}]}]})
    field = sobject(store, name).field("New__c")
    assert field is not None
    return field


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"type": "string"}, {"length": 255, "filterable": True, "nillable": True, "custom": True}),
        ({"type": "textarea", "length": 32768}, {"filterable": False, "sortable": False, "groupable": False}),
        ({"type": "email"}, {"length": 80}),
        ({"type": "boolean"}, {"nillable": False, "default_value": False, "defaulted_on_create": True}),
        ({"type": "currency", "precision": 16, "scale": 2}, {"precision": 16, "scale": 2, "groupable": False}),
        ({"type": "multipicklist"}, {"sortable": False, "groupable": False}),
        ({"type": "string", "externalId": True}, {"external_id": True, "id_lookup": True}),
        ({"type": "string", "required": True}, {"nillable": False, "permissionable": False}),
        (
            {"type": "reference", "referenceTo": ["Account"]},
            {"relationship_name": "New__r", "reference_to": ["Account"]},
        ),
        (
            {"type": "string", "calculatedFormula": "Account.Name"},
            {"calculated": True, "createable": False, "updateable": False},
        ),
    ],
)
def test_what_is_not_said_follows_from_the_type(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    field = declared(attributes)
    assert {name: getattr(field, name) for name in expected} == expected


def test_a_described_field_can_be_declared_as_it_is() -> None:
    """A describe saved from an org is a declaration: nothing of it is an unknown attribute."""
    contact = sobject(an_org_store(), "Contact")
    for field in contact.fields:
        described = {**field_json(contact, field), "name": "New__c"}
        again = declared(described)
        assert (again.type, again.length, again.nillable) == (field.type, field.length, field.nillable)


def test_a_known_field_keeps_what_is_not_named() -> None:
    store = an_org_store()
    store.declare({"sobjects": [{"name": "Contact", "fields": [{"name": "phone", "required": True}]}]})
    phone = sobject(store, "Contact").field("Phone")
    assert phone is not None
    assert (phone.name, phone.type, phone.length, phone.nillable) == ("Phone", "phone", 40, False)
    assert codes(store.create(None, "Contact", a_contact())) == ["REQUIRED_FIELD_MISSING"]


def test_a_removed_field_is_gone() -> None:
    store = an_org_store()
    store.declare({"sobjects": [{"name": "Contact", "fields": [{"name": "Fax", "removed": True}]}]})
    assert codes(store.create(None, "Contact", a_contact(Fax="1"))) == ["INVALID_FIELD"]


def test_a_custom_sobject_has_the_system_fields_and_a_prefix_of_its_own() -> None:
    store = an_org_store()
    store.declare({"sobjects": [{"name": "One__c", "label": "One"}, {"name": "Two__c", "label": "Two"}]})
    assert [sobject(store, name).key_prefix for name in ("One__c", "Two__c")] == ["a00", "a01"]
    names = {field.name for field in sobject(store, "One__c").fields}
    assert {"Id", "OwnerId", "IsDeleted", "Name", "CreatedDate", "SystemModstamp"} <= names
    assert created(store, "One__c", Name="First").startswith("a00")


def test_a_custom_sobject_may_be_numbered() -> None:
    store = an_org_store()
    store.declare({"sobjects": [{"name": "One__c", "nameField": {"displayFormat": "P-{000}"}}]})
    assert row_of(store, created(store, "One__c"))["Name"] == "P-001"


def test_activities_may_be_about_a_custom_sobject_that_allows_them() -> None:
    store = an_org_store()
    store.declare({"sobjects": [{"name": "One__c", "enableActivities": True}, {"name": "Two__c"}]})
    one, two = created(store, "One__c", Name="1"), created(store, "Two__c", Name="2")
    assert store.create(None, "Task", {"Subject": "Call", "WhatId": one}).success
    assert codes(store.create(None, "Task", {"Subject": "Call", "WhatId": two})) == ["MALFORMED_ID"]


def test_a_detail_goes_with_its_master() -> None:
    """Source: SOAP API guide, cascadeDelete of a master-detail relationship."""
    store = an_org_store()
    master = {"name": "Account__c", "type": "reference", "referenceTo": ["Account"], "masterDetail": True}
    store.declare({"sobjects": [{"name": "Line__c", "fields": [master]}]})
    assert codes(store.create(None, "Line__c", {"Name": "L"})) == ["REQUIRED_FIELD_MISSING"]
    account = created(store, "Account", Name="Acme")
    line = created(store, "Line__c", Name="L", Account__c=account)
    store.delete(None, "Account", account)
    assert row_of(store, line)["IsDeleted"] is True
    assert sobject(store, "Line__c").field("OwnerId") is None


def test_a_formula_is_read_from_the_parent_and_moves_no_stamp() -> None:
    """Source: Object Reference, system fields: a record is not stamped when another that it reads from changes."""
    store = an_org_store()
    formula = {"name": "Industry__c", "type": "string", "calculatedFormula": "Account.Industry"}
    store.declare({"sobjects": [{"name": "Contact", "fields": [formula]}]})
    account = created(store, "Account", Name="Acme", Industry="Banking")
    contact = created(store, "Contact", **a_contact(AccountId=account))
    before = store.view(None).row(contact)
    assert isinstance(store.clock, StoppedClock)
    store.clock.advance(60)
    store.update(None, "Account", account, {"Industry": "Energy"})
    after = store.view(None).row(contact)
    assert before is not None
    assert after is not None
    assert (before["Industry__c"], after["Industry__c"]) == ("Banking", "Energy")
    assert before["SystemModstamp"] == after["SystemModstamp"]


def test_a_date_is_compared_with_today_as_days_pass() -> None:
    """Source: Salesforce formula functions, TODAY; a comparison with a blank value is not true."""
    store = an_org_store()
    formula = {"name": "Is_Due__c", "type": "boolean", "calculatedFormula": "Due__c <= TODAY()"}
    store.declare({"sobjects": [{"name": "Contact", "fields": [{"name": "Due__c", "type": "date"}, formula]}]})
    assert isinstance(store.clock, StoppedClock)
    tomorrow = datetime.fromtimestamp(store.clock.ms / 1000, UTC).date() + timedelta(days=1)
    due, blank = (created(store, "Contact", **a_contact(**more)) for more in ({"Due__c": str(tomorrow)}, {}))

    def is_due(contact: str) -> Any:
        return (store.view(None).row(contact) or {})["Is_Due__c"]

    assert (is_due(due), is_due(blank)) == (False, False)
    store.clock.advance(86_400)
    assert (is_due(due), is_due(blank)) == (True, False)


@pytest.mark.parametrize(
    "declaration",
    [
        {"sobject": []},
        {"sobjects": [{"label": "No name"}]},
        {"sobjects": [{"name": "Custom"}]},
        {"sobjects": [{"name": "Contact", "colour": "red"}]},
        {"sobjects": [{"name": "Contact", "fields": [{"name": "A b"}]}]},
        {"sobjects": [{"name": "Contact", "fields": [{"name": "New__c", "type": "text"}]}]},
        {"sobjects": [{"name": "Contact", "fields": [{"name": "New__c", "lenght": 40}]}]},
        {"sobjects": [{"name": "Contact", "validation_rules": [{"name": "R"}]}]},
        {"sobjects": [{"name": "Contact", "record_types": [{"name": "R"}]}]},
        {"duplicate_rules": [{"name": "R", "sobject": "Account"}]},
        {
            "duplicate_rules": [
                {"name": "R", "sobject": "Account", "matching": [{"sobject": "Account", "any_of": [["Nope"]]}]}
            ]
        },
        {"assignment_rules": [{"name": "R", "sobject": "Lead", "entries": [{"owner": "nobody"}]}]},
        {"assignment_rules": [{"name": "R", "sobject": "Nope"}]},
        {"permissions": {"jane@northwind.example": {"object": {}}}},
        {"permissions": {"jane@northwind.example": {"objects": {"Nope": {"read": False}}}}},
        {"permissions": {"jane@northwind.example": {"objects": {"Lead": {"write": False}}}}},
        {"permissions": {"jane@northwind.example": {"fields": {"Lead.Nope": {"read": False}}}}},
        {"permissions": {"jane@northwind.example": {"system": {"Fly": True}}}},
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(declaration: dict[str, Any]) -> None:
    with pytest.raises(OrgError) as caught:
        an_org_store().declare(declaration)
    assert caught.value.code == "INVALID_DECLARATION"
    assert len(caught.value.message.split()) > 3


def test_a_declaration_may_turn_features_on_before_it_uses_them() -> None:
    store = an_org_store()
    rule = {"name": "People", "error_condition": "IsPersonAccount = true", "message": "No people."}
    store.declare(
        {"settings": {"person_accounts": True}, "sobjects": [{"name": "Account", "validation_rules": [rule]}]}
    )
    assert codes(store.create(None, "Account", {"LastName": "Lovelace"})) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
