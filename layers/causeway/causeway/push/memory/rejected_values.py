"""Which values the org refused, and what each refusal depended on: it is believed only while that is the same. Pure."""

from __future__ import annotations

from typing import Any

from causeway.contract.days import DAY_MS
from causeway.push.memory.entity import Entity
from causeway.push.memory.hashes import value_hash

BELIEVED_MS = DAY_MS  # what a refusal depended on may change unseen: an owner, a rule, a trigger of the org


def reject_value(entity: Entity, key: str, name: str, value: Any, depended_on: str, at_ms: int) -> None:
    """
    Remember a value that the org refused, what that depended on (a hash), and when (epoch ms).

    `key` is the record's Id, or the sObject's name while the record is created.
    """
    entity.rejected_values.setdefault(key, {})[name] = [value_hash(value), depended_on, at_ms]


def believed_refusal(entity: Entity, key: str, name: str, value: Any, now_ms: int) -> str | None:
    """Return what the refusal of this very value depended on; None when there was none, or it is no longer believed."""
    refused = entity.rejected_values.get(key, {}).get(name)
    if not isinstance(refused, list):  # an older version kept the hash alone, which says nothing of the circumstances
        return None
    is_believed = refused[0] == value_hash(value) and now_ms - refused[2] < BELIEVED_MS
    return str(refused[1]) if is_believed else None


def end_refusal(entity: Entity, key: str, name: str, value: Any, *, is_saved: bool) -> None:
    """Forget the refusal of a field's value once another value was decided, or the org took the value."""
    refused = entity.rejected_values.get(key, {})
    known = refused.get(name)
    if known is not None and (is_saved or _hash_of(known) != value_hash(value)):
        del refused[name]
        if not refused:
            del entity.rejected_values[key]


def assign_rejected_values(entity: Entity, sobject: str, record_id: str) -> None:
    """Move the values that the org refused while it created a record to that record."""
    if sobject in entity.rejected_values:
        entity.rejected_values[record_id] = entity.rejected_values.pop(sobject)


def _hash_of(refused: str | list[Any]) -> str:
    return refused if isinstance(refused, str) else str(refused[0])
