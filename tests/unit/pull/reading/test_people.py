"""Whom a look-up finds for pulled people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from causeway.pull.reading.people import people_of_rows
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

from tests.support.pull.org import lead_describe

EMAIL = FieldDescribe("Email", "Email", "email", 80)
ACCOUNT = FieldDescribe("AccountId", "Account", "reference", relationship_name="Account", reference_to=("Account",))
DESCRIBES = {
    "Lead": SObjectDescribe("Lead", "Lead", "00Q", fields=(*lead_describe().fields, EMAIL)),
    "Contact": SObjectDescribe("Contact", "Contact", "003", fields=(*lead_describe().fields, EMAIL, ACCOUNT)),
    "Account": SObjectDescribe("Account", "Account", "001", fields=(FieldDescribe("Name", "Name", "string", 255),)),
}
REP = {"Name": "Rep", "Email": "rep@example.com", "IsActive": True}


def a_lead(number: int = 1, **values: Any) -> dict[str, Any]:
    return {"Id": f"00Q{number:012d}AAA", "IsDeleted": False, "CreatedDate": f"2026-01-0{number}", **values}


def a_contact(number: int, **values: Any) -> dict[str, Any]:
    return {"Id": f"003{number:012d}AAA", "IsDeleted": False, "CreatedDate": f"2026-01-0{number}", **values}


class Org:
    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self.rows, self.calls = rows, 0
        self.asked: list[Lookup] = []

    def read(self, lookups: Sequence[Lookup]) -> list[list[Any]]:
        self.calls += 1
        self.asked += lookups
        return [[] if lookup.via else self.rows.get(lookup.sobject, []) for lookup in lookups]


class Known:
    """Describes, as far as they were asked for."""

    def __init__(self, describes: dict[str, SObjectDescribe | None]) -> None:
        self._describes = describes
        self.known: dict[str, SObjectDescribe | None] = {}

    def of(self, sobject: str) -> SObjectDescribe | None:
        return self.known.setdefault(sobject, self._describes.get(sobject))


def found_for(org: Org, *rows: dict[str, Any], sobject: str = "Lead", **hidden: SObjectDescribe | None) -> Any:
    return people_of_rows(sobject, rows, Known({**DESCRIBES, **hidden}), org.read)


def test_a_lead_carries_the_account_of_the_newest_contact_of_its_email() -> None:
    older = a_contact(1, Email="ada@example.com", AccountId="001A", Account={"Id": "001A", "Name": "Old"})
    newer = a_contact(2, Email="Ada@example.com", AccountId="001B", Account={"Id": "001B", "Name": "New"})
    lead = a_lead(Email="ada@example.com", OwnerId="005A", Owner=REP)
    found = found_for(Org(Contact=[older, newer]), lead)[lead["Id"]].data
    assert found["salesforce_contact_id"] == newer["Id"]
    assert found["salesforce_account_name"] == "New"
    assert found["salesforce_assigned_sales_rep_email"] == "rep@example.com"


def test_without_a_contact_the_account_of_the_companys_name_is_published() -> None:
    lead = a_lead(Email="ada@example.com", Company="  acme   CORP ")
    account = {"Id": "001A", "Name": "Acme Corp", "CreatedDate": "2026-01-01", "IsDeleted": False}
    assert found_for(Org(Account=[account]), lead)[lead["Id"]].data["salesforce_account_id"] == "001A"


def test_a_contacts_rep_is_the_owner_of_its_open_lead() -> None:
    contact = a_contact(1, Email="ada@example.com", OwnerId="005B", Owner={**REP, "Name": "Other"})
    lead = a_lead(Email="ada@example.com", OwnerId="005A", Owner=REP)
    found = found_for(Org(Lead=[lead]), contact, sobject="Contact")[contact["Id"]].data
    assert (found["salesforce_lead_id"], found["salesforce_assigned_sales_rep_id"]) == (lead["Id"], "005A")


def test_a_page_costs_one_read_and_deleted_rows_none() -> None:
    org = Org()
    found_for(org, *(a_lead(number, Email=f"p{number}@example.com") for number in range(1, 9)))
    assert org.calls == 1
    assert found_for(org, a_lead(1, IsDeleted=True)) == {}
    assert found_for(org, a_contact(1), sobject="Case") == {}
    assert org.calls == 1


NOT_FILTERABLE = replace(EMAIL, filterable=False)


@pytest.mark.parametrize("address", [(), (NOT_FILTERABLE,)], ids=["hidden", "not filterable"])
def test_people_are_not_looked_for_by_an_address_that_cannot_be_asked_for(address: tuple[FieldDescribe, ...]) -> None:
    org, lead = Org(), replace(DESCRIBES["Lead"], fields=(*lead_describe().fields, *address))
    found_for(org, a_contact(1, Email="ada@example.com"), sobject="Contact", Lead=lead)
    assert [(lookup.sobject, lookup.via) for lookup in org.asked] == [("Contact", "")]


def test_what_is_hidden_of_accounts_is_not_asked_for_where_a_company_names_them() -> None:
    org = Org()
    found_for(org, a_lead(Company="Acme", Email="ada@example.com"))
    (account,) = [lookup for lookup in org.asked if lookup.sobject == "Account"]
    assert "Website" not in account.fields
    assert not [name for lookup in org.asked for name in lookup.fields if name.endswith("Account.Website")]
