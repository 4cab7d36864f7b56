"""How fast a tenant's changes and calls come at present, kept with its usage and noted at most once a minute. Pure."""

from __future__ import annotations

from copy import replace

from causeway.connections.connection import Usage
from causeway.contract.days import DAY_S
from causeway.push.pacing.hold import Demand

NOTED_EVERY_MS = 60_000
NOTED_AT_ONCE = (
    200  # a usage that moved by 1 / NOTED_AT_ONCE of the allowance is noted sooner: gates must close in time
)
MEMORY_S = 900.0  # for how long a rate counts
FIRST_SPAN_S = 3_600.0  # what arrived before anything was noted is taken to have come in this time
ALARM_SHARE = 0.8


def demand_of(usage: Usage, now_ms: int) -> Demand:
    """Return the tenant's present demand: what was noted, which counts less the older it is."""
    age_s = max(0, now_ms - usage.read_at_ms) / 1000
    fading = MEMORY_S / (MEMORY_S + age_s) / DAY_S
    return Demand(usage.changes_a_day * fading, usage.calls_a_day * fading)


def with_rates(before: Usage | None, read: Usage, arrivals: int) -> Usage:
    """Return a usage with its rates: `arrivals` changes came apart, and as many calls were used, since the usage before."""
    if before is None:
        return replace(read, changes_a_day=round(arrivals / FIRST_SPAN_S * DAY_S), calls_a_day=0)
    span_s = max(1.0, (read.read_at_ms - before.read_at_ms) / 1000)
    weight = span_s / (MEMORY_S + span_s)
    calls = max(0, read.used - before.used)
    return replace(
        read,
        changes_a_day=_towards(before.changes_a_day, arrivals / span_s, weight),
        calls_a_day=_towards(before.calls_a_day, calls / span_s, weight),
    )


def _towards(before_a_day: int, per_s: float, weight: float) -> int:
    return round(before_a_day + weight * (per_s * DAY_S - before_a_day))


def is_worth_noting(before: Usage | None, read: Usage) -> bool:
    """Return whether a usage is to be stored now: the last one is a minute old, or far from it, or the alarm's share is passed."""
    if before is None or before.allowed != read.allowed or read.read_at_ms - before.read_at_ms >= NOTED_EVERY_MS:
        return True
    has_moved = abs(read.used - before.used) * NOTED_AT_ONCE >= read.allowed
    return has_moved or before.share < ALARM_SHARE <= read.share
