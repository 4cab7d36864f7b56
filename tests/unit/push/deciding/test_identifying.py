"""What a change says about who or what it is, before anything is claimed."""

from __future__ import annotations

from typing import Any

from causeway.contract.changes import About, Change
from causeway.push.deciding.identifying import settle_identifiers
from causeway.push.tasks import Task
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.sync import Mapping, PushRules, Sync

PERSON, OTHER = "003000000000001AAA", "00Q000000000001AAA"


def text(name: str, length: int = 10) -> FieldDescribe:
    return FieldDescribe(name, name, "string", length=length, external_id=True)


def lookup(name: str, *sobjects: str) -> FieldDescribe:
    return FieldDescribe(name, name, "reference", relationship_name=name.removesuffix("Id"), reference_to=sobjects)


DESCRIBES = {
    "Contact": SObjectDescribe("Contact", "Contact", fields=(text("Code__c"), text("LastName"))),
    "Lead": SObjectDescribe("Lead", "Lead", fields=(text("Code__c"), text("LastName"))),
    "CampaignMember": SObjectDescribe(
        "CampaignMember",
        "Member",
        fields=(
            lookup("CampaignId", "Campaign"),
            lookup("ContactId", "Contact"),
            lookup("LeadId", "Lead"),
            lookup("AccountId", "Account"),
        ),
    ),
}


def a_sync(sobject: str, rows: dict[str, str], **push: Any) -> Sync:
    mappings = tuple(Mapping(product=product, salesforce=target) for target, product in rows.items())
    return Sync(id=sobject, source="s", sobject=sobject, enabled=True, mappings=mappings, push=PushRules(**push))


def settled(sync: Sync, *others: Sync, links: dict[str, str] | None = None, **fields: Any) -> Task:
    change = Change("acme", "s", "k", occurred_at_ms=1, sent_at_ms=1, fields=fields, about=About("people", "p1", None))
    task = Task(change, sync, "m", source_syncs=(sync, *others))
    settle_identifiers([task], DESCRIBES.get, {("people", "p1"): links or {}})
    return task


CONTACTS = a_sync("Contact", {"Code__c": "code", "LastName": "name"}, external_id_field="Code__c")
LEADS = a_sync("Lead", {"Code__c": "code", "LastName": "name"}, external_id_field="Code__c")
MEMBERS = a_sync(
    "CampaignMember",
    {"CampaignId": "campaign", "ContactId": "about", "LeadId": "about"},
    match_fields=("CampaignId", "ContactId", "LeadId"),
)
CAMPAIGN = "701000000000001AAA"


def test_a_person_has_the_external_ids_of_all_syncs_of_its_source() -> None:
    task = settled(CONTACTS, LEADS, code="A-1")
    assert [(each.sobject, each.compared) for each in task.externals] == [("Contact", "a-1"), ("Lead", "a-1")]


def test_an_external_id_that_is_absent_is_none_and_one_that_does_not_fit_is_one() -> None:
    assert settled(CONTACTS, name="N").externals == ()
    assert settled(CONTACTS, code=None).externals == ()
    (unusable,) = settled(CONTACTS, code="longer than ten").externals
    assert (unusable.text, unusable.compared) == ("", None)


def test_match_fields_of_a_person_await_its_read() -> None:
    task = settled(MEMBERS, campaign=CAMPAIGN)
    assert (task.values, task.awaits) == ((), ("ContactId", "LeadId"))


def test_the_link_of_its_key_fills_them_at_once() -> None:
    task = settled(MEMBERS, campaign=CAMPAIGN, links={"Contact": PERSON})
    assert ([each.text for each in task.values], task.awaits) == ([CAMPAIGN, PERSON, ""], ())
    lead = settled(MEMBERS, campaign=CAMPAIGN, links={"Lead": OTHER})
    assert [each.text for each in lead.values] == [CAMPAIGN, "", OTHER]


def test_another_match_field_without_a_value_makes_the_person_useless() -> None:
    task = settled(MEMBERS)
    assert (task.values, task.awaits) == ((), ())


def test_a_parents_name_is_awaited() -> None:
    rows = {"CampaignId": "campaign", "Account.Name": "company"}
    task = settled(
        a_sync("CampaignMember", rows, match_fields=("CampaignId", "AccountId")), campaign=CAMPAIGN, company="A"
    )
    assert (task.values, task.awaits) == ((), ("AccountId",))
