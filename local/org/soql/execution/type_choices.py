"""TYPEOF: a polymorphic parent in the shape of its own sObject (SOQL guide, TYPEOF)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...schema.row import Row
from ..expressions.columns import Getter, Hop, Scope, unknown_sobject
from ..language.syntax import Name, TypeChoice
from .shapes import Shape, attributes_of, writer


def type_choice_getter(scope: Scope, choice: TypeChoice, hop: Hop) -> Getter:
    """Return the getter of a TYPEOF: the parent in the shape of its own sObject, ELSE for the others, or null."""
    writers = {name.lower(): _parent_writer(scope, name, fields) for name, fields in choice.choices}
    otherwise = _parent_writer(scope, hop.target.name, choice.otherwise) if choice.otherwise else None
    find, schema, key = scope.setting.database.row, scope.setting.database.schema, hop.reference.name

    def get(row: Row) -> dict[str, Any] | None:
        parent = find(row[key], True) if row.get(key) is not None else None
        sobject = schema.of_id(row[key]) if parent else None
        write = writers.get(sobject.name.lower(), otherwise) if sobject else None
        if parent is None or write is None:
            return None
        record = write(parent)
        record["attributes"] = attributes_of(parent, scope.setting)
        return record

    return get


def _parent_writer(scope: Scope, sobject_name: str, fields: tuple[Name, ...]) -> Callable[[Row], dict[str, Any]]:
    sobject = scope.setting.database.schema.sobject(sobject_name)
    if sobject is None:
        raise unknown_sobject(sobject_name)
    inner = Scope(scope.setting, scope.query, sobject, anonymous=True)
    shape = Shape(sobject.name)
    for name in fields:
        shape.add(inner.column(name), inner)
    return writer(shape, scope.setting)
