"""A dry run says what would happen and changes nothing: neither in the org nor in Causeway's memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.errors import InvalidRequest, NotConnected
from causeway.push.dry_run import DryRunPorts, dry_run
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Sync

from tests.support.push.memory import MemoryClaims
from tests.support.push.world import TENANT, World, by_sync, change, contact_sync, lead_sync, sync, world


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as made:
        yield made


def ports(w: World) -> DryRunPorts:
    made = w.ports()
    claims = MemoryClaims(w.state, "dry run", w.clock, 0)
    return DryRunPorts(
        made.connections, made.syncs, made.described, made.described_again, made.org, claims, made.synced, made.now_ms
    )


def test_it_shows_the_match_the_decisions_and_the_request(w: World) -> None:
    (record_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "Phone": "1"})
    told = dry_run(TENANT, contact_sync(), change(email="ada@example.com", last_name="Lovelace", phone="2"), ports(w))
    assert (told["result"], told["salesforce_id"], told["fields_written"]) == ("updated", record_id, ["Phone"])
    assert {item["field"]: item["action"] for item in told["fields"]} == {
        "LastName": "same",
        "Phone": "write",
        "Email": "same",
    }
    assert {item["field"]: item.get("before") for item in told["fields"]} == {
        "LastName": None,
        "Phone": "1",
        "Email": None,
    }
    assert told["request"] == {
        "method": "PATCH",
        "sobject": "Contact",
        "id": record_id,
        "external_id_field": None,
        "values": {"Phone": "2"},
        "allow_duplicates": False,
        "run_assignment_rules": False,
    }
    assert told["candidates"] == [{"id": record_id, "matched_by": "email", "chosen": True}]


def test_it_writes_nothing_anywhere(w: World) -> None:
    told = dry_run(TENANT, contact_sync(), change(email="ada@example.com", last_name="Lovelace"), ports(w))
    assert (told["result"], told["request"]["method"]) == ("created", "POST")
    assert (w.records("Contact"), w.state.writes, w.outbound.sent, w.parked.entries) == ([], 0, [], {})


def test_it_says_why_nothing_would_be_written(w: World) -> None:
    told = dry_run(TENANT, contact_sync(), change(email="ada@example.com"), ports(w))
    assert (told["result"], told["code"], told["request"]) == ("rejected", "missing_required_field", None)


def test_it_knows_the_link_of_an_earlier_push(w: World) -> None:
    w.push(change("k1", last_name="Nameless"))
    told = dry_run(TENANT, contact_sync(), change("k1", phone="7"), ports(w))
    assert (told["result"], told["candidates"][0]["matched_by"]) == ("updated", "link")


def test_a_change_that_breaks_its_contract_is_refused(w: World) -> None:
    with pytest.raises(InvalidRequest, match="feilds: no such key is known here"):
        dry_run(TENANT, contact_sync(), {"key": "k1", "feilds": {}}, ports(w))


def test_without_a_connection_it_says_so(w: World) -> None:
    w.connections.set(TENANT, Status.DISCONNECTED, "deauthorized")
    with pytest.raises(NotConnected):
        dry_run(TENANT, contact_sync(), change(), ports(w))


# --- what push then does


def predicted(w: World, tried: Sync, body: dict[str, Any], source: str = "lead") -> tuple[dict[str, Any], Any]:
    """Return the dry run of a change that is then pushed: what it says of the sync's outcome must have come true."""
    writes = w.state.writes
    for sobject in ("Account", "Contact", "Lead", tried.sobject):
        w.described(TENANT, sobject)
    w.calls()
    told = dry_run(TENANT, tried, body, ports(w))
    assert (w.state.writes, w.calls()) == (writes, {"composite": 1})
    outcome = by_sync(w.push(body, source=source))[tried.id][0]
    for name in ("result", "code", "fields_written", "warnings"):
        assert told[name] == outcome[name]
    assert told["salesforce_id"] in (None, outcome["salesforce_id"])
    return told, outcome


def use(w: World, *syncs: Sync) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def with_parent(made: Sync, salesforce: str) -> Sync:
    row = Row(product="company", salesforce=salesforce, create_related=True)
    return made.model_copy(update={"mappings": (*made.mappings, row)})


PERSON = {"email": "ada@example.com", "last_name": "Lovelace", "company": "Acme"}


def test_no_lead_is_promised_where_the_contact_sync_of_the_source_creates_the_person(w: World) -> None:
    use(w, contact_sync(), lead_sync())
    told, _ = predicted(w, lead_sync(), change(**PERSON))
    assert (told["code"], told["request"]) == ("exists_as_contact", None)


def test_a_contact_is_promised_though_the_lead_sync_of_the_source_could_create_the_person_too(w: World) -> None:
    use(w, contact_sync(), lead_sync())
    told, _ = predicted(w, contact_sync(), change(**PERSON))
    assert (told["result"], told["request"]["sobject"]) == ("created", "Contact")


