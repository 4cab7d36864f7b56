"""Sentences of the product's promises at their edges, each as its user meets it on the simulated org."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.sync import Mapping as Row

from tests.support.push.world import PEOPLE_ROWS, TENANT, World, by_sync, change, contact_sync, lead_sync, sync, world

SAME_NAME = {
    "name": "Same_name",
    "sobject": "Contact",
    "message": "Use one of these records?",
    "matching": [{"name": "By_name", "sobject": "Contact", "any_of": [["FirstName", "LastName"]]}],
}


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


# --- duplicate rules


def similar_people(w: World, action: str) -> dict[str, str]:
    """Load three people whose names a duplicate rule knows: two without an address, one with somebody else's."""
    w.control("POST", "schema", {"duplicate_rules": [{**SAME_NAME, "action": action}]})
    emails = {"Ada": None, "Eve": None, "Bob": "other@example.com"}
    rows = [
        {"FirstName": name, "LastName": "Same"} | ({"Email": email} if email else {}) for name, email in emails.items()
    ]
    return dict(zip(emails, w.load("Contact", *rows), strict=True))


def same_names() -> list[dict[str, Any]]:
    return [
        change(f"k-{name}", email=f"{name.lower()}@example.com", first_name=name, last_name="Same")
        for name in ("Ada", "Eve", "Bob", "New")
    ]


def test_duplicate_rules_name_a_record_for_each_of_several_people_at_once(w: World) -> None:
    known = similar_people(w, "block")
    outcomes = {item["key"]: item for item in w.push(*same_names())}
    assert {key: result_of(item) for key, item in outcomes.items()} == {
        "k-Ada": ("updated", None),
        "k-Eve": ("updated", None),
        "k-Bob": ("rejected", "duplicate_blocked"),
        "k-New": ("created", None),
    }
    assert [outcomes[f"k-{name}"]["salesforce_id"] for name in ("Ada", "Eve")] == [known["Ada"], known["Eve"]]


@pytest.mark.parametrize(
    ("action", "bob"), [("block", ("rejected", "duplicate_blocked")), ("alert", ("created", None))]
)
def test_an_org_whose_collections_do_not_name_duplicates_gives_no_duplicate_and_names_them_all_the_same(
    w: World, action: str, bob: tuple[str, str | None]
) -> None:
    w.control("PATCH", "settings", {"duplicates_named_in_collections": False})
    known = similar_people(w, action)
    outcomes = {item["key"]: item for item in w.push(*same_names())}
    assert [result_of(outcomes[f"k-{name}"]) for name in ("Ada", "Eve", "New")] == [("updated", None)] * 2 + [
        ("created", None)
    ]
    assert (outcomes["k-Ada"]["salesforce_id"], result_of(outcomes["k-Bob"])) == (known["Ada"], bob)
    assert outcomes["k-Bob"]["candidates"] == [{"id": known["Bob"], "matched_by": "duplicate_rule", "chosen": False}]


def test_many_duplicates_that_are_not_named_cost_one_more_call_for_twenty_five(w: World) -> None:
    w.control("PATCH", "settings", {"duplicates_named_in_collections": False})
    similar_people(w, "block")
    use(w, contact_sync(on_duplicate="reject"))
    outcomes = w.push(*[change(f"k{number}", first_name="Ada", last_name="Same") for number in range(25)])
    assert {result_of(item) for item in outcomes} == {("rejected", "duplicate_blocked")}
    assert w.write_calls == 2


# --- records that were deleted


def test_a_deleted_contact_stays_deleted_and_stops_no_lead_of_the_person(w: World) -> None:
    use(w, contact_sync(), lead_sync())
    first = by_sync(w.push(change("k1", email="ada@example.com", last_name="L", company="Acme")))
    assert result_of(first["lead-contact"][0]) == ("created", None)
    assert result_of(first["lead-lead"][0]) == ("skipped", "exists_as_contact")
    w.control("POST", "delete", {"ids": [first["lead-contact"][0]["salesforce_id"]]})
    later = by_sync(w.push(change("k1", email="ada@example.com", last_name="L", company="Acme", phone="7")))
    assert result_of(later["lead-contact"][0]) == ("skipped", "deleted_in_salesforce")
    assert result_of(later["lead-lead"][0]) == ("created", None)


