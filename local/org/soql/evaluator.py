"""A parsed query run against a database: which rows, in which order, how many, and what is written of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local.org.messages import OrgError
from local.org.schema import FieldType, SObjectType
from local.org.soql import facts
from local.org.soql.columns import Scope, unknown_sobject
from local.org.soql.database import Row, Setting
from local.org.soql.errors import malformed
from local.org.soql.filters import Filter, FilterCompiler, JoinedValues
from local.org.soql.grouping import GroupedQuery, is_grouped
from local.org.soql.ordering import sort_keys, sorted_rows
from local.org.soql.selection import Children, Selection, child_relationship
from local.org.soql.syntax import Name, Query


@dataclass(slots=True)
class Result:
    """
    The answer of a query: `total_size` rows, written on demand so that a page costs only itself.

    Aggregate answers carry their records ready; `SELECT COUNT()` has a size and no records.
    """

    sobject: str
    total_size: int
    rows: list[Row] = field(default_factory=list)
    selection: Selection | None = None
    aggregates: list[dict[str, Any]] | None = None

    def records(self, start: int = 0, stop: int | None = None, most: int | None = None) -> list[dict[str, Any]]:
        """
        Return the records from `start` up to `stop`.

        With `most`, children count too, and the page ends before it holds more (SOQL guide, change the batch size); it
        has one record at least.
        """
        if self.selection is None:
            return (self.aggregates or [])[start:stop]
        rows = self.rows[start:stop]
        records = self.selection.write(rows)
        return records if most is None else records[: self.selection.rows_within(rows, most)]

    @property
    def fields(self) -> list[FieldType]:
        """Return the selected fields."""
        return self.selection.fields if self.selection else []

    @property
    def columns(self) -> list[str]:
        """Return the flat names of the selected fields, such as `Account.Owner.Email`."""
        return self.selection.columns if self.selection else []

    def flat_rows(self) -> Iterable[list[Any]]:
        """Return the values of the columns, row by row."""
        getters = self.selection.getters if self.selection else []
        return ([get(row) for get in getters] for row in self.rows)

    @property
    def is_wide(self) -> bool:
        """Say whether rows are so wide that Salesforce makes pages shorter: two or more custom long text fields."""
        return sum(each.custom and each.type == "textarea" and not each.filterable for each in self.fields) > 1


def run(query: Query, setting: Setting) -> Result:
    """
    Run a query; raise OrgError INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY and others for what does not make sense.

    What this evaluator cannot do is refused too, never answered approximately.
    """
    try:
        return _Run(setting, query).result()
    except RecursionError as error:
        message = "Query is either selecting too many fields or the filter conditions are too complicated."
        raise OrgError("QUERY_TOO_COMPLICATED", message) from error


class _Run:
    """One query on its way from its tree to its result."""

    def __init__(self, setting: Setting, query: Query) -> None:
        self._setting, self._query = setting, query
        self._scope = Scope(setting, query, _sobject(setting, query))
        _refuse_unsupported(query)

    def result(self) -> Result:
        query, sobject = self._query, self._scope.sobject
        if query.counts_only:
            return self._count()
        if is_grouped(query):
            records = GroupedQuery(self._scope).records(self._matching())
            return Result(sobject.name, len(records), aggregates=records)
        selection = Selection(self._scope, plan_children, level=1)
        rows = self._matching()
        rows = window(sorted_rows(rows, query.ordering, self._scope), query)
        return Result(sobject.name, len(rows), rows, selection)

    def _count(self) -> Result:
        if self._query.ordering or self._query.grouping:
            raise malformed("COUNT() cannot be used together with ORDER BY or GROUP BY")
        return Result(self._scope.sobject.name, len(window(self._matching(), self._query)))

    def _matching(self) -> list[Row]:
        return matching_rows(self._scope, self._query)


def _sobject(setting: Setting, query: Query) -> SObjectType:
    name = query.sources[0].name.text
    sobject = setting.database.schema.sobject(name)
    if sobject is None or not sobject.queryable:
        raise unknown_sobject(name)
    return sobject


def matching_rows(scope: Scope, query: Query) -> list[Row]:
    """Return every row that the WHERE clause and the scope of a query let through, in no particular order."""
    compiled = _compiled_where(scope, query)
    limit_to_owner = _owner_only(scope, query)
    fetched = compiled.fetch() if compiled else None
    rows: Iterable[Row] = fetched if fetched is not None else _all_rows(scope)
    if compiled:
        rows = filter(compiled.matches, rows)
    if limit_to_owner:
        rows = (row for row in rows if row.get("OwnerId") == scope.setting.user_id)
    return list(rows)


def _all_rows(scope: Scope) -> Iterable[Row]:
    return scope.setting.database.rows(scope.sobject.name, scope.setting.include_deleted)


def _compiled_where(scope: Scope, query: Query, *, nested: bool = False) -> Filter | None:
    if query.where is None:
        return None
    semi_joins = None if nested else lambda inner: _joined_values(scope.setting, inner)
    return FilterCompiler(scope, semi_joins).compile(query.where)


def _joined_values(setting: Setting, query: Query) -> JoinedValues:
    """Run the subquery of a semi-join: one Id or reference of its own sObject, without paths."""
    scope = Scope(setting, query, _sobject(setting, query))
    _refuse_unsupported(query)
    expression = query.selected[0].what
    column = scope.column(expression) if isinstance(expression, Name) else None
    if column is None or column.hops or column.field.type not in ("id", "reference"):
        raise malformed(
            "The selected field in the semi join sub-select should be an Id or reference field of its object"
        )
    compiled = _compiled_where(scope, query, nested=True)
    fetched = compiled.fetch() if compiled else None
    rows = fetched if fetched is not None else _all_rows(scope)
    values = frozenset(
        value for row in rows if (compiled is None or compiled.matches(row)) and (value := column.get(row)) is not None
    )
    targets = [scope.sobject.name] if column.field.type == "id" else column.field.reference_to
    return JoinedValues(values, frozenset(targets), scope.sobject.name)


def window(rows: list[Row], query: Query) -> list[Row]:
    """Return what OFFSET and LIMIT leave of the rows."""
    start = query.offset or 0
    return (
        rows
        if query.limit is None and not start
        else rows[start : None if query.limit is None else start + query.limit]
    )


def plan_children(query: Query, parent: Scope, level: int) -> Children:
    """Return the list of children a subquery of the SELECT list stands for."""
    child, foreign_key, relationship = child_relationship(parent, query)
    scope = Scope(parent.setting, query, child)
    _refuse_unsupported(query)
    if query.counts_only or is_grouped(query):
        raise malformed("Aggregate functions are not supported in a subquery of the SELECT list")
    selection = Selection(scope, plan_children, level)
    compiled = _compiled_where(scope, query)
    sort_keys(query.ordering, scope)

    def load(parent_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        database, include_deleted = parent.setting.database, parent.setting.include_deleted
        rows = database.find(child.name, foreign_key, parent_ids, include_deleted)
        if rows is None:
            wanted = set(parent_ids)
            rows = (row for row in _all_rows(scope) if row.get(foreign_key) in wanted)
        by_parent: dict[str, list[Row]] = {}
        for row in rows:
            if compiled is None or compiled.matches(row):
                by_parent.setdefault(row[foreign_key], []).append(row)
        return {
            parent_id: selection.write(window(sorted_rows(found, query.ordering, scope), query))
            for parent_id, found in by_parent.items()
        }

    return Children(relationship, load)


# What a query may say


def _owner_only(scope: Scope, query: Query) -> bool:
    """Say whether USING SCOPE limits the rows to the user's own."""
    scopes = [(kind, name.lower()) for source in query.sources for kind, name in source.scopes]
    if not scopes or scopes == [("scope", "everything")]:
        return False
    if scopes != [("scope", "mine")]:
        name = scopes[0][1]
        raise OrgError("INVALID_QUERY_SCOPE", f"The simulated org does not support the query scope '{name}'")
    if scope.sobject.field("OwnerId") is None:
        raise OrgError("INVALID_QUERY_SCOPE", f"The query scope 'mine' is not supported on {scope.sobject.name}")
    return True


def _refuse_unsupported(query: Query) -> None:
    """Refuse the clauses that parse but that this evaluator does not have, and numbers out of range."""
    for clause in query.with_clauses:
        if clause.kind != "mode" or clause.name.lower() not in facts.HARMLESS_MODES:
            raise malformed(f"The simulated org does not support WITH {clause.name.upper()}")
    if query.bound:
        raise malformed("unexpected token: 'BIND'")
    if query.statistics:
        raise malformed("The simulated org does not support UPDATE TRACKING and UPDATE VIEWSTAT")
    if query.limit is not None and query.limit < 0:
        raise malformed("Limit must be a non-negative number")
    if query.offset is not None and not 0 <= query.offset <= facts.MAX_OFFSET:
        raise OrgError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {facts.MAX_OFFSET}")
