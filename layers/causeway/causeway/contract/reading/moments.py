"""Moments as products write them: RFC 3339 and the other forms of ISO 8601 that name a zone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

MAX_LENGTH = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDINAL = re.compile(r"^(\d{4})-?(\d{3})(?=[T ])", re.ASCII)
_LEAP_SECOND = re.compile(r"(?<=:\d\d:)60")


def moment_ms(text: str) -> int | None:
    """
    Return a moment as epoch milliseconds; None when it is none, names no zone, or lies outside the years 1 to 9999 in UTC.

    Read are dates with and without hyphens, by week (2026-W47-5) and by day of the year (2026-324), times with and without
    colons, seconds and fractions, and the zones Z, +01, +0100 and +01:00. A leap second is the second after it.
    """
    if len(text) > MAX_LENGTH:
        return None
    written = text.strip().upper().replace("\u2212", "-")
    try:
        moment = datetime.fromisoformat(_LEAP_SECOND.sub("59", _ORDINAL.sub(_calendar_date, written)))
        if moment.tzinfo is None:
            return None
        moment = moment.astimezone(UTC) + timedelta(seconds=_LEAP_SECOND.search(written) is not None)
    except (ValueError, OverflowError):
        return None
    return round((moment - _EPOCH) / timedelta(milliseconds=1))


def _calendar_date(found: re.Match[str]) -> str:
    """Return a day of the year as a calendar date; raises ValueError outside the year (the caller reads it as no moment)."""
    return f"{datetime.strptime(f'{found[1]} {found[2]}', '%Y %j'):%Y-%m-%d}"
