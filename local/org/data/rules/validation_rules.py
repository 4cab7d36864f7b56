"""Validation rules: an error condition written as a SOQL WHERE clause, evaluated on the row that would be saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ... import soql
from ...schema.row import Row
from ...schema.sobjects import Schema, SObjectType
from ...wire.messages import OrgError
from ..storage.visibility import View
from .save_results import RecordError


@dataclass(slots=True, frozen=True)
class ValidationRule:
    """One rule of one sObject: the save fails with `message` when `error_condition` is true of the record."""

    name: str
    error_condition: str
    message: str
    field: str | None = None
    status_code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    active: bool = True


class OneRow:
    """The Database in which the record being saved is the only one of its sObject; parents are looked up as usual."""

    def __init__(self, view: View, sobject: SObjectType, row: Row) -> None:
        self._view, self._sobject, self._row = view, sobject, row
        self.schema: Schema = _with_every_field_filterable(view.schema, sobject)

    def rows(self, sobject: str, include_deleted: bool = False) -> Iterable[Row]:
        """Return the one row, or the visible rows of another sObject."""
        if sobject.lower() == self._sobject.name.lower():
            return [self._row]
        return self._view.rows(sobject, include_deleted)

    def find(
        self, sobject: str, field: str, values: Iterable[Any], include_deleted: bool = False
    ) -> Iterable[Row] | None:
        """Answer from the store's indices for other sObjects only."""
        if sobject.lower() == self._sobject.name.lower():
            return None
        return self._view.find(sobject, field, values, include_deleted)

    def row(self, record_id: str, include_deleted: bool = False) -> Row | None:
        """Return the record being saved, or a visible one."""
        if record_id == self._row["Id"]:
            return self._row
        return self._view.row(record_id, include_deleted)


_FILTERABLE: dict[str, tuple[Schema, int, Schema]] = {}


def _with_every_field_filterable(schema: Schema, sobject: SObjectType) -> Schema:
    """Return the schema in which conditions may also look at long text, as formulas of validation rules may."""
    known = _FILTERABLE.get(sobject.name)
    if known is None or known[0] is not schema or known[1] != schema.revision:
        open_fields = [replace(each, filterable=True) for each in sobject.fields]
        others = [each for each in schema.sobjects if each.name != sobject.name]
        opened = schema.restricted_to([sobject.restricted_to(open_fields), *others])
        known = _FILTERABLE[sobject.name] = (schema, schema.revision, opened)
    return known[2]


def broken_rules(
    rules: Iterable[ValidationRule], view: View, sobject: SObjectType, row: Row, now_ms: int
) -> Iterator[RecordError]:
    """Yield the error of every active rule whose condition is true of the row."""
    for rule in rules:
        if rule.active and holds(rule.error_condition, view, sobject, row, now_ms):
            yield RecordError(rule.status_code, rule.message, [rule.field] if rule.field else [])


def holds(condition: str, view: View, sobject: SObjectType, row: Row, now_ms: int) -> bool:
    """Say whether a WHERE clause is true of one row."""
    setting = soql.Setting(OneRow(view, sobject, row), now_ms)
    return soql.run(_query(sobject.name, condition), setting).total_size > 0


@lru_cache(maxsize=256)
def _query(sobject: str, condition: str) -> soql.Query:
    return soql.parse(f"SELECT Id FROM {sobject} WHERE {condition}")


def check_condition(condition: str, view: View, sobject: SObjectType, whose: str) -> None:
    """Raise INVALID_DECLARATION, saying whose condition it is, unless it parses and names fields that exist."""
    try:
        holds(condition, view, sobject, {"Id": sobject.key_prefix.ljust(18, "0")}, 0)
    except OrgError as error:
        raise OrgError("INVALID_DECLARATION", f"{whose}: {error.message}") from error
