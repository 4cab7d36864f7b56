"""The records of the org whose writers hold an entity's claim. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from causeway.push.memory.entity import Entity


def owned_records(entity: Entity) -> Iterator[str]:
    """Yield the records whose writers hold this entity's claim."""
    return (record_id for record_id in entity.times if record_id not in entity.unindexed)


def own_record(entity: Entity, record_id: str) -> None:
    """Remember that writers of the record hold this entity's claim."""
    entity.times.setdefault(record_id, {})
    if record_id in entity.unindexed:
        entity.unindexed.remove(record_id)


def disown_record(entity: Entity, record_id: str) -> None:
    """Remember that the owner index does not name this entity (yet)."""
    if record_id not in entity.unindexed:
        entity.unindexed.append(record_id)
