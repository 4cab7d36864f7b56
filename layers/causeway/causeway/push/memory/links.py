"""The records of the org that an entity's record keys and addresses stand for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from causeway.push.memory.entity import Entity
from causeway.push.memory.hashes import value_hash


class RememberedKey(NamedTuple):
    """A record key: the name under which its entity remembers it, its source, and the key itself."""

    memory: str
    source: str
    key: str


def linked_records(entity: Entity, memory: str) -> Mapping[str, str]:
    """Return the records that a key stands for: sObject → Id."""
    links: Mapping[str, str] = entity.keys.get(memory, {}).get("links", {})
    return links


def keys_of_record(entity: Entity, sobject: str, record_id: str) -> set[str]:
    """Return the record keys (the names under which they are remembered) that stand for a record."""
    return {memory for memory, kept in entity.keys.items() if kept.get("links", {}).get(sobject) == record_id}


def link_record(entity: Entity, key: RememberedKey, sobject: str, record_id: str) -> None:
    """Remember that a record key stands for a record."""
    kept = entity.keys.setdefault(key.memory, {})
    kept["of"] = [key.source, key.key]
    kept.setdefault("links", {})[sobject] = record_id


def linked_by_email(entity: Entity, email: str) -> Mapping[str, str]:
    """Return the records remembered under an address: sObject → Id."""
    return entity.emails.get(value_hash(email), {})


def link_email(entity: Entity, email: str, sobject: str, record_id: str) -> None:
    """Remember the record that an address stands for."""
    entity.emails.setdefault(value_hash(email), {})[sobject] = record_id


def key_of(entity: Entity, record_id: str) -> tuple[str, str] | None:
    """Return the source and record key that a record of the org stands for, or None (a parent created by name has none)."""
    for kept in entity.keys.values():
        if record_id in kept.get("links", {}).values() and kept["of"][0]:
            return kept["of"][0], kept["of"][1]
    return None
