"""Conditions compiled to closures over rows, and the rows an index can narrow them to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ...schema.row import Row
from ...schema.sobjects import NUMBER_TYPES
from ..language import facts
from ..language.errors import malformed, unsupported
from ..language.syntax import (
    Calculation,
    Comparison,
    Condition,
    Distance,
    Expression,
    Function,
    Inclusion,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Query,
    SemiJoin,
)
from .columns import Scope
from .comparisons import (
    ID_TYPES,
    Operand,
    Predicate,
    comparable,
    comparison,
    in_set,
    inclusion,
    is_null,
    membership,
)
from .currencies import corporate_literal, in_corporate
from .functions import AGGREGATES, SELECTED_ONLY, operand

type OperandOf = Callable[[Expression], Operand]
type Fetch = Callable[[], Iterable[Row] | None]

STAMP = "SystemModstamp"


@dataclass(frozen=True, slots=True)
class JoinedValues:
    """What a semi-join's subquery found, and which sObjects its Ids belong to."""

    values: frozenset[str]
    sobjects: frozenset[str]
    sobject: str


_UNINDEXED_TYPES = frozenset({"boolean", "date", "datetime", "time"})

type RunSemiJoin = Callable[[Query], JoinedValues]


class Stamps(NamedTuple):
    """Between which SystemModstamps, both included, every match lies."""

    low: str = ""
    high: str = "~"


ALL_STAMPS = Stamps()


@dataclass(frozen=True, slots=True)
class Filter:
    """
    A compiled condition: `matches` decides on a row.

    `fetch` gives rows that include all matches, None without an index; all matches lie between `stamps`.
    """

    matches: Predicate
    fetch: Fetch
    stamps: Stamps = ALL_STAMPS


class FilterCompiler:
    """Compiles the conditions of one query; the only state is how many semi-joins it has met."""

    def __init__(self, scope: Scope, run_semi_join: RunSemiJoin | None, operand_of: OperandOf | None = None) -> None:
        self._scope, self._run_semi_join = scope, run_semi_join
        self._operand_of = operand_of or self._plain_operand
        self._is_plain = operand_of is None
        self._semi_joins = 0

    def compile(self, condition: Condition) -> Filter:
        """Return the filter of a condition."""
        match condition:
            case Junction():
                return self._junction(condition)
            case Negation():
                return self._negation(condition)
            case Comparison():
                return self._comparison(condition)
            case Membership():
                return self._membership(condition)
            case Inclusion(left, negated, literals):
                return Filter(inclusion(self._operand_of(left), negated, literals), _nothing_known)
            case SemiJoin():
                return self._semi_join(condition)
            case Calculation():
                raise unsupported("calculations in a condition")

    def _plain_operand(self, expression: Expression) -> Operand:
        if isinstance(expression, Function) and expression.name.lower() in AGGREGATES:
            raise malformed(f"Aggregate functions are not allowed in a WHERE clause: {expression.text}")
        if isinstance(expression, Function) and expression.name.lower() in SELECTED_ONLY:
            raise malformed(f"{expression.name} is allowed in the SELECT clause only: {expression.text}")
        return operand(self._scope, expression)

    def _junction(self, junction: Junction) -> Filter:
        if junction.operator == "or" and any(isinstance(term, SemiJoin) for term in junction.terms):
            raise malformed("Semi join sub-selects are not allowed with the 'OR' operator")
        filters = [self.compile(term) for term in _with_sets(junction)]
        tests = [each.matches for each in filters]
        if junction.operator == "and":
            stamps = Stamps(max(each.stamps.low for each in filters), min(each.stamps.high for each in filters))
            return Filter(_all_of(tests), lambda: _first_known(filters), stamps)
        stamps = Stamps(min(each.stamps.low for each in filters), max(each.stamps.high for each in filters))
        return Filter(_any_of(tests), lambda: _union(filters), stamps)

    def _negation(self, negation: Negation) -> Filter:
        if isinstance(negation.term, SemiJoin):
            raise malformed("Semi join sub-selects are not allowed with the 'NOT' operator")
        test = self.compile(negation.term).matches
        return Filter(lambda row: not test(row), _nothing_known)

    def _comparison(self, condition: Comparison) -> Filter:
        left, (literal,) = self._amounts(condition.operand, (condition.value,))
        condition = condition._replace(value=literal)
        if isinstance(condition.operand, Distance) and condition.operator not in ("<", ">"):
            raise left.invalid_operator("DISTANCE supports the operators < and > only")
        matches = comparison(left, condition.operator, condition.value, self._scope.setting)
        if left.indexed == STAMP and condition.value.kind == "datetime":
            return Filter(matches, _nothing_known, _stamps(condition.operator, comparable(left, condition.value)))
        if condition.operator != "=" or left.indexed is None or left.type in _UNINDEXED_TYPES:
            return Filter(matches, _nothing_known)
        value = None if is_null(left, condition.value) else comparable(left, condition.value)
        return Filter(matches, self._lookup(left, [value]))

    def _membership(self, condition: Membership) -> Filter:
        left, literals = self._amounts(condition.operand, condition.values)
        matches = membership(left, condition.negated, literals, self._scope.setting)
        if condition.negated or left.indexed is None or left.type in _UNINDEXED_TYPES:
            return Filter(matches, _nothing_known)
        values = [None if is_null(left, literal) else comparable(left, literal) for literal in literals]
        return Filter(matches, self._lookup(left, values))

    def _amounts(self, expression: Expression, literals: tuple[Literal, ...]) -> tuple[Operand, tuple[Literal, ...]]:
        """Return an operand and what it is compared with; both in the corporate currency where an amount says its own."""
        left = self._operand_of(expression)
        kinds = {each.kind for each in literals} - {"null"}
        if "currency" not in kinds:
            return left, literals
        if left.type not in NUMBER_TYPES:
            raise left.wrong_type(literals[0])
        if len(kinds) > 1:
            raise malformed(f"Amounts with and without a currency cannot be mixed: {expression.text}")
        setting = self._scope.setting
        converted = tuple(each if each.kind == "null" else corporate_literal(setting, each) for each in literals)
        if isinstance(expression, Name) and self._is_plain:
            left = replace(left, get=in_corporate(self._scope, expression).get, indexed=None)
        return left, converted

    def _lookup(self, left: Operand, values: list[Any]) -> Fetch:
        setting, name, sobject = self._scope.setting, left.indexed or "", self._scope.sobject.name
        return lambda: setting.database.find(sobject, name, values, setting.include_deleted)

    def _semi_join(self, condition: SemiJoin) -> Filter:
        self._semi_joins += 1
        left = self._operand_of(condition.operand)
        if self._run_semi_join is None:
            raise malformed("Nesting of semi join sub-selects is not supported")
        if self._semi_joins > facts.MAX_SEMI_JOINS:
            raise malformed(f"Maximum {facts.MAX_SEMI_JOINS} semi join sub-selects are allowed")
        if not isinstance(condition.operand, Name) or left.indexed is None or left.type not in ID_TYPES:
            raise malformed(
                "The left operand in the where expression with outer query should be a field of type Id or reference"
            )
        joined = self._run_semi_join(condition.query)
        self._check_join(left, joined)
        matches = in_set(left, condition.negated, joined.values)
        if condition.negated:
            return Filter(matches, _nothing_known)
        return Filter(matches, self._lookup(left, list(joined.values)))

    def _check_join(self, left: Operand, joined: JoinedValues) -> None:
        sobject = self._scope.sobject
        if joined.sobject == sobject.name:
            raise malformed("The inner and outer selects should not be on the same object type")
        field = sobject.field(left.indexed or "")
        own = frozenset([sobject.name] if field is None or field.type == "id" else field.reference_to)
        if not own & joined.sobjects:
            raise malformed(
                f"The selected field in the subquery and the left operand field in the where expression in the outer query "
                f"'{left.label}' should point to the same object type"
            )


