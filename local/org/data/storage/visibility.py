"""What one user sees of the records: their own schema, committed rows, and computed formula fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...schema.ids import normalized
from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...standard.activities import ACTIVITY_LISTS, listed_activity
from ...standard.definitions import DEFINITIONS, definition_rows, entity_row
from ...wire.caller import Caller
from ...wire.messages import OrgError
from .formulas import with_formulas
from .records import Records
from .tables import Hidden, Table, is_indexed, key_of


class View:
    """The Database a query runs on: the user's schema, committed rows, and the user's own changes."""

    def __init__(self, records: Records, caller: Caller | None) -> None:
        self._records, self._caller = records, caller
        self._unshared = records.unshared_ids() if caller and records.settings.unshared_ids else frozenset()
        self.schema = records.permissions.schema_for(records.schema, caller.username if caller else None)

    def rows(self, sobject: str, include_deleted: bool = False) -> Iterable[Row]:
        """Return every visible row of the sObject."""
        definitions = definition_rows(self.schema, sobject)
        if definitions is not None:
            return definitions
        if sobject in ACTIVITY_LISTS:
            return self._listed(sobject, (self.rows(name, include_deleted) for name in self._activities()))
        table = self._records.table(sobject)
        hidden = self._hidden(table)
        rows: Iterable[Row] = _with_previous(table, hidden) if hidden else table.rows.values()
        return self._shown(table, rows, include_deleted)

    def find(
        self, sobject: str, field: str, values: Iterable[Any], include_deleted: bool = False
    ) -> Iterable[Row] | None:
        """Return the visible rows whose field equals one of the values, or None when no index answers that."""
        if sobject in DEFINITIONS:
            return None
        if sobject in ACTIVITY_LISTS:
            return self._listed_of(sobject, field, list(values), include_deleted)
        table = self._records.table(sobject)
        kind = table.sobject.field(field)
        if kind is None or (kind.type != "id" and not is_indexed(kind)):
            return None
        wanted = list(values)
        if kind.type in {"id", "reference"}:
            wanted = [normalized(value) or value if isinstance(value, str) else value for value in wanted]
        found = self._by_id(table, wanted) if kind.type == "id" else table.find(kind, wanted)
        hidden = self._hidden(table)
        return self._shown(table, self._corrected(kind, wanted, found, hidden) if hidden else found, include_deleted)

    def by_stamp(self, sobject: str, low: str, high: str, include_deleted: bool = False) -> Iterator[Row] | None:
        """
        Return the visible rows stamped from `low` to `high` by SystemModstamp and Id, as they are asked for.

        None while changes of the sObject wait to become visible, as the order of stamps is not that of the view then.
        """
        table = self._records.table(sobject)
        if sobject in DEFINITIONS or table.sobject.field("SystemModstamp") is None or self._hidden(table):
            return None
        kept = (row for row in table.by_stamp(low, high) if include_deleted or not _is_gone(row))
        if self._unshared:
            kept = (row for row in kept if row["Id"] not in self._unshared)
        formulas = table.sobject.formulas
        return (with_formulas(self._records, table.sobject, row, formulas) for row in kept) if formulas else kept

    def row(self, record_id: str, include_deleted: bool = False) -> Row | None:
        """Return the visible row of that Id (15 or 18 characters), or None."""
        definition = self.schema.sobject(record_id)
        if definition is not None:
            return entity_row(definition)
        full = normalized(record_id)
        sobject = self._records.schema.of_id(full) if full else None
        if full is None or sobject is None:
            return None
        table = self._records.table(sobject.name)
        hidden = self._records.hidden_from(table, full, self._caller)
        row = table.rows.get(full) if hidden is None else hidden.previous
        shown = self._shown(table, [row] if row else [], include_deleted)
        return shown[0] if shown else None

    def _activities(self) -> list[str]:
        return [name for name in ("Task", "Event") if self.schema.sobject(name)]

    def _listed_of(self, name: str, field: str, values: list[Any], include_deleted: bool) -> list[Row] | None:
        activities = []
        for sobject in self._activities():
            found = self.find(sobject, field, values, include_deleted)
            if found is None:
                return None
            activities.append(found)
        return self._listed(name, activities)

    def _listed(self, name: str, activities: Iterable[Iterable[Row]]) -> list[Row]:
        """Return those of the tasks and events that belong into a list of activities, as its rows."""
        now = self._records.stamp()
        listed = (listed_activity(name, each, now) for rows in activities for each in rows)
        return [each for each in listed if each is not None]

    def _shown(self, table: Table, rows: Iterable[Row], include_deleted: bool) -> list[Row]:
        """Return the rows without deleted and archived ones unless asked for, and with their formula fields."""
        kept = list(rows) if include_deleted else [row for row in rows if not _is_gone(row)]
        if self._unshared:
            kept = [row for row in kept if row["Id"] not in self._unshared]
        formulas = table.sobject.formulas
        return [with_formulas(self._records, table.sobject, row, formulas) for row in kept] if formulas else kept

    def _by_id(self, table: Table, values: Iterable[Any]) -> Iterator[Row]:
        for record_id in dict.fromkeys(values):
            row = table.rows.get(record_id)
            if row is not None:
                yield row

    def _hidden(self, table: Table) -> dict[str, Hidden]:
        """Return the changes of the table that this caller cannot see yet; forget those whose time has come."""
        if not table.hidden:
            return {}
        now_ms = self._records.clock.now_ms()
        for record_id in [key for key, each in table.hidden.items() if each.visible_at_ms <= now_ms]:
            del table.hidden[record_id]
        return {key: each for key, each in table.hidden.items() if self._records.hidden_from(table, key, self._caller)}

    def _corrected(
        self, kind: FieldType, values: list[Any], found: Iterable[Row], hidden: dict[str, Hidden]
    ) -> list[Row]:
        """Take newest versions the caller cannot see out of an index's answer, and put the older ones in."""
        keys = {key_of(value) for value in values}
        rows = [row for row in found if row["Id"] not in hidden]
        older = (each.previous for each in hidden.values() if each.previous is not None)
        return rows + [row for row in older if key_of(row.get(kind.name)) in keys]


def sobject_of(view: View, name: str) -> SObjectType:
    """Return the sObject as the user sees it; raise NOT_FOUND as the REST resources of an unknown sObject do."""
    sobject = view.schema.sobject(name)
    if sobject is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return sobject


def _with_previous(table: Table, hidden: dict[str, Hidden]) -> Iterator[Row]:
    for record_id, row in table.rows.items():
        if record_id not in hidden:
            yield row
    for each in hidden.values():
        if each.previous is not None:
            yield each.previous


def _is_gone(row: Row) -> bool:
    return bool(row.get("IsDeleted") or row.get("IsArchived"))
