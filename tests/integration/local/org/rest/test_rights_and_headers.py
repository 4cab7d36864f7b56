"""Rights per user, assignment rules, locks and late commits as they show over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.org.rest_client import OrgClient

JANE = "jane@northwind.example"


@pytest.fixture
def jane(origin: str, org: OrgClient) -> Iterator[OrgClient]:
    """Give a client of a user with fewer rights."""
    rights = {
        "fields": {"Contact.Phone": {"read": False}, "Contact.Title": {"edit": False}},
        "objects": {"Case": {"read": False}},
    }
    org.control("POST", "schema", {"permissions": {JANE: rights}})
    client = OrgClient(origin)
    client.log_in(JANE)
    yield client
    client.close()


def test_a_user_sees_what_its_rights_allow(org: OrgClient, jane: OrgClient) -> None:
    """Source: SOAP API guide, describesobjectresult: "missing" may mean "no permission" by field-level security."""
    contact = org.created("Contact", LastName="Lovelace", Phone="1", Title="CEO")
    described = {field["name"]: field for field in jane.get("sobjects/Contact/describe").body["fields"]}
    assert "Phone" not in described
    assert described["Title"]["updateable"] is False
    assert "Phone" not in jane.get(f"sobjects/Contact/{contact}").body
    answer = jane.get("query?q=SELECT+Phone+FROM+Contact")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert jane.get("sobjects/Case/describe").status == 404
    assert "Case" not in {each["name"] for each in jane.get("sobjects").body["sobjects"]}
    assert jane.get("query?q=SELECT+Id+FROM+Case").body[0]["errorCode"] == "INVALID_TYPE"


def test_a_user_writes_what_its_rights_allow(org: OrgClient, jane: OrgClient) -> None:
    """Source: captured answers: INVALID_FIELD for a hidden field, INVALID_FIELD_FOR_INSERT_UPDATE for a read-only one."""
    hidden = jane.post("sobjects/Contact", {"LastName": "A", "Phone": "1"})
    locked = jane.post("sobjects/Contact", {"LastName": "A", "Title": "CEO"})
    assert [answer.body[0]["errorCode"] for answer in (hidden, locked)] == [
        "INVALID_FIELD",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ]
    assert jane.post("sobjects/Contact", {"LastName": "A"}).status == 201


def owner(org: OrgClient, **headers: str) -> Any:
    answer = org.post("sobjects/Lead", {"LastName": "L", "Company": "C", "LeadSource": "Web"}, **headers)
    return org.get(f"sobjects/Lead/{answer.body['id']}").body["OwnerId"]


def test_the_auto_assign_header(org: OrgClient) -> None:
    """Source: REST API guide, Assignment Rule Header: the active rule runs unless the header says FALSE."""
    entries = [{"condition": "LeadSource = 'Web'", "owner": "Unassigned_Leads"}]
    org.control("POST", "schema", {"assignment_rules": [{"name": "Web", "sobject": "Lead", "entries": entries}]})
    assert owner(org).startswith("00G")
    assert owner(org, Sforce_Auto_Assign="TRUE").startswith("00G")
    assert owner(org, Sforce_Auto_Assign="FALSE").startswith("005")
    [rule] = org.query("SELECT Id, Active FROM AssignmentRule WHERE SobjectType = 'Lead'")
    assert owner(org, Sforce_Auto_Assign=rule["Id"][:15]).startswith("00G")


def test_a_held_row_answers_unable_to_lock_row(org: OrgClient) -> None:
    """Source: status codes of the REST API guide, captured answers: UNABLE_TO_LOCK_ROW: 400, and per record in collections."""
    contact = org.created("Contact", LastName="Lovelace")
    org.control("POST", "locks", {"ids": [contact], "seconds": 60})
    answer = org.patch(f"sobjects/Contact/{contact}", {"Title": "CEO"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    records = [{"attributes": {"type": "Contact"}, "id": contact, "Title": "CEO"}]
    answer = org.patch("composite/sobjects", {"records": records})
    assert answer.body[0]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    org.control("POST", "clock", {"advance_s": 61})
    assert org.patch(f"sobjects/Contact/{contact}", {"Title": "CEO"}).status == 204


def test_a_change_of_another_user_shows_later_than_its_stamp(org: OrgClient, jane: OrgClient) -> None:
    """Source: Object Reference, system fields: a cursor that has moved past the stamp never sees the row unless it looks back."""
    org.control("PATCH", "settings", {"commit_delay_s": 300})
    contact = org.created("Contact", LastName="Lovelace")
    stamp = org.get(f"sobjects/Contact/{contact}").body["SystemModstamp"]
    assert jane.query("SELECT Id FROM Contact") == []
    org.control("POST", "clock", {"advance_s": 300})
    assert [row["Id"] for row in jane.query(f"SELECT Id FROM Contact WHERE SystemModstamp = {stamp}")] == [contact]


def test_other_scripts_in_addresses_need_the_setting(org: OrgClient) -> None:
    """Source: Salesforce Help, internationalized email addresses."""
    person = {"LastName": "Müller", "Email": "müller@example.com"}
    assert org.post("sobjects/Contact", person).body[0]["errorCode"] == "INVALID_EMAIL_ADDRESS"
    org.control("PATCH", "settings", {"internationalized_email": True})
    assert org.post("sobjects/Contact", person).status == 201
