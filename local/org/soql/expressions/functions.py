"""Functions of one field: date functions, convertTimezone, toLabel; those of groups are in grouping.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from ...schema.row import Row
from ..language import facts
from ..language.errors import malformed, pointing_at, unsupported
from ..language.syntax import Distance, Expression, Function, Name
from .columns import Column, Getter, Scope
from .comparisons import Operand
from .currencies import ONE_CURRENCY, code_of, in_currency
from .distances import distance_operand
from .formats import formatter, scale_of

AGGREGATES = frozenset({"count", "count_distinct", "sum", "avg", "min", "max", "grouping"})
SELECTED_ONLY = frozenset({"format", "convertcurrency"})
"""Functions that no condition and no order may have (SOQL guide, FORMAT and convertCurrency)."""
RECORD_TYPE_NAME = ("RecordType", "Name")
"""The one text that toLabel translates (SOQL guide, toLabel)."""

_LABELLED_TYPES = frozenset({"picklist", "multipicklist", "combobox"})


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


DATE_FUNCTIONS: dict[str, Callable[[date], int]] = {
    "calendar_month": lambda day: day.month,
    "calendar_quarter": _quarter,
    "calendar_year": lambda day: day.year,
    "day_in_month": lambda day: day.day,
    "day_in_week": lambda day: day.isoweekday() % 7 + 1,
    "day_in_year": lambda day: day.timetuple().tm_yday,
    "week_in_month": lambda day: (day.day + 6) // 7,
    "week_in_year": lambda day: (day.timetuple().tm_yday + 6) // 7,
}
"""Date functions of the calendar; Sunday is day 1, the first week ends on the seventh (SOQL guide, date functions)."""


def column_operand(scope: Scope, name: Name) -> Operand:
    """Return the operand of a plain field, which must be filterable."""
    column = scope.column(name)
    if not column.field.filterable or column.field.type in ("address", "location", "base64", "anyType"):
        raise pointing_at(
            "INVALID_FIELD",
            f"field '{column.field.name}' can not be filtered in a query call",
            scope.query.text,
            name.at,
        )
    return operand_of(scope, column, name.at)


def operand_of(scope: Scope, column: Column, at: int) -> Operand:
    """Return the operand of a resolved column."""
    return Operand(
        column.get,
        "string" if column.field.reference_to == facts.NAMED else column.field.type,
        column.field.name,
        scope.query.text,
        at,
        None if column.hops else column.field.name,
        column.field.case_sensitive,
    )


def operand(scope: Scope, expression: Expression) -> Operand:
    """Return the operand of an expression outside of groups; raise where the function is unknown or unsupported."""
    if isinstance(expression, Name):
        return column_operand(scope, expression)
    if isinstance(expression, Distance):
        return distance_operand(scope, expression)
    return function_operand(scope, expression)


def function_operand(scope: Scope, function: Function) -> Operand:
    """Return the operand of a function of a field."""
    name = function.name.lower()
    if name == "tolabel" and isinstance(function.argument, Name):
        return _label(scope, function, function.argument)
    if name == "format":
        return formatted(scope, function, _formattable(scope, function))
    if name == "convertcurrency":
        return _converted(scope, function)
    if name in DATE_FUNCTIONS or name in ("day_only", "hour_in_day") or name.startswith("fiscal_"):
        return _date_function(scope, function, name)
    raise malformed(f"Invalid function: {function.text}")


def _label(scope: Scope, function: Function, argument: Name) -> Operand:
    """Return the operand of toLabel: a picklist's labels instead of its values."""
    column = scope.column(argument)
    owner = column.hops[-1].target if column.hops else scope.sobject
    if column.field.type not in _LABELLED_TYPES and (owner.name, column.field.name) != RECORD_TYPE_NAME:
        raise malformed(f"toLabel(field) is not supported on field '{column.field.name}' of type {column.field.type}")
    labels = {entry.value.lower(): entry.label for entry in column.field.picklist_values}
    get = column.get

    def label(row: Row) -> str | None:
        value = get(row)
        return None if value is None else ";".join(labels.get(each.lower(), each) for each in value.split(";"))

    return Operand(label, "string", column.field.name, scope.query.text, function.at)


def _formattable(scope: Scope, function: Function) -> Operand:
    argument = function.argument
    if isinstance(argument, Name):
        return operand_of(scope, scope.column(argument), argument.at)
    if argument.name.lower() == "convertcurrency":
        return function_operand(scope, argument)
    raise malformed(f"Invalid function: {function.text}")


