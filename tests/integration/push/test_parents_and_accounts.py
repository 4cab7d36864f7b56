"""One account for one name, whether a sync makes it or a row wants it as a parent, also at the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Sync

from tests.support.push.world import TENANT, Interrupted, World, change, contact_sync, lead_sync, sync, world

PARENT = Row(product="company", salesforce="Account.Name", create_related=True)
ACCOUNTS = sync("companies", "Account", ("name", "Name"), ("phone", "Phone"), source="company", match_fields=("Name",))
PERSON = change("k1", email="ada@example.com", last_name="L", company="ACME  Inc")
COMPANY = change("c1", name="Acme Inc")


@pytest.fixture
def w() -> Iterator[World]:
    people = contact_sync()
    with world(people.model_copy(update={"mappings": (*people.mappings, PARENT)}), ACCOUNTS) as made:
        yield made


def names(w: World) -> list[str]:
    return [account["Name"] for account in w.records("Account")]


@pytest.mark.parametrize("known_as", [None, "Old Name"])
def test_a_person_who_comes_while_a_sync_makes_or_renames_the_account_gets_that_account(
    w: World, known_as: str | None
) -> None:
    if known_as:
        w.push(change("c1", name=known_as), source="company")
    person, company = w.message(PERSON), w.message(COMPANY, source="company")
    first: list[dict[str, int]] = []
    calls = Interrupted(w, lambda: first.append(w.deliver(person).redelivered))
    assert w.deliver(company, org=lambda tenant: calls).redelivered == {}
    assert list(first[0]) == [person.message_id]
    w.now += 5_000
    assert w.deliver(person).redelivered == {}
    assert names(w) == ["Acme Inc"]
    assert w.records("Contact")[0]["AccountId"] == w.records("Account")[0]["Id"]


def test_a_company_that_comes_while_its_account_is_made_as_a_parent_finds_it(w: World) -> None:
    person, company = w.message(PERSON), w.message(change("c1", name="acme inc", phone="7"), source="company")
    first: list[dict[str, int]] = []
    calls = Interrupted(w, lambda: first.append(w.deliver(company).redelivered))
    assert w.deliver(person, org=lambda tenant: calls).redelivered == {}
    assert list(first[0]) == [company.message_id]
    w.push(change("c1", name="ACME Inc", phone="7"), source="company")
    assert len(names(w)) == 1
    assert w.records("Account")[0]["Phone"] == "7"


def test_an_account_and_what_belongs_to_it_come_in_one_message(w: World) -> None:
    deals = sync(
        "deals", "Opportunity", ("name", "Name"), ("stage", "StageName"), ("day", "CloseDate"), source="company"
    )
    w.syncs.by_tenant[TENANT] = [deals.model_copy(update={"mappings": (*deals.mappings, PARENT)}), ACCOUNTS]
    message = w.message(
        change("c1", name="Acme Inc", company="Acme Inc", stage="Prospecting", day="2026-01-02"), source="company"
    )
    assert list(w.deliver(message).redelivered) == [message.message_id]
    w.now += 5_000
    assert w.deliver(message).redelivered == {}
    assert names(w) == ["Acme Inc"]
    assert w.records("Opportunity")[0]["AccountId"] == w.records("Account")[0]["Id"]


# --- one record that several lookups of a read find is one record


def wants(made: Sync, product: str, path: str) -> Sync:
    """Return the sync with one more row: a parent by name."""
    return made.model_copy(update={"mappings": (*made.mappings, Row(product=product, salesforce=path))})


def codes(outcomes: Sequence[dict[str, Any]]) -> list[str]:
    return [warning["code"] for outcome in outcomes for warning in outcome["warnings"]]


def test_an_account_that_is_updated_and_wanted_as_a_parent_in_one_batch_is_not_ambiguous(w: World) -> None:
    deals = sync("deals", "Opportunity", ("name", "Name"), ("stage", "StageName"), ("day", "CloseDate"), source="deal")
    w.syncs.by_tenant[TENANT] = [wants(deals, "company", "Account.Name"), ACCOUNTS]
    (account,) = w.load("Account", {"Name": "Umbra"})
    company = w.message(change("c1", name="Umbra", phone="7"), source="company")
    deal = w.message(change("d1", name="D", stage="Prospecting", day="2027-01-01", company="UMBRA"), source="deal")
    assert w.deliver(company, deal).redelivered == {}
    assert codes(w.outcomes()) == []
    assert w.records("Opportunity")[0]["AccountId"] == account
    assert w.records("Account")[0]["Phone"] == "7"


def test_an_account_finds_its_parent_among_the_accounts_of_its_own_message(w: World) -> None:
    w.syncs.by_tenant[TENANT] = [wants(ACCOUNTS, "parent", "Parent.Name")]
    holding, sub = w.load("Account", {"Name": "Holding"}, {"Name": "Sub"})
    outcomes = w.push(
        change("c1", name="Sub", parent="Holding"), change("c2", name="Holding", phone="3"), source="company"
    )
    assert codes(outcomes) == []
    assert {row["Id"]: row.get("ParentId") for row in w.records("Account")} == {sub: holding, holding: None}


def test_an_account_whose_name_is_asked_for_in_two_statements_is_one_account(w: World) -> None:
    w.syncs.by_tenant[TENANT] = [wants(contact_sync(), "company", "Account.Name")]
    (account,) = w.load("Account", {"Name": "umbra"})
    between = [f"a{number:04d}".ljust(250, "x") for number in range(360)]  # more than one statement holds
    outcomes = w.push(
        *[
            change(f"k{number}", email=f"p{number}@example.com", last_name="L", company=name)
            for number, name in enumerate(("UMBRA", *between, "umbra"))
        ]
    )
    assert (outcomes[0]["warnings"], outcomes[-1]["warnings"]) == ([], [])
    assert [row["AccountId"] for row in w.records("Contact") if row.get("AccountId")] == [account] * 2


# --- people as parents by name


def test_a_contact_is_found_by_name_as_the_boss_of_another(w: World) -> None:
    w.syncs.by_tenant[TENANT] = [wants(contact_sync(), "boss", "ReportsTo.Name")]
    (boss,) = w.load("Contact", {"FirstName": "Grace", "LastName": "Hopper", "Email": "grace@example.com"})
    (outcome,) = w.push(change("k1", email="ada@example.com", last_name="Lovelace", boss="grace  HOPPER"))
    assert (outcome["result"], outcome["warnings"]) == ("created", [])
    assert w.records("Contact", LastName="Lovelace")[0]["ReportsToId"] == boss


def test_a_boss_who_is_pushed_in_the_same_message_is_read_whole(w: World) -> None:
    w.syncs.by_tenant[TENANT] = [wants(contact_sync(), "boss", "ReportsTo.Name")]
    (boss,) = w.load(
        "Contact", {"FirstName": "Grace", "LastName": "Hopper", "Email": "grace@example.com", "Phone": "1"}
    )
    outcomes = w.push(
        change("k1", email="ada@example.com", last_name="Lovelace", boss="Grace Hopper"),
        change("k2", email="grace@example.com", first_name="Grace", last_name="Hopper", phone="1"),
    )
    assert [(item["result"], item["warnings"]) for item in outcomes] == [("created", []), ("unchanged", [])]
    assert w.records("Contact", LastName="Lovelace")[0]["ReportsToId"] == boss


def test_whoever_is_only_somebodys_boss_is_nobody_that_a_change_is_about(w: World) -> None:
    leads = lead_sync()
    w.syncs.by_tenant[TENANT] = [wants(contact_sync(), "boss", "ReportsTo.Name"), leads]
    w.load("Contact", {"FirstName": "Grace", "LastName": "Hopper", "Email": "grace@example.com"})
    (contact, lead) = w.push(change("k1", last_name="Lovelace", company="Acme", boss="Grace Hopper"))
    assert (contact["result"], contact["candidates"]) == ("created", [])
    assert lead["code"] == "exists_as_contact"
    assert lead["candidates"][0]["id"] == contact["salesforce_id"]
