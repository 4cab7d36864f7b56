"""What the org refuses when a record is saved, with the codes and texts Salesforce uses."""

from __future__ import annotations

from typing import Any

import pytest

from local.org.data.rules.save_results import SaveOptions
from local.org.standard.seed import FORMER_USERNAME
from local.org.wire.messages import OrgError
from tests.support.org.data import a_contact, a_lead, an_org_store, codes, created, row_of, the_user

UNKNOWN_ID = "0018M000001oWgPQAU"


def test_all_missing_required_fields_are_named_in_one_error() -> None:
    """Source: Object Reference, Lead: LastName and Company are required; captured texts."""
    result = an_org_store().create(None, "Lead", {"FirstName": "Ada"})
    assert [error.message for error in result.failures] == ["Required fields are missing: [LastName, Company]"]
    assert result.errors[0]["fields"] == ["LastName", "Company"]


def test_a_required_field_cannot_be_cleared() -> None:
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    assert codes(store.update(None, "Contact", contact, {"LastName": None})) == ["REQUIRED_FIELD_MISSING"]
    assert row_of(store, contact)["LastName"] == "Lovelace"


def test_a_required_field_that_is_too_long_is_not_also_missing() -> None:
    result = an_org_store().create(None, "Contact", {"LastName": "x" * 81})
    assert codes(result) == ["STRING_TOO_LONG"]


def test_every_bad_field_is_reported() -> None:
    result = an_org_store().create(None, "Contact", a_contact(Email="nobody", FirstName="x" * 41))
    assert sorted(codes(result)) == ["INVALID_EMAIL_ADDRESS", "STRING_TOO_LONG"]


def test_an_unknown_field_is_named() -> None:
    """Source: status codes of the REST API guide, captured answers: INVALID_FIELD of DML."""
    result = an_org_store().create(None, "Contact", a_contact(Foo__c=1))
    assert result.errors == [
        {"statusCode": "INVALID_FIELD", "message": "No such column 'Foo__c' on sobject of type Contact", "fields": []}
    ]


@pytest.mark.parametrize("name", ["Name", "MailingAddress", "CreatedDate", "SystemModstamp", "IsEmailBounced"])
def test_a_read_only_field_is_refused(name: str) -> None:
    """Source: status codes of the REST API guide, captured answers: INVALID_FIELD_FOR_INSERT_UPDATE."""
    result = an_org_store().create(None, "Contact", a_contact(**{name: "x"}))
    assert codes(result) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]
    assert result.failures[0].message.startswith(
        f"Unable to create/update fields: {name}. Please check the security settings"
    )


def test_field_names_ignore_case() -> None:
    store = an_org_store()
    contact = created(store, "Contact", lastname="Lovelace", EMAIL="ada@example.com")
    assert row_of(store, contact)["LastName"] == "Lovelace"


def test_a_failed_save_leaves_nothing() -> None:
    store = an_org_store()
    store.create(None, "Contact", {"FirstName": "Ada"})
    assert not store.table("Contact").rows


def test_a_reference_to_a_wrong_sobject_is_refused() -> None:
    """Source: status codes of the REST API guide, captured answers: MALFORMED_ID: id value of incorrect type."""
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    result = store.create(None, "Contact", {"LastName": "Byron", "AccountId": contact})
    assert [error.message for error in result.failures] == [f"Account ID: id value of incorrect type: {contact}"]


def test_a_reference_to_nothing_is_refused() -> None:
    result = an_org_store().create(None, "Contact", {"LastName": "Byron", "AccountId": UNKNOWN_ID})
    assert codes(result) == ["INVALID_CROSS_REFERENCE_KEY"]


def test_a_reference_to_a_deleted_record_is_refused() -> None:
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    store.delete(None, "Account", account)
    assert codes(store.create(None, "Contact", {"LastName": "Byron", "AccountId": account})) == ["ENTITY_IS_DELETED"]


