"""
Writes the history of the fields that the setting `tracked_fields` names (Object Reference, AccountHistory and its like).

A create is one record with Field `created`; a reference leaves two, one with names and one with Ids (C).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...standard.stamps import history_of
from ...wire.caller import Caller
from ..rules.ruled_records import RuledRecords
from .row_versions import new_row

DATA_TYPES = {
    "picklist": "DynamicEnum",
    "boolean": "Boolean",
    "currency": "Currency",
    "double": "Double",
    "int": "Integer",
    "percent": "Percent",
    "date": "DateOnly",
    "datetime": "DateTime",
    "email": "Email",
    "phone": "Phone",
    "url": "Url",
}
"""R: the data type that a history names, by the field's type; every other one is Text."""
LONGEST = 255  # D Object Reference: changes of longer texts are noted without their values


def note_changes(
    store: RuledRecords, caller: Caller | None, sobject: SObjectType, row: Row, before: Row | None
) -> None:
    """Write what a save changed of the tracked fields of a record."""
    tracked = store.settings.tracked_fields.get(sobject.name)
    history = store.schema.sobject(history_of(sobject.name)) if tracked else None
    if not tracked or history is None:
        return
    parent = next((each.name for each in history.fields if sobject.name in each.reference_to), "ParentId")
    for entry in _entries(store, sobject, tracked, row, before):
        values = {parent: row["Id"], **{name: value for name, value in entry.items() if value is not None}}
        written = new_row(store, caller, history, values)
        store.write(history, written, written["Id"])


def _entries(
    store: RuledRecords, sobject: SObjectType, tracked: list[str], row: Row, before: Row | None
) -> Iterator[Row]:
    if before is None:
        yield {"Field": "created", "DataType": "Text"}
        return
    for name in tracked:
        field = sobject.field(name)
        if field is not None and row.get(field.name) != before.get(field.name):
            yield from _changes(store, field, before.get(field.name), row.get(field.name))


def _changes(store: RuledRecords, field: FieldType, old: Any, new: Any) -> Iterator[Row]:
    if field.type == "reference":
        name = field.name if field.custom else str(field.relationship_name)
        names = [(store.raw(each) or {}).get("Name") if each else None for each in (old, new)]
        yield {"Field": name, "DataType": "Text", "OldValue": names[0], "NewValue": names[1]}
        yield {"Field": name, "DataType": "EntityId", "OldValue": old, "NewValue": new}
        return
    change: Row = {"Field": field.name, "DataType": DATA_TYPES.get(field.type, "Text")}
    long = field.type == "textarea" and field.length > LONGEST
    yield change if long else {**change, "OldValue": old, "NewValue": new}