# --- an address that is not written into the record


def test_two_keys_of_one_address_are_one_person_though_the_sync_does_not_write_the_address(w: World) -> None:
    use(w, contact_sync().model_copy(update={"email": "off"}))
    (made,) = w.push(change("k1", email="ada@example.com", last_name="L"))
    (found,) = w.push(change("k2", email="Ada@Example.com", phone="7"))
    assert (result_of(made), result_of(found)) == (("created", None), ("updated", None))
    assert (found["salesforce_id"], found["candidates"][0]["matched_by"]) == (made["salesforce_id"], "link")
    (contact,) = w.records("Contact", LastName="L")
    assert (contact["Phone"], contact.get("Email")) == ("7", None)


def test_an_address_that_a_person_in_salesforce_holds_counts_before_the_remembered_one(w: World) -> None:
    use(w, contact_sync().model_copy(update={"email": "off"}))
    w.push(change("k1", email="ada@example.com", last_name="L"))
    (known,) = w.load("Contact", {"LastName": "Holder", "Email": "ada@example.com"})
    (found,) = w.push(change("k2", email="ada@example.com", phone="7"))
    assert (result_of(found), found["salesforce_id"]) == (("updated", None), known)


# --- match fields

TYPED = [
    {"name": "Number__c", "type": "double", "precision": 10, "scale": 2},
    {"name": "Moment__c", "type": "datetime"},
    {"name": "Day__c", "type": "date"},
    {"name": "Flag__c", "type": "boolean"},
]


@pytest.mark.parametrize(
    ("field", "stored", "sent"),
    [
        ("Number__c", 5, 5),
        ("Number__c", 7.25, "7.250"),
        ("Moment__c", "2026-01-01T10:00:00.000+0000", "2026-01-01T11:00:00+01:00"),
        ("Day__c", "2026-01-02", "2026-01-02"),
        ("Flag__c", True, True),
    ],
)
def test_any_filterable_field_can_find_a_record(w: World, field: str, stored: Any, sent: Any) -> None:
    w.control("POST", "schema", {"sobjects": [{"name": "Account", "fields": TYPED}]})
    use(w, sync("c", "Account", ("name", "Name"), ("value", field), source="company", match_fields=(field,)))
    (known,) = w.load("Account", {"Name": "Acme", field: stored})
    (outcome,) = w.push(change("c1", name="Acme Inc", value=sent), source="company")
    assert (result_of(outcome), outcome["salesforce_id"]) == (("updated", None), known)


def test_an_external_id_in_another_spelling_still_makes_creation_an_upsert(w: World) -> None:
    key = {"name": "Key__c", "type": "string", "length": 40, "externalId": True, "unique": True}
    w.control("POST", "schema", {"sobjects": [{"name": "Account", "fields": [key]}]})
    use(w, sync("c", "Account", ("id", "key__c"), ("name", "Name"), source="company", external_id_field="key__c"))
    assert result_of(w.push(change("c1", id="A-1", name="Acme"), source="company")[0]) == ("created", None)
    assert "/composite/sobjects/Account/Key__c" in w.control("GET", "audit")["entries"][-1]["body"]


# --- who is meant


def test_a_row_that_maps_another_product_field_to_email_finds_people_by_it(w: World) -> None:
    use(w, sync("lead-contact", "Contact", *PEOPLE_ROWS, ("work_email", "Email")))
    w.push(change("k1", last_name="Lovelace", work_email="ada@example.com"))
    (outcome,) = w.push(change("k2", phone="7", work_email="ADA@example.com"))
    assert (result_of(outcome), outcome["candidates"][0]["matched_by"]) == (("updated", None), "email")
    together = [change(f"b{number}", last_name="B", work_email="b@example.com") for number in range(2)]
    assert len({item["salesforce_id"] for item in w.push(*together)}) == 1


