"""What was refused leaves the list once the product sends it again and it succeeds; an ordinary change pays nothing for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from causeway.errors import StoreUnavailable
from causeway.push.memory.settled_changes import MAX_REFUSED_PER_SYNC

from tests.support.push.memory import MemoryParked
from tests.support.push.world import TENANT, World, change, lead_sync, world

NO_COMPANY = {"email": "ada@example.com", "last_name": "Lovelace"}


class CountedParked(MemoryParked):
    """Counts the entries that it is to forget; it may be out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.drops = 0
        self.is_down = False

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        if self.is_down:
            raise StoreUnavailable("down")
        self.drops += len(parked_ids)
        super().drop(tenant, parked_ids)

    def listed(self) -> list[tuple[str | None, str | None, str]]:
        return sorted((entry.key, entry.sync, entry.code) for entry in self.entries.values())


@pytest.fixture
def parked() -> CountedParked:
    return CountedParked()


@pytest.fixture
def w(parked: CountedParked) -> Iterator[World]:
    with world(lead_sync()) as made:
        made.parked = parked
        yield made


def forbid(w: World, last_name: str) -> None:
    """Let the org refuse Leads of one last name."""
    rule = {"name": "No", "error_condition": f"LastName = '{last_name}'", "message": "Not them.", "field": "LastName"}
    w.control("POST", "schema", {"sobjects": [{"name": "Lead", "validation_rules": [rule]}]})


def lead(name: str, key: str = "k1", **more: Any) -> dict[str, Any]:
    return change(key, email=f"{key}@example.com", last_name=name, company="Acme", **more)


def results(outcomes: Sequence[dict[str, Any]]) -> list[str]:
    return [outcome["result"] for outcome in outcomes]


def test_what_was_refused_leaves_the_list_when_it_succeeds_sent_again(w: World, parked: CountedParked) -> None:
    forbid(w, "Bad")
    assert results(w.push(lead("Bad"))) == ["rejected"]
    assert results(w.push(lead("Bad"))) == ["rejected"]
    assert len(parked.entries) == 1
    forbid(w, "Worse")
    assert results(w.push(lead("Bad"))) == ["created"]
    assert parked.listed() == []


def test_it_leaves_the_list_however_many_other_changes_of_the_record_came_between(
    w: World, parked: CountedParked
) -> None:
    forbid(w, "Bad")
    w.push(lead("Bad"))
    for phone in "12345":
        w.push(lead("Good", phone=phone))
    assert len(parked.entries) == 1
    forbid(w, "Worse")
    assert results(w.push(lead("Bad"))) == ["updated"]
    assert parked.listed() == []


def test_it_leaves_the_list_when_the_store_did_not_answer_at_first(w: World, parked: CountedParked) -> None:
    forbid(w, "Bad")
    w.push(lead("Bad"))
    forbid(w, "Worse")
    parked.is_down = True
    message = w.message(lead("Bad"))
    assert w.deliver(message).redelivered
    parked.is_down = False
    assert not w.deliver(message).redelivered
    assert (results(w.outcomes())[-1], parked.listed()) == ("created", [])


def test_the_refused_message_delivered_late_does_not_bring_it_back(w: World, parked: CountedParked) -> None:
    forbid(w, "Bad")
    first = w.message(lead("Bad"))
    w.deliver(first)
    w.now += 5_000
    forbid(w, "Worse")
    w.push(lead("Bad"))
    w.deliver(first)
    assert parked.listed() == []


def test_what_could_not_be_read_for_leaves_the_list_when_it_can(w: World, parked: CountedParked) -> None:
    broken = lead_sync(when="record.Gone__c == 'x' || `true`")
    w.syncs.by_tenant[TENANT] = [broken]
    assert results(w.push(lead("Good"))) == ["rejected"]
    w.syncs.by_tenant[TENANT] = [lead_sync()]
    assert results(w.push(lead("Good"))) == ["created"]
    assert parked.listed() == []


def test_an_ordinary_change_forgets_nothing(w: World, parked: CountedParked) -> None:
    forbid(w, "Bad")
    w.push(lead("Bad"))
    w.push(lead("Good", phone="1"), lead("Other", key="k2"))
    w.push(lead("Good", phone="1"), lead("Other", key="k2"))
    forbid(w, "Worse")
    w.push(lead("Bad"))
    w.push(lead("Bad"))
    assert parked.drops == 1


def test_a_entity_remembers_only_so_many_refusals_of_a_record(w: World, parked: CountedParked) -> None:
    w.syncs.by_tenant[TENANT] = [lead_sync()]
    for number in range(MAX_REFUSED_PER_SYNC + 1):
        w.push(change("k1", **NO_COMPANY, phone=str(number)))
    for number in (0, MAX_REFUSED_PER_SYNC):
        w.load("Lead", {"LastName": "L", "Company": "A", "Email": "ada@example.com"})
        w.push(change("k1", **NO_COMPANY, phone=str(number)))
    assert len(parked.entries) == MAX_REFUSED_PER_SYNC
