"""ORDER BY: text without regard to case, picklists in their own order, nulls first by default."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import TEXT_TYPES, FieldType
from ..language import facts
from ..language.errors import malformed, pointing_at
from ..language.syntax import Function, Name, Ordering
from .columns import Getter, Scope
from .currencies import in_corporate
from .functions import SELECTED_ONLY
from .functions import operand as operand_of_expression

type SortKey = Callable[[Row], Any]

FEW_OF_MANY = 10
"""From how many times as many rows as are wanted on, a heap is quicker than a sort."""

UNSORTED = SELECTED_ONLY | {"tolabel"}
"""Functions that cannot be sorted by (SOQL guide, toLabel and convertCurrency; R for FORMAT)."""

_NULL_LOWEST, _PRESENT, _NULL_HIGHEST = 0, 1, 2


def sorted_rows(rows: list[Row], orderings: tuple[Ordering, ...], scope: Scope, most: int | None = None) -> list[Row]:
    """Return the rows in order: one stable sort per entry, the last entry first; only the first `most` where given."""
    keys = sort_keys(orderings, scope)
    if most is not None and most < len(rows) // FEW_OF_MANY and len(keys) == 1:
        (key, descending), choose = keys[0], heapq.nlargest if keys[0][1] else heapq.nsmallest
        return choose(most, rows, key=key)
    for key, descending in reversed(keys):
        rows = sorted(rows, key=key, reverse=descending)
    return rows[:most]


def sort_keys(orderings: tuple[Ordering, ...], scope: Scope) -> list[tuple[SortKey, bool]]:
    """Return the key of each entry and whether it descends; raise INVALID_FIELD for fields that cannot be sorted."""
    return [(_key(each, scope), each.descending) for each in orderings]


def _key(ordering: Ordering, scope: Scope) -> SortKey:
    get, comparable = _sorted_value(ordering, scope)
    return ordered_key(get, ordering, comparable or _itself)


def ordered_key(get: Getter, ordering: Ordering, comparable: Callable[[Any], Any]) -> SortKey:
    """Return a key that puts nulls where the entry wants them, whichever its direction."""
    nulls_last = not facts.NULLS_FIRST if ordering.nulls_last is None else ordering.nulls_last
    null_key = (_NULL_HIGHEST if nulls_last != ordering.descending else _NULL_LOWEST,)

    def key(row: Row) -> Any:
        value = get(row)
        return null_key if value is None else (_PRESENT, comparable(value))

    return key


def _sorted_value(ordering: Ordering, scope: Scope) -> tuple[Getter, Callable[[Any], Any] | None]:
    """Return what reads the value, and what makes it comparable (None: it is)."""
    expression = ordering.expression
    if not isinstance(expression, Name):
        if isinstance(expression, Function) and expression.name.lower() in UNSORTED:
            raise malformed(f"{expression.name} is not allowed in the ORDER BY clause: {expression.text}")
        operand = operand_of_expression(scope, expression)
        return operand.get, str.lower if operand.type in TEXT_TYPES else None
    column = in_corporate(scope, expression)
    if not column.field.sortable or column.field.type in ("multipicklist", "address", "location", "base64"):
        message = f"field '{column.field.name}' can not be sorted in a query call"
        raise pointing_at("INVALID_FIELD", message, scope.query.text, expression.at)
    return column.get, comparable_of(column.field)


def comparable_of(field: FieldType) -> Callable[[Any], Any] | None:
    """Return what turns a field's value into one that sorts; None where the value itself does."""
    if field.type == "picklist":
        return _picklist_key(field)
    return str.lower if field.type in TEXT_TYPES else None


def _picklist_key(field: FieldType) -> Callable[[Any], Any]:
    """Return the key of picklist values: the order of their definition, others after them by alphabet (SOQL guide, ORDER BY)."""
    positions = {entry.value.lower(): index for index, entry in enumerate(field.picklist_values)}
    others = len(positions)

    def key(value: str) -> tuple[int, str]:
        lowered = value.lower()
        return positions.get(lowered, others), lowered

    return key


def _itself(value: Any) -> Any:
    return value
