"""Queries that answer with groups: GROUP BY, ROLLUP, CUBE, HAVING, and aggregates over everything."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import TEXT_TYPES
from ...wire.messages import OrgError
from ..expressions.columns import Scope
from ..expressions.comparisons import Operand
from ..expressions.filters import FilterCompiler
from ..expressions.functions import AGGREGATES, formatted, function_operand, operand_of
from ..expressions.ordering import comparable_of, ordered_key
from ..language import facts
from ..language.errors import malformed, pointing_at, unsupported
from ..language.syntax import Distance, Expression, Function, Name, Ordering, Query, Selected, TypeChoice
from .aggregates import Compute, aggregate_of, distinct_key

type GroupRow = dict[str, Any]
"""A group as a row: the values of its expressions and aggregates by their canonical text."""


def is_grouped(query: Query) -> bool:
    """Say whether the answer consists of aggregates."""
    return query.grouping is not None or any(_aggregates(each.what) for each in query.selected)


def _aggregates(what: object) -> bool:
    """Say whether an entry of the SELECT list is an aggregate, or the FORMAT of one."""
    if not isinstance(what, Function):
        return False
    return what.name.lower() in AGGREGATES or (what.name.lower() == "format" and _aggregates(what.argument))


class GroupedQuery:
    """Everything a grouped query says, resolved; `records` answers it for the rows that its WHERE let through."""

    def __init__(self, scope: Scope) -> None:
        self._scope, self._query = scope, scope.query
        grouping = self._query.grouping
        self._kind = grouping.kind if grouping else "plain"
        self._keys: dict[str, Operand] = {}
        self._computations: dict[str, Compute] = {}
        for expression in grouping.expressions if grouping else ():
            self._keys[self._text(expression)] = self._group_operand(expression)
        if self._kind != "plain" and len(self._keys) > facts.MAX_ROLLUP_EXPRESSIONS:
            raise malformed(f"GROUP BY {self._kind.upper()} takes at most {facts.MAX_ROLLUP_EXPRESSIONS} fields")
        self._members = self._aliased()
        having = grouping.having if grouping else None
        self._having = FilterCompiler(scope, None, self.operand).compile(having) if having else None
        self._sort_keys = [(self._sort_key(each), each.descending) for each in self._query.ordering]
        if grouping is None and (self._query.limit is not None or self._query.offset is not None):
            raise malformed("Non-grouped query that uses overall aggregate functions cannot also use LIMIT")

    def records(self, rows: list[Row]) -> list[dict[str, Any]]:
        """Return the answer's records."""
        groups = [self._group_row(values, members) for values, members in self._groups(rows)]
        if self._having:
            groups = [group for group in groups if self._having.matches(group)]
        for key, descending in reversed(self._sort_keys):
            groups.sort(key=key, reverse=descending)
        start, limit = self._query.offset or 0, self._query.limit
        groups = groups[start : None if limit is None else start + limit]
        if len(groups) > facts.MAX_GROUP_ROWS:
            raise OrgError(
                "EXCEEDED_ID_LIMIT",
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
            )
        return [self._record(group) for group in groups]

    # What the statement says

    def _text(self, expression: Expression) -> str:
        """Return the canonical text of an expression, by which SELECT, HAVING and ORDER BY find it again."""
        if isinstance(expression, Distance):
            raise unsupported("DISTANCE of groups")
        if isinstance(expression, Function):
            return f"{expression.name.lower()}({self._text(expression.argument)})"
        return ".".join(self._scope.unaliased(expression.path)).lower()

    def _group_operand(self, expression: Expression) -> Operand:
        if isinstance(expression, Name):
            column = self._scope.column(expression)
            if not column.field.groupable or column.field.type in ("multipicklist", "address", "location"):
                message = f"field '{column.field.name}' can not be grouped in a query call"
                raise pointing_at("INVALID_FIELD", message, self._query.text, expression.at)
            return operand_of(self._scope, column, expression.at)
        if isinstance(expression, Function) and expression.name.lower() not in {*AGGREGATES, "tolabel"}:
            return function_operand(self._scope, expression)
        raise malformed(f"Grouping by this expression is not allowed: {expression.text}")

    def operand(self, expression: Expression) -> Operand:
        """Return the operand of a grouped or aggregated expression; its rows are groups."""
        if isinstance(expression, Function) and expression.name.lower() == "format":
            return formatted(self._scope, expression, self.operand(expression.argument))
        text = self._text(expression)
        label = expression.text
        if text in self._keys:
            kind = self._keys[text].type
        elif isinstance(expression, Function) and expression.name.lower() in AGGREGATES:
            kind = self._aggregate(expression, text)
        else:
            raise malformed(f"Field must be grouped or aggregated: {label}")
        return Operand(lambda group: group.get(text), kind, label, self._query.text, expression.at)

    def _aggregate(self, function: Function, text: str) -> str:
        if function.name.lower() == "grouping":
            return self._grouping_flag(function)
        aggregate = aggregate_of(self._scope, function)
        self._computations[text] = aggregate.compute
        return aggregate.type

    def _grouping_flag(self, function: Function) -> str:
        if self._kind == "plain" or self._text(function.argument) not in self._keys:
            raise malformed(f"GROUPING takes a field of GROUP BY ROLLUP or CUBE: {function.text}")
        return "int"

    def _aliased(self) -> dict[str, Operand]:
        """Return the members of a record by alias: the field's own name, or expr0, expr1 ... for functions."""
        members: dict[str, Operand] = {}
        unnamed = 0
        for selected in self._query.selected:
            expression = _plain(selected)
            operand, alias = self.operand(expression), selected.alias
            if alias is None and isinstance(expression, Name):
                alias = self._scope.column(expression).field.name
            if alias is None:
                alias, unnamed = f"expr{unnamed}", unnamed + 1
            if alias.lower() in (known.lower() for known in members):
                raise malformed(f"duplicate alias: {alias}")
            members[alias] = operand
        return members

    def _sort_key(self, ordering: Ordering) -> Any:
        try:
            operand = self.operand(ordering.expression)
        except OrgError as error:
            if error.code == "MALFORMED_QUERY" and error.message.startswith("Field must"):
                raise malformed(f"Ordered field must be grouped or aggregated: {ordering.expression.text}") from error
            raise
        comparable = None
        if isinstance(ordering.expression, Name):
            comparable = comparable_of(self._scope.column(ordering.expression).field)
        elif operand.type in TEXT_TYPES:
            comparable = str.lower
        return ordered_key(operand.get, ordering, comparable or (lambda value: value))

    # The groups

    def _groups(self, rows: list[Row]) -> list[tuple[GroupRow, list[Row]]]:
        """Return the groups of every grouping set, the finest set first; no GROUP BY is one group of everything."""
        names = list(self._keys)
        if not names:
            return [({}, rows)]
        groups: list[tuple[GroupRow, list[Row]]] = []
        for chosen in _grouping_sets(self._kind, names):
            groups += self._groups_by(chosen, rows)
        return groups

    def _groups_by(self, chosen: tuple[str, ...], rows: list[Row]) -> list[tuple[GroupRow, list[Row]]]:
        getters = [self._keys[name].get for name in chosen]
        found: dict[tuple[Any, ...], tuple[GroupRow, list[Row]]] = {}
        flags: GroupRow = {f"grouping({name})": int(name not in chosen) for name in self._keys}
        for row in rows:
            values = [get(row) for get in getters]
            key = tuple(distinct_key(value) for value in values)
            if key not in found:
                found[key] = ({**flags, **dict(zip(chosen, values, strict=True))}, [])
            found[key][1].append(row)
        return list(found.values())

    def _group_row(self, values: GroupRow, rows: list[Row]) -> GroupRow:
        return {**values, **{text: compute(rows) for text, compute in self._computations.items()}}

    def _record(self, group: GroupRow) -> dict[str, Any]:
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        record.update({alias: operand.get(group) for alias, operand in self._members.items()})
        return record


def _plain(selected: Selected) -> Expression:
    if isinstance(selected.what, Query | TypeChoice):
        raise malformed("Subqueries and TYPEOF are not allowed in a query with GROUP BY or aggregates")
    return selected.what


def _grouping_sets(kind: str, names: list[str]) -> list[tuple[str, ...]]:
    if kind == "rollup":
        return [tuple(names[:length]) for length in range(len(names), -1, -1)]
    if kind == "cube":
        return [chosen for length in range(len(names), -1, -1) for chosen in combinations(names, length)]
    return [tuple(names)]
