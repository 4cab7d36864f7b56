"""Duplicate rules: what they match, what they answer, and how a caller saves all the same."""

from __future__ import annotations

from typing import Any

import pytest

from local.org.data.rules.save_results import SaveOptions
from tests.support.org.data import a_contact, a_lead, an_org_store, codes, created

ALLOWED = SaveOptions(allow_save=True)


def test_the_alert_has_the_body_that_was_captured() -> None:
    """Source: a captured answer: misspelt `duplicateResut`, rule and engine names, no `fields`."""
    store = an_org_store()
    known = created(store, "Contact", **a_contact())
    [failure] = store.create(None, "Contact", a_contact()).failures
    assert failure.in_row_answer() == {
        "duplicateResut": {
            "allowSave": True,
            "duplicateRule": "Standard_Contact_Duplicate_Rule",
            "duplicateRuleEntityType": "Contact",
            "errorMessage": "Use one of these records?",
            "matchResults": [
                {
                    "entityType": "Contact",
                    "errors": [],
                    "matchEngine": "FuzzyMatchEngine",
                    "matchRecords": [
                        {
                            "additionalInformation": [],
                            "fieldDiffs": [],
                            "matchConfidence": 100.0,
                            "record": {
                                "attributes": {
                                    "type": "Contact",
                                    "url": f"/services/data/v66.0/sobjects/Contact/{known}",
                                },
                                "Id": known,
                            },
                        }
                    ],
                    "rule": "Standard_Contact_Match_Rule_v1_1",
                    "size": 1,
                    "success": True,
                }
            ],
        },
        "message": "Use one of these records?",
        "errorCode": "DUPLICATES_DETECTED",
    }


@pytest.mark.parametrize(("sobject", "values"), [("Contact", a_contact()), ("Lead", a_lead())])
def test_leads_and_contacts_match_each_other(sobject: str, values: dict[str, Any]) -> None:
    """Source: Salesforce Help, standard duplicate rules: the lead rule looks at contacts and the contact rule at leads."""
    store = an_org_store()
    created(store, "Contact", **a_contact())
    created(store, "Lead", **a_lead())
    [failure] = store.create(None, sobject, values).failures
    found = {each["entityType"] for each in failure.extra["duplicateResut"]["matchResults"]}
    assert found == {"Lead", "Contact"}


def test_allow_save_saves_all_the_same() -> None:
    """Source: REST API guide, Duplicate Rule Header."""
    store = an_org_store()
    created(store, "Contact", **a_contact())
    assert store.create(None, "Contact", a_contact(), ALLOWED).success


def test_details_come_on_request_and_the_id_always() -> None:
    """Source: REST API guide, Duplicate Rule Header: includeRecordDetails=false still returns the duplicate's Id."""
    store = an_org_store()
    known = created(store, "Contact", **a_contact())
    options = SaveOptions(include_record_details=True)
    [failure] = store.create(None, "Contact", a_contact(), options).failures
    record = failure.extra["duplicateResut"]["matchResults"][0]["matchRecords"][0]["record"]
    assert (record["Id"], record["Email"], record["Name"]) == (known, "ada@example.com", "Ada Lovelace")


@pytest.mark.parametrize(
    ("changes", "matches"),
    [
        ({"Email": "ADA@EXAMPLE.COM", "LastName": "LOVELACE"}, True),
        ({"FirstName": None}, True),
        ({"FirstName": "A."}, True),
        ({"FirstName": "Byron"}, False),
        ({"LastName": "Byron"}, False),
        ({"Email": "other@example.com"}, False),
        ({"Email": None, "Phone": "123"}, True),
        ({"Email": None, "Phone": "123", "FirstName": None}, False),
        ({"Email": None, "MailingStreet": "Main 1", "MailingCity": "Delft"}, True),
        ({"Email": None, "MailingStreet": "Main 1", "MailingCity": "Leiden"}, False),
    ],
)
def test_the_matching_equation(changes: dict[str, Any], matches: bool) -> None:
    """Source: Salesforce Help, Standard Contact Matching Rule: names with e-mail, phone, or street and city; blank first names."""
    store = an_org_store()
    created(store, "Contact", **a_contact(Phone="123", MailingStreet="Main 1", MailingCity="Delft"))
    result = store.create(None, "Contact", a_contact(**changes))
    assert codes(result) == (["DUPLICATES_DETECTED"] if matches else [])


def test_deleted_and_converted_records_match_nothing() -> None:
    store = an_org_store()
    store.delete(None, "Contact", created(store, "Contact", **a_contact()))
    store.load("Lead", [{**a_lead(), "IsConverted": True}])
    assert store.create(None, "Contact", a_contact()).success


def test_the_standard_rules_alert_on_create_only() -> None:
    """Source: remembered, behind facts.STANDARD_RULES_ALERT_ON_UPDATE."""
    store = an_org_store()
    created(store, "Contact", **a_contact())
    other = created(store, "Contact", **a_contact(Email="other@example.com"))
    assert store.update(None, "Contact", other, {"Email": "ada@example.com"}).success


def test_the_standard_rules_can_be_turned_off() -> None:
    store = an_org_store(duplicate_rules=False)
    created(store, "Contact", **a_contact())
    assert store.create(None, "Contact", a_contact()).success


def test_a_blocking_rule_cannot_be_overridden() -> None:
    """Source: SOAP API guide, DuplicateResult: allowSave false means the rule blocks."""
    store = an_org_store(duplicate_rules=False)
    store.declare(
        {
            "duplicate_rules": [
                {
                    "name": "One_account_per_name",
                    "sobject": "Account",
                    "action": "block",
                    "message": "It exists.",
                    "matching": [{"name": "By_name", "sobject": "Account", "any_of": [["Name"]]}],
                }
            ]
        }
    )
    created(store, "Account", Name="Acme")
    [failure] = store.create(None, "Account", {"Name": "ACME"}, ALLOWED).failures
    assert failure.message == "It exists."
    assert failure.extra["duplicateResut"]["allowSave"] is False
    assert failure.extra["duplicateResut"]["matchResults"][0]["matchEngine"] == "ExactMatchEngine"
    other = created(store, "Account", Name="Other")
    assert codes(store.update(None, "Account", other, {"Name": "Acme"})) == ["DUPLICATES_DETECTED"]


def test_a_standard_rule_can_be_made_inactive_by_name() -> None:
    store = an_org_store()
    store.declare({"duplicate_rules": [{"name": "Standard_Contact_Duplicate_Rule", "active": False}]})
    created(store, "Contact", **a_contact())
    assert store.create(None, "Contact", a_contact()).success
    assert codes(store.create(None, "Lead", a_lead())) == ["DUPLICATES_DETECTED"]
