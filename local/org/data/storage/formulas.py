"""Formula fields: a path to a parent's field, computed when the record is read, so that no stamp moves with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from .records import Records


def with_formulas(records: Records, sobject: SObjectType, row: Row, formulas: Iterable[FieldType]) -> Row:
    """Return the row with the values of its formula fields."""
    values = {each.name: _follow(records, sobject, row, str(each.calculated_formula)) for each in formulas}
    return row | {name: value for name, value in values.items() if value is not None}


def _follow(records: Records, sobject: SObjectType, row: Row, path: str) -> Any:
    *relationships, name = path.split(".")
    current: Row | None = row
    for relationship in relationships:
        reference = sobject.relationship(relationship)
        parent_id = current.get(reference.name) if reference and current else None
        parent_type = records.schema.of_id(parent_id) if parent_id else None
        if parent_id is None or parent_type is None:
            return None
        sobject, current = parent_type, records.raw(parent_id)
    field = sobject.field(name)
    return current.get(field.name) if field and current else None
