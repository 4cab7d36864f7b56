"""A parsed query run against a database: which rows, in which order, how many, and what the answer holds of each."""

from __future__ import annotations

from ...schema.row import Row
from ...wire.messages import OrgError
from ..expressions.columns import Scope
from ..expressions.database import Setting
from ..expressions.ordering import sort_keys, sorted_rows
from ..language.errors import malformed
from ..language.syntax import Query
from .activity_lists import refuse_costly
from .grouping import GroupedQuery, is_grouped
from .plans import (
    all_rows,
    compiled_where,
    matching_rows,
    ordered_rows,
    refuse_unsupported,
    source_sobject,
    window,
)
from .query_scopes import scope_test
from .selection import Children, Result, Selection, child_relationship


def run(query: Query, setting: Setting) -> Result:
    """
    Run a query; raise OrgError INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY and others for invalid statements.

    It also refuses what this evaluator does not support; it never answers approximately.
    """
    try:
        return _Run(setting, query).result()
    except RecursionError as error:
        message = "Query is either selecting too many fields or the filter conditions are too complicated."
        raise OrgError("QUERY_TOO_COMPLICATED", message) from error


class _Run:
    """The run of one query."""

    def __init__(self, setting: Setting, query: Query) -> None:
        self._query = query
        self._scope = Scope(setting, query, source_sobject(setting, query))
        refuse_unsupported(query)

    def result(self) -> Result:
        query, sobject = self._query, self._scope.sobject
        if query.counts_only:
            return self._count()
        if is_grouped(query):
            records = GroupedQuery(self._scope).records(matching_rows(self._scope))
            return Result(sobject.name, len(records), aggregates=records)
        selection = Selection(self._scope, plan_children, level=1)
        rows = ordered_rows(self._scope)
        return Result(sobject.name, len(rows), rows, selection)

    def _count(self) -> Result:
        if self._query.ordering or self._query.grouping:
            raise malformed("COUNT() cannot be used together with ORDER BY or GROUP BY")
        return Result(self._scope.sobject.name, len(window(matching_rows(self._scope), self._query)))


def plan_children(query: Query, parent: Scope, level: int) -> Children:
    """Return the list of children a subquery of the SELECT list stands for."""
    child, foreign_key, relationship = child_relationship(parent, query)
    scope = Scope(parent.setting, query, child)
    refuse_unsupported(query)
    refuse_costly(child.name, relationship, query, parent)
    if query.counts_only or is_grouped(query):
        raise malformed("only root queries support aggregate expressions")
    selection = Selection(scope, plan_children, level)
    compiled, in_scope = compiled_where(scope), scope_test(scope)
    sort_keys(query.ordering, scope)

    def find(parent_ids: list[str]) -> dict[str, list[Row]]:
        rows = parent.setting.database.find(child.name, foreign_key, parent_ids, parent.setting.include_deleted)
        if rows is None:
            wanted = set(parent_ids)
            rows = (row for row in all_rows(scope) if row.get(foreign_key) in wanted)
        by_parent: dict[str, list[Row]] = {}
        for row in rows:
            if (compiled is None or compiled.matches(row)) and (in_scope is None or in_scope(row)):
                by_parent.setdefault(row[foreign_key], []).append(row)
        return {key: window(sorted_rows(found, query.ordering, scope), query) for key, found in by_parent.items()}

    return Children(relationship, selection, child.name, find)
