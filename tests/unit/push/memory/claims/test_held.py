"""Held claims are stored and freed in an order that no lost write can turn around."""

from __future__ import annotations

import pytest
from causeway.push.memory.claims.answers import Busy, Held
from causeway.push.memory.claims.held import HeldClaims, acquire, finish_claims
from causeway.push.memory.claims.scope import ClaimScope

from tests.support.push.memory import LossyClaims, MemoryClaims, StateItems

TENANT, NOW_MS = "acme", 1_795_168_800_000
EVERYBODY = {"change", "record", "other"}


def held(state: StateItems, lost: str) -> HeldClaims:
    """Return claims of three entities that remember something new: what `change` says is remembered by `record`; one cannot be stored."""
    claims = HeldClaims(ClaimScope(TENANT, "00D", LossyClaims(state, lambda: NOW_MS, lost)))
    acquire(claims, EVERYBODY)
    for entity in claims.entities.values():
        entity.followers.append("waits")
    claims.store_after("change", "record")
    return claims


def remembered(state: StateItems) -> set[str]:
    """Return the entities that were stored."""
    return {entity for (_, entity), item in state.items.items() if item.state}


def free(state: StateItems) -> set[str]:
    """Return the entities that another worker can claim now."""
    answers = MemoryClaims(state, "another", lambda: NOW_MS, 720_000).acquire(TENANT, EVERYBODY)
    return {entity for entity, answer in answers.items() if isinstance(answer, Held)}


def test_what_says_that_something_is_done_is_not_stored_unless_what_remembers_it_is() -> None:
    state = StateItems()
    assert finish_claims(held(state, "record")) == {"other"}
    assert remembered(state) == {"other"}
    assert free(state) == {"change", "other"}  # the change comes again at once; the record's claim ends with its lease


@pytest.mark.parametrize("lost", ["change", "other", ""])
def test_what_is_remembered_is_stored_although_what_says_so_is_lost(lost: str) -> None:
    state = StateItems()
    assert finish_claims(held(state, lost)) == EVERYBODY - {lost}
    assert remembered(state) == EVERYBODY - {lost}


def test_a_change_of_unknown_outcome_keeps_its_lease_although_nothing_is_stored_of_it() -> None:
    state = StateItems()
    claims = held(state, "record")
    claims.unknown.add("change")
    assert finish_claims(claims) == {"other"}
    assert remembered(state) == {"other"}
    assert free(state) == {"other"}
    answer = MemoryClaims(state, "another", lambda: NOW_MS, 720_000).acquire_one(TENANT, "change")
    assert isinstance(answer, Busy)