def test_a_parent_may_be_named_by_its_external_id() -> None:
    """Source: REST API guide, upsert: relationship by external ID in a write's body."""
    store = an_org_store()
    store.declare(
        {"sobjects": [{"name": "Account", "fields": [{"name": "Ext__c", "type": "string", "externalId": True}]}]}
    )
    account = created(store, "Account", Name="Acme", Ext__c="A-1")
    contact = created(store, "Contact", LastName="Byron", Account={"Ext__c": "a-1"})
    assert row_of(store, contact)["AccountId"] == account


def test_a_parent_by_an_unknown_external_id_is_the_records_failure() -> None:
    """Source: captured answers: INVALID_FIELD, "Foreign key external ID: ... not found for field ... in entity ..."."""
    store = an_org_store()
    store.declare(
        {"sobjects": [{"name": "Account", "fields": [{"name": "Ext__c", "type": "string", "externalId": True}]}]}
    )
    result = store.create(None, "Contact", {"LastName": "Byron", "Account": {"Ext__c": "A-2"}})
    assert result.errors[0]["statusCode"] == "INVALID_FIELD"
    assert result.errors[0]["message"] == "Foreign key external ID: A-2 not found for field Ext__c in entity Account"


def test_an_inactive_user_cannot_own() -> None:
    """Source: status codes of the REST API guide, captured answers: INACTIVE_OWNER_OR_USER."""
    store = an_org_store()
    former = the_user(store, FORMER_USERNAME).user_id
    result = store.create(None, "Contact", a_contact(OwnerId=former))
    assert codes(result) == ["INACTIVE_OWNER_OR_USER"]
    assert result.failures[0].message == f"operation performed with inactive user [{former[:15]}] as owner of contact"


def test_a_queue_owns_leads_but_not_contacts() -> None:
    """Source: Object Reference: Lead and Case may be owned by a queue, Contact and Account never."""
    store = an_org_store()
    queue = next(iter(store.table("Group").rows))
    assert row_of(store, created(store, "Lead", **a_lead(OwnerId=queue)))["OwnerId"] == queue
    assert codes(store.create(None, "Contact", a_contact(OwnerId=queue), SaveOptions(allow_save=True))) == [
        "MALFORMED_ID"
    ]


def test_a_queue_owns_only_what_it_serves() -> None:
    store = an_org_store()
    cases_only = store.load("Group", [{"Name": "Cases", "DeveloperName": "Cases", "Type": "Queue"}])[0]
    store.load("QueueSobject", [{"QueueId": cases_only, "SobjectType": "Case"}])
    assert codes(store.create(None, "Lead", a_lead(OwnerId=cases_only))) == ["INVALID_CROSS_REFERENCE_KEY"]
    assert store.create(None, "Case", {"Subject": "Help", "OwnerId": cases_only}).success


def test_a_unique_value_is_taken_once_whatever_its_case() -> None:
    """Source: status codes of the REST API guide, captured answers: DUPLICATE_VALUE, with the 15-character Id of the record that has it."""
    store = an_org_store()
    store.declare(
        {
            "sobjects": [
                {
                    "name": "Contact",
                    "fields": [{"name": "Ext__c", "type": "string", "unique": True, "externalId": True}],
                }
            ]
        }
    )
    first = created(store, "Contact", LastName="Byron", Ext__c="A-1")
    result = store.create(None, "Contact", {"LastName": "Shelley", "Ext__c": "a-1"})
    assert codes(result) == ["DUPLICATE_VALUE"]
    assert (
        result.failures[0].message == f"duplicate value found: Ext__c duplicates value on record with id: {first[:15]}"
    )
    store.delete(None, "Contact", first)
    assert store.create(None, "Contact", {"LastName": "Shelley", "Ext__c": "a-1"}).success


def test_a_case_sensitive_unique_field_distinguishes_cases() -> None:
    store = an_org_store()
    field = {"name": "Ext__c", "type": "string", "unique": True, "caseSensitive": True}
    store.declare({"sobjects": [{"name": "Contact", "fields": [field]}]})
    created(store, "Contact", LastName="Byron", Ext__c="A-1")
    assert store.create(None, "Contact", {"LastName": "Shelley", "Ext__c": "a-1"}).success
    assert codes(store.create(None, "Contact", {"LastName": "Keats", "Ext__c": "A-1"})) == ["DUPLICATE_VALUE"]