def _with_sets(junction: Junction) -> list[Condition]:
    """
    Return the terms with `x = a OR x = b` as `x IN (a, b)`, and `x != a AND x != b` as `x NOT IN (a, b)`.

    Clients write thousands of them; a set answers at once where so many comparisons would be made one by one.
    """
    equality = "=" if junction.operator == "or" else "!="
    alike: dict[tuple[str, ...], list[Comparison]] = {}
    terms: list[Condition] = []
    for term in junction.terms:
        if isinstance(term, Comparison) and term.operator == equality and isinstance(term.operand, Name):
            alike.setdefault(term.operand.path, []).append(term)
        else:
            terms.append(term)
    for found in alike.values():
        values = tuple(term.value for term in found)
        terms.append(found[0] if len(found) == 1 else Membership(found[0].operand, equality == "!=", values))
    return terms


def _stamps(operator: str, stamp: str) -> Stamps:
    if operator == "=":
        return Stamps(stamp, stamp)
    if operator in (">", ">="):
        return Stamps(low=stamp)
    return Stamps(high=stamp) if operator in ("<", "<=") else Stamps()


def _nothing_known() -> None:
    return None


def _all_of(tests: list[Predicate]) -> Predicate:
    if len(tests) == 2:
        first, second = tests
        return lambda row: first(row) and second(row)

    def matches(row: Row) -> bool:
        for test in tests:  # noqa: SIM110  a loop costs a third of all() with a generator, and this runs for every row
            if not test(row):
                return False
        return True

    return matches


def _any_of(tests: list[Predicate]) -> Predicate:
    if len(tests) == 2:
        first, second = tests
        return lambda row: first(row) or second(row)

    def matches(row: Row) -> bool:
        for test in tests:  # noqa: SIM110  see above
            if test(row):
                return True
        return False

    return matches


def _first_known(filters: list[Filter]) -> Iterable[Row] | None:
    """Return the rows of the first term that an index answers; every match of AND is among them."""
    for each in filters:
        rows = each.fetch()
        if rows is not None:
            return rows
    return None


def _union(filters: list[Filter]) -> Iterable[Row] | None:
    """Return the rows of all terms if an index answers every one of them."""
    found: dict[str, Row] = {}
    for each in filters:
        rows = each.fetch()
        if rows is None:
            return None
        found.update((row["Id"], row) for row in rows)
    return found.values()
