"""Functions of one field in a SELECT list: toLabel, FORMAT and convertCurrency (SOQL guide, SELECT functions)."""

from __future__ import annotations

from typing import NamedTuple

from ..expressions.columns import Column, Getter, Scope
from ..expressions.functions import function_operand, innermost
from ..language.syntax import Function, Name
from .shapes import Shape

COMPUTED = frozenset({"tolabel", "format", "convertcurrency"})


class Computed(NamedTuple):
    """Where a function's value goes, what reads it from the shape's own row, and what reads it from the queried row."""

    shape: Shape
    key: str
    member: Getter
    get: Getter
    column: Column


def computed(scope: Scope, shape: Shape, function: Function, alias: str | None) -> Computed:
    """Return a function's place: under its alias, or where its field would be, in the parent's object for a parent's."""
    column, get = scope.column(innermost(function)), function_operand(scope, function).get
    if alias is not None or not column.hops:
        return Computed(shape, alias or column.field.name, get, get, column)
    for hop in column.hops:
        shape = shape.parent(hop)
    parent = Scope(scope.setting, scope.query, column.hops[-1].target, anonymous=True)
    return Computed(shape, column.field.name, function_operand(parent, _of_field(function, column)).get, get, column)


def _of_field(function: Function, column: Column) -> Function:
    """Return the function with its field named from the parent itself."""
    argument = function.argument
    if isinstance(argument, Name):
        return function._replace(argument=Name((column.field.name,), function.at))
    return function._replace(argument=_of_field(argument, column))