def test_two_people_may_share_an_address() -> None:
    store = an_org_store()
    created(store, "Contact", **a_contact())
    assert store.create(None, "Contact", a_contact(LastName="Byron")).success


def test_a_validation_rule_refuses_what_its_condition_is_true_of() -> None:
    """Source: status codes of the REST API guide, captured answers: FIELD_CUSTOM_VALIDATION_EXCEPTION: the admin's own text."""
    store = an_org_store()
    rule = {
        "name": "Work_phone",
        "error_condition": "Title = 'CEO' AND Phone = null",
        "message": "CEOs have phones.",
        "field": "Phone",
    }
    store.declare({"sobjects": [{"name": "Contact", "validation_rules": [rule]}]})
    result = store.create(None, "Contact", a_contact(Title="CEO"))
    assert result.errors == [
        {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "CEOs have phones.", "fields": ["Phone"]}
    ]
    contact = created(store, "Contact", **a_contact(Title="CEO", Phone="1"))
    assert codes(store.update(None, "Contact", contact, {"Phone": None})) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]


def test_a_validation_rule_may_look_at_parents_and_long_text() -> None:
    store = an_org_store()
    condition = "Account.Industry = 'Banking' AND Description = null"
    rule = {"name": "Bankers", "error_condition": condition, "message": "Describe bankers."}
    store.declare({"sobjects": [{"name": "Contact", "validation_rules": [rule]}]})
    bank = created(store, "Account", Name="Bank", Industry="Banking")
    assert codes(store.create(None, "Contact", a_contact(AccountId=bank))) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert store.create(None, "Contact", a_contact(AccountId=bank, Description="Rich")).success
    assert store.create(None, "Contact", a_contact(LastName="Byron")).success


def test_a_failing_flow_is_declared_like_a_rule() -> None:
    """Source: status codes of the REST API guide, captured answers: CANNOT_EXECUTE_FLOW_TRIGGER."""
    store = an_org_store()
    rule = {
        "name": "Flow",
        "error_condition": "Title = 'X'",
        "message": "Flow failed.",
        "status_code": "CANNOT_EXECUTE_FLOW_TRIGGER",
    }
    store.declare({"sobjects": [{"name": "Contact", "validation_rules": [rule]}]})
    assert codes(store.create(None, "Contact", a_contact(Title="X"))) == ["CANNOT_EXECUTE_FLOW_TRIGGER"]


@pytest.mark.parametrize("condition", ["Title =", "Nope__c = 1", "Title = 'a' OR Phone = 'b' AND Fax = 'c'"])
def test_a_rule_that_cannot_work_is_refused_when_it_is_declared(condition: str) -> None:
    rule = {"name": "R", "error_condition": condition, "message": "m"}
    with pytest.raises(OrgError, match="Validation rule R"):
        an_org_store().declare({"sobjects": [{"name": "Contact", "validation_rules": [rule]}]})


def test_a_record_type_must_be_one_of_the_sobject() -> None:
    """Source: Object Reference: INVALID_CROSS_REFERENCE_KEY, "Record Type ID: this ID value isn't valid for the user"."""
    store = an_org_store()
    types = [
        {"developerName": "Partner", "default": True},
        {"developerName": "Secret", "hiddenFrom": ["jane@northwind.example"]},
    ]
    store.declare({"sobjects": [{"name": "Lead", "record_types": types}]})
    lead_type = store.schema.sobject("Lead")
    assert lead_type is not None
    partner, secret = (each.record_type_id for each in lead_type.record_types)
    assert row_of(store, created(store, "Lead", **a_lead()))["RecordTypeId"] == partner
    jane = the_user(store, "jane@northwind.example")
    result = store.create(jane, "Lead", a_lead(LastName="Byron", RecordTypeId=secret))
    assert result.failures[0].message == f"Record Type ID: this ID value isn't valid for the user: {secret}"
    assert store.create(None, "Lead", a_lead(LastName="Byron", RecordTypeId=secret)).success


