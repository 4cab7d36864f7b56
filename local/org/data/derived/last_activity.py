"""
Keeps LastActivityDate: the date of a record's newest closed activity, a completed task or an event that is over.

Source: Object Reference, LastActivityDate of Account, Contact, Lead, Opportunity and Campaign. No stamp moves with it (R).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ..storage.records import Records

RELATIONS = ("WhoId", "WhatId", "AccountId")
FIELD = "LastActivityDate"
ACTIVITIES = ("Task", "Event")


def note_activity(records: Records, activity: SObjectType, row: Row | None, before: Row | None) -> None:
    """Bring the records that an activity is about, and those it was about before, up to date with it."""
    if activity.name not in ACTIVITIES:
        return
    versions = [version for version in (before, row) if version is not None]
    for record_id in dict.fromkeys(record_id for version in versions for record_id in _about(version)):
        kind, record = records.schema.of_id(record_id), records.raw(record_id)
        if kind is not None and record is not None and not record.get("IsDeleted") and kind.field(FIELD):
            _bring_up_to_date(records, kind, record, row, before)


def _bring_up_to_date(records: Records, kind: SObjectType, record: Row, row: Row | None, before: Row | None) -> None:
    known = record.get(FIELD)
    date = _closed_on(records, row) if row is not None and record["Id"] in _about(row) else None
    if known is not None and before is not None and _closed_on(records, before) == known:
        date = _newest(records, record["Id"])
    elif date is None or (known is not None and date <= known):
        return
    if date != known:
        changed = record | ({} if date is None else {FIELD: date})
        if date is None:
            del changed[FIELD]
        records.write(kind, changed, record["Id"])


def _about(activity: Row) -> list[str]:
    return [activity[name] for name in RELATIONS if activity.get(name)]


def _newest(records: Records, record_id: str) -> str | None:
    return max((date for each in _activities(records, record_id) if (date := _closed_on(records, each))), default=None)


def _activities(records: Records, record_id: str) -> Iterator[Row]:
    for name in ACTIVITIES:
        table = records.table(name)
        for relation in RELATIONS:
            field = table.sobject.field(relation)
            if field is not None:
                yield from table.find(field, [record_id])


def _closed_on(records: Records, activity: Row | None) -> str | None:
    """Return the date of a closed activity; None for an open, deleted or future one."""
    if activity is None or activity.get("IsDeleted"):
        return None
    if activity["Id"].startswith("00U"):
        date = activity.get("ActivityDate")
        return date if date and activity.get("EndDateTime", "") <= records.stamp() else None
    completed = str(activity.get("CompletedDateTime") or "")[:10]
    return activity.get("ActivityDate") or completed or None if activity.get("IsClosed") else None
