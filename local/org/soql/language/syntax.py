"""The syntax tree of a SOQL statement: what the parser builds and the evaluator reads. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Name(NamedTuple):
    """A field, perhaps over relationships: `Account.Owner.Email` as its parts; `at` is its offset in the statement."""

    path: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """Return the name as it was written."""
        return ".".join(self.path)


class Function(NamedTuple):
    """A function of one argument: aggregates, date functions, toLabel, FIELDS; at most one function inside another."""

    name: str
    argument: Name | Function
    at: int

    @property
    def text(self) -> str:
        """Return the call as it was written, without spaces."""
        return f"{self.name}({self.argument.text})"


class Distance(NamedTuple):
    """`DISTANCE(field, GEOLOCATION(latitude, longitude), 'unit')`."""

    field: Name
    latitude: float
    longitude: float
    unit: str
    at: int

    @property
    def text(self) -> str:
        """Return the call in its canonical spelling."""
        return f"DISTANCE({self.field.text}, GEOLOCATION({self.latitude}, {self.longitude}), '{self.unit}')"


type Expression = Name | Function | Distance


class Literal(NamedTuple):
    """
    A value: kind is string, number, boolean, null, date, datetime, time, date_formula or currency.

    `value` is a str, int or float, bool or None; of a date formula the pair of its upper-case name and its number
    (None without one); dates and times stay as they were written.
    """

    kind: str
    value: object
    at: int


class Comparison(NamedTuple):
    """`operand operator value`; operators are = != < <= > >= and like."""

    operand: Expression
    operator: str
    value: Literal


class Calculation(NamedTuple):
    """`left + right operator value` (or minus)."""

    left: Name
    sign: str
    right: Name
    operator: str
    value: Literal


class Membership(NamedTuple):
    """`operand [NOT] IN (values)`."""

    operand: Expression
    negated: bool
    values: tuple[Literal, ...]


class SemiJoin(NamedTuple):
    """`operand [NOT] IN (SELECT field FROM ...)`."""

    operand: Expression
    negated: bool
    query: Query


class Inclusion(NamedTuple):
    """`operand INCLUDES (values)`, or EXCLUDES when negated."""

    operand: Expression
    negated: bool
    values: tuple[Literal, ...]


class Junction(NamedTuple):
    """Terms joined by one operator, `and` or `or`."""

    operator: str
    terms: tuple[Condition, ...]


class Negation(NamedTuple):
    """`NOT term`."""

    term: Condition


type Condition = Comparison | Calculation | Membership | SemiJoin | Inclusion | Junction | Negation


class TypeChoice(NamedTuple):
    """`TYPEOF field WHEN sObject THEN fields ... ELSE fields END`."""

    field: Name
    choices: tuple[tuple[str, tuple[Name, ...]], ...]
    otherwise: tuple[Name, ...]


class Selected(NamedTuple):
    """One entry of the SELECT list; a Query is a list of children."""

    what: Expression | TypeChoice | Query
    alias: str | None


class Source(NamedTuple):
    """One entry of the FROM clause; `scopes` are the pairs of USING (`scope` or `lookup`, name)."""

    name: Name
    alias: str | None
    scopes: tuple[tuple[str, str], ...] = ()


class Grouping(NamedTuple):
    """GROUP BY; kind is plain, rollup or cube."""

    kind: str
    expressions: tuple[Expression, ...]
    having: Condition | None


class Ordering(NamedTuple):
    """One entry of ORDER BY; `nulls_last` is None where the statement does not say."""

    expression: Expression
    descending: bool
    nulls_last: bool | None


class WithClause(NamedTuple):
    """One WITH clause: kind is category, equals, tuple or mode; `name` is its keyword, whatever the case."""

    kind: str
    name: str
    at: int


@dataclass(slots=True, eq=False)
class Query:
    """One SELECT statement; `selected` is empty for `SELECT COUNT()`."""

    text: str
    at: int
    selected: tuple[Selected, ...]
    sources: tuple[Source, ...]
    where: Condition | None = None
    with_clauses: tuple[WithClause, ...] = ()
    grouping: Grouping | None = None
    ordering: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    bound: bool = False
    tracking: str | None = None
    statistics: tuple[str, ...] = ()

    @property
    def counts_only(self) -> bool:
        """Say whether the statement is `SELECT COUNT() ...`."""
        return not self.selected
