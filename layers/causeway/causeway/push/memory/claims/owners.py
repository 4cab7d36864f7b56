"""Which held entity owns a record of the org: all writers of the record hold that one claim."""

from __future__ import annotations

from collections.abc import Mapping

from causeway.errors import StoreUnavailable
from causeway.push.memory.claims.answers import Held
from causeway.push.memory.claims.held import HeldClaims, acquire
from causeway.push.memory.entity import Entity
from causeway.push.memory.owned_records import disown_record, own_record

CLOCK_MARGIN_MS = 2_000  # how far the clocks of two workers may differ
OWN_TRIES = 3  # whoever finds a record that the index does not know, under another of its person's entities, knows no field times


def own_records(claims: HeldClaims, desired: Mapping[str, str], read_started_ms: int) -> dict[str, str]:
    """
    Return the held entity that owns each record (record Id → the entity that asks).

    A record whose owner another worker holds, or whose owner was completed after our read began, is missing; so is one that a
    create of another entity may have made whose result was not remembered: that one's own change finds it by its values first.
    """
    owned = {record_id: claims.owners[record_id] for record_id in desired if record_id in claims.owners}
    asked = {record_id: entity for record_id, entity in desired.items() if record_id not in owned}
    answers = _owner_index(claims, asked)
    others = {entity for entity in answers.values() if entity not in claims.held}
    acquire(claims, others)
    for record_id, entity in answers.items():
        if entity in others and entity in claims.held and _may_have_lost(claims.entities[entity], record_id):
            continue
        if entity in claims.held and (entity not in others or _is_older(claims.held[entity], read_started_ms)):
            _note_owner(claims, record_id, entity)
            owned[record_id] = entity
    return owned


def own_created(claims: HeldClaims, created: Mapping[str, str]) -> None:
    """Note that records just created belong to their entities, in the owner index too, for whoever finds them another way."""
    answers: dict[str, str] = {}
    for _ in range(OWN_TRIES):
        answers |= _owner_index(claims, {record: entity for record, entity in created.items() if record not in answers})
    for record_id, entity in created.items():
        if answers.get(record_id) == entity:
            _note_owner(claims, record_id, entity)
        else:
            disown_record(claims.entities[entity], record_id)


def own_unowned(claims: HeldClaims, record_id: str, entity: str) -> bool:
    """Make a held entity the owner of a record that has none; return whether it owns the record now. Raises StoreUnavailable."""
    owner = _owner_index(claims, {record_id: entity}).get(record_id)
    if owner is None:
        raise StoreUnavailable(
            "The claims do not answer at the moment.", "Nothing needs to be done; it is tried again."
        )
    if owner == entity:
        _note_owner(claims, record_id, entity)
    return owner == entity


def _owner_index(claims: HeldClaims, asked: Mapping[str, str]) -> dict[str, str]:
    """Give records their entities where they have none; return the entity that owns each now."""
    return claims.scope.store.own(claims.scope.tenant, claims.scope.org_id, asked) if asked else {}


def _is_older(held: Held, read_started_ms: int) -> bool:
    """Return whether nothing was written under a claim since a read began."""
    return held.completed_at_ms < read_started_ms - CLOCK_MARGIN_MS


def _may_have_lost(entity: Entity, record_id: str) -> bool:
    """Return whether a record may be of a create whose result an entity does not know yet: it owns it, and knows nothing of it."""
    is_linked = any(record_id in kept.get("links", {}).values() for kept in entity.keys.values())
    return bool(entity.creating) and record_id not in entity.times and not is_linked


def _note_owner(claims: HeldClaims, record_id: str, entity: str) -> None:
    own_record(claims.entities[entity], record_id)
    claims.owners[record_id] = entity
