"""One account for one name, whether a sync makes it or a row wants it as a parent, also at the same moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from causeway.domain.syncs import Mapping as Row

from tests.push_world import TENANT, Interrupted, World, change, contact_sync, sync, world

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
    calls = Interrupted(w, lambda: first.append(w.deliver(person).again))
    assert w.deliver(company, org=lambda tenant: calls).again == {}
    assert list(first[0]) == [person.message_id]
    w.now += 5_000
    assert w.deliver(person).again == {}
    assert names(w) == ["Acme Inc"]
    assert w.records("Contact")[0]["AccountId"] == w.records("Account")[0]["Id"]


def test_a_company_that_comes_while_its_account_is_made_as_a_parent_finds_it(w: World) -> None:
    person, company = w.message(PERSON), w.message(change("c1", name="acme inc", phone="7"), source="company")
    first: list[dict[str, int]] = []
    calls = Interrupted(w, lambda: first.append(w.deliver(company).again))
    assert w.deliver(person, org=lambda tenant: calls).again == {}
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
    assert list(w.deliver(message).again) == [message.message_id]
    w.now += 5_000
    assert w.deliver(message).again == {}
    assert names(w) == ["Acme Inc"]
    assert w.records("Opportunity")[0]["AccountId"] == w.records("Account")[0]["Id"]
