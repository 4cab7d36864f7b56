"""A person whom the product knows by an external ID of the org is found by it, and written by the same rules as any other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.syncs.sync import Sync

from tests.support.push.world import PEOPLE_ROWS, TENANT, World, change, sync, world

KEY = {"name": "Key__c", "type": "string", "length": 40, "externalId": True, "unique": True}
CONTACTS = sync("lead-contact", "Contact", *PEOPLE_ROWS, ("id", "Key__c"), external_id_field="Key__c")
LEADS = sync(
    "lead-lead", "Lead", *PEOPLE_ROWS, ("company", "Company"), ("id", "Key__c"), external_id_field="Key__c", position=2
)


@pytest.fixture
def w() -> Iterator[World]:
    with world(CONTACTS) as running:
        running.control(
            "POST", "schema", {"sobjects": [{"name": name, "fields": [KEY]} for name in ("Contact", "Lead")]}
        )
        yield running


def use(w: World, *syncs: Sync) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def results_of(outcomes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(item["result"], item["code"]) for item in outcomes]


def test_the_record_that_holds_it_is_updated_and_keeps_its_address(w: World) -> None:
    (known,) = w.load("Contact", {"LastName": "Sato", "Email": "work@corp.example", "Key__c": "a-1", "Phone": "5"})
    (outcome,) = w.push(change("k", id="A-1", email="private@home.example", last_name="Sato", phone="6"))
    assert (outcome["result"], outcome["salesforce_id"]) == ("updated", known)
    assert [item["matched_by"] for item in outcome["candidates"]] == ["external_id"]
    ((row),) = w.records("Contact")
    assert (row["Email"], row["Phone"]) == ("work@corp.example", "6")


def test_an_older_change_that_finds_it_so_overwrites_nothing_newer(w: World) -> None:
    w.load("Contact", {"LastName": "Sato", "Email": "work@corp.example", "Key__c": "A-1"})
    w.push(change("k1", "2026-11-20T09:00:09Z", email="work@corp.example", phone="new"))
    w.push(change("k2", "2026-11-20T09:00:01Z", id="A-1", last_name="Sato", phone="old"))
    assert [row["Phone"] for row in w.records("Contact")] == ["new"]


@pytest.mark.parametrize("together", [True, False])
def test_two_keys_that_share_it_make_one_record(w: World, together: bool) -> None:
    changes = [change("k1", id="A-9", last_name="Sato"), change("k2", id="a-9", last_name="Sato", phone="1")]
    for part in [changes] if together else [[item] for item in changes]:
        w.push(*part)
    assert [row["Phone"] for row in w.records("Contact")] == ["1"]


def test_it_counts_before_the_address_and_after_the_link(w: World) -> None:
    by_key, by_email = w.load(
        "Contact", {"LastName": "Key", "Key__c": "A-1"}, {"LastName": "Mail", "Email": "m@corp.example"}
    )
    (first,) = w.push(change("k1", id="A-1", email="m@corp.example", phone="1"))
    (second,) = w.push(change("k2", email="m@corp.example", phone="2"))
    (third,) = w.push(change("k2", id="A-1", phone="3"))
    assert [item["salesforce_id"] for item in (first, second, third)] == [by_key, by_email, by_email]


def test_the_same_text_of_another_sobject_is_another_person(w: World) -> None:
    use(w, CONTACTS, LEADS.model_copy(update={"source": "other"}))
    w.deliver(
        w.message(change("c", id="1", last_name="Sato", email="s@x.example")),
        w.message(change("l", id="1", last_name="Okafor", company="Oak", email="o@x.example"), source="other"),
    )
    assert [row["LastName"] for row in w.records("Contact")] == ["Sato"]
    assert [row["LastName"] for row in w.records("Lead")] == ["Okafor"]


def test_a_converted_lead_found_by_it_is_not_changed(w: World) -> None:
    use(w, LEADS)
    (lead,) = w.load("Lead", {"LastName": "Osei", "Company": "Kente", "Key__c": "L-1"})
    w.control("POST", f"leads/{lead}/convert")
    assert results_of(w.push(change("k", id="L-1", last_name="Osei", company="Kente"))) == [("skipped", "converted")]
