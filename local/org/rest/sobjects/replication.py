"""Which records changed or were deleted in a span (REST API guide, sObject Get Updated and Get Deleted; SOAP guide, getUpdated)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ...data.storage.records import stamp_of
from ...data.storage.visibility import sobject_of
from ...schema.sobjects import SObjectType
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .. import facts
from ..ports import DataOrg

MAX_UPDATED_AGE = timedelta(days=30)
MAX_DELETED_AGE = timedelta(days=15)
MAX_IDS = 600_000


def updated(call: Call[DataOrg], sobject: str) -> Response:
    """Answer the Ids of the records created or changed from `start` up to `end`, both rounded down to the minute."""
    kind = _replicated(call, sobject)
    start, end = _span(call, MAX_UPDATED_AGE)
    rows = call.org.store.view(call.session).rows(kind.name)
    ids = [row["Id"] for row in rows if _within(str(row.get("SystemModstamp", "")), start, end)]
    _check_number(ids)
    return Response(200, {"ids": ids, "latestDateCovered": _latest_covered(call, kind, end)})


def deleted(call: Call[DataOrg], sobject: str) -> Response:
    """Answer Ids and times of the records deleted from `start` up to `end`, hard-deleted ones too, undeleted ones not."""
    kind = _replicated(call, sobject)
    start, end = _span(call, MAX_DELETED_AGE)
    gone = [
        {"id": record_id, "deletedDate": stamp}
        for record_id, stamp in _deletions(call, kind).items()
        if _within(stamp, start, end)
    ]
    _check_number(gone)
    earliest = stamp_of(call.org.clock.now_ms() - round(MAX_DELETED_AGE.total_seconds() * 1000))
    answer = {
        "deletedRecords": gone,
        "earliestDateAvailable": earliest,
        "latestDateCovered": _latest_covered(call, kind, end),
    }
    return Response(200, answer)


def _replicated(call: Call[DataOrg], name: str) -> SObjectType:
    kind = sobject_of(call.org.store.view(call.session), name)
    if not kind.replicateable:
        raise OrgError("INVALID_TYPE", f"object type '{kind.name}' is not replicateable")
    return kind


def _deletions(call: Call[DataOrg], kind: SObjectType) -> dict[str, str]:
    """Return when each record that is still deleted was deleted, oldest first."""
    store = call.org.store
    times = {record_id: stamp for name, record_id, stamp in store.deletions if name == kind.name}
    for row in store.view(call.session).rows(kind.name, include_deleted=True):
        if not row.get("IsDeleted"):
            times.pop(row["Id"], None)
        else:
            times.setdefault(row["Id"], str(row.get("SystemModstamp", "")))
    return dict(sorted(times.items(), key=lambda item: item[1]))


def _within(stamp: str, start: str, end: str) -> bool:
    return start <= stamp < end or (stamp == end and not facts.REPLICATION_END_IS_EXCLUDED)


def _span(call: Call[DataOrg], oldest: timedelta) -> tuple[str, str]:
    """Return both ends of the span as stamps; raise INVALID_REPLICATION_DATE."""
    start, end = _moment(call, "start"), _moment(call, "end")
    if end - start < timedelta(minutes=1):
        raise _bad_date("endDate must be at least one minute greater than startDate")
    if start < datetime.fromtimestamp(call.org.clock.now_ms() / 1000, UTC) - oldest:
        raise _bad_date(f"startDate cannot be more than {oldest.days} days ago")
    return _stamp(start), _stamp(end)


def _moment(call: Call[DataOrg], name: str) -> datetime:
    """Return a moment of the query string, cut to the minute; an unescaped + of its zone has become a space."""
    given = call.request.query.get(name, "")
    if not given:
        raise OrgError(facts.REPLICATION_MISSING_EDGE_CODE, f"{name} is required")
    try:
        moment = datetime.fromisoformat(given.strip().replace(" ", "+"))
    except ValueError as error:
        raise _bad_date(f"{name} is not a date and time: {given}") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _latest_covered(call: Call[DataOrg], kind: SObjectType, end: str) -> str:
    """Return up to when the answer is complete: not past now, nor past a change that others cannot see yet."""
    table, now_ms = call.org.store.table(kind.name), call.org.clock.now_ms()
    waiting = [
        str(table.rows[record_id].get("SystemModstamp", end))
        for record_id, hidden in table.hidden.items()
        if hidden.visible_at_ms > now_ms and record_id in table.rows
    ]
    return min([end, stamp_of(now_ms), *waiting])


def _check_number(found: list[Any]) -> None:
    if len(found) > MAX_IDS:
        raise OrgError("EXCEEDED_ID_LIMIT", f"More than {MAX_IDS} records; ask for a shorter span")


def _bad_date(message: str) -> OrgError:
    return OrgError("INVALID_REPLICATION_DATE", message)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


ROUTES: list[Route[DataOrg]] = [
    ("GET", r"/sobjects/(?P<sobject>\w+)/updated/?", updated),
    ("GET", r"/sobjects/(?P<sobject>\w+)/deleted/?", deleted),
]