def test_a_lead_is_promised_where_the_contact_sync_lacks_what_a_contact_needs(w: World) -> None:
    use(w, sync("nameless", "Contact", ("phone", "Phone")), lead_sync())
    told, _ = predicted(w, lead_sync(), change(**PERSON))
    assert (told["result"], told["request"]["sobject"]) == ("created", "Lead")


def test_a_disabled_sync_of_the_source_creates_nobody(w: World) -> None:
    use(w, contact_sync().model_copy(update={"enabled": False}), lead_sync())
    assert predicted(w, lead_sync(), change(**PERSON))[0]["result"] == "created"


def test_what_two_syncs_write_into_one_record_is_one_request(w: World) -> None:
    phones = sync("phones", "Contact", ("phone", "Phone"), position=2)
    use(w, sync("names", "Contact", ("last_name", "LastName")), phones)
    told, _ = predicted(w, phones, change(**PERSON, phone="7"))
    assert told["request"]["values"] == {"LastName": "Lovelace", "Phone": "7", "Email": "ada@example.com"}


def test_what_another_keys_entity_remembers_of_the_record_counts(w: World) -> None:
    (record_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    w.push(change("k1", "2026-11-20T09:00:09Z", email="ada@example.com", phone="new"))
    older = change("k2", "2026-11-20T09:00:01Z", salesforce_contact_id=record_id, phone="old")
    told, _ = predicted(w, contact_sync(), older)
    assert (told["code"], told["request"]) == ("superseded", None)


def test_a_value_that_was_refused_for_another_key_is_not_promised_again(w: World) -> None:
    (record_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    refusal = {"do": "record_error", "sobject": "Contact", "code": "STRING_TOO_LONG", "fields": ["Phone"]}
    w.control("POST", "faults", {**refusal, "where": {"Phone": "bad"}, "times": None})
    w.push(change("k1", email="ada@example.com", phone="bad"))
    told, _ = predicted(w, contact_sync(), change("k2", salesforce_contact_id=record_id, phone="bad"))
    assert (told["result"], told["warnings"][0]["code"]) == ("unchanged", "refused_before")
    assert told["fields"] == [{"field": "Phone", "action": "left_out", "value": None}]


def test_it_names_the_parent_that_would_be_created_first(w: World) -> None:
    tried = with_parent(contact_sync(), "Account.Name")
    use(w, tried)
    told, _ = predicted(w, tried, change(**{**PERSON, "company": "Brand  New"}))
    assert told["parents"] == [{"field": "AccountId", "sobject": "Account", "name": "Brand New"}]
    assert told["request"]["values"]["AccountId"] == "Id of the new Account 'Brand New'"


def test_a_parent_that_would_be_created_is_not_missed(w: World) -> None:
    master = {"name": "Account__c", "type": "reference", "referenceTo": ["Account"], "relationshipName": "Account__r"}
    fields = [{**master, "childRelationshipName": "Projects__r", "masterDetail": True}]
    w.control("POST", "schema", {"sobjects": [{"name": "Project__c", "label": "Project", "fields": fields}]})
    tried = with_parent(sync("p", "Project__c", ("name", "Name"), source="project"), "Account__r.Name")
    use(w, tried)
    told, _ = predicted(w, tried, change("p1", name="Bridge", company="Brand New"), "project")
    assert (told["result"], len(told["parents"])) == ("created", 1)


def test_a_moment_in_the_future_is_warned_of(w: World) -> None:
    told, _ = predicted(w, contact_sync(), change("k1", "2030-01-01T00:00:00Z", **PERSON))
    assert [each["code"] for each in told["warnings"]] == ["clamped"]


def test_what_a_person_account_has_no_field_for_is_not_promised(w: World) -> None:
    w.control("PATCH", "settings", {"person_accounts": True})
    w._describes.clear()
    record_type = next(row["Id"] for row in w.records("RecordType", DeveloperName="PersonAccount"))
    w.load("Account", {"LastName": "Lovelace", "PersonEmail": "ada@example.com", "RecordTypeId": record_type})
    (boss,) = w.load("Contact", {"LastName": "Boss"})
    tried = sync("s", "Contact", ("boss", "ReportsToId"))
    use(w, tried)
    told, _ = predicted(w, tried, change(email="ada@example.com", boss=boss))
    assert (told["result"], told["request"], told["fields"][0]["action"]) == ("unchanged", None, "left_out")


def test_a_record_of_which_salesforce_takes_one_only_is_found_as_a_push_would_find_it(w: World) -> None:
    members = sync("m", "CampaignMember", ("campaign", "CampaignId"), ("contact", "ContactId"), ("status", "Status"))
    (campaign,) = w.load("Campaign", {"Name": "Webinar"})
    there, new = w.load("Contact", {"LastName": "There"}, {"LastName": "New"})
    (member,) = w.load("CampaignMember", {"CampaignId": campaign, "ContactId": there, "Status": "Sent"})
    tried = [
        dry_run(TENANT, members, change(campaign=campaign, contact=contact, status="Responded"), ports(w))
        for contact in (there, new)
    ]
    assert [(each["result"], each["salesforce_id"]) for each in tried] == [("updated", member), ("created", None)]
    assert tried[0]["request"]["values"] == {"Status": "Responded"}
