"""Whoever asks by a shared address settles first what other people's lost creates made of it."""

from __future__ import annotations

from causeway.push.memory.claims.answers import Held
from causeway.push.memory.claims.held import HeldClaims, finish_claims, hold
from causeway.push.memory.claims.makers import hold_makers, note_makers, settle_makers
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.known_externals import note_marks
from causeway.push.memory.pending_creates import PendingCreate, note_create

from tests.support.push.memory import MemoryClaims, StateItems

NOW_MS = 1_800_000_000_000
LEASE_MS = 720_000


def worker(items: StateItems, name: str) -> HeldClaims:
    return HeldClaims(ClaimScope("acme", "org", MemoryClaims(items, name, lambda: NOW_MS, LEASE_MS)))


def holding(claims: HeldClaims, *entities: str) -> HeldClaims:
    for entity, claim in claims.scope.store.acquire("acme", entities).items():
        assert isinstance(claim, Held)
        hold(claims, entity, claim)
    return claims


def with_a_lost_create(items: StateItems) -> None:
    """Leave an address that names a maker, and a maker whose create has no known result."""
    claims = holding(worker(items, "first"), "address", "key")
    assert note_makers(claims, [("address", "key")]) == {"address"}
    note_create(claims.entities["key"], "Lead", PendingCreate({"LastName": "A"}, NOW_MS))
    assert finish_claims(claims) == {"address", "key"}


def test_a_maker_is_held_with_the_address_and_kept_while_its_create_is_open() -> None:
    items = StateItems()
    with_a_lost_create(items)
    claims = holding(worker(items, "second"), "address")
    assert hold_makers(claims, NOW_MS) == {}
    assert claims.entities["key"].creating
    settle_makers(claims)
    assert claims.entities["address"].makers == ["key"]


def test_a_maker_that_another_worker_holds_keeps_the_address_back() -> None:
    items = StateItems()
    with_a_lost_create(items)
    holding(worker(items, "other"), "key")
    claims = holding(worker(items, "second"), "address")
    assert hold_makers(claims, NOW_MS) == {"address": NOW_MS + LEASE_MS + 2_000}


def test_a_settled_maker_leaves_word_of_whom_its_records_are() -> None:
    items = StateItems()
    with_a_lost_create(items)
    claims = holding(worker(items, "second"), "address")
    hold_makers(claims, NOW_MS)
    claims.entities["key"].creating.clear()
    note_marks(claims.entities["key"], "00Q1", [("Contact.Number__c", "hash")])
    settle_makers(claims)
    assert claims.entities["address"].makers == []
    assert claims.entities["address"].externals == {"00Q1": {"Contact.Number__c": "hash"}}


def test_an_address_without_makers_costs_no_claim() -> None:
    items = StateItems()
    claims = holding(worker(items, "first"), "address")
    written = items.writes
    assert hold_makers(claims, NOW_MS) == {}
    assert items.writes == written
