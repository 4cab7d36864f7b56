"""Records that are found by the person they concern, or by a parent: claimed by what these turn out to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from causeway.salesforce.calls import Lookup, Row

from tests.support.push.world import CountedCalls, World, change, sync, world

SEAT = {
    "name": "Seat__c",
    "fields": [
        {"name": "Hall__c", "type": "string", "length": 40},
        {"name": "Guest__c", "type": "reference", "referenceTo": ["Contact"], "relationshipName": "Guest__r"},
        {"name": "Note__c", "type": "string", "length": 40},
    ],
}
SEATS = sync(
    "seat",
    "Seat__c",
    ("hall", "Hall__c"),
    ("about", "Guest__c"),
    ("note", "Note__c"),
    source="seat",
    match_fields=("Hall__c", "Guest__c"),
)


class BeforeRead(CountedCalls):
    """Calls to the org; before the answer of one read is looked at something else happens."""

    def __init__(self, w: World, number: int, what: Callable[[], Any]) -> None:
        super().__init__(w.org, w)
        self._left, self._what = number, what

    def read(self, lookups: Sequence[Lookup], timeout_s: float = 60.0) -> list[list[Row]]:
        rows = super().read(lookups, timeout_s)
        self._left -= 1
        if self._left == 0:
            self._what()
        return rows


@pytest.fixture
def w() -> Iterator[World]:
    with world(SEATS) as made:
        made.control("POST", "schema", {"sobjects": [SEAT]})
        made.load("Contact", {"LastName": "Sato", "Email": "sato@example.com"})
        yield made


def seat(key: str, note: str) -> dict[str, Any]:
    return {**change(key, hall="Main", note=note), "about": {"email": "sato@example.com"}}


@pytest.mark.parametrize("read", [1, 2])
def test_two_workers_make_one_record_of_a_person_whichever_comes_first(w: World, read: int) -> None:
    other = w.message(seat("s2", "second"), source="seat")
    again: list[bool] = []

    def meanwhile() -> None:
        again.append(other.message_id in w.deliver(other).redelivered)

    batch = w.deliver(w.message(seat("s1", "first"), source="seat"), org=lambda tenant: BeforeRead(w, read, meanwhile))
    w.now += 5_000
    assert (batch.redelivered, again) == ({}, [read == 2])
    if again == [True]:
        assert w.deliver(other).redelivered == {}
    assert [row["Note__c"] for row in w.records("Seat__c")] == ["second" if read == 2 else "first"]


def test_a_person_who_was_merged_since_is_followed_to_the_survivor(w: World) -> None:
    w.syncs.by_tenant["acme"].append(sync("people", "Contact", ("last_name", "LastName"), source="people"))
    (lost,) = w.push(change("p1", last_name="Ito", email="ito@example.com"), source="people")
    about = {"about": {"source": "people", "key": "p1"}}
    (first,) = w.push({**change("s1", hall="Main", note="1"), **about}, source="seat")
    (master,) = w.load("Contact", {"LastName": "Ito", "Email": "other@example.com"})
    w.control("POST", "merge", {"master": master, "losers": [lost["salesforce_id"]]})
    (second,) = w.push({**change("s2", hall="Main", note="2"), **about}, source="seat")
    assert (second["result"], second["salesforce_id"]) == ("updated", first["salesforce_id"])
    assert [(row["Guest__c"], row["Note__c"]) for row in w.records("Seat__c")] == [(master, "2")]


def test_a_person_nobody_knows_leaves_the_record_without_a_key(w: World) -> None:
    (outcome,) = w.push({**change("s1", hall="Main"), "about": {"email": "nobody@example.com"}}, source="seat")
    assert (outcome["result"], outcome["code"]) == ("rejected", "invalid_match_key")
    assert "not known in Salesforce" in outcome["detail"]


def test_a_record_that_its_key_links_needs_no_person(w: World) -> None:
    (made,) = w.push(seat("s1", "1"), source="seat")
    (updated,) = w.push(change("s1", note="2"), source="seat")
    assert (updated["result"], updated["salesforce_id"]) == ("updated", made["salesforce_id"])
