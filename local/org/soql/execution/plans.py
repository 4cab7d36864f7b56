"""Which rows a query looks at: those an index gives, those of a span of stamps, or all; then filtered, sorted and cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.messages import OrgError
from ..expressions.columns import Scope, unknown_sobject
from ..expressions.database import Setting, Stamped
from ..expressions.filters import ALL_STAMPS, STAMP, Filter, FilterCompiler, JoinedValues, Stamps
from ..expressions.ordering import sort_keys, sorted_rows
from ..language import facts
from ..language.errors import malformed, unsupported
from ..language.syntax import Name, Query
from .planner import refuse_slow, refuse_unfiltered
from .query_scopes import scope_test


def source_sobject(setting: Setting, query: Query) -> SObjectType:
    """Return the sObject that the FROM clause names; raise INVALID_TYPE."""
    name = query.sources[0].name.text
    sobject = setting.database.schema.sobject(name)
    if sobject is None:
        raise unknown_sobject(name)
    if not sobject.queryable:
        raise OrgError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support query")
    return sobject


def matching_rows(scope: Scope) -> list[Row]:
    """Return every row that the WHERE clause and the scope of a query let through, in no particular order."""
    return list(_Candidates.of(scope).matching(scope))


def ordered_rows(scope: Scope) -> list[Row]:
    """Return the rows of a query in their order, as many as OFFSET and LIMIT leave."""
    query = scope.query
    sort_keys(query.ordering, scope)
    candidates = _Candidates.of(scope)
    rows = candidates.matching(scope)
    if candidates.by_stamp and _is_stamp_order(scope):
        start = query.offset or 0
        return list(islice(rows, start, None if query.limit is None else start + query.limit))
    most = None if query.limit is None else (query.offset or 0) + query.limit
    return window(sorted_rows(list(rows), query.ordering, scope, most), query)


def window(rows: list[Row], query: Query) -> list[Row]:
    """Return what OFFSET and LIMIT leave of the rows."""
    start = query.offset or 0
    if query.limit is None:
        return rows[start:] if start else rows
    return rows[start : start + query.limit]


def all_rows(scope: Scope) -> Iterable[Row]:
    """Return every row of the queried sObject."""
    return scope.setting.database.rows(scope.sobject.name, scope.setting.include_deleted)


def compiled_where(scope: Scope, *, nested: bool = False) -> Filter | None:
    """Return the compiled WHERE clause; a nested one may have no semi-joins of its own."""
    if scope.query.where is None:
        return None
    semi_joins = None if nested else lambda inner: _joined_values(scope.setting, inner)
    return FilterCompiler(scope, semi_joins).compile(scope.query.where)


def _joined_values(setting: Setting, query: Query) -> JoinedValues:
    """Run the subquery of a semi-join: one Id or reference of its own sObject, without paths."""
    scope = Scope(setting, query, source_sobject(setting, query))
    refuse_unsupported(query)
    expression = query.selected[0].what
    column = scope.column(expression) if isinstance(expression, Name) else None
    if column is None or column.hops or column.field.type not in ("id", "reference"):
        raise malformed(
            "The selected field in the semi join sub-select should be an Id or reference field of its object"
        )
    rows = _Candidates.of(scope, nested=True).matching(scope)
    values = frozenset(value for row in rows if (value := column.get(row)) is not None)
    targets = [scope.sobject.name] if column.field.type == "id" else column.field.reference_to
    return JoinedValues(values, frozenset(targets), scope.sobject.name)


def explained(query: Query, setting: Setting) -> dict[str, Any]:
    """Return the plan of a query: whether an index leads it, how many rows match, and their share as the cost."""
    scope = Scope(setting, query, source_sobject(setting, query))
    refuse_unsupported(query)
    candidates = _Candidates.of(scope)
    total, matching = len(list(all_rows(scope))), len(list(candidates.matching(scope)))
    return {
        "cardinality": matching,
        "fields": [],
        "leadingOperationType": "Index" if candidates.by_index else "TableScan",
        "notes": [],
        "relativeCost": round(matching / total, 3) if total else 0.0,
        "sobjectCardinality": total,
        "sobjectType": scope.sobject.name,
    }


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Rows among which all matches are; `by_stamp` says that they come in the order of SystemModstamp and Id."""

    rows: Iterable[Row]
    where: Filter | None
    by_stamp: bool = False
    by_index: bool = False

    @classmethod
    def of(cls, scope: Scope, *, nested: bool = False) -> _Candidates:
        where = compiled_where(scope, nested=nested)
        refuse_slow(scope)
        refuse_unfiltered(scope)
        found = where.fetch() if where else None
        if found is not None:
            return cls(found, where, by_index=True)
        stamps = where.stamps if where else ALL_STAMPS
        if stamps != ALL_STAMPS or _is_stamp_order(scope):
            stamped = _rows_by_stamp(scope, stamps)
            if stamped is not None:
                return cls(stamped, where, by_stamp=True, by_index=stamps != ALL_STAMPS)
        return cls(all_rows(scope), where)

    def matching(self, scope: Scope) -> Iterable[Row]:
        rows = self.rows if self.where is None else filter(self.where.matches, self.rows)
        in_scope = scope_test(scope)
        return rows if in_scope is None else filter(in_scope, rows)


def _rows_by_stamp(scope: Scope, stamps: Stamps) -> Iterable[Row] | None:
    database, name = scope.setting.database, scope.sobject.name
    if not isinstance(database, Stamped):
        return None
    return database.by_stamp(name, stamps.low, stamps.high, scope.setting.include_deleted)


def _is_stamp_order(scope: Scope) -> bool:
    """Say whether the order asked for is SystemModstamp, or it and Id, ascending: how incremental readers page."""
    names = [each.expression for each in scope.query.ordering if not each.descending]
    fields = [scope.unaliased(each.path)[0].lower() for each in names if isinstance(each, Name) and len(each.path) < 3]
    return len(names) == len(scope.query.ordering) and fields in ([STAMP.lower()], [STAMP.lower(), "id"])


# What a query may say


def refuse_unsupported(query: Query) -> None:
    """Refuse the clauses that parse but that this evaluator does not have, and numbers out of range."""
    for clause in query.with_clauses:
        if clause.kind != "mode" or clause.name.lower() not in facts.HARMLESS_MODES:
            raise unsupported(f"WITH {clause.name.upper()}")
    if query.bound:
        raise unsupported("BIND")
    if query.statistics:
        raise unsupported("UPDATE TRACKING and UPDATE VIEWSTAT")
    if query.limit is not None and query.limit < 0:
        raise malformed("Limit must be a non-negative number")
    if query.offset is not None and not 0 <= query.offset <= facts.MAX_OFFSET:
        raise OrgError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {facts.MAX_OFFSET}")