def test_a_record_type_narrows_restricted_picklists() -> None:
    store = an_org_store()
    store.declare(
        {
            "sobjects": [
                {
                    "name": "Lead",
                    "fields": [
                        {
                            "name": "Tier__c",
                            "type": "picklist",
                            "restrictedPicklist": True,
                            "picklistValues": ["A", "B"],
                        }
                    ],
                    "record_types": [{"developerName": "Partner", "default": True, "picklists": {"Tier__c": ["A"]}}],
                }
            ]
        }
    )
    assert codes(store.create(None, "Lead", a_lead(Tier__c="B"))) == ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert store.create(None, "Lead", a_lead(Tier__c="a")).success


def test_a_task_of_a_lead_has_nothing_else_it_is_about() -> None:
    """Source: Object Reference, Task: with a lead as WhoId, WhatId must be empty."""
    store = an_org_store()
    lead, account = created(store, "Lead", **a_lead()), created(store, "Account", Name="Acme")
    assert not store.create(None, "Task", {"Subject": "Call", "WhoId": lead, "WhatId": account}).success
    assert store.create(None, "Task", {"Subject": "Call", "WhoId": lead}).success


def test_a_person_is_in_a_campaign_once() -> None:
    """Source: Object Reference: a member is unique per campaign and person, else DUPLICATE_VALUE."""
    store = an_org_store()
    campaign, contact = created(store, "Campaign", Name="Spring"), created(store, "Contact", **a_contact())
    created(store, "CampaignMember", CampaignId=campaign, ContactId=contact)
    again = store.create(None, "CampaignMember", {"CampaignId": campaign, "ContactId": contact})
    assert codes(again) == ["DUPLICATE_VALUE"]
    other = created(store, "Campaign", Name="Summer")
    assert store.create(None, "CampaignMember", {"CampaignId": other, "ContactId": contact}).success


def test_a_field_that_is_set_only_at_create_cannot_be_updated() -> None:
    """Source: Object Reference, Task: TaskSubtype is set only at create."""
    store = an_org_store()
    task = created(store, "Task", Subject="Call", TaskSubtype="Call")
    assert codes(store.update(None, "Task", task, {"TaskSubtype": "Email"})) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]


def test_a_bad_json_type_can_be_kept_to_its_record() -> None:
    values: dict[str, Any] = a_contact(Birthdate="yesterday")
    assert codes(an_org_store().create(None, "Contact", values)) == ["JSON_PARSER_ERROR"]
    with pytest.raises(OrgError):
        an_org_store().create(None, "Contact", values, SaveOptions(reject_request_faults=True))


def test_read_only_fields_are_named_together() -> None:
    """Source: status codes of the REST API guide, captured answers: "Unable to create/update fields: ..."."""
    result = an_org_store().create(
        None, "Contact", a_contact(Name="x", CreatedDate="y", MailingAddress={"city": "Delft"})
    )
    assert result.errors[0]["fields"] == ["Name", "CreatedDate", "MailingAddress"]
    assert result.errors[0]["message"].startswith("Unable to create/update fields: Name, CreatedDate, MailingAddress.")


START = "2026-06-02T09:00:00Z"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"StartDateTime": START, "DurationInMinutes": 30}, []),
        ({"ActivityDateTime": START, "EndDateTime": "2026-06-02T10:00:00Z"}, []),
        ({"IsAllDayEvent": True, "ActivityDate": "2026-06-02"}, []),
        ({"DurationInMinutes": 30}, ["REQUIRED_FIELD_MISSING"]),
        ({"StartDateTime": START}, ["REQUIRED_FIELD_MISSING"]),
        ({"StartDateTime": START, "EndDateTime": "2026-06-02T08:00:00Z"}, ["FIELD_INTEGRITY_EXCEPTION"]),
    ],
)
def test_an_event_needs_a_start_and_an_end(values: dict[str, Any], expected: list[str]) -> None:
    """Source: Object Reference, Event: start and duration, start and end, or a whole day."""
    assert codes(an_org_store().create(None, "Event", {"Subject": "Meeting", **values})) == expected


