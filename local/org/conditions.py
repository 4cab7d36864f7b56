"""Conditional requests: If-Modified-Since answers 304, If-Unmodified-Since 412 (REST API guide, Conditional Request Headers)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from local.org.call import Call
from local.org.messages import OrgError
from local.org.tables import Row


class NotModified(OrgError):
    """The answer without a body to a reader who already has the newest version."""

    def __init__(self) -> None:
        super().__init__("NOT_MODIFIED", "", status=304)


def check_conditions(call: Call, row: Row) -> None:
    """Raise 304 or 412 when the row's stamp does not meet the request's conditions."""
    stamp = row.get("SystemModstamp")
    if stamp is not None:
        check_modified(call, int(datetime.fromisoformat(str(stamp)).timestamp() * 1000))


def check_modified(call: Call, changed_ms: int) -> None:
    """Raise 304 or 412 by the request's condition headers; times count in whole seconds."""
    since = _seconds(call.request.headers.get("if-modified-since"))
    if since is not None and changed_ms // 1000 <= since and call.request.method in ("GET", "HEAD"):
        raise NotModified
    unmodified = _seconds(call.request.headers.get("if-unmodified-since"))
    if unmodified is not None and changed_ms // 1000 > unmodified:
        raise OrgError("PRECONDITION_FAILED", "Precondition Failed: If-Unmodified-Since", status=412)


def last_modified(changed_ms: int) -> dict[str, str]:
    """Return the Last-Modified header of a version."""
    return {"Last-Modified": format_datetime(datetime.fromtimestamp(changed_ms // 1000, UTC), usegmt=True)}


def _seconds(header: str | None) -> int | None:
    if not header:
        return None
    try:
        return int(parsedate_to_datetime(header).timestamp())
    except ValueError:
        return None
