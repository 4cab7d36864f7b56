"""The SELECT list of a query that does not group: fields, FIELDS(), toLabel, TYPEOF and lists of children."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...wire.messages import OrgError
from ..expressions.columns import Column, Getter, Scope
from ..expressions.database import Setting
from ..expressions.distances import distance_operand
from ..expressions.functions import AGGREGATES, DATE_FUNCTIONS, function_operand
from ..language import facts
from ..language.errors import malformed
from ..language.syntax import Distance, Function, Name, Query, Selected, TypeChoice
from .computed_columns import COMPUTED, computed
from .shapes import Shape, writer
from .type_choices import type_choice_getter

type ChildPlanner = Callable[[Query, Scope, int], Children]
type FindChildren = Callable[[list[str]], dict[str, list[Row]]]

_FIELD_GROUPS: dict[str, Callable[[FieldType], bool]] = {
    "all": lambda field: True,
    "standard": lambda field: not field.custom,
    "custom": lambda field: field.custom,
}


@dataclass(slots=True)
class Result:
    """
    The answer of a query: `total_size` rows, built on demand, so that a page costs only its own rows.

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
        return sum(each.custom and is_long_text(each) for each in self.fields) > 1


def is_long_text(field: FieldType) -> bool:
    """Say whether a field is a long text area, for which pages are shorter."""
    return field.type == "textarea" and not field.filterable


class Children:
    """A list of children in the SELECT list: it finds the children of many parents at once, then answers for each parent."""

    def __init__(self, key: str, selection: Selection, sobject: str, find: FindChildren) -> None:
        self.key, self._selection, self._sobject, self._find = key, selection, sobject, find
        self._found: dict[str, list[Row]] = {}

    def as_result(self) -> Result:
        """Return an empty answer with the columns of this list."""
        return Result(self._sobject, 0, [], self._selection)

    def load(self, parents: Iterable[Row]) -> None:
        """Find the children of these parents."""
        self._found = self._find([row["Id"] for row in parents])

    def count(self, parent: Row) -> int:
        """Return how many children of a loaded parent the answer holds."""
        return min(len(self._found.get(parent["Id"], ())), facts.CHILDREN_PER_PAGE)

    def get(self, parent: Row) -> dict[str, Any] | None:
        """Return the children of a loaded parent as their own small answer, null when there are none."""
        rows = self._found.get(parent["Id"])
        if not rows:
            return None
        setting = self._selection.setting
        shown = rows if setting.keep_rest is None else rows[: facts.CHILDREN_PER_PAGE]
        answer: dict[str, Any] = {"totalSize": len(rows), "done": len(shown) == len(rows)}
        if setting.keep_rest is not None and not answer["done"]:
            answer["nextRecordsUrl"] = setting.keep_rest(
                Result(self._sobject, len(rows), rows, self._selection), len(shown)
            )
        answer["records"] = self._selection.write(shown)
        return answer