def test_a_members_status_is_one_of_its_campaign() -> None:
    """Source: Object Reference, CampaignMemberStatus: a new campaign has Sent and Responded."""
    store = an_org_store()
    campaign, contact = created(store, "Campaign", Name="Spring"), created(store, "Contact", **a_contact())
    member = {"CampaignId": campaign, "ContactId": contact}
    assert codes(store.create(None, "CampaignMember", {**member, "Status": "Bored"})) == [
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    ]
    assert store.create(None, "CampaignMemberStatus", {"CampaignId": campaign, "Label": "Bored"}).success
    assert store.create(None, "CampaignMember", {**member, "Status": "Bored"}).success


def test_an_account_with_cases_is_not_deleted() -> None:
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    case = created(store, "Case", Subject="Help", AccountId=account)
    assert codes(store.delete(None, "Account", account)) == ["DELETE_FAILED"]
    store.delete(None, "Case", case)
    assert store.delete(None, "Account", account).success


def test_a_parent_may_be_named_by_a_lookup_field() -> None:
    """Source: Object Reference: Contact.Email is an idLookup field."""
    store = an_org_store()
    boss = created(store, "Contact", **a_contact())
    report = created(store, "Contact", LastName="Byron", ReportsTo={"Email": "ADA@example.com"})
    assert row_of(store, report)["ReportsToId"] == boss


def test_a_public_group_owns_nothing() -> None:
    store = an_org_store()
    group = store.load("Group", [{"Name": "Everybody", "DeveloperName": "Everybody", "Type": "Regular"}])[0]
    assert codes(store.create(None, "Lead", a_lead(OwnerId=group))) == ["INVALID_CROSS_REFERENCE_KEY"]


def test_a_lookup_by_anything_else_is_refused() -> None:
    """Source: captured texts: "DeveloperName is not an External ID or indexed field for RecordType"."""
    store = an_org_store()
    result = store.create(None, "Contact", {"LastName": "Byron", "Account": {"Name": "Acme"}})
    assert [failure.message for failure in result.failures] == [
        "Field name provided, Name is not an External ID or indexed field for Account"
    ]


@pytest.mark.parametrize(("enforced", "expected"), [(False, []), (True, ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"])])
def test_dependent_values_are_enforced_on_request(enforced: bool, expected: list[str]) -> None:
    """Unverified: the API is said to take any value of a dependent picklist, so enforcing it is a setting."""
    store = an_org_store(dependent_picklists_enforced=enforced)
    countries = [{"value": "France", "validFor": ["Europe"]}, {"value": "Japan", "validFor": ["Asia"]}]
    fields = [
        {"name": "Continent__c", "type": "picklist", "picklistValues": ["Europe", "Asia"]},
        {
            "name": "Country__c",
            "type": "picklist",
            "restrictedPicklist": True,
            "controllerName": "Continent__c",
            "picklistValues": countries,
        },
    ]
    store.declare({"sobjects": [{"name": "Contact", "fields": fields}]})
    assert store.create(None, "Contact", a_contact(Continent__c="Asia", Country__c="Japan")).success
    assert (
        codes(store.create(None, "Contact", a_contact(LastName="B", Continent__c="Asia", Country__c="France")))
        == expected
    )
    assert codes(store.create(None, "Contact", a_contact(LastName="C", Country__c="France"))) == expected


def test_an_injected_failure_of_a_record_has_its_fields() -> None:
    store = an_org_store()
    fault = {"statusCode": "STORAGE_LIMIT_EXCEEDED", "message": "storage limit exceeded", "fields": ["Email"]}
    store.record_fault = lambda action, sobject, record_id, values: fault if action == "create" else None
    assert store.create(None, "Contact", a_contact()).errors == [fault]
