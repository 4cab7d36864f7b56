"""Sentences of the product's promises at their edges, each as its user meets it on the simulated org."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.push_world import PEOPLE_ROWS, TENANT, World, change, contact_sync, lead_sync, sync, world

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


def told(outcome: Any) -> tuple[str, str | None]:
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
    assert {key: told(item) for key, item in outcomes.items()} == {
        "k-Ada": ("updated", None),
        "k-Eve": ("updated", None),
        "k-Bob": ("rejected", "duplicate_blocked"),
        "k-New": ("created", None),
    }
    assert [outcomes[f"k-{name}"]["salesforce_id"] for name in ("Ada", "Eve")] == [known["Ada"], known["Eve"]]
