"""Accounts, opportunities, tasks, custom records and person accounts: what people see when products push them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Sync

from tests.support.push.world import PEOPLE_ROWS, TENANT, World, change, contact_sync, lead_sync, sync, world

TASK = sync("task", "Task", ("subject", "Subject"), ("notes", "Description"), source="interaction")
DEAL = sync("deal", "Opportunity", ("name", "Name"), ("stage", "StageName"), ("closes", "CloseDate"), source="deal")
ADA: dict[str, Any] = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture
def w() -> Iterator[World]:
    with world(contact_sync(create_unless="never"), TASK, DEAL) as made:
        yield made


def use(w: World, *syncs: Sync) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def result_of(outcome: Any) -> tuple[str, str | None]:
    return outcome["result"], outcome["code"]


def with_account(**row: Any) -> Sync:
    made = contact_sync(create_unless="never")
    mapping = Row(product="company", salesforce="Account.Name", **row)
    return made.model_copy(update={"mappings": (*made.mappings, mapping)})


def test_a_task_belongs_to_the_contact_it_is_about_and_to_its_account(w: World) -> None:
    (account_id,) = w.load("Account", {"Name": "Acme"})
    (contact_id,) = w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account_id})
    interaction = {**change("i1", subject="Quiz"), "about": {"email": "ada@example.com"}}
    assert result_of(w.push(interaction, source="interaction")[0]) == ("created", None)
    (task,) = w.records("Task")
    assert (task["WhoId"], task["WhatId"]) == (contact_id, account_id)


def test_a_task_about_a_lead_names_no_account(w: World) -> None:
    (lead_id,) = w.load("Lead", {"LastName": "Lovelace", "Company": "Acme", "Email": "ada@example.com"})
    w.push({**change("i1", subject="Quiz"), "about": {"email": "ada@example.com"}}, source="interaction")
    (task,) = w.records("Task")
    assert (task["WhoId"], task.get("WhatId")) == (lead_id, None)


def test_a_task_about_a_record_key_finds_the_person_pushed_before(w: World) -> None:
    (person,) = w.push(change("lead-7", **ADA))
    w.push({**change("i1", subject="Quiz"), "about": {"source": "lead", "key": "lead-7"}}, source="interaction")
    assert w.records("Task")[0]["WhoId"] == person["salesforce_id"]


def test_one_interaction_is_one_task_updated_in_place(w: World) -> None:
    about = {"about": {"email": "ada@example.com"}}
    w.push({**change("i1", subject="Quiz", notes="half"), **about}, source="interaction")
    (outcome,) = w.push({**change("i1", subject="Quiz", notes="whole"), **about}, source="interaction")
    assert (result_of(outcome), outcome["fields_written"]) == (("updated", None), ["Description"])
    assert len(w.records("Task")) == 1


def test_a_task_about_nobody_known_is_still_written_and_says_so(w: World) -> None:
    (outcome,) = w.push(
        {**change("i1", subject="Quiz"), "about": {"email": "nobody@example.com"}}, source="interaction"
    )
    assert (result_of(outcome), [item["code"] for item in outcome["warnings"]]) == (
        ("created", None),
        ["about_unknown"],
    )


def test_a_deal_becomes_an_opportunity_and_moves_on(w: World) -> None:
    w.push(change("d1", name="Big deal", stage="Prospecting", closes="2027-01-31"), source="deal")
    (outcome,) = w.push(change("d1", stage="Closed Won"), source="deal")
    assert result_of(outcome) == ("updated", None)
    (deal,) = w.records("Opportunity")
    assert (deal["Name"], deal["StageName"], deal["CloseDate"]) == ("Big deal", "Closed Won", "2027-01-31")


def test_records_are_found_by_match_fields_and_two_keys_of_one_value_meet(w: World) -> None:
    use(w, sync("company", "Account", ("name", "Name"), ("site", "Website"), source="company", match_fields=("Name",)))
    (account_id,) = w.load("Account", {"Name": "Acme"})
    outcomes = w.push(
        change("c1", name="ACME", site="acme.example"),
        change("c2", name="New Inc", site="a.example"),
        change("c3", name="new inc", site="b.example"),
        source="company",
    )
    assert [result_of(item) for item in outcomes] == [("updated", None), ("created", None), ("created", None)]
    assert outcomes[0]["salesforce_id"] == account_id
    assert outcomes[1]["salesforce_id"] == outcomes[2]["salesforce_id"]
    assert len(w.records("Account")) == 2


def test_a_record_deleted_in_salesforce_stays_deleted_and_is_found_by_no_value(w: World) -> None:
    use(w, sync("company", "Account", ("name", "Name"), ("site", "Website"), source="company", match_fields=("Name",)))
    (first,) = w.push(change("c1", name="Acme", site="a.example"), source="company")
    w.control("POST", "delete", {"ids": [first["salesforce_id"]]})
    (later,) = w.push(change("c1", name="Acme", site="b.example"), source="company")
    assert result_of(later) == ("skipped", "deleted_in_salesforce")
    (other,) = w.push(change("c2", name="Acme", site="c.example"), source="company")
    assert (result_of(other), other["salesforce_id"] != first["salesforce_id"]) == (("created", None), True)


def test_a_change_without_its_match_value_is_rejected_not_guessed(w: World) -> None:
    use(w, sync("company", "Account", ("name", "Name"), ("site", "Website"), source="company", match_fields=("Name",)))
    assert result_of(w.push(change("c1", site="x.example"), source="company")[0]) == ("rejected", "invalid_match_key")


def test_an_external_id_makes_creation_an_upsert(w: World) -> None:
    field = {"name": "Key__c", "type": "string", "length": 40, "externalId": True, "unique": True}
    w.control("POST", "schema", {"sobjects": [{"name": "Account", "fields": [field]}]})
    use(w, sync("c", "Account", ("id", "Key__c"), ("name", "Name"), source="company", external_id_field="Key__c"))
    assert result_of(w.push(change("c1", id="A-1", name="Acme"), source="company")[0]) == ("created", None)
    assert result_of(w.push(change("other-key", id="A-1", name="Acme Inc"), source="company")[0]) == ("updated", None)
    (account,) = w.records("Account")
    assert (account["Name"], account["Key__c"]) == ("Acme Inc", "A-1")


def test_a_company_becomes_the_lookup_to_the_one_account_of_that_name(w: World) -> None:
    use(w, with_account())
    (account_id,) = w.load("Account", {"Name": "Acme"})
    w.push(change("k1", **ADA, company="acme"))
    assert w.records("Contact")[0]["AccountId"] == account_id


def test_several_accounts_of_a_name_leave_the_lookup_out_with_a_warning(w: World) -> None:
    use(w, with_account())
    w.load("Account", {"Name": "Acme"}, {"Name": "Acme"})
    (outcome,) = w.push(change("k1", **ADA, company="Acme"))
    assert (result_of(outcome), [item["code"] for item in outcome["warnings"]]) == (
        ("created", None),
        ["parent_ambiguous"],
    )


def test_nobody_is_moved_to_another_account_silently(w: World) -> None:
    use(w, with_account())
    old, _ = w.load("Account", {"Name": "Old"}, {"Name": "New"})
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": old})
    w.push(change("k1", **ADA, company="New"))
    assert w.records("Contact")[0]["AccountId"] == old


def test_a_missing_account_is_created_once_where_the_row_allows_it(w: World) -> None:
    use(w, with_account(create_related=True))
    people = [
        change(f"k{number}", email=f"p{number}@example.com", last_name="P", company="Acme  Inc") for number in range(3)
    ]
    outcomes = w.push(*people)
    assert [result_of(item) for item in outcomes] == [("created", None)] * 3
    (account,) = w.records("Account")
    assert {row["AccountId"] for row in w.records("Contact")} == {account["Id"]}
    w.push(change("k9", email="p9@example.com", last_name="P", company="acme inc"))
    assert len(w.records("Account")) == 1


def test_a_person_account_is_written_through_its_account(w: World) -> None:
    w.control("PATCH", "settings", {"person_accounts": True})
    w._describes.clear()
    record_type = next(row["Id"] for row in w.records("RecordType", DeveloperName="PersonAccount"))
    w.load("Account", {"LastName": "Lovelace", "PersonEmail": "ada@example.com", "RecordTypeId": record_type})
    (contact,) = w.records("Contact")
    assert contact["IsPersonAccount"]
    use(w, sync("s", "Contact", *PEOPLE_ROWS, create_unless="never"))
    (outcome,) = w.push(change("k1", **ADA, title="CTO", phone="7"))
    assert (result_of(outcome), outcome["salesforce_id"]) == (("updated", None), contact["Id"])
    (account,) = w.records("Account")
    assert (account["PersonTitle"], account["Phone"], account["FirstName"]) == ("CTO", "7", "Ada")


def test_what_a_person_account_has_no_field_for_is_left_out_with_a_warning_and_costs_no_call(w: World) -> None:
    w.control("PATCH", "settings", {"person_accounts": True})
    w._describes.clear()
    record_type = next(row["Id"] for row in w.records("RecordType", DeveloperName="PersonAccount"))
    w.load("Account", {"LastName": "Lovelace", "PersonEmail": "ada@example.com", "RecordTypeId": record_type})
    (boss,) = w.load("Contact", {"LastName": "Boss"})
    (acme,) = w.load("Account", {"Name": "Acme"})
    use(w, sync("s", "Contact", ("boss", "ReportsToId"), ("account", "AccountId"), ("title", "Title")))
    (outcome,) = w.push(change("k1", email="ada@example.com", boss=boss, account=acme, title="CTO"))
    assert (outcome["result"], outcome["fields_written"]) == ("updated", ["Title"])
    rejected_values = [("ReportsToId", "not_writable_at_update"), ("AccountId", "not_writable_at_update")]
    assert [(each["field"], each["code"]) for each in outcome["warnings"]] == rejected_values
    w.write_calls = 0
    (outcome,) = w.push(change("k1", boss=boss, account=acme))
    assert (outcome["result"], outcome["fields_written"], w.write_calls) == ("unchanged", [], 0)
    assert [(each["field"], each["code"]) for each in outcome["warnings"]] == rejected_values


def test_account_and_owner_ride_on_every_match_without_another_call(w: World) -> None:
    use(w, contact_sync(create_unless="never"), lead_sync(create_unless="never"))
    (account_id,) = w.load("Account", {"Name": "Acme", "Website": "acme.example"})
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account_id})
    w.described(TENANT, "Lead"), w.described(TENANT, "Contact"), w.described(TENANT, "Account")
    w.calls()
    (contact, _) = w.push(change("k1", **ADA, phone=None))
    assert (contact["data"]["salesforce_account_id"], contact["data"]["salesforce_account_website"]) == (
        account_id,
        "acme.example",
    )
    assert contact["data"]["salesforce_account_owner_email"] == "admin@northwind.example"
    assert contact["data"]["salesforce_assigned_sales_rep_name"] == "Alex Admin"
    assert w.calls() == {"composite": 2}


def two_contacts_of_one_address(w: World) -> None:
    old, new, _ = w.load("Account", {"Name": "Old Co"}, {"Name": "New Co"}, {"Name": "Named Co"})
    for account, created in ((new, "2022-01-01T00:00:00.000+0000"), (old, "2020-01-01T00:00:00.000+0000")):
        w.load("Contact", {"LastName": "L", "Email": ADA["email"], "AccountId": account, "CreatedDate": created})


@pytest.mark.parametrize("several", ["newest", "oldest", "reject"])
def test_the_account_is_that_of_the_newest_contact_of_the_address_whichever_one_is_updated(
    w: World, several: str
) -> None:
    use(w, contact_sync(several=several))
    two_contacts_of_one_address(w)
    for phone in ("7", "8"):  # found by its address, then by its link
        (outcome,) = w.push(change("k1", **ADA, phone=phone, company="Named Co"))
        assert outcome["data"]["salesforce_account_name"] == "New Co"


@pytest.mark.parametrize("several", ["oldest", "reject"])
def test_no_lead_for_a_contact_gives_the_account_of_the_newest_contact_too(w: World, several: str) -> None:
    use(w, lead_sync(several=several))
    two_contacts_of_one_address(w)
    (outcome,) = w.push(change("k1", **ADA, company="Named Co"))
    assert (outcome["code"], outcome["data"]["salesforce_account_name"]) == ("exists_as_contact", "New Co")


def test_a_contact_without_the_address_gives_its_own_account(w: World) -> None:
    use(w, contact_sync())
    (account,) = w.load("Account", {"Name": "Acme"})
    (contact,) = w.load("Contact", {"LastName": "L", "AccountId": account})
    (outcome,) = w.push(change("k1", **ADA, salesforce_contact_id=contact))
    assert outcome["data"]["salesforce_account_name"] == "Acme"


def test_a_queue_is_nobodys_sales_rep_and_the_company_names_the_account(w: World) -> None:
    use(w, lead_sync())
    (queue_id,) = w.load("Group", {"Name": "Pool", "Type": "Queue", "DeveloperName": "Pool"})
    (account_id,) = w.load("Account", {"Name": "Acme"})
    w.load("Lead", {"LastName": "Lovelace", "Company": "Acme", "Email": "ada@example.com", "OwnerId": queue_id})
    (outcome,) = w.push(change("k1", **ADA, company="Acme"))
    assert outcome["data"]["salesforce_assigned_sales_rep_id"] is None
    assert outcome["data"]["salesforce_account_id"] == account_id


def test_a_conversation_lands_in_the_field_and_is_updated_in_place(w: World) -> None:
    made = contact_sync()
    use(
        w, made.model_copy(update={"mappings": (*made.mappings, Row(product="conversation", salesforce="Description"))})
    )
    said = [{"at": "2026-11-20T09:58:00Z", "speaker": "lead", "text": "Hello"}]
    w.push({**change("k1", **ADA), "conversation": said})
    more = [*said, {"at": "2026-11-20T09:59:00Z", "speaker": "agent", "text": "Hi Ada"}]
    (outcome,) = w.push({**change("k1", **ADA), "conversation": more})
    assert outcome["fields_written"] == ["Description"]
    assert w.records("Contact")[0]["Description"].count("\n") == 1


def test_signals_that_match_ride_on_the_outcome(w: World) -> None:
    made = contact_sync().model_copy(update={"signals": {"big_account": "account.AnnualRevenue > `500000`"}})
    use(w, made)
    (account_id,) = w.load("Account", {"Name": "Acme", "AnnualRevenue": 900_000})
    w.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account_id})
    (outcome,) = w.push(change("k1", **ADA))
    assert outcome["signals"] == ["big_account"]
    assert [item.signals for item in w.signals.outcomes] == [("big_account",)]


def test_a_condition_keeps_changes_away_from_salesforce(w: World) -> None:
    use(w, contact_sync(when="fields.score > `10`"))
    assert result_of(w.push(change("k1", **ADA, score=5))[0]) == ("skipped", "condition")
    assert result_of(w.push(change("k1", **ADA, score=50))[0]) == ("created", None)
