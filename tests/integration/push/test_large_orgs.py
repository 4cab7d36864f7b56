"""What push asks can be answered from an index each, so that large orgs answer it: the org gives up what no index leads through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Template
from typing import Any

import pytest
from causeway.gateways.salesforce.composite import soql_of
from causeway.salesforce.calls import Lookup, Row

from tests.support.push.memory import MemoryClaims
from tests.support.push.world import (
    PEOPLE_ROWS,
    TENANT,
    CountedCalls,
    World,
    change,
    contact_sync,
    lead_sync,
    sync,
    world,
)

OWNER = "OwnerId, Owner.Name, Owner.Email, Owner.IsActive"
ACCOUNT = "{0}.Id, {0}.Name, {0}.Website, {0}.OwnerId, {0}.Owner.Name, {0}.Owner.Email"
PERSON = "FirstName, LastName, Phone, Title"
IDENTITY = "Id, IsDeleted, MasterRecordId, CreatedDate, Email"
CONTACT = f"{IDENTITY}, AccountId, {OWNER}, {ACCOUNT.format('Account')}, {PERSON}"
BECAME = ", ".join(f"ConvertedContact.{name}" for name in CONTACT.split(", "))
CONVERTED = f"ConvertedContactId, ConvertedAccountId, {ACCOUNT.format('ConvertedAccount')}"
LEAD = f"{IDENTITY}, IsConverted, Company, {OWNER}, {CONVERTED}, {PERSON}, {BECAME}"
READ = [
    f"SELECT {LEAD} FROM Lead WHERE Email IN ('k@example.com','new@example.com')",
    f"SELECT {LEAD} FROM Lead WHERE Id IN ('$lead')",
    f"SELECT {CONTACT} FROM Contact WHERE Email IN ('k@example.com','new@example.com')",
    f"SELECT {CONTACT} FROM Contact WHERE Id IN ('$contact')",
    "SELECT Id, IsDeleted, CreatedDate, Name, Website, OwnerId, Owner.Name, Owner.Email FROM Account WHERE Name IN ('A1','A2')",
]
KEY = {"name": "Key__c", "type": "string", "length": 40, "externalId": True, "unique": True}
MEMBERS = sync(
    "members",
    "CampaignMember",
    ("campaign", "CampaignId"),
    ("contact", "ContactId"),
    ("status", "Status"),
    source="members",
    match_fields=["CampaignId", "ContactId"],
)


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync(), lead_sync(create_unless="never"), MEMBERS) as made:
        made.control("POST", "schema", {"sobjects": [{"name": name, "fields": [KEY]} for name in ("Contact", "Lead")]})
        for sobject, fields in (
            ("Lead", {"LastName": "L", "Company": "C"}),
            ("Contact", {"LastName": "C"}),
            ("Account", {"Name": "A"}),
        ):
            made.load(sobject, *[fields | ({"Name": f"A{n}"} if sobject == "Account" else {}) for n in range(3)])
        made.control("PATCH", "settings", {"optimizer_rows": 1})
        yield made


class Asking(CountedCalls):
    """Calls to the org; what they ask is kept."""

    def __init__(self, w: World) -> None:
        super().__init__(w.org, w)
        self.asked: list[str] = []

    def read(self, lookups: Sequence[Lookup], timeout_s: float = 60.0) -> list[list[Row]]:
        self.asked += map(soql_of, lookups)
        return super().read(lookups, timeout_s)


def test_a_read_is_five_queries_by_one_field_each(w: World) -> None:
    outcomes = w.push(change("k1", last_name="New", email="new@example.com", company="A1"))
    ids = {each["sobject"].lower(): each["salesforce_id"] for each in outcomes}
    known, new = change("k1", phone="1"), change("k2", last_name="K", email="k@example.com", company="A2")
    known["fields"] |= {"email": "new@example.com", "company": "A1"}
    calls = Asking(w)
    w.deliver(w.message(known, new), org=lambda tenant: calls)
    assert calls.asked == [Template(each).substitute(ids) for each in READ]


def results(outcomes: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(each["sobject"], each["result"]) for each in outcomes}


def reads(w: World) -> int:
    """Return how many calls read since the last time this was asked."""
    written, w.write_calls = w.write_calls, 0
    return w.calls().get("composite", 0) - written


def test_people_are_found_by_address_by_link_and_by_the_company_they_are_of_for_one_read(w: World) -> None:
    w.load("Contact", {"LastName": "Known", "Email": "known@example.com"})
    w.push(change("k1", last_name="New", email="new@example.com", company="A1"))
    reads(w)
    outcomes = w.push(
        change("k1", last_name="New", email="new@example.com", company="A1", phone="1"),
        change("k2", last_name="Known", email="known@example.com", company="A2", phone="2"),
    )
    assert results(outcomes) == {("Contact", "updated"), ("Lead", "updated"), ("Lead", "created")}
    assert reads(w) == 1, "of five queries"


def test_what_a_lead_became_is_read_through_the_lead(w: World) -> None:
    (lead,) = w.load("Lead", {"LastName": "Ada", "Company": "Engines", "Email": "ada@example.com"})
    (contact,) = w.load("Contact", {"LastName": "Ada", "Email": "other@example.com"})
    w.control("POST", f"leads/{lead}/convert", {"contact_id": contact})
    reads(w)
    outcomes = w.push(change("k1", last_name="Ada", email="ada@example.com", phone="1"))
    assert {each["salesforce_id"] for each in outcomes if each["sobject"] == "Contact"} == {contact}
    assert reads(w) == 1


def test_external_ids_cost_one_more_read_at_most(w: World) -> None:
    keyed = sync("lead-contact", "Contact", *PEOPLE_ROWS, ("number", "Key__c"), external_id_field="Key__c")
    w.syncs.by_tenant[TENANT] = [keyed, lead_sync(create_unless="never")]
    w.load("Contact", {"LastName": "Numbered", "Key__c": "N-1"})
    w.push(change("k1", last_name="New", email="new@example.com", number="N-2", company="A1"))
    reads(w)
    outcomes = w.push(
        change("k1", last_name="New", email="new@example.com", number="N-2", company="A1", phone="1"),
        change("k2", last_name="Numbered", email="known@example.com", number="N-1", company="A2", phone="2"),
    )
    assert results(outcomes) == {("Contact", "updated"), ("Lead", "updated"), ("Lead", "created")}
    assert reads(w) <= 2


def test_records_are_found_by_link_and_by_all_their_match_fields(w: World) -> None:
    campaigns = w.load("Campaign", *[{"Name": f"C{number}"} for number in range(2)])
    contacts = w.load("Contact", *[{"LastName": f"P{number}"} for number in range(2)])
    pairs = [(campaign, contact) for campaign in campaigns for contact in contacts]
    w.load("CampaignMember", *[{"CampaignId": each, "ContactId": contact} for each, contact in pairs[1:]])
    for status in ("Sent", "Responded"):
        changes = [
            change(f"m{number}", campaign=campaign, contact=contact, status=status)
            for number, (campaign, contact) in enumerate(pairs)
        ]
        outcomes = w.push(*changes, source="members")
        assert {each["code"] for each in outcomes} == {None}
    assert len(w.records("CampaignMember")) == 4
    assert {row["Status"] for row in w.records("CampaignMember")} == {"Responded"}


def test_the_record_of_a_create_whose_result_was_lost_is_found_in_a_large_org(w: World) -> None:
    class Dying(MemoryClaims):
        def complete(self, tenant: str, entities: Any, *, keep: bool = False) -> set[str]:
            if keep:  # the note of the create is stored
                return super().complete(tenant, entities, keep=keep)
            return set()

    def deliver(**replaced: Any) -> None:
        w.deliver(w.message(change("k1", last_name="Lost", email="lost@example.com")), **replaced)

    deliver(claims=Dying(w.state, "dying", w.clock, 720_000), org=lambda tenant: CountedCalls(w.org, w))
    w.now += 800_000
    deliver()
    assert [row["LastName"] for row in w.records("Contact", LastName="Lost")] == ["Lost"]
    assert [each["result"] for each in w.outcomes() if each["sobject"] == "Contact"] == ["unchanged"]