def _converted(scope: Scope, function: Function) -> Operand:
    """Return the operand of convertCurrency: an amount in the user's currency (SOQL guide, convertCurrency)."""
    if not isinstance(function.argument, Name):
        raise malformed(f"Invalid function: {function.text}")
    column = scope.column(function.argument)
    if column.field.type != "currency":
        raise malformed(f"convertCurrency is not supported on field '{column.field.name}' of type {column.field.type}")
    if not scope.setting.rates:
        raise unsupported(f"convertCurrency: {ONE_CURRENCY}")
    get = in_currency(scope, function.argument, column, scope.setting.user_currency)
    return Operand(get, "currency", function.text, scope.query.text, function.at)


def formatted(scope: Scope, function: Function, inner: Operand) -> Operand:
    """Return the operand of FORMAT over another operand, whose rows may be groups."""
    setting, field = scope.setting, scope.column(innermost(function)).field
    kind = field.type if inner.type == "double" and field.type in ("currency", "percent") else inner.type
    if kind == "currency" and setting.rates:
        kind, code = "double", _shown_code(scope, function)
    else:
        code = None
    write = formatter(kind, scale_of(field), setting.locale, setting.zone, setting.currency)
    if write is None:
        raise malformed(f"FORMAT is not supported on field '{field.name}' of type {inner.type}")

    def text(row: Row) -> str | None:
        value = inner.get(row)
        if value is None:
            return None
        return write(value) if code is None else f"{code(row)} {write(value)}"

    return Operand(text, "string", function.text, scope.query.text, function.at)


def _shown_code(scope: Scope, function: Function) -> Getter:
    """Return what says the currency of a formatted amount: the record's, the user's when converted, the corporate one of a group."""
    if isinstance(function.argument, Name):
        return code_of(scope, function.argument, scope.column(function.argument))
    setting = scope.setting
    code = setting.user_currency if function.argument.name.lower() == "convertcurrency" else setting.currency
    return lambda row: code


def innermost(function: Function) -> Name:
    """Return the field that a function, or the function in it, is of."""
    argument = function.argument
    return argument if isinstance(argument, Name) else innermost(argument)


def _date_function(scope: Scope, function: Function, name: str) -> Operand:
    zone, argument = _zone_and_field(scope, function)
    column = scope.column(argument)
    if column.field.type != "datetime" and (column.field.type != "date" or name == "hour_in_day"):
        raise malformed(f"Invalid function {function.name} on field '{column.field.name}' of type {column.field.type}")
    compute, get = _computation(scope, name), column.get
    is_date = column.field.type == "date"

    def value(row: Row) -> Any:
        stored = get(row)
        return None if stored is None else compute(_moment(stored, is_date, zone))

    kind = "date" if name == "day_only" else "int"
    return Operand(value, kind, function.text, scope.query.text, function.at)


def _zone_and_field(scope: Scope, function: Function) -> tuple[tzinfo, Name]:
    argument = function.argument
    if isinstance(argument, Name):
        return UTC, argument
    if argument.name.lower() == "converttimezone" and isinstance(argument.argument, Name):
        return scope.setting.zone, argument.argument
    raise malformed(f"Invalid function: {function.text}")


def _computation(scope: Scope, name: str) -> Callable[[datetime], Any]:
    if name == "day_only":
        return lambda moment: moment.date().isoformat()
    if name == "hour_in_day":
        return lambda moment: moment.hour
    if name in DATE_FUNCTIONS:
        return DATE_FUNCTIONS[name]
    return _fiscal(name, scope.setting.fiscal_start_month)


def _fiscal(name: str, start_month: int) -> Callable[[datetime], int]:
    """Return a fiscal function; a fiscal year has the number of the calendar year it ends in."""
    if name == "fiscal_month":
        return lambda moment: (moment.month - start_month) % 12 + 1
    if name == "fiscal_quarter":
        return lambda moment: (moment.month - start_month) % 12 // 3 + 1
    if name == "fiscal_year":
        return lambda moment: moment.year + (start_month > 1 and moment.month >= start_month)
    raise malformed(f"Invalid function: {name}")


def _moment(stored: str, is_date: bool, zone: tzinfo) -> datetime:
    if is_date:
        return datetime.fromisoformat(stored)
    return datetime.fromisoformat(stored).astimezone(zone)
