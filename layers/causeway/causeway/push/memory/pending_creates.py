"""The write-ahead record of a create: noted before the create is sent, so that its record is found when the answer is lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from causeway.push.memory.entity import Entity
from causeway.push.memory.links import RememberedKey, link_email, link_record

MAX_IDENTIFYING_CHARS = 255  # characters of a value by which a created record may be found again


class CreatedFor(NamedTuple):
    """Whom a create is for: a record key as its entity knows it, and the address it came with."""

    memory: str
    source: str
    key: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class PendingCreate:
    """A create that is about to be sent: its identifying values, when (epoch ms), and whom it is for."""

    values: Mapping[str, Any]
    at_ms: int
    of: tuple[CreatedFor, ...] = ()


def note_create(entity: Entity, sobject: str, pending: PendingCreate) -> None:
    """Note a create, with the values by which its record can be found."""
    identifying = {name: value for name, value in pending.values.items() if len(str(value)) <= MAX_IDENTIFYING_CHARS}
    entity.creating[sobject] = {"values": identifying, "at": pending.at_ms, "of": [list(who) for who in pending.of]}


def pending_creates(entity: Entity) -> list[tuple[str, PendingCreate]]:
    """Return the creates whose result is not remembered, by sObject."""
    return [(sobject, _pending_create(kept)) for sobject, kept in sorted(entity.creating.items())]


def adopt_record(entity: Entity, sobject: str, record_id: str) -> None:
    """Remember which record a pending create made: the keys and addresses that it was for stand for the record."""
    for who in _pending_create(entity.creating.pop(sobject)).of:
        link_record(entity, RememberedKey(who.memory, who.source, who.key), sobject, record_id)
        if who.email:
            link_email(entity, who.email, sobject, record_id)


def forget_create(entity: Entity, sobject: str, memory: str) -> None:
    """Forget a pending create once its result is known to a key that it is for."""
    kept = entity.creating.get(sobject)
    if kept is not None and any(who.memory == memory for who in _pending_create(kept).of):
        del entity.creating[sobject]


def _pending_create(kept: Mapping[str, Any]) -> PendingCreate:
    return PendingCreate(kept["values"], kept["at"], tuple(CreatedFor(*who) for who in kept["of"]))
