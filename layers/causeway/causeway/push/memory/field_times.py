"""Which change last decided each field of a record. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from causeway.push.memory.entity import Entity, Order
from causeway.push.memory.hashes import value_hash

BEFORE_ALL: Order = (0, 0, 0)  # the order of a default: whatever a change says of the field comes after it
MAX_ENTRIES_PER_FIELD = 50


def field_order(entity: Entity, record_id: str, name: str) -> Order | None:
    """Return the order of the change that last decided a field."""
    kept = entity.times.get(record_id, {}).get(name)
    return (kept[0], kept[1], kept[2]) if kept else None


def field_times(entity: Entity, record_id: str) -> dict[str, int]:
    """Return when the change occurred that last decided each field of a record (epoch ms); 0 for a default."""
    return {name: kept[0] for name, kept in entity.times.get(record_id, {}).items()}


def written_hashes(entity: Entity, record_id: str) -> dict[str, str]:
    """Return the hash of the value last decided for each field of a record."""
    return {name: kept[3] for name, kept in entity.times.get(record_id, {}).items()}


def decide_field(entity: Entity, record_id: str, name: str, order: Order, value: Any) -> None:
    """Remember which change last decided a field, and its value's hash."""
    entity.times.setdefault(record_id, {})[name] = [*order, value_hash(value)]


def note_entries(entity: Entity, record_id: str, name: str, entries: Iterable[str]) -> None:
    """Remember the entries that were added to a text; the newest few per field are kept."""
    kept = entity.entries.setdefault(record_id, {}).setdefault(name, [])
    added = dict.fromkeys(value_hash(entry) for entry in entries)
    kept[:] = [*(each for each in kept if each not in added), *added][-MAX_ENTRIES_PER_FIELD:]


def is_entry_written(entity: Entity, record_id: str, name: str, entry: str) -> bool:
    """Return whether this very entry was added to the text before."""
    return value_hash(entry) in entity.entries.get(record_id, {}).get(name, ())
