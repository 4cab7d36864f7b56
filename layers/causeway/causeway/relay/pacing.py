"""
When the pull that a hint asks for runs: soon, with what follows within seconds, and within the org's quota. Pure.

A pull reads what settled SETTLE_MS before it, so a planned one reads every change that was heard of until then. Each later hint
plans another, GATHER_MS after the one before at the earliest. A burst of changes thus makes one pull per GATHER_MS.

The quota is a meter (GCRA): each pull pays for `gap_ms`, and may run up to `ahead_ms` before it is paid for. A burst may take a
hundredth of the day's calls; what goes on without end takes half of the calls that are left, spread over a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from causeway.connections.connection import Usage
from causeway.pull.planning.watermarks import SETTLED_MS

GATHER_MS = 3_000
CALLS_A_PULL = 3  # describe, query, and one to spare for related records
LATEST_MS = 900_000  # what could only be paid for later is left to the schedule
DAY_MS = 86_400_000
UNKNOWN_ALLOWANCE = 15_000  # of the smallest edition that has the API: Salesforce limits cheat sheet
BURST_SHARE = 100  # a burst may take one part in so many of the day's calls
SPARED = 2  # one part in so many of the calls that are left is for pulls that go on without end


@dataclass(frozen=True, slots=True)
class Planned:
    """The pull that was planned last (epoch ms), and until when the pulls so far are paid for."""

    at_ms: int
    paid_until_ms: int


@dataclass(frozen=True, slots=True)
class Budget:
    """How long one pull pays for, and how much earlier than that it may run."""

    gap_ms: int
    ahead_ms: int


def budget_of(usage: Usage | None, quota_percent: int, syncs: int) -> Budget:
    """Return what each of a tenant's hinted syncs may spend, given the org's usage and the part of it that pulls may use."""
    allowed = usage.allowed if usage and usage.allowed else UNKNOWN_ALLOWANCE
    used = usage.used if usage else 0
    left = max(1, allowed * quota_percent // 100 - used)
    cost = CALLS_A_PULL * max(1, syncs)
    gap_ms = DAY_MS * cost * SPARED // left
    return Budget(gap_ms, gap_ms * max(1, allowed // BURST_SHARE // cost))


def next_pull(planned: Planned | None, now_ms: int, budget: Budget) -> Planned | None:
    """Return the pull to plan for a hint that came now; None when the planned one reads the change, too, or the quota is short."""
    soonest = now_ms + SETTLED_MS + GATHER_MS
    if planned is None:
        return Planned(soonest, soonest + budget.gap_ms)
    if planned.at_ms >= now_ms + SETTLED_MS:
        return None
    paid_until = max(planned.paid_until_ms, now_ms)
    at_ms = max(soonest, planned.at_ms + GATHER_MS, paid_until - budget.ahead_ms)
    return Planned(at_ms, paid_until + budget.gap_ms) if at_ms - now_ms <= LATEST_MS else None
