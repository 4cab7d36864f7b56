"""A person's whole name as a mapping target: `Name` of leads and contacts, which Salesforce keeps in parts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.person_names import split_name
from causeway.salesforce.values.texts import is_blank, text_of
from causeway.syncs.mapping.conditions import MISSING
from causeway.syncs.mapping.rows import PEOPLE, normalized_name
from causeway.syncs.sync import Sync

_PARTS: tuple[tuple[Literal["first", "last", "suffix"], str], ...] = (
    ("first", "FirstName"),
    ("last", "LastName"),
    ("suffix", "Suffix"),
)
_IN_ORDER = ("FirstName", "MiddleName", "LastName", "Suffix")


class NamePart(NamedTuple):
    """One part of a whole name: the field that takes it, and whether a suffix has a field of its own."""

    name: Literal["first", "last", "suffix"]
    field: FieldDescribe
    has_suffix: bool

    def of(self, whole: Any, given: Mapping[str, Any]) -> Any:
        """
        Return the part of a whole name; MISSING where there is nothing to write, None to empty the field.

        A record (`given["record"]`) that shows this very name keeps its own parts: people know better how it is split. A name without
        first name empties that field, a name without suffix leaves the suffix.
        """
        if whole is MISSING or (is_blank(whole) and whole is not None):
            return MISSING
        text = text_of(whole)
        if text is None:
            return whole if self.name == "last" else None if whole is None and self.name == "first" else MISSING
        record = given.get("record") or {}
        if _shown(record) == normalized_name(text):
            return record.get(self.field.name) or (None if self.name == "first" else MISSING)
        part = getattr(split_name(text, has_suffix=self.has_suffix), self.name)
        return part or (None if self.name == "first" else MISSING)


def takes_whole_name(sync: Sync, describe: SObjectDescribe, path: str) -> bool:
    """Return whether a push splits what is mapped to a field: Name of people; a bidirectional sync maps the parts."""
    is_name = path.lower() == "name" and describe.name in PEOPLE and sync.direction == "push"
    return is_name and all(describe.field(name) is not None for name in ("FirstName", "LastName"))


def parts_of_name(describe: SObjectDescribe) -> tuple[NamePart, ...]:
    """Return the parts that an sObject of people has fields for, the org may have no Suffix."""
    suffix = describe.field("Suffix")
    has_suffix = suffix is not None and suffix.is_writable
    found = ((name, describe.field(field)) for name, field in _PARTS)
    return tuple(
        NamePart(name, field, has_suffix) for name, field in found if field and (name != "suffix" or has_suffix)
    )


def _shown(record: Mapping[str, Any]) -> str:
    return normalized_name(" ".join(str(record.get(name) or "") for name in _IN_ORDER))