def test_an_id_that_can_not_be_one_is_reported(w: World) -> None:
    sent = change(email="ada@example.com", last_name="L", salesforce_contact_id="nonsense", salesforce_lead_id="")
    (outcome,) = w.push(sent)
    (warning,) = outcome["warnings"]
    assert (result_of(outcome), warning["code"], warning["field"]) == (
        ("created", None),
        "id_invalid",
        "salesforce_contact_id",
    )


def test_a_contact_deleted_after_conversion_stays_deleted_unless_the_sync_says_otherwise(w: World) -> None:
    use(w, lead_sync())
    (lead,) = w.push(change("k1", email="ada@example.com", last_name="L", company="Acme"))
    w.control("POST", f"leads/{lead['salesforce_id']}/convert")
    w.control("POST", "delete", {"ids": [w.records("Contact")[0]["Id"]]})
    use(w, contact_sync())
    sent = change("k1", email="ada@example.com", last_name="L", phone="7")
    assert result_of(w.push(sent)[0]) == ("skipped", "deleted_in_salesforce")
    use(w, contact_sync(recreate_deleted=True).model_copy(update={"revision": 2}))
    assert result_of(w.push(sent)[0]) == ("created", None)


def test_somebody_who_is_several_contacts_gets_no_lead(w: World) -> None:
    use(w, lead_sync(several="reject"))
    w.load("Contact", *[{"LastName": "L", "Email": "ada@example.com"}] * 2)
    (outcome,) = w.push(change(email="ada@example.com", last_name="L", company="Acme"))
    assert (result_of(outcome), len(outcome["candidates"])) == (("skipped", "exists_as_contact"), 2)


def test_an_address_on_more_than_fifty_contacts_makes_no_lead_either(w: World) -> None:
    use(w, lead_sync())
    w.load("Contact", *[{"LastName": f"A{number}", "Email": "info@example.com"} for number in range(51)])
    (outcome,) = w.push(change(email="info@example.com", last_name="L", company="Acme"))
    assert result_of(outcome) == ("rejected", "shared_email")


# --- two syncs for one person


def test_the_second_sync_creates_a_person_whom_the_first_one_could_not(w: World) -> None:
    first, second = (
        made.model_copy(update={"position": place}) for place, made in ((1, lead_sync()), (2, contact_sync()))
    )
    use(w, first, second)
    outcomes = by_sync(w.push(change("k1", email="ada@example.com", last_name="L")))
    assert result_of(outcomes["lead-lead"][0]) == ("rejected", "missing_required_field")
    assert result_of(outcomes["lead-contact"][0]) == ("created", None)


def test_the_second_sync_names_the_record_that_the_first_one_made(w: World) -> None:
    use(w, contact_sync(), lead_sync())
    outcomes = by_sync(w.push(change("k1", email="ada@example.com", last_name="L", company="Acme")))
    made, skipped = outcomes["lead-contact"][0], outcomes["lead-lead"][0]
    assert (result_of(skipped), skipped["salesforce_id"]) == (("skipped", "exists_as_contact"), made["salesforce_id"])
    assert skipped["data"]["salesforce_contact_id"] == made["salesforce_id"]


def test_both_outcomes_of_a_person_created_twice_carry_both_ids(w: World) -> None:
    use(w, contact_sync(create_unless="never"), lead_sync(create_unless="never"))
    outcomes = w.push(change("k1", email="ada@example.com", last_name="L", company="Acme"))
    ids = {item["sobject"]: item["salesforce_id"] for item in outcomes}
    for outcome in outcomes:
        assert outcome["data"]["salesforce_contact_id"] == ids["Contact"]
        assert outcome["data"]["salesforce_lead_id"] == ids["Lead"]


# --- what breaks the contract


def test_refused_changes_are_published_in_one_message_counted_in_the_history_and_parked_once(w: World) -> None:
    bad = [{"key": f"k{number}", "feilds": {}} for number in range(50)]
    for _ in range(2):
        w.push(*bad)
    assert len(w.parked.entries) == 50
    assert len(w.outbound.sent) == 2
    (tenant, _, source, outcomes, _), _ = w.history.notes
    assert (tenant, source, len(outcomes), {item.code for item in outcomes}) == (
        TENANT,
        "lead",
        50,
        {"invalid_message"},
    )