class Selection:
    """What each row becomes; `columns` are the flat names of the fields, in order, as a CSV file heads them."""

    def __init__(self, scope: Scope, plan_children: ChildPlanner, level: int) -> None:
        self._scope, self._plan_children, self._level = scope, plan_children, level
        self._shape = Shape(scope.sobject.name)
        self.columns: list[str] = []
        self.getters: list[Getter] = []
        self.children: list[Children] = []
        self.fields: list[FieldType] = []
        for selected in scope.query.selected:
            self._add(selected)
        if len(self.children) > facts.MAX_CHILD_SUBQUERIES:
            raise malformed(f"Maximum number of child subqueries is {facts.MAX_CHILD_SUBQUERIES}")
        self._write = writer(self._shape, scope.setting)

    @property
    def setting(self) -> Setting:
        """Return where and when the query runs."""
        return self._scope.setting

    def write(self, rows: list[Row]) -> list[dict[str, Any]]:
        """Return the records of these rows."""
        for children in self.children:
            children.load(rows)
        return [self._write(row) for row in rows]

    def rows_within(self, rows: list[Row], most: int) -> int:
        """Return how many of the rows just written, with their children, make up to `most` records; at least one."""
        if not self.children:
            return len(rows)
        total = 0
        for index, row in enumerate(rows):
            total += 1 + sum(children.count(row) for children in self.children)
            if total > most:
                return max(index, 1)
        return len(rows)

    def _add(self, selected: Selected) -> None:
        what, alias = selected.what, selected.alias
        if isinstance(what, Distance):
            self._add_distance(what, alias)
        elif isinstance(what, Function) and what.name.lower() in COMPUTED:
            self._add_computed(what, alias)
        elif alias is not None:
            raise malformed("only aggregate expressions use field aliasing")
        elif isinstance(what, Query):
            self._add_children(what)
        elif isinstance(what, TypeChoice):
            self._add_type_choice(what)
        elif isinstance(what, Function):
            self._add_function(what)
        else:
            self._add_column(self._scope.column(what), what.text)

    def _add_column(self, column: Column, text: str) -> None:
        if not self._shape.add(column, self._scope):
            raise malformed(f"duplicate field selected: {text}")
        self.columns.append(".".join(column.path))
        self.getters.append(column.get)
        self.fields.append(column.field)

    def _add_function(self, function: Function) -> None:
        name = function.name.lower().rpartition(".")[2]
        if name == "fields":
            self._add_fields(function)
        elif name in AGGREGATES or name in DATE_FUNCTIONS:
            raise malformed(f"{function.text} needs a GROUP BY clause")
        else:
            function_operand(self._scope, function)
            raise malformed(f"Invalid function in the SELECT list: {function.text}")

    def _add_fields(self, function: Function) -> None:
        if self.setting.version < facts.FIELDS_FUNCTION_VERSION:
            raise malformed(f"unexpected token: '{function.name}'")
        group = function.argument.text.lower()
        if group not in _FIELD_GROUPS:
            raise malformed(f"Invalid argument of FIELDS: {function.argument.text}. Use ALL, CUSTOM or STANDARD.")
        limit = self._scope.query.limit
        if group != "standard" and (limit is None or limit > facts.MAX_FIELDS_LIMIT):
            raise malformed(f"The SOQL FIELDS function must have a LIMIT of at most {facts.MAX_FIELDS_LIMIT}")
        for each in self._scope.sobject.fields:
            if _FIELD_GROUPS[group](each):
                self._add_column(self._scope.column(Name((each.name,), function.at)), each.name)

    def _add_computed(self, function: Function, alias: str | None) -> None:
        """Add a function of a field; it takes the field's own place in the record unless it has an alias."""
        found = computed(self._scope, self._shape, function, alias)
        if found.key in found.shape.members:
            raise malformed(f"duplicate field selected: {found.key}")
        found.shape.members[found.key] = found.member
        self.columns.append(alias or ".".join(found.column.path))
        self.getters.append(found.get)
        self.fields.append(found.column.field)

    def _add_distance(self, distance: Distance, alias: str | None) -> None:
        """Add a distance by its alias, or as expr0, expr1 ... without one."""
        key = alias or f"expr{sum(each.startswith('expr') for each in self._shape.members)}"
        if key in self._shape.members:
            raise malformed(f"duplicate alias: {key}")
        get = self._shape.members[key] = distance_operand(self._scope, distance).get
        self.columns.append(key)
        self.getters.append(get)

    def _add_type_choice(self, choice: TypeChoice) -> None:
        hop = self._scope.hops(self._scope.unaliased((*choice.field.path, "Id"))[:-1], choice.field)
        if len(hop) != 1 or not hop[0].reference.polymorphic:
            raise malformed(f"Cannot use TYPEOF with a non-polymorphic relationship: {choice.field.text}")
        key = str(hop[0].reference.relationship_name)
        if key in self._shape.members:
            raise malformed(f"duplicate field selected: {key}")
        self._shape.members[key] = type_choice_getter(self._scope, choice, hop[0])

    def _add_children(self, query: Query) -> None:
        levels = facts.MAX_SUBQUERY_LEVELS if self.setting.version >= facts.NESTED_SUBQUERIES_VERSION else 2
        if self._level + 1 > levels:
            raise malformed(
                f"SOQL statements cannot query relationships more than {levels - 1} levels away from the root entity"
            )
        children = self._plan_children(query, self._scope, self._level + 1)
        if children.key in self._shape.members:
            raise malformed(f"duplicate field selected: {children.key}")
        self._shape.members[children.key] = children.get
        self.children.append(children)


def child_relationship(parent: Scope, query: Query) -> tuple[SObjectType, str, str]:
    """Return child sObject, foreign key and the relationship's own name of a subquery's FROM; raise INVALID_TYPE."""
    path = parent.unaliased(query.sources[0].name.path)
    wanted = path[-1].lower()
    for each in parent.sobject.children:
        if len(path) == 1 and each.relationship_name and each.relationship_name.lower() == wanted:
            child = parent.setting.database.schema.sobject(each.child_sobject)
            if child is not None:
                return child, each.field, each.relationship_name
    raise _no_child_relationship(query.sources[0].name.text)


def _no_child_relationship(name: str) -> OrgError:
    return OrgError(
        "INVALID_TYPE",
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a custom "
        "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the "
        "describe call for the appropriate names.",
    )
