"""One value against literals: which literals a field's type compares with, and closures that compare them."""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

from ...schema.ids import normalized
from ...schema.row import Row
from ...schema.sobjects import NUMBER_TYPES, TEXT_TYPES
from ...wire.messages import OrgError
from ..language import facts
from ..language.date_literals import days_of
from ..language.errors import malformed, pointing_at
from ..language.syntax import Literal
from .columns import Getter
from .database import Setting, stored_datetime

type Predicate = Callable[[Row], bool]
type ValueTest = Callable[[Any], bool]

ID_TYPES = frozenset({"id", "reference"})
DATE_TYPES = frozenset({"date", "datetime"})
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq, "!=": operators.ne, "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge
}  # fmt: skip
_FRACTION = re.compile(r"\.([0-9]+)")


@dataclass(frozen=True, slots=True)
class Operand:
    """The left side of a comparison: its type, what reads it, and what errors call it; `indexed` names a plain field."""

    get: Getter
    type: str
    label: str
    statement: str
    at: int
    indexed: str | None = None
    case_sensitive: bool = False

    def invalid_operator(self, message: str = "invalid operator") -> OrgError:
        """Return the refusal of an operator that the type does not have."""
        return pointing_at(facts.INVALID_FILTER_CODE, message, self.statement, self.at)

    def wrong_type(self, literal: Literal) -> OrgError:
        """Return the refusal of a literal of another type."""
        name = {"datetime": "dateTime"}.get(self.type, self.type)
        if self.type in TEXT_TYPES or self.type in ID_TYPES:
            name = "string" if self.type in TEXT_TYPES else "id"
            hint = "should be enclosed in quotes"
        else:
            hint = "should not be enclosed in quotes"
        return pointing_at(
            "INVALID_FIELD",
            f"value of filter criterion for field '{self.label}' must be of type {name} and {hint}",
            self.statement,
            self.at,
        )


def comparison(operand: Operand, operator: str, literal: Literal, setting: Setting) -> Predicate:
    """Return the closure of `operand operator literal`."""
    if operator == "like":
        return _like(operand, literal)
    if is_null(operand, literal):
        return _null_comparison(operand, operator, literal)
    test = _test(operand, operator, literal, setting)
    if operand.type == "boolean":
        get = operand.get
        return lambda row: test(bool(get(row)))
    return _with_null(operand.get, test, null_matches=operator == "!=" and facts.NOT_EQUAL_MATCHES_NULL)


def membership(operand: Operand, negated: bool, literals: Iterable[Literal], setting: Setting) -> Predicate:
    """Return the closure of `operand [NOT] IN (literals)`."""
    literals = list(literals)
    with_null = any(is_null(operand, literal) for literal in literals)
    present = [literal for literal in literals if not is_null(operand, literal)]
    if operand.type in DATE_TYPES or operand.type == "boolean":
        tests = [comparison(operand, "=", literal, setting) for literal in literals]
        return lambda row: any(test(row) for test in tests) != negated
    wanted = frozenset(comparable(operand, literal) for literal in present)
    return in_set(operand, negated, wanted, with_null)


def in_set(operand: Operand, negated: bool, wanted: frozenset[Any], with_null: bool = False) -> Predicate:
    """Return the closure of membership in a set of values as `comparable` gives them."""
    null_matches = with_null != negated
    if operand.type in TEXT_TYPES and not operand.case_sensitive:
        return _with_null(operand.get, lambda value: (value.lower() in wanted) != negated, null_matches)
    return _with_null(operand.get, lambda value: (value in wanted) != negated, null_matches)


def inclusion(operand: Operand, negated: bool, literals: Iterable[Literal]) -> Predicate:
    """Return the closure of `INCLUDES ('A;B', 'C')`, meaning (A and B) or C; of EXCLUDES when negated."""
    if operand.type != "multipicklist":
        raise operand.invalid_operator()
    combinations: list[frozenset[str]] = []
    for literal in literals:
        if literal.kind != "string":
            raise operand.wrong_type(literal)
        combinations.append(frozenset(str(literal.value).lower().split(";")))

    def test(value: str) -> bool:
        chosen = frozenset(value.lower().split(";"))
        return any(wanted <= chosen for wanted in combinations) != negated

    return _with_null(operand.get, test, null_matches=negated and facts.EXCLUDES_MATCHES_NULL)


def is_null(operand: Operand, literal: Literal) -> bool:
    """Say whether a literal stands for no value: null itself, or the empty string of a text or Id."""
    if literal.kind == "null":
        return True
    is_empty = literal.kind == "string" and literal.value == "" and operand.type in TEXT_TYPES | ID_TYPES
    return is_empty and facts.EMPTY_TEXT_IS_NULL


