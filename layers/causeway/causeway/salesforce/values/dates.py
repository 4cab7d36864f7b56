"""Dates, datetimes and times as Salesforce reads and stores them (REST API guide, Valid Date and DateTime Formats)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

FIRST_YEAR, LAST_YEAR = 1700, 4000
EPOCH_2000_S, EPOCH_2100_S = 946_684_800, 4_102_444_800  # what a number for a moment may plausibly mean

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?", re.ASCII | re.DOTALL)
_DATETIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)
_TIME = re.compile(r"(\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,9}))?[Zz]?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def salesforce_date(text: str) -> str | None:
    """
    Return the calendar day as written, `YYYY-MM-DD`, or None.

    A datetime gives the day that it names in its own zone: no time zone is applied, so the day cannot shift.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    return found[1] if FIRST_YEAR <= day.year <= LAST_YEAR else None


def has_no_offset(text: str) -> bool:
    """Return whether this is a datetime, or a day, that names no offset, so that its moment is unknown."""
    found = _DATETIME.fullmatch(text.strip())
    return bool(found and not found[5]) or salesforce_date(text) == text.strip()


def salesforce_datetime(text: str) -> str | None:
    """Return the moment as `YYYY-MM-DDTHH:MM:SSZ` (Salesforce stores whole seconds, in UTC), or None without a valid offset."""
    moment = _moment(text)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _moment(text: str) -> datetime | None:
    found = _DATETIME.fullmatch(text.strip())
    if not found or not found[5]:
        return None
    day, minutes, seconds, _fraction, offset = found.groups()
    zone = "+00:00" if offset in "Zz" else offset
    try:
        moment = datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def moment_of_epoch(number: Decimal | None) -> str | None:
    """Return epoch seconds or milliseconds of the years 2000 to 2099 as a moment; None for any other number."""
    if number is None:
        return None
    for unit in (1, 1_000):
        if EPOCH_2000_S <= number / unit < EPOCH_2100_S:
            return (_EPOCH + timedelta(seconds=int(number / unit))).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None


def salesforce_time(text: str) -> str | None:
    """Return the time of day as `HH:MM:SS.mmmZ` (Salesforce times have no zone), or None."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    minutes, seconds, fraction = found.groups()
    whole = f"{minutes}{seconds or ':00'}"
    try:
        time.fromisoformat(whole)
    except ValueError:
        return None
    return f"{whole}.{(fraction or '')[:3]:0<3}Z"


def rfc3339(epoch_ms: int) -> str:
    """Return `YYYY-MM-DDTHH:MM:SS[.mmm]Z`; milliseconds show only when there are any."""
    moment = _EPOCH + timedelta(milliseconds=epoch_ms)
    whole = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{epoch_ms % 1000:03d}Z" if epoch_ms % 1000 else f"{whole}Z"


def epoch_ms(text: str) -> int | None:
    """Return an RFC 3339 moment as epoch milliseconds, None when it is invalid or names no offset."""
    found = _DATETIME.fullmatch(text.strip())
    moment = _moment(text)
    if not found or not moment:
        return None
    millis = int(f"{found[4] or '':0<3}"[:3])
    return (moment - _EPOCH) // timedelta(milliseconds=1) + millis
