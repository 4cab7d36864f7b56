"""Where the count of an org's API calls is heading. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from causeway.connections.connection import Usage
from causeway.contract.days import DAY_MS

LOOKS_BACK_MS = 9 * 3_600_000  # a trend over several hours neither follows a burst nor misses the morning
LEAST_MS = 30 * 60_000  # between two readings that make a trend
SLOT_MS = 3 * 3_600_000  # a connection keeps the last reading of each three hours


def forecast_used(now: Usage, before: Iterable[Usage]) -> int | None:
    """
    Return what Salesforce's count of the last 24 hours will be at the end of the day (UTC) if it goes on as in the last hours.

    `before` are earlier readings; without one that is old and new enough the answer is None.
    """
    fit = [each for each in before if LEAST_MS <= now.read_at_ms - each.read_at_ms <= LOOKS_BACK_MS]
    if not fit:
        return None
    oldest = min(fit, key=lambda each: each.read_at_ms)
    per_ms = (now.used - oldest.used) / (now.read_at_ms - oldest.read_at_ms)
    return max(0, round(now.used + per_ms * (DAY_MS - now.read_at_ms % DAY_MS)))
