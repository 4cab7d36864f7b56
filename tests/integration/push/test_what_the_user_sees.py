"""What people see when products push: the promises of matching, deciding, validating and writing, on the simulated org."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.push.memory.entity import Entity

from tests.support.push.world import PEOPLE_ROWS, TENANT, World, by_sync, change, contact_sync, lead_sync, sync, world

ADA: dict[str, Any] = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync()) as made:
        yield made


def use(w: World, *syncs: Any) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def result_of(outcome: Any) -> tuple[str, str | None]:
    return outcome["result"], outcome["code"]


def codes(outcome: Any) -> set[str]:
    return {warning["code"] for warning in outcome["warnings"]}


# --- no duplicate


def test_a_second_delivery_creates_no_second_record_and_costs_no_call(w: World) -> None:
    message = w.message(change(**ADA))
    w.deliver(message)
    first = w.outcomes()
    w.calls()
    w.deliver(message)
    assert w.outcomes() == first * 2
    assert w.calls() == {}
    assert len(w.records("Contact")) == 1


def test_a_retry_after_a_lost_answer_finds_what_was_created(w: World) -> None:
    message = w.message(change(**ADA))
    w.described(TENANT, "Contact"), w.described(TENANT, "Lead"), w.described(TENANT, "Account")
    w.control("POST", "faults", {"do": "drop_after", "kind": "composite", "skip": 1})
    assert w.deliver(message).redelivered
    assert w.outcomes() == []
    at_once = w.deliver(message)
    assert at_once.redelivered[message.message_id] > w.now, "the claim stays held while a lost write may still land"
    w.now += 730_000
    assert not w.deliver(message).redelivered
    assert result_of(w.outcomes()[-1]) == ("unchanged", None)
    assert len(w.records("Contact")) == 1


def test_a_write_that_lands_late_is_not_written_twice(w: World) -> None:
    message = w.message(change(**ADA))
    w.described(TENANT, "Contact"), w.described(TENANT, "Lead")
    w.control("POST", "clock", {"stop": True})
    w.control("POST", "faults", {"do": "late", "kind": "composite", "skip": 1, "late_s": 300})
    assert w.deliver(message).redelivered
    assert w.records("Contact") == []
    w.now += 730_000
    w.control("POST", "clock", {"advance_s": 730})
    w.control("POST", "sessions", {})
    assert not w.deliver(message).redelivered
    assert len(w.records("Contact")) == 1


def test_two_messages_for_one_person_become_one_record_with_the_newest_values(w: World) -> None:
    newer = w.message(change("k2", "2026-11-20T10:00:02Z", email="ADA@Example.com ", phone="2"))
    older = w.message(change("k1", "2026-11-20T10:00:01Z", **ADA, phone="1", title="CTO"))
    assert not w.deliver(newer, older).redelivered
    (record,) = w.records("Contact")
    assert (record["Phone"], record["Title"], record["LastName"]) == ("2", "CTO", "Lovelace")
    assert [result_of(item) for item in w.outcomes()] == [("created", None)] * 2


def test_a_person_without_email_is_created_once_and_found_by_the_key(w: World) -> None:
    w.push(change("k1", last_name="Nameless"))
    (outcome,) = w.push(change("k1", last_name="Nameless", phone="7"))
    assert result_of(outcome) == ("updated", None)
    assert outcome["candidates"][0]["matched_by"] == "link"
    assert len(w.records("Contact")) == 1


def test_a_person_whose_address_changes_keeps_the_record(w: World) -> None:
    w.push(change("k1", **ADA))
    (outcome,) = w.push(change("k1", **{**ADA, "email": "ada@new.example"}, phone="7"))
    assert result_of(outcome) == ("updated", None)
    (record,) = w.records("Contact")
    assert record["Email"] == "ada@example.com", "a visitor's other address does not replace the known one"


def test_two_keys_of_one_person_meet_at_the_record(w: World) -> None:
    (record_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    w.push(change("k1", "2026-11-20T09:00:09Z", email="ada@example.com", phone="new"))
    (outcome,) = w.push(change("k2", "2026-11-20T09:00:01Z", salesforce_contact_id=record_id, phone="old"))
    assert result_of(outcome) == ("skipped", "superseded")
    assert w.records("Contact")[0]["Phone"] == "new"


def test_a_lead_is_not_created_for_a_contact_nor_a_contact_for_a_lead(w: World) -> None:
    use(w, contact_sync(), lead_sync())
    outcomes = by_sync(w.push(change(**ADA, company="Acme")))
    assert result_of(outcomes["lead-contact"][0]) == ("created", None)
    assert result_of(outcomes["lead-lead"][0]) == ("skipped", "exists_as_contact")
    w.load("Lead", {"LastName": "Hopper", "Company": "Navy", "Email": "grace@example.com"})
    (contact, lead) = w.push(change("k2", email="grace@example.com", last_name="Hopper"))
    assert result_of(contact) == ("skipped", "exists_as_lead")
    assert result_of(lead) == ("unchanged", None)


# --- nothing stale


def test_an_older_change_fills_what_no_newer_one_decided(w: World) -> None:
    w.push(change("k1", "2026-11-20T09:00:05Z", **ADA, phone="new"))
    (outcome,) = w.push(change("k1", "2026-11-20T09:00:01Z", phone="old", title="CTO"))
    assert (result_of(outcome), outcome["fields_written"]) == (("updated", None), ["Title"])
    (record,) = w.records("Contact")
    assert (record["Phone"], record["Title"]) == ("new", "CTO")


def test_an_older_change_is_superseded_when_nothing_is_left_of_it(w: World) -> None:
    w.push(change("k1", "2026-11-20T09:00:05Z", **ADA, phone="new"))
    (outcome,) = w.push(change("k1", "2026-11-20T09:00:01Z", phone="old"))
    assert (result_of(outcome), w.write_calls) == (("skipped", "superseded"), 1)


def test_a_refused_change_does_not_make_an_older_one_stale(w: World) -> None:
    use(w, lead_sync())
    (refused,) = w.push(change("k1", "2026-11-20T09:00:05Z", last_name="Lovelace", phone="new"))
    assert result_of(refused) == ("rejected", "missing_required_field")
    (outcome,) = w.push(change("k1", "2026-11-20T09:00:01Z", last_name="Lovelace", phone="old", company="Acme"))
    assert result_of(outcome) == ("created", None)
    assert w.records("Lead")[0]["Phone"] == "old"


def test_a_change_from_the_future_is_set_back_to_what_its_warning_says(w: World) -> None:
    sent_ms = w.now
    (outcome,) = w.push(change("k1", "2027-11-20T09:00:05Z", **ADA))
    (detail,) = [warning["detail"] for warning in outcome["warnings"] if warning["code"] == "clamped"]
    assert detail.endswith("set back to 5 minutes after it.")
    decided = [entity.times for item in w.state.items.values() if (entity := Entity.parse(item.state)).times]
    assert {order[0] for times in decided for fields in times.values() for order in fields.values()} == {
        sent_ms + 5 * 60_000
    }


# --- matching


@pytest.mark.parametrize(("several", "chosen"), [("newest", 1), ("oldest", 0)])
def test_of_several_matches_the_syncs_choice_wins_and_all_are_named(w: World, several: str, chosen: int) -> None:
    use(w, contact_sync(several=several))
    ids = w.load(
        "Contact",
        {"LastName": "A", "Email": "ada@example.com", "CreatedDate": "2020-01-01T00:00:00.000+0000"},
        {"LastName": "B", "Email": "Ada@example.com", "CreatedDate": "2021-01-01T00:00:00.000+0000"},
    )
    (outcome,) = w.push(change(email="ada@example.com", phone="7"))
    assert outcome["salesforce_id"] == ids[chosen]
    assert {item["id"]: item["chosen"] for item in outcome["candidates"]} == {ids[chosen]: True, ids[1 - chosen]: False}


def test_several_matches_can_be_reported_instead(w: World) -> None:
    use(w, contact_sync(several="reject"))
    w.load("Contact", *[{"LastName": "A", "Email": "ada@example.com"}] * 2)
    assert result_of(w.push(change(email="ada@example.com", phone="7"))[0]) == ("rejected", "several_matches")


def test_an_address_on_more_than_fifty_records_identifies_nobody(w: World) -> None:
    w.load("Contact", *[{"LastName": f"A{number}", "Email": "info@example.com"} for number in range(51)])
    (outcome,) = w.push(change(email="info@example.com", phone="7"))
    assert result_of(outcome) == ("rejected", "shared_email")
    assert len(outcome["candidates"]) == 10


def test_a_converted_lead_leads_to_the_contact_it_became(w: World) -> None:
    use(w, contact_sync(), lead_sync())
    (lead_id,) = w.load("Lead", {"LastName": "Lovelace", "Company": "Acme", "Email": "ada@example.com"})
    w.control("POST", f"leads/{lead_id}/convert")
    (contact,) = w.records("Contact")
    outcomes = by_sync(w.push(change(salesforce_lead_id=lead_id, phone="7")))
    assert result_of(outcomes["lead-lead"][0]) == ("skipped", "converted")
    assert (result_of(outcomes["lead-contact"][0]), outcomes["lead-contact"][0]["salesforce_id"]) == (
        ("updated", None),
        contact["Id"],
    )
    data = outcomes["lead-contact"][0]["data"]
    assert data["salesforce_account_name"] == "Acme"
    assert len(w.records("Lead")) == 1


def test_a_merged_record_is_followed_to_its_survivor_and_linked_again(w: World) -> None:
    (outcome,) = w.push(change("k1", **ADA))
    (master,) = w.load("Contact", {"LastName": "Byron", "Email": "other@example.com"})
    w.control("POST", "merge", {"master": master, "losers": [outcome["salesforce_id"]]})
    (outcome,) = w.push(change("k1", phone="7"))
    assert (result_of(outcome), outcome["salesforce_id"]) == (("updated", None), master)
    w.calls()
    w.push(change("k1", phone="8"))
    assert w.calls()["composite"] == 2


def test_a_deleted_record_stays_deleted_unless_the_sync_says_otherwise(w: World) -> None:
    (outcome,) = w.push(change("k1", **ADA))
    w.control("POST", "delete", {"ids": [outcome["salesforce_id"]]})
    assert result_of(w.push(change("k1", **ADA, phone="7"))[0]) == ("skipped", "deleted_in_salesforce")
    assert w.records("Contact") == []
    use(w, contact_sync(recreate_deleted=True))
    assert result_of(w.push(change("k1", **ADA, phone="8"))[0]) == ("created", None)


# --- duplicate rules


def similar(w: World, **fields: Any) -> str:
    (record_id,) = w.load("Contact", {"FirstName": "Ada", "LastName": "Lovelace", **fields})
    return record_id


DUPLICATES = {
    "name": "Same_name",
    "sobject": "Contact",
    "message": "Use one of these records?",
    "matching": [{"name": "By_name", "sobject": "Contact", "any_of": [["FirstName", "LastName"]]}],
}


def duplicate_rule(w: World, action: str) -> None:
    w.control("POST", "schema", {"duplicate_rules": [{**DUPLICATES, "action": action}]})


def test_the_one_record_a_duplicate_rule_names_is_used_when_its_address_is_empty(w: World) -> None:
    duplicate_rule(w, "block")
    record_id = similar(w)
    (outcome,) = w.push(change(**ADA, phone="7"))
    assert (result_of(outcome), outcome["salesforce_id"]) == (("updated", None), record_id)
    assert outcome["candidates"] == [{"id": record_id, "matched_by": "duplicate_rule", "chosen": True}]
    assert w.records("Contact")[0]["Email"] == "ada@example.com"


def test_somebody_elses_record_is_not_used_but_the_new_one_saved_with_a_warning(w: World) -> None:
    duplicate_rule(w, "alert")
    record_id = similar(w, Email="other@example.com")
    (outcome,) = w.push(change(**ADA))
    assert result_of(outcome) == ("created", None)
    (warning,) = [item for item in outcome["warnings"] if item["code"] == "possible_duplicate"]
    assert record_id in warning["detail"]


def test_a_blocking_duplicate_rule_rejects_and_names_the_records(w: World) -> None:
    duplicate_rule(w, "block")
    record_id = similar(w, Email="other@example.com")
    (outcome,) = w.push(change(**ADA))
    assert result_of(outcome) == ("rejected", "duplicate_blocked")
    assert record_id in outcome["detail"]


@pytest.mark.parametrize(("policy", "result"), [("save", "created"), ("reject", "rejected")])
def test_duplicates_are_saved_or_rejected_as_the_sync_says(w: World, policy: str, result: str) -> None:
    use(w, contact_sync(on_duplicate=policy))
    duplicate_rule(w, "alert")
    similar(w)
    assert w.push(change(**ADA))[0]["result"] == result


# --- values


def test_text_is_cut_to_the_fields_length_and_reported(w: World) -> None:
    (outcome,) = w.push(change(**{**ADA, "first_name": "A" * 50}))
    assert "cut" in codes(outcome)
    assert w.records("Contact")[0]["FirstName"] == "A" * 40


def test_null_clears_absent_and_empty_leave_alone_and_zero_is_a_value(w: World) -> None:
    w.control(
        "POST",
        "schema",
        {
            "sobjects": [
                {"name": "Contact", "fields": [{"name": "Score__c", "type": "double", "precision": 5, "scale": 0}]}
            ]
        },
    )
    use(w, sync("s", "Contact", *PEOPLE_ROWS, ("score", "Score__c")))
    w.push(change(**ADA, phone="1", title="CTO", score=5))
    w.push(change(phone=None, title="", score=0))
    (record,) = w.records("Contact")
    assert (record.get("Phone"), record["Title"], record["Score__c"]) == (None, "CTO", 0)


def test_a_picklist_label_becomes_its_value_and_an_unknown_one_is_left_out(w: World) -> None:
    fields = [
        {
            "name": "Tier__c",
            "type": "picklist",
            "restrictedPicklist": True,
            "picklistValues": [{"value": "g", "label": "Gold"}],
        }
    ]
    w.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": fields}]})
    use(w, sync("s", "Contact", *PEOPLE_ROWS, ("tier", "Tier__c")))
    w.push(change(**ADA, tier="gold"))
    assert w.records("Contact")[0]["Tier__c"] == "g"
    (outcome,) = w.push(change(**ADA, tier="Platinum"))
    assert (result_of(outcome), codes(outcome)) == (("unchanged", None), {"picklist_value_unknown"})


def test_a_date_does_not_shift_by_a_day(w: World) -> None:
    use(w, sync("s", "Contact", *PEOPLE_ROWS, ("born", "Birthdate")))
    w.push(change(**ADA, born="1815-12-10"))
    assert w.records("Contact")[0]["Birthdate"] == "1815-12-10"


def test_an_address_the_org_would_refuse_is_left_out_before_sending(w: World) -> None:
    (outcome,) = w.push(change(email="zoë@example.com", last_name="Zoë"))
    assert (result_of(outcome), codes(outcome)) == (("created", None), {"email_invalid"})
    (outcome,) = w.push(change(email="zoë@example.com", last_name="Zoë"))
    assert result_of(outcome) == ("unchanged", None)


def test_a_value_the_org_refuses_is_dropped_and_not_sent_again(w: World) -> None:
    w.control(
        "POST",
        "faults",
        {
            "do": "record_error",
            "sobject": "Contact",
            "code": "STRING_TOO_LONG",
            "fields": ["Title"],
            "where": {"Title": "CTO"},
            "times": None,
        },
    )
    (outcome,) = w.push(change(**ADA, title="CTO"))
    assert (result_of(outcome), codes(outcome)) == (("created", None), {"salesforce:STRING_TOO_LONG"})
    w.write_calls = 0
    (outcome,) = w.push(change(**ADA, title="CTO"))
    assert (result_of(outcome), codes(outcome), w.write_calls) == (("unchanged", None), {"refused_before"}, 0)


def test_a_field_hidden_by_field_level_security_costs_only_that_field(w: World) -> None:
    w.control(
        "POST", "schema", {"permissions": {"admin@northwind.example": {"fields": {"Contact.Phone": {"edit": False}}}}}
    )
    (outcome,) = w.push(change(**ADA, phone="7", title="CTO"))
    assert result_of(outcome) == ("created", None)
    assert codes(outcome) & {"not_writable_at_create", "field_gone"}
    assert w.records("Contact")[0]["Title"] == "CTO"


def test_a_refused_change_is_parked_once_with_what_to_do(w: World) -> None:
    use(w, lead_sync())
    w.push(change(**ADA))
    w.push(change(**ADA))
    ((_, entry),) = w.parked.entries.items()
    assert (entry.code, entry.key, entry.sync) == ("missing_required_field", "k1", "lead-lead")
    assert "Company" in entry.reason
    assert entry.remedy


def test_a_validation_rule_rejects_one_record_and_not_its_neighbours(w: World) -> None:
    rule = {
        "name": "No_gmail",
        "error_condition": "Email LIKE '%@gmail.com'",
        "message": "Use the work address.",
        "field": "Email",
    }
    w.control("POST", "schema", {"sobjects": [{"name": "Contact", "validation_rules": [rule]}]})
    outcomes = w.push(change("k1", email="a@gmail.com", last_name="A"), change("k2", **ADA))
    assert [result_of(item) for item in outcomes] == [
        ("rejected", "salesforce:FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ("created", None),
    ]
    assert "Use the work address." in outcomes[0]["detail"]


# --- the org's moods


def test_a_locked_row_is_tried_again_alone(w: World) -> None:
    (record_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    w.control("POST", "faults", {"do": "record_error", "ids": [record_id], "code": "UNABLE_TO_LOCK_ROW"})
    outcomes = w.push(
        change("k1", email="ada@example.com", phone="7"), change("k2", email="b@example.com", last_name="B")
    )
    assert [item["result"] for item in outcomes] == ["updated", "created"]


def test_a_spent_quota_makes_changes_wait_and_touches_nothing(w: World) -> None:
    w.control(
        "POST",
        "faults",
        {
            "do": "error",
            "kind": "composite",
            "code": "REQUEST_LIMIT_EXCEEDED",
            "message": "TotalRequests Limit exceeded.",
            "status": 403,
        },
    )
    (outcome,) = w.push(change(**ADA))
    assert result_of(outcome) == ("waiting", "quota_spent")
    ((_, entry),) = w.parked.entries.items()
    assert entry.retry_when == "quota"


def test_a_tenant_without_connection_or_sync_is_skipped_without_alarm(w: World) -> None:
    use(w)
    assert result_of(w.push(change(**ADA))[0]) == ("skipped", "no_sync")
    use(w, contact_sync())
    w.connections.set(TENANT, Status.DISCONNECTED, "deauthorized")
    assert result_of(w.push(change(**ADA))[0]) == ("skipped", "not_connected")
    assert w.parked.entries == {}


def test_an_org_that_is_down_loses_nothing(w: World) -> None:
    w.control("POST", "faults", {"do": "error", "kind": "composite", "code": "SERVER_UNAVAILABLE", "status": 503})
    message = w.message(change(**ADA))
    assert w.deliver(message).redelivered
    assert not w.deliver(message).redelivered
    assert result_of(w.outcomes()[-1]) == ("created", None)


def test_every_change_ends_in_exactly_one_outcome_per_sync(w: World) -> None:
    use(w, contact_sync(create_unless="never"), lead_sync(create_unless="never"))
    sent = [
        change(f"k{number}", email=f"p{number % 7}@example.com", last_name="P", company="C") for number in range(40)
    ]
    outcomes = w.push(*sent)
    assert sorted((item["key"], item["sync"]) for item in outcomes) == sorted(
        (each["key"], name) for each in sent for name in ("lead-contact", "lead-lead")
    )
    assert (len(w.records("Contact")), len(w.records("Lead"))) == (7, 7)
