"""Stores rows without any rule, for the control API, the seed and declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ..derived.after_save import after_save
from ..derived.derived_values import derive, number
from ..derived.row_versions import changed_row, new_row
from ..rules.field_values import stored
from ..rules.ruled_records import RuledRecords
from ..rules.save_results import RecordError
from ..rules.text_values import WIDE
from .bodies import unknown_column


def load(
    store: RuledRecords, sobject: str, rows: Iterable[Mapping[str, Any]], *, commit_delay_s: float = 0
) -> list[str]:
    """Insert rows, or replace those whose Id exists, and return their Ids; raise INVALID_FIELD for an unknown field."""
    kind = store.table(sobject).sobject
    with store.transaction(None, commit_delay_s=commit_delay_s):
        return [_load(store, kind, values) for values in rows]


def _load(store: RuledRecords, sobject: SObjectType, values: Mapping[str, Any]) -> str:
    given = _given(sobject, values)
    record_id = given.get("Id")
    before = store.table(sobject.name).rows.get(record_id) if record_id else None
    row = changed_row(store, None, before, given) if before else new_row(store, None, sobject, given)
    row.update({name: value for name, value in given.items() if value is not None})
    derive(store, sobject, row, before)
    if before is None:
        number(store, sobject, row)
    store.write(sobject, row, row["Id"], "updated" if before else "created")
    after_save(store, None, sobject, row, before)
    return str(row["Id"])


def _given(sobject: SObjectType, values: Mapping[str, Any]) -> Row:
    given: Row = {}
    for name, value in values.items():
        field = sobject.field(name)
        if field is not None:
            given[field.name] = value if field.type in ("string", "address") else _unchecked(field, value)
        elif name != "attributes":
            raise unknown_column(sobject, name)
    return given


def _unchecked(field: FieldType, value: Any) -> Any:
    """Return a loaded value as the field stores it; one that the field's rules refuse is kept as it is."""
    try:
        return stored(field, value, WIDE)
    except RecordError:
        return value
