"""Conditional requests: If-Modified-Since answers 304, If-Unmodified-Since 412 (REST API guide, Conditional Request Headers)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import md5

from ...schema.row import Row
from ...wire.call import Call
from ...wire.messages import OrgError

ETAGGED_PREFIX = "001"


class NotModified(OrgError):
    """The answer without a body to a reader who already has the newest version."""

    def __init__(self) -> None:
        super().__init__("NOT_MODIFIED", "", status=304)


def check_conditions(call: Call[object], row: Row) -> None:
    """Raise 304 or 412 when the row's stamp does not meet the request's conditions."""
    if row.get("SystemModstamp") is not None:
        check_modified(call, stamp_ms(row, "SystemModstamp"))
    if row["Id"].startswith(ETAGGED_PREFIX):
        check_etag(call, entity_tag(row))


def entity_tag(row: Row) -> str:
    """Return the ETag of a row's version; only Account rows have one (REST API guide, Conditional Request Headers)."""
    version = "\n".join(f"{name}={row[name]}" for name in sorted(row))
    return f'"{md5(version.encode(), usedforsecurity=False).hexdigest()}"'


def stamp_ms(row: Row, name: str = "LastModifiedDate") -> int:
    """Return a stamp of a row in milliseconds since the epoch."""
    return int(datetime.fromisoformat(str(row[name])).timestamp() * 1000)


def schema_headers(call: Call[object], changed_ms: int, revision: int) -> dict[str, str]:
    """
    Return the Last-Modified and ETag of a describe; raise 304 for a reader who has this version.

    Captured answers have both; one tag goes for the whole schema, eight hexadecimal digits.
    """
    tag = f'"{md5(f"{changed_ms}.{revision}".encode(), usedforsecurity=False).hexdigest()[:8]}"'
    check_modified(call, changed_ms)
    check_etag(call, tag)
    return {**last_modified(changed_ms), "ETag": tag}


def check_etag(call: Call[object], tag: str) -> None:
    """Raise 304 or 412 by the request's If-Match and If-None-Match."""
    matches = _tags(call, "if-match")
    if matches and tag not in matches and "*" not in matches:
        raise OrgError("PRECONDITION_FAILED", "Precondition Failed: If-Match", status=412)
    others = _tags(call, "if-none-match")
    if others and (tag in others or "*" in others):
        if call.request.method in ("GET", "HEAD"):
            raise NotModified
        raise OrgError("PRECONDITION_FAILED", "Precondition Failed: If-None-Match", status=412)


def _tags(call: Call[object], header: str) -> set[str]:
    """Return the tags of a header, without the suffixes that compression adds."""
    given = call.request.headers.get(header, "").split(",")
    return {tag.strip().removeprefix("W/").replace('--gzip"', '"') for tag in given if tag.strip()}


def check_modified(call: Call[object], changed_ms: int) -> None:
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
