"""
Formula fields, computed when the record is read, so that no stamp moves with them: a path to a parent's field, or a date at the end
of a path compared with TODAY().
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from .records import Records

_WITH_TODAY = re.compile(r"\s*([\w.]+)\s*(<=|>=|<>|=|<|>)\s*TODAY\(\)\s*", re.IGNORECASE)
_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def with_formulas(records: Records, sobject: SObjectType, row: Row, formulas: Iterable[FieldType]) -> Row:
    """Return the row with the values of its formula fields."""
    values = {each.name: _computed(records, sobject, row, str(each.calculated_formula)) for each in formulas}
    return row | {name: value for name, value in values.items() if value is not None}


def _computed(records: Records, sobject: SObjectType, row: Row, formula: str) -> Any:
    compared = _WITH_TODAY.fullmatch(formula)
    if compared is None:
        return _follow(records, sobject, row, formula)
    date = _follow(records, sobject, row, compared[1])
    today = datetime.fromtimestamp(records.clock.now_ms() / 1000, UTC).date().isoformat()
    return date is not None and _COMPARED[compared[2]](str(date)[:10], today)  # a blank date compares as false


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
