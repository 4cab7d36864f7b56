"""What `query?columns=true` answers: the columns of a statement instead of its rows, as `sf data query` asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ... import soql
from ...schema.sobjects import NUMBER_TYPES, FieldType, SObjectType
from ...soql.language.syntax import Function, Selected


def column_metadata(query: soql.Query, result: soql.Result, sobject: SObjectType) -> dict[str, Any]:
    """Return the columns in their order; parents and lists of children are columns that hold others."""
    columns = _aggregated(query.selected) if result.selection is None else _selected(result)
    return {
        "columnMetadata": columns,
        "entityName": sobject.name,
        "groupBy": query.grouping is not None,
        "idSelected": any(each["columnName"] == "Id" for each in columns),
        "keyPrefix": sobject.key_prefix,
    }


def _selected(result: soql.Result) -> list[dict[str, Any]]:
    selection = result.selection
    columns: list[dict[str, Any]] = []
    for path, field in zip(result.columns, result.fields, strict=False):
        _put(columns, path.split("."), field)
    for children in selection.children if selection else ():
        inner = children.as_result()
        columns.append(_column(children.key, None, aggregate=True, joined=_selected(inner)))
    return columns


def _put(columns: list[dict[str, Any]], path: list[str], field: FieldType) -> None:
    """Add a field to the columns, below the columns of its parents."""
    if len(path) == 1:
        columns.append(_column(path[0], field))
        return
    parent = next((each for each in columns if each["columnName"] == path[0]), None)
    if parent is None:
        parent = _column(path[0], None)
        columns.append(parent)
    _put(parent["joinColumns"], path[1:], field)


def _aggregated(selected: Iterable[Selected]) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = []
    unnamed = 0
    for each in selected:
        is_function = isinstance(each.what, Function)
        name = each.alias or (f"expr{unnamed}" if is_function else str(getattr(each.what, "text", "")))
        unnamed += is_function and each.alias is None
        columns.append(_column(name, None, aggregate=is_function))
    return columns


def _column(
    name: str, field: FieldType | None, *, aggregate: bool = False, joined: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    kind = field.type if field else ""
    return {
        "aggregate": aggregate,
        "apexType": kind.capitalize(),
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": bool(field and field.custom),
        "displayName": name,
        "foreignKeyName": field.relationship_name if field else None,
        "insertable": bool(field and field.createable),
        "joinColumns": joined or [],
        "numberType": kind in NUMBER_TYPES,
        "textType": kind not in NUMBER_TYPES | {"boolean", "date", "datetime"},
        "updatable": bool(field and field.updateable),
    }
