"""The write-ahead record of a create: noted before the create is sent, so that its record is found when the answer is lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from causeway.push.memory.entity import Entity
from causeway.push.memory.known_externals import Marks, note_marks
from causeway.push.memory.links import RememberedKey, link_email, link_record

MAX_IDENTIFYING_CHARS = 255  # characters of a value by which a created record may be found again
MAX_PENDING = 20  # of one sObject in one entity
MAX_NOTED_CHARS = 1_500  # of the values noted of one create, the most identifying first
# A record is looked for by the first of these that it was created with.
IDENTIFYING = ("Email", "LastName", "Name", "Subject")


class CreatedFor(NamedTuple):
    """Whom a create is for: a record key as its entity knows it, the address it came with, and the marks of its external IDs."""

    memory: str
    source: str
    key: str
    email: str | None = None
    marks: Marks = ()

    def kept(self) -> list[Any]:
        """Return what is stored."""
        return list(self) if self.marks else list(self)[:-1]


class PendingCreate(NamedTuple):
    """A create that is about to be sent: its identifying values, when (epoch ms), and whom it is for."""

    values: Mapping[str, Any]
    at_ms: int
    of: tuple[CreatedFor, ...] = ()


def note_create(entity: Entity, sobject: str, pending: PendingCreate) -> None:
    """Note a create, with the values by which its record can be found; people who share an address have one each."""
    kept = {"values": _identifying(pending.values), "at": pending.at_ms, "of": [who.kept() for who in pending.of]}
    known = next((place for who in pending.of for place in _places(entity, sobject, who.memory)), None)
    entity.creating[known or _new_place(entity, sobject, pending)] = kept


def _identifying(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by which a created record can be found again, as many as there is room for."""
    first = [name for name in IDENTIFYING if name in values]
    noted, left = dict[str, Any](), MAX_NOTED_CHARS
    for name in dict.fromkeys((*first, *values)):
        size = len(name) + len(str(values[name]))
        if len(str(values[name])) <= MAX_IDENTIFYING_CHARS and size <= left:
            noted[name], left = values[name], left - size
    return {name: noted[name] for name in values if name in noted}


def _new_place(entity: Entity, sobject: str, pending: PendingCreate) -> str:
    """Return the name of a further create: the first one of an sObject has its name alone."""
    return f"{sobject} {pending.of[0].memory}" if sobject in entity.creating and pending.of else sobject


def _places(entity: Entity, sobject: str, memory: str) -> list[str]:
    """Return the names of the pending creates of one sObject that are for a record key."""
    found = ((place, _pending_create(kept)) for place, kept in entity.creating.items() if sobject_of(place) == sobject)
    return [place for place, pending in found if any(who.memory == memory for who in pending.of)]


def sobject_of(place: str) -> str:
    """Return the sObject of a pending create by the name under which it is noted."""
    return place.partition(" ")[0]


def pending_creates(entity: Entity) -> list[tuple[str, PendingCreate]]:
    """Return the creates whose result is not remembered, each with the name under which it is noted (see `sobject_of`)."""
    return [(place, _pending_create(kept)) for place, kept in sorted(entity.creating.items())]


def adopt_record(entity: Entity, place: str, record_id: str) -> None:
    """Remember which record a pending create made: the keys and addresses that it was for stand for the record."""
    sobject = sobject_of(place)
    for who in _pending_create(entity.creating.pop(place)).of:
        link_record(entity, RememberedKey(who.memory, who.source, who.key), sobject, record_id)
        if who.email:
            link_email(entity, who.email, sobject, record_id)
            note_marks(entity, record_id, who.marks)


def forget_create(entity: Entity, sobject: str, memory: str) -> None:
    """Forget a pending create once its result is known to a key that it is for."""
    for place in _places(entity, sobject, memory) if entity.creating else ():
        del entity.creating[place]


def _pending_create(kept: Mapping[str, Any]) -> PendingCreate:
    return PendingCreate(kept["values"], kept["at"], tuple(CreatedFor(*who) for who in kept["of"]))
