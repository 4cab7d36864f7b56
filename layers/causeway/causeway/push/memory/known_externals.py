"""Whose records are those that hold no external ID themselves: remembered per record of the address they share. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from causeway.push.memory.entity import Entity
from causeway.push.memory.hashes import value_hash
from causeway.push.tasks import External

MAX_RECORDS = 200  # of one address; an item of DynamoDB takes 400 KB


type Marks = tuple[tuple[str, str], ...]
"""The hashes of external IDs, by sObject and field."""


def marks_for(sobject: str, externals: Iterable[External]) -> Marks:
    """Return the marks of a person for a record that holds no external ID itself; none when it does."""
    given = list(externals)
    if any(each.sobject == sobject for each in given):
        return ()
    return tuple((_place(each), value_hash(each.compared)) for each in given if each.compared is not None)


def note_marks(entity: Entity, record_id: str, marks: Iterable[Iterable[str]]) -> bool:
    """Remember of whom a record is; return whether that is news."""
    given = {str(place): str(mark) for place, mark in marks}
    known = entity.externals.get(record_id, {})
    if not given.items() - known.items() or (not known and len(entity.externals) >= MAX_RECORDS):
        return False
    entity.externals[record_id] = {**known, **given}
    return True


def records_of_others(entity: Entity, externals: Iterable[External]) -> frozenset[str]:
    """Return the records that are known to be of people with other external IDs."""
    given = {_place(each): None if each.compared is None else value_hash(each.compared) for each in externals}
    return frozenset(
        record_id
        for record_id, known in entity.externals.items()
        if any(place in known and known[place] != mark for place, mark in given.items())
    )


def _place(external: External) -> str:
    return f"{external.sobject}.{external.name}"
