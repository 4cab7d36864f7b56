"""COUNT, COUNT_DISTINCT, SUM, AVG, MIN and MAX over the rows of one group (SOQL guide, aggregate functions)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import NUMBER_TYPES
from ..expressions.columns import Column, Scope
from ..expressions.currencies import in_corporate
from ..expressions.ordering import comparable_of
from ..language import facts
from ..language.errors import malformed, unsupported
from ..language.syntax import Function, Name

type Compute = Callable[[list[Row]], Any]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate function: the type of its value, and what computes it over the rows of a group."""

    type: str
    compute: Compute


def aggregate_of(scope: Scope, function: Function) -> Aggregate:
    """Return an aggregate of a field; raise MALFORMED_QUERY where the field does not have it."""
    name = function.name.lower()
    if not isinstance(function.argument, Name):
        raise unsupported(f"aggregates of functions: {function.text}")
    column = in_corporate(scope, function.argument)
    adds = name in ("sum", "avg")
    if not column.field.aggregatable or (adds and column.field.type not in NUMBER_TYPES):
        raise malformed(f"field {column.field.name} does not support aggregate operator {function.name.upper()}")
    kind = {"count": "int", "count_distinct": "int", "sum": "double", "avg": "double"}.get(name, column.field.type)
    return Aggregate(kind, _COMPUTATIONS[name](column))


def distinct_key(value: Any) -> Any:
    """Return a value as groups compare it: text without regard to case."""
    return value.lower() if isinstance(value, str) and facts.GROUPS_IGNORE_CASE else value


def _values(column: Column, rows: list[Row]) -> list[Any]:
    get = column.get
    return [value for row in rows if (value := get(row)) is not None]


def _count(column: Column) -> Compute:
    return lambda rows: len(_values(column, rows))


def _count_distinct(column: Column) -> Compute:
    return lambda rows: len({distinct_key(value) for value in _values(column, rows)})


def _sum(column: Column) -> Compute:
    def compute(rows: list[Row]) -> int | float | None:
        values = _values(column, rows)
        return _total(values) if values else None

    return compute


def _average(column: Column) -> Compute:
    def compute(rows: list[Row]) -> float | None:
        values = _values(column, rows)
        return _total(values) / len(values) if values else None

    return compute


def _total(values: list[Any]) -> int | float:
    return sum(values) if all(isinstance(value, int) for value in values) else math.fsum(values)


def _extreme(choose: Callable[..., Any]) -> Callable[[Column], Compute]:
    def of_column(column: Column) -> Compute:
        key = comparable_of(column.field)
        return lambda rows: choose(_values(column, rows), key=key, default=None)

    return of_column


_COMPUTATIONS: dict[str, Callable[[Column], Compute]] = {
    "count": _count,
    "count_distinct": _count_distinct,
    "sum": _sum,
    "avg": _average,
    "min": _extreme(min),
    "max": _extreme(max),
}
