"""Columns of a bulk file: which field each is, and what its cells are as values (Bulk API guide, prepare data files)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..data.rules.field_values import stored
from ..data.rules.save_results import RecordError
from ..rest.ports import DataOrg
from ..rest.sobjects.describe import SOAP_TYPES
from ..schema.sobjects import NUMBER_TYPES, FieldType, SObjectType
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .csv_files import CsvRow, invalid_file

NULL_MARK = "#N/A"
DESERIALIZED = NUMBER_TYPES | {"boolean", "date", "datetime", "time"}
"""Types whose cells are read before a record is saved."""

type Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its field; for a lookup by external ID also the key's name and the target sObject."""

    field: FieldType
    key: str | None = None
    target: str | None = None
    place: int = 0

    def put(self, values: Values, text: str) -> None:
        """Add a cell: an empty one adds nothing, #N/A clears the field."""
        if text != "":
            self.put_text(values, None if text == NULL_MARK else text)

    def put_text(self, values: Values, text: str | None) -> None:
        """Add the column's value; None clears the field."""
        if self.key is None:
            values[self.field.name] = None if text is None else self._typed(text)
            return
        by_key: Values = {self.key: text, **({"attributes": {"type": self.target}} if self.target else {})}
        values[str(self.field.relationship_name)] = None if text is None else by_key

    def _typed(self, text: str) -> Any:
        """Return a cell as the JSON value its field takes; raise RecordError where it is not of the field's type."""
        try:
            value = typed(self.field, text)
            if self.field.type in DESERIALIZED:
                stored(self.field, value)
            return value
        except (OrgError, ValueError) as error:
            kind = SOAP_TYPES.get(self.field.type, "xsd:string")
            code, message = facts.BULK_WRONG_TYPE
            raise RecordError(code, message.format(col=self.place, text=text, kind=kind), [self.field.name]) from error


def typed(field: FieldType, text: str) -> Any:
    """Return a cell's text as the JSON value the field takes; raise ValueError where it is no value of the type."""
    if field.type == "boolean":
        known = {"true": True, "1": True, "false": False, "0": False}
        if text.strip().lower() not in known:
            raise ValueError(text)
        return known[text.strip().lower()]
    if field.type in NUMBER_TYPES:
        return int(text) if field.type in ("int", "long") else float(text)
    if field.type == "date":
        return facts.BULK_DATE_ZONE.sub("", text)
    return text


def column_of(call: Call[DataOrg], sobject: SObjectType, name: str) -> Column:
    """Return the column that a header names: a field, `Account.Ext__c`, or `Lead:Who.Email` for a polymorphic relationship."""
    path, _, key = name.partition(".")
    if not key:
        field = sobject.field(name)
        if field is None:
            raise invalid_file(f"Field name not found : {name}")
        return Column(field)
    target, _, relationship = path.rpartition(":")
    reference = sobject.relationship(relationship)
    if target and reference and not reference.polymorphic:
        raise invalid_file(f"type is not needed for non polymorphic foreign key references: {relationship}")
    schema = call.org.store.view(call.session).schema
    parent = schema.sobject(target or reference.reference_to[0]) if reference else None
    key_field = parent.field(key) if parent else None
    if reference is None or parent is None or key_field is None or parent.name not in reference.reference_to:
        raise invalid_file(f"Field name not found : {name}")
    return Column(reference, key_field.name, parent.name if target else None)


def row_values(columns: list[Column], row: CsvRow) -> Values | RecordError:
    """Return a row's values, or why one of its cells cannot be read."""
    values: Values = {}
    try:
        for column, text in zip(columns, row, strict=True):
            column.put(values, text)
    except RecordError as error:
        return error
    return values
