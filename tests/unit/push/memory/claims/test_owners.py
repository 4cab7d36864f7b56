"""Under which entity a record may be written, when another one owns it."""

from __future__ import annotations

import pytest
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.claims.owners import CLOCK_MARGIN_MS, own_records
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import Entity
from causeway.push.memory.links import RememberedKey, link_record
from causeway.push.memory.pending_creates import CreatedFor, PendingCreate, note_create

from tests.support.push.memory import ClaimItem, MemoryClaims, StateItems
from tests.support.push.world import TENANT

ORG, RECORD, OTHERS = "org", "003000000000001AAA", "the other entity"
READ_STARTED_MS = 1_000_000
LONG_BEFORE_MS = READ_STARTED_MS - CLOCK_MARGIN_MS - 1


def owned(entity: Entity, completed_at_ms: int = LONG_BEFORE_MS, leased_until_ms: int | None = None) -> dict[str, str]:
    """Ask for a record that another entity owns, which holds this; return who may write it."""
    item = ClaimItem(
        state=entity.text(),
        owner="w2" if leased_until_ms else None,
        lease_until_ms=leased_until_ms,
        completed_at_ms=completed_at_ms,
        is_entity=True,
    )
    state = StateItems({(TENANT, OTHERS): item}, {(TENANT, ORG, RECORD): OTHERS})
    store = MemoryClaims(state, "w1", lambda: READ_STARTED_MS, 720_000)
    return own_records(HeldClaims(ClaimScope(TENANT, ORG, store)), {RECORD: "mine"}, READ_STARTED_MS)


def known() -> Entity:
    """Return an entity that remembers the record as its own."""
    entity = Entity()
    link_record(entity, RememberedKey("m", "lead", "k1"), "Contact", RECORD)
    return entity


def test_a_record_is_written_under_the_entity_that_owns_it() -> None:
    assert owned(known()) == {RECORD: OTHERS}


def test_not_while_another_worker_holds_that_entity() -> None:
    assert owned(known(), leased_until_ms=READ_STARTED_MS + 60_000) == {}


@pytest.mark.parametrize("completed_at_ms", [READ_STARTED_MS + 1, READ_STARTED_MS - CLOCK_MARGIN_MS])
def test_not_when_something_was_written_under_it_since_the_read_began(completed_at_ms: int) -> None:
    """What was read is older than what was written, and the clocks of two workers differ."""
    assert owned(known(), completed_at_ms) == {}


def test_not_when_a_create_of_that_entity_was_lost_which_may_have_made_the_record() -> None:
    """Else two people of one address would share it: the lost create finds it first."""
    entity = Entity()
    pending = PendingCreate({"LastName": "Lovelace"}, 1, (CreatedFor("m", "lead", "k1"),))
    note_create(entity, "Contact", pending)
    assert owned(entity) == {}
    link_record(entity, RememberedKey("m", "lead", "k1"), "Contact", RECORD)
    assert owned(entity) == {RECORD: OTHERS}
