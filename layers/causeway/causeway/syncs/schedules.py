"""When a pull is due next. Pure: the present is a parameter; zones come from the IANA database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from causeway.errors import InvalidRequest
from causeway.syncs.sync import Schedule, Sync

MINUTE_MS = 60_000
DAILY_LOOK = Schedule(every_minutes=1_440)  # at the describe of what no pull describes


def schedule_of(sync: Sync) -> Schedule:
    """Return when an enabled sync is due: its pull, or where nothing is pulled by itself, a daily look for drift."""
    return sync.pull.schedule if sync.pulls and not sync.pull.schedule.paused else DAILY_LOOK


def next_due_ms(schedule: Schedule, now_ms: int, spread_by: str) -> int | None:
    """
    Return when (epoch ms) the sync is due after `now_ms`, None when it is paused or has no rule.

    Interval schedules are spread over their interval by a hash of `spread_by` (tenant and sync), so that a thousand
    syncs saved at once are not due at once for ever. Daily schedules keep the wall clock of their zone; a time that a
    clock change skips is due at the first moment after it.
    """
    if schedule.paused:
        return None
    if schedule.every_minutes is not None:
        interval = schedule.every_minutes * MINUTE_MS
        offset = crc32(spread_by.encode()) % interval
        return now_ms + interval - (now_ms - offset) % interval
    if schedule.daily_at is not None:
        return _next_daily_ms(schedule, now_ms)
    return None


def checked_zone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name; raise InvalidRequest when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"The time zone '{name}' is not known."
        raise InvalidRequest(message, "Use an IANA name such as Europe/Berlin or UTC.") from error


def _next_daily_ms(schedule: Schedule, now_ms: int) -> int:
    zone = checked_zone(schedule.zone)
    hour, minute = (int(part) for part in (schedule.daily_at or "0:0").split(":"))
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)
    at = today.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    for days in range(3):
        due = int((at + timedelta(days=days)).timestamp() * 1000)
        if due > now_ms:
            return due
    raise AssertionError("a day always has a next occurrence of a wall-clock time")