def test_refused_changes_count_as_parked(w: World) -> None:
    assert w.deliver(w.message({"key": "k1", "feilds": {}})).parked == {"invalid_message": 1}


def test_half_a_character_costs_nobody_else_the_outcome(w: World) -> None:
    use(w, lead_sync())
    half = change("k1", email="a@example.com", last_name=f"A{chr(0xD800)}")
    outcomes = w.push(half, change("k2", email="b@example.com", last_name="B", company="Acme"))
    assert [result_of(item) for item in outcomes] == [("rejected", "missing_required_field"), ("created", None)]
    assert codes(outcomes[0]) == {"characters_removed"}


def test_every_outcome_that_needs_somebody_says_what_to_do(w: World) -> None:
    use(w, sync("c", "Account", ("name", "Name"), ("site", "Website"), source="company", match_fields=("Name",)))
    (outcome,) = w.push(change("c1", site="acme.example"), source="company")
    assert (result_of(outcome), bool(outcome["remedy"])) == (("rejected", "invalid_match_key"), True)


# --- lookups


LOOKUPS = [
    {"name": name, "type": "reference", "referenceTo": ["Contact"], "relationshipName": name.replace("__c", "__r")}
    for name in ("Boss__c", "Mentor__c")
]
NOBODY = "003000000000999AAA"


def with_lookups(w: World) -> str:
    """Map two lookups to contacts, and return a contact to refer to."""
    w.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": LOOKUPS}]})
    use(w, sync("s", "Contact", *PEOPLE_ROWS, ("boss", "Boss__c"), ("mentor", "Mentor__c")))
    (known,) = w.load("Contact", {"LastName": "Boss", "Email": "boss@example.com"})
    return known


def test_a_lookup_that_leads_nowhere_is_left_out_and_the_good_one_is_kept(w: World) -> None:
    known = with_lookups(w)
    sent = {"email": "ada@example.com", "last_name": "L", "boss": known, "mentor": NOBODY}
    (outcome,) = w.push(change("k1", **sent))
    assert (result_of(outcome), codes(outcome)) == (("created", None), {"salesforce:INVALID_CROSS_REFERENCE_KEY"})
    assert [item["field"] for item in outcome["warnings"]] == ["Mentor__c"]
    assert "Mentor__c" not in outcome["fields_written"]
    (ada,) = w.records("Contact", LastName="L")
    assert ada["Boss__c"] == known
    w.write_calls = 0
    (redelivered,) = w.push(change("k1", **sent))
    assert (result_of(redelivered), codes(redelivered), w.write_calls) == (("unchanged", None), {"refused_before"}, 0)


def test_an_update_that_holds_nothing_but_a_dead_lookup_changes_nothing(w: World) -> None:
    with_lookups(w)
    w.push(change("k1", email="ada@example.com", last_name="L"))
    (outcome,) = w.push(change("k1", mentor=NOBODY))
    assert (result_of(outcome), outcome["fields_written"]) == (("unchanged", None), [])
    (outcome,) = w.push(change("k1", mentor=NOBODY, boss=NOBODY, phone="7"))
    assert (result_of(outcome), outcome["fields_written"]) == (("updated", None), ["Phone"])


# --- a sync that does not fit the org


def test_a_sync_whose_condition_names_a_field_that_is_gone_stops_no_other_and_says_why(w: World) -> None:
    broken = lead_sync(create_unless="never", when="record.Gone__c == 'x'")
    use(w, contact_sync(create_unless="never"), broken)
    outcomes = by_sync(w.push(change("k1", email="ada@example.com", last_name="L", company="Acme")))
    assert result_of(outcomes["lead-contact"][0]) == ("created", None)
    refused = outcomes["lead-lead"][0]
    assert result_of(refused) == ("rejected", "salesforce:INVALID_FIELD")
    assert refused["detail"].startswith(
        "Salesforce refused to read what the sync lead-lead needs: No such column 'Gone__c'"
    )
    assert refused["remedy"]