def comparable(operand: Operand, literal: Literal) -> Any:
    """Return a literal as the operand's values compare with it; raise where the types do not fit."""
    kind, value = literal.kind, literal.value
    if operand.type in TEXT_TYPES and kind == "string":
        return _text(operand, str(value))
    if operand.type in ID_TYPES and kind == "string":
        return _record_id(operand, str(value))
    if (operand.type in NUMBER_TYPES and kind == "number") or (operand.type == "boolean" and kind == "boolean"):
        return value
    if operand.type == kind == "date":
        return _date(str(value))
    if operand.type == kind == "datetime":
        return _datetime(str(value))
    if operand.type == kind == "time":
        return _time(str(value))
    raise operand.wrong_type(literal)


def _with_null(get: Getter, test: ValueTest, null_matches: bool) -> Predicate:
    def predicate(row: Row) -> bool:
        value = get(row)
        return null_matches if value is None else test(value)

    return predicate


def _null_comparison(operand: Operand, operator: str, literal: Literal) -> Predicate:
    get = operand.get
    if operator not in ("=", "!="):
        return _beyond_empty_text(operand, operator, literal)
    if operand.type == "boolean":  # a checkbox is never null: null means false (SOQL guide, null values)
        return (lambda row: not get(row)) if operator == "=" else (lambda row: bool(get(row)))
    return (lambda row: get(row) is None) if operator == "=" else (lambda row: get(row) is not None)


def _beyond_empty_text(operand: Operand, operator: str, literal: Literal) -> Predicate:
    """Return the closure of an order against the empty text, which every value is behind; null itself has no order."""
    if literal.kind == "null":
        raise operand.invalid_operator()
    get, behind = operand.get, facts.TEXTS_ARE_BEHIND_THE_EMPTY_ONE and operator in (">", ">=")
    return lambda row: behind and get(row) is not None


def _test(operand: Operand, operator: str, literal: Literal, setting: Setting) -> ValueTest:
    if operand.type in DATE_TYPES and literal.kind == "date_formula":
        return _period_test(operand, operator, literal, setting)
    if operator not in ("=", "!=") and operand.type in ("boolean", "multipicklist"):
        raise operand.invalid_operator()
    wanted, compare = comparable(operand, literal), _ORDER[operator]
    if operand.type in TEXT_TYPES and not operand.case_sensitive:
        return lambda value: compare(value.lower(), wanted)
    return lambda value: compare(value, wanted)


def _period_test(operand: Operand, operator: str, literal: Literal, setting: Setting) -> ValueTest:
    """Return the test of a date literal, which stands for days: = is within them, < before and > after them."""
    name, number = cast("tuple[str, int | None]", literal.value)
    first_day, day_after = days_of(name, number, setting.today, setting.fiscal_start_month)
    if operand.type == "date":
        first, after = first_day.isoformat(), day_after.isoformat()
    else:
        first, after = setting.midnight(first_day), setting.midnight(day_after)
    tests: dict[str, ValueTest] = {
        "=": lambda value: first <= value < after,
        "!=": lambda value: not first <= value < after,
        "<": lambda value: value < first,
        "<=": lambda value: value < after,
        ">": lambda value: value >= after,
        ">=": lambda value: value >= first,
    }
    return tests[operator]


def _like(operand: Operand, literal: Literal) -> Predicate:
    if operand.type not in TEXT_TYPES or operand.type == "multipicklist":
        raise operand.invalid_operator(f"invalid operator on {operand.type} field")
    if not isinstance(literal.value, re.Pattern):
        raise operand.wrong_type(literal)
    match = literal.value.fullmatch
    return _with_null(operand.get, lambda value: match(value) is not None, null_matches=False)


def _text(operand: Operand, value: str) -> str:
    if len(value) > facts.MAX_FILTER_STRING:
        raise malformed(f"The string in the filter is longer than {facts.MAX_FILTER_STRING} characters")
    return value if operand.case_sensitive else value.lower()


def _record_id(operand: Operand, value: str) -> str:
    record_id = normalized(value)
    if record_id is None:
        raise operand.invalid_operator(f"invalid ID field: {value}")
    return record_id


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise malformed(f"Invalid date: {text}") from error


def _datetime(text: str) -> str:
    """Return a datetime literal in UTC with milliseconds (message: Summer '24 release notes, SOQL)."""
    try:
        return stored_datetime(datetime.fromisoformat(_with_microseconds(text.upper())))
    except ValueError as error:
        raise malformed(f"Invalid datetime: {text}") from error


def _time(text: str) -> str:
    try:
        moment = time.fromisoformat(_with_microseconds(text.upper()))
    except ValueError as error:
        raise malformed(f"Invalid time: {text}") from error
    if moment.utcoffset():
        raise malformed(f"Invalid time: {text}")
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _with_microseconds(text: str) -> str:
    return _FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", text)
