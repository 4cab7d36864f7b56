"""Each ready template on a plain org: it passes the save check, its record is right, and is there once however often it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from causeway.syncs.changes import proposals
from causeway.syncs.checks.save_check import save_problems
from causeway.syncs.ready_made import TEMPLATES, Template
from causeway.syncs.sync import Sync

from tests.support.push.world import TENANT, World, change, contact_sync, world

ABOUT = {"about": {"email": "ada@example.com"}}
TALK = [
    {"at": "2026-11-20T09:00:00Z", "speaker": "Ada", "text": "Do you ship to Malta?"},
    {"at": "2026-11-20T09:01:00Z", "speaker": "Bot", "text": "We do."},
]
PERSON = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "title": "Countess"}
SENT: dict[tuple[Template, str], dict[str, Any]] = {
    ("people", "Contact"): change("p1", **PERSON, city="Valletta"),
    ("people", "Lead"): change("p1", **PERSON, company="Acme", city="Valletta"),
    ("companies", "Account"): change("a1", name="Analytical Engines", website="https://engines.example", employees=7),
    ("conversations", "Task"): {**change("c1", subject="Shipping", date="2026-11-20"), "conversation": TALK, **ABOUT},
    ("deals", "Opportunity"): change(
        "d1", name="12 engines", stage="proposal", close_date="2026-12-24", amount="1,200.50", company="Acme"
    ),
    ("tickets", "Case"): {**change("t1", subject="Broken", status="open", priority="urgent", channel="chat"), **ABOUT},
    ("attendees", "CampaignMember"): {**change("w1-ada", campaign="Webinar", status="attended"), **ABOUT},
    ("meetings", "Event"): {
        **change(
            "m1",
            subject="Demo",
            starts_at="2026-12-01T10:00:00+01:00",
            ends_at="2026-12-01T10:30:00+01:00",
            location="Here",
        ),
        **ABOUT,
    },
}
FOUND: dict[tuple[Template, str], dict[str, Any]] = {
    ("people", "Contact"): {"LastName": "Lovelace", "Title": "Countess", "MailingCity": "Valletta"},
    ("people", "Lead"): {"LastName": "Lovelace", "Company": "Acme", "City": "Valletta"},
    ("companies", "Account"): {"Name": "Analytical Engines", "NumberOfEmployees": 7},
    ("conversations", "Task"): {"Subject": "Shipping", "Status": "Completed", "ActivityDate": "2026-11-20"},
    ("deals", "Opportunity"): {"Name": "12 engines", "StageName": "Proposal/Price Quote", "Amount": 1200.5},
    ("tickets", "Case"): {"Subject": "Broken", "Status": "Working", "Priority": "High", "Origin": "Web"},
    ("attendees", "CampaignMember"): {"Status": "Responded", "HasResponded": True},
    ("meetings", "Event"): {"Subject": "Demo", "Location": "Here", "DurationInMinutes": 30},
}
LATER: dict[Template, dict[str, Any]] = {
    "people": {"title": "Programmer"},
    "companies": {"employees": 8},
    "conversations": {"subject": "Shipping to Malta"},
    "deals": {"stage": "won"},
    "tickets": {"status": "solved"},
    "attendees": {"status": "registered"},
    "meetings": {"location": "There"},
}
# Two deals or tickets may be alike in everything, so nothing but the key of the product tells them apart.
EXPECTED: dict[Template, list[str]] = {"deals": ["no_match_rule"], "tickets": ["no_match_rule"]}
EACH = [(template, sobject) for template, ready in TEMPLATES.items() for sobject in ready.sobjects]


@pytest.fixture
def w() -> Iterator[World]:
    with world() as made:
        yield made


def ready(template: Template, sobject: str) -> Sync:
    """Return a template's sync, enabled and creating, as an admin enables it."""
    (sync,) = proposals(None, sobject, template)
    push = sync.push.model_copy(update={"create_when_missing": True})
    return sync.model_copy(update={"enabled": True, "push": push})


def use(w: World, template: Template, sobject: str) -> Sync:
    sync = ready(template, sobject)
    w.syncs.by_tenant[TENANT] = [sync]
    return sync


@pytest.mark.parametrize(("template", "sobject"), EACH)
def test_a_template_passes_the_save_check_on_a_plain_org(w: World, template: Template, sobject: str) -> None:
    related = {name: w.described(TENANT, name) for name in ("Account", "Campaign", "Contact", "Lead")}
    found = save_problems(ready(template, sobject), w.described(TENANT, sobject), (), related=related)
    assert [problem.code for problem in found] == EXPECTED.get(template, [])


@pytest.mark.parametrize(("template", "sobject"), EACH)
def test_what_a_template_pushes_is_there_once_however_often_it_is_sent(
    w: World, template: Template, sobject: str
) -> None:
    w.load("Campaign", {"Name": "Webinar"})
    if "about" in SENT[template, sobject]:
        w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    sync = use(w, template, sobject)
    (first,) = w.push(SENT[template, sobject], source=sync.source)
    assert (first["result"], first["code"], first["warnings"]) == ("created", None, [])
    (again,) = w.push(SENT[template, sobject], source=sync.source)
    assert (again["result"], again["salesforce_id"]) == ("unchanged", first["salesforce_id"])
    (record,) = w.records(sobject)
    assert {name: record[name] for name in FOUND[template, sobject]} == FOUND[template, sobject]