def test_a_field_that_goes_just_after_the_sobject_was_described_anew_rejects_nothing(w: World) -> None:
    known = w.described(TENANT, "Contact")
    title = next(field for field in known.fields if field.name == "Title")
    outdated = replace(known, fields=(*known.fields, replace(title, name="Gone__c")))
    use(w, sync("lead-contact", "Contact", *PEOPLE_ROWS, ("gone", "Gone__c")))
    message = w.message(change("k1", email="ada@example.com", last_name="L", gone="x"))

    def cached(tenant: str, sobject: str) -> SObjectDescribe:
        return outdated if sobject == "Contact" else w.described(tenant, sobject)

    batch = w.deliver(message, described=cached, described_again=cached)
    assert (batch.redelivered, w.parked.entries) == ({message.message_id: w.now + 30_000}, {})
    w.now += 30_000
    batch = w.deliver(message, described=cached, described_again=w.described)
    assert (batch.redelivered, w.parked.entries) == ({}, {})
    assert result_of(w.outcomes()[-1]) == ("created", None)


# --- published again


def test_an_activity_published_again_carries_the_same_account_and_owner_data(w: World) -> None:
    use(w, sync("task", "Task", ("subject", "Subject"), source="interaction"))
    (account,) = w.load("Account", {"Name": "Acme"})
    w.load("Contact", {"LastName": "L", "Email": "ada@example.com", "AccountId": account})
    interaction = {**change("i1", subject="Quiz"), "about": {"email": "ada@example.com"}}
    message = w.message(interaction, source="interaction")
    w.deliver(message)
    w.deliver(message)
    first, redelivered = w.outcomes()
    assert first["data"]["salesforce_account_id"] == account
    assert redelivered == first


def test_an_account_is_created_under_the_first_spelling_of_its_name(w: World) -> None:
    row = Row(product="company", salesforce="Account.Name", create_related=True)
    made = contact_sync()
    use(w, made.model_copy(update={"mappings": (*made.mappings, row)}))
    names = ("Acme Inc", "ACME  INC")
    w.push(*[change(f"k{at}", email=f"p{at}@x.example", last_name="P", company=name) for at, name in enumerate(names)])
    assert [account["Name"] for account in w.records("Account")] == ["Acme Inc"]


# --- activities


def test_an_activity_of_a_lead_gets_no_account_when_the_person_is_a_contact_by_now(w: World) -> None:
    use(w, sync("task", "Task", ("subject", "Subject"), source="interaction"))
    w.load("Lead", {"LastName": "L", "Company": "Acme", "Email": "ada@example.com"})
    about = {"about": {"email": "ada@example.com"}}
    w.push({**change("i1", subject="Quiz"), **about}, source="interaction")
    (account,) = w.load("Account", {"Name": "Acme"})
    w.load("Contact", {"LastName": "L", "Email": "ada@example.com", "AccountId": account})
    (outcome,) = w.push({**change("i1", subject="Quiz 2"), **about}, source="interaction")
    assert (result_of(outcome), outcome["fields_written"]) == (("updated", None), ["Subject"])


def test_an_account_next_to_a_lead_is_dropped_from_an_activity_not_the_activity(w: World) -> None:
    use(w, sync("task", "Task", ("subject", "Subject"), ("account", "WhatId"), source="interaction"))
    w.load("Lead", {"LastName": "L", "Company": "Acme", "Email": "ada@example.com"})
    (account,) = w.load("Account", {"Name": "Acme"})
    interaction = {**change("i1", subject="Quiz", account=account), "about": {"email": "ada@example.com"}}
    (outcome,) = w.push(interaction, source="interaction")
    assert (result_of(outcome), codes(outcome)) == (("created", None), {"salesforce:FIELD_INTEGRITY_EXCEPTION"})


# --- required fields


def test_a_required_value_that_can_not_be_written_is_named_with_the_reason(w: World) -> None:
    (outcome,) = w.push(change("k1", email="ada@example.com", last_name=["Love", "lace"]))
    assert result_of(outcome) == ("rejected", "missing_required_field")
    assert "needs Last Name (LastName)" in outcome["detail"]
    assert "that can be written: Last Name takes text, but the value is a list" in outcome["detail"]
