"""Change events of committed transactions (Change Data Capture guide: change event fields, merged change events)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...wire.caller import CHANGE_ORIGIN
from . import facts
from .tables import Table
from .transactions import Transaction

NOT_IN_EVENTS = frozenset(
    {"Id", "IsDeleted", "SystemModstamp", "LastViewedDate", "LastReferencedDate", "LastActivityDate"}
)
"""System fields that change events leave out, and fields that no save changes."""


class OrgClock(Protocol):
    """The org's time."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""


@dataclass(slots=True)
class ChangeEvent:
    """One event: what happened to records of one sObject in one transaction, the same to all of them."""

    replay_id: int
    entity: str
    change_type: str
    record_ids: list[str]
    commit_ms: int
    user_id: str
    transaction: str
    sequence: int
    values: dict[str, Any]
    changed: list[str]
    nulled: list[str]
    origin: str

    def as_json(self) -> dict[str, Any]:
        """Return the event as subscribers of a channel receive it."""
        header = {
            "entityName": self.entity,
            "recordIds": self.record_ids,
            "changeType": self.change_type,
            "changeOrigin": self.origin,
            "transactionKey": self.transaction,
            "sequenceNumber": self.sequence,
            "commitTimestamp": self.commit_ms,
            "commitNumber": self.replay_id,
            "commitUser": self.user_id,
            "nulledFields": self.nulled,
            "diffFields": [],
            "changedFields": self.changed,
        }
        return {"payload": {"ChangeEventHeader": header, **self.values}, "event": {"replayId": self.replay_id}}


class ChangeLog:
    """Every change event of an org in the order of replay Ids, which begin at 1."""

    def __init__(self, clock: OrgClock) -> None:
        self._clock = clock
        self._events: list[ChangeEvent] = []
        self._transactions = 0

    @property
    def newest(self) -> int:
        """Return the replay Id of the last event, 0 for none; a reset begins anew."""
        return len(self._events)

    def committed(self, transaction: Transaction, members: Iterable[str], user_id: str, commit_ms: int) -> None:
        """Add the events of a transaction for the sObjects that are selected; like changes become one event."""
        selected = {name.lower() for name in members}
        first: dict[tuple[str, str], tuple[Table, Row | None]] = {}
        for table, record_id, previous in transaction.changes:
            if table.sobject.name.lower() in selected:
                first.setdefault((table.sobject.name, record_id), (table, previous))
        if not first:
            return
        self._transactions += 1
        merged: dict[str, ChangeEvent] = {}
        for (_, record_id), (table, before) in first.items():
            self._add(merged, table, record_id, before, user_id, commit_ms)

    def _add(
        self,
        merged: dict[str, ChangeEvent],
        table: Table,
        record_id: str,
        before: Row | None,
        user_id: str,
        commit_ms: int,
    ) -> None:
        """Add one record's change to the transaction's event that says the same, or as an event of its own."""
        after = table.rows.get(record_id)
        change_type = _change_type(before, after)
        values, changed, nulled = _payload(table.sobject, change_type, before or {}, after or {})
        if not change_type or (change_type == "UPDATE" and not changed):
            return
        what = json.dumps([table.sobject.name, change_type, values, changed, nulled], sort_keys=True)
        if what in merged:
            merged[what].record_ids.append(record_id)
            return
        event = ChangeEvent(
            len(self._events) + 1,
            table.sobject.name,
            change_type,
            [record_id],
            commit_ms,
            user_id,
            f"{self._transactions:08x}-0000-0000-0000-000000000000",
            len(merged) + 1,
            values,
            changed,
            nulled,
            CHANGE_ORIGIN.get(),
        )
        merged[what] = event
        self._events.append(event)

    def as_json(self, after: int = 0, sobject: str = "") -> list[dict[str, Any]]:
        """Return the committed events after a replay Id, of one sObject if given."""
        now_ms, wanted = self._clock.now_ms(), sobject.lower()
        return [
            event.as_json()
            for event in self._events[after:]
            if event.commit_ms <= now_ms and wanted in ("", event.entity.lower())
        ]


def _change_type(before: Row | None, after: Row | None) -> str:
    """Return what happened to a record; empty where subscribers hear nothing, as when the recycle bin is emptied."""
    was, is_now = _is_live(before), _is_live(after)
    if was and is_now:
        return "UPDATE"
    if is_now:
        return "UNDELETE" if before is not None else "CREATE"
    return "DELETE" if was else ""


def _is_live(row: Row | None) -> bool:
    return row is not None and not row.get("IsDeleted")


def _payload(
    sobject: SObjectType, change_type: str, before: Row, after: Row
) -> tuple[dict[str, Any], list[str], list[str]]:
    """
    Return an event's values, changed fields and nulled fields.

    A create or undelete has every value, an update those that changed, a delete none; only updates list fields.
    """
    if change_type in ("", "DELETE"):
        return {}, [], []
    fields = list(_fields(sobject))
    if change_type != "UPDATE":
        return _nested((each, after[each.name]) for each in fields if after.get(each.name) is not None), [], []
    changed = [each for each in fields if before.get(each.name) != after.get(each.name)]
    if not facts.EMPTY_UPDATES_PUBLISH and {each.name for each in changed} <= {"LastModifiedDate", "LastModifiedById"}:
        return {}, [], []
    nulled = [_path(each) for each in changed if after.get(each.name) is None]
    values = _nested((each, after[each.name]) for each in changed if after.get(each.name) is not None)
    return values, [_path(each) for each in changed], nulled


def _fields(sobject: SObjectType) -> Iterator[FieldType]:
    """Yield the fields that events have: no formulas, and compound fields by their parts."""
    compounds = {each.compound_field_name for each in sobject.fields if each.compound_field_name}
    for each in sobject.fields:
        if each.name not in NOT_IN_EVENTS and each.name not in compounds and not each.calculated:
            yield each


def _path(field: FieldType) -> str:
    """Return a field's name as events list it: parts of compound fields with a dot, such as `Name.FirstName`."""
    compound = field.compound_field_name
    return f"{compound}.{_part(field)}" if compound else field.name


def _part(field: FieldType) -> str:
    return field.name.removeprefix((field.compound_field_name or "").removesuffix("Address"))


def _nested(values: Iterable[tuple[FieldType, Any]]) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for field, value in values:
        shown = value.removesuffix(".000+0000") + "Z" if field.type == "datetime" else value
        if field.compound_field_name:
            payload.setdefault(field.compound_field_name, {})[_part(field)] = shown
        else:
            payload[field.name] = shown
    return payload