@pytest.mark.parametrize(("template", "sobject"), EACH)
def test_what_changes_later_is_written_to_the_same_record(w: World, template: Template, sobject: str) -> None:
    w.load("Campaign", {"Name": "Webinar"})
    if "about" in SENT[template, sobject]:
        w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    sync, sent = use(w, template, sobject), SENT[template, sobject]
    w.push(sent, source=sync.source)
    (later,) = w.push({**sent, "fields": {**sent["fields"], **LATER[template]}}, source=sync.source)
    assert (later["result"], later["warnings"]) == ("updated", [])
    assert len(later["fields_written"]) == 1
    assert len(w.records(sobject)) == 1


# --- what single templates are for


def person(w: World) -> str:
    (contact_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    return contact_id


def test_a_conversation_is_a_task_with_its_transcript_and_goes_on_in_place(w: World) -> None:
    contact_id, sync = person(w), use(w, "conversations", "Task")
    sent = SENT["conversations", "Task"]
    w.push(sent, source=sync.source)
    bye = {"at": "2026-11-20T09:02:00Z", "speaker": "Ada", "text": "Bye"}
    w.push({**sent, "conversation": [*TALK, bye]}, source=sync.source)
    (task,) = w.records("Task")
    assert task["WhoId"] == contact_id
    assert [line.rpartition("] ")[2] for line in task["Description"].splitlines()] == [
        "Ada: Do you ship to Malta?",
        "Bot: We do.",
        "Ada: Bye",
    ]


def test_two_conversations_of_one_person_are_two_tasks_even_without_a_subject(w: World) -> None:
    person(w)
    sync = use(w, "conversations", "Task")
    for key in ("c1", "c2"):
        w.push({**change(key), "conversation": TALK, **ABOUT}, source=sync.source)
    assert [task["Subject"] for task in w.records("Task")] == ["Conversation", "Conversation"]


@pytest.mark.parametrize(
    ("stage", "found"),
    [("won", "Closed Won"), ("Negotiation", "Negotiation/Review"), ("odd", "Qualification"), (None, "Prospecting")],
)
def test_a_deals_stage_is_translated_by_the_table(w: World, stage: str | None, found: str) -> None:
    sync = use(w, "deals", "Opportunity")
    said: Mapping[str, Any] = {"stage": stage} if stage else {}
    w.push(change("d1", name="Deal", close_date="2026-12-24", company="Acme", **said), source=sync.source)
    ((deal,), (account,)) = w.records("Opportunity"), w.records("Account")
    assert (deal["StageName"], deal["AccountId"]) == (found, account["Id"])


def test_a_ticket_is_a_case_of_its_contact(w: World) -> None:
    contact_id, sync = person(w), use(w, "tickets", "Case")
    w.push(SENT["tickets", "Case"], source=sync.source)
    assert w.records("Case")[0]["ContactId"] == contact_id


@pytest.mark.parametrize("kind", ["Contact", "Lead"])
def test_an_attendee_is_a_member_as_the_contact_or_lead_they_are(w: World, kind: str) -> None:
    (campaign_id,) = w.load("Campaign", {"Name": "Webinar"})
    company = {"Company": "Acme"} if kind == "Lead" else {}
    (person_id,) = w.load(kind, {"LastName": "Lovelace", "Email": "ada@example.com", **company})
    sync = use(w, "attendees", "CampaignMember")
    (outcome,) = w.push(SENT["attendees", "CampaignMember"], source=sync.source)
    (member,) = w.records("CampaignMember")
    assert (member["CampaignId"], member[f"{kind}Id"]) == (campaign_id, person_id)
    assert (outcome["result"], outcome["warnings"]) == ("created", [])


def test_an_attendee_who_is_a_member_already_is_updated(w: World) -> None:
    (campaign_id,) = w.load("Campaign", {"Name": "Webinar"})
    (member_id,) = w.load("CampaignMember", {"CampaignId": campaign_id, "ContactId": person(w), "Status": "Sent"})
    sync = use(w, "attendees", "CampaignMember")
    (outcome,) = w.push(SENT["attendees", "CampaignMember"], source=sync.source)
    assert (outcome["result"], outcome["salesforce_id"]) == ("updated", member_id)
    assert [member["Status"] for member in w.records("CampaignMember")] == ["Responded"]


def test_a_meeting_is_an_event_with_its_times(w: World) -> None:
    contact_id, sync = person(w), use(w, "meetings", "Event")
    w.push(SENT["meetings", "Event"], source=sync.source)
    (event,) = w.records("Event")
    assert (event["WhoId"], event["StartDateTime"][:16]) == (contact_id, "2026-12-01T09:00")


def test_all_templates_work_together_with_people_of_one_tenant(w: World) -> None:
    others = [ready(template, sobject) for template, sobject in EACH if template != "people"]
    w.syncs.by_tenant[TENANT] = [contact_sync(), *others]
    w.load("Campaign", {"Name": "Webinar"})
    w.push(change("lead-7", **PERSON))
    for template in ("conversations", "tickets", "attendees", "meetings"):
        about = {"source": "lead", "key": "lead-7"}
        sobject = TEMPLATES[template].sobjects[0]
        (outcome,) = w.push({**SENT[template, sobject], "about": about}, source=TEMPLATES[template].source)
        assert outcome["result"] == "created"
