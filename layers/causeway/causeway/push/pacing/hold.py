"""How long changes are held, so that a tenant's calls last for the day and its changes stay as fresh as that allows. Pure."""

from __future__ import annotations

from typing import NamedTuple

from causeway.contract.days import DAY_S

HOUR_S = 3_600
MOST_WAITING = 200  # changes: they fill a collection, so that waiting longer would save little
CALLS_AT_ONCE = 2  # that changes cost which arrive alone: one read, one save
FLUSH_S = 8.0  # of `deliver_within_s`, kept for writing what was gathered: a cold start and two calls
LEAST_LASTING_S = 6 * HOUR_S  # for how long at least the calls that are left must last
LEAST_ARRIVALS_PER_S = 12 / HOUR_S  # assumed of every tenant, so that its last few hundred calls are never spent singly
LEAST_HOLD_S = 1.0  # a shorter one gathers nothing that the queue's own batching does not


class Quota(NamedTuple):
    """An org's calls of 24 hours: those allowed, those used by all of its tools, and the percentage that Causeway may use up."""

    allowed: int
    used: int
    share_percent: int

    @property
    def ours(self) -> float:
        """Return at how many used calls Causeway pauses."""
        return self.allowed * self.share_percent / 100

    @property
    def left(self) -> float:
        """Return how many calls may still be used; 0 when none."""
        return max(0.0, self.ours - self.used)


class Demand(NamedTuple):
    """
    What a tenant asks of its quota at present, a second: `changes_per_s` that arrive apart, `calls_per_s` of all the org's tools.

    Changes that arrive in one batch count as one: they share their calls.
    """

    changes_per_s: float
    calls_per_s: float

    @property
    def at_once_per_s(self) -> float:
        """Return how many calls a second would be used if nothing were gathered."""
        return max(self.calls_per_s, max(self.changes_per_s, LEAST_ARRIVALS_PER_S) * CALLS_AT_ONCE)


def hold_s(
    quota: Quota,
    demand: Demand,
    time_of_day_s: float,
    deliver_within_s: float,
    waiting: int = 0,
    *,
    urgent: bool = False,
) -> float | None:
    """
    Return for how many seconds after its sending a change is held, no more than it takes; None while the quota is plentiful.

    `time_of_day_s` is since midnight UTC; `waiting` changes wait, this one included. Never more than `deliver_within_s` less the
    time that writing takes. An org whose quota is unknown (`allowed` 0) counts as one with plenty.
    """
    if quota.allowed <= 0 or is_plentiful(quota, demand, time_of_day_s):
        return None
    most_s = deliver_within_s - FLUSH_S
    if urgent or waiting >= MOST_WAITING or most_s < LEAST_HOLD_S:
        return 0.0
    if quota.left <= 0:
        return most_s
    needed_s = CALLS_AT_ONCE * lasting_s(time_of_day_s) / quota.left
    return min(needed_s, most_s) if needed_s >= LEAST_HOLD_S else 0.0


def is_plentiful(quota: Quota, demand: Demand, time_of_day_s: float) -> bool:
    """
    Return whether every change may go at once.

    So it is when the calls that are left last until the day's end at the present rate. Of an org that has used less than half
    of Causeway's share it is enough that an hour at this rate takes no more than half of what is left: bursts pass.
    """
    if demand.at_once_per_s * lasting_s(time_of_day_s) <= quota.left:
        return True
    return quota.used <= quota.ours / 2 and demand.at_once_per_s * HOUR_S <= quota.left / 2


def lasting_s(time_of_day_s: float) -> float:
    """Return for how long the calls that are left must last: until midnight UTC, and six hours at least (the count is of 24 hours)."""
    return max(LEAST_LASTING_S, DAY_S - time_of_day_s)


def gathering_sentence(held_s: float, quota: Quota) -> str:
    """Return what a person reads about the present pace, such as "gathering for 20 s to stay within 12,000 calls a day"."""
    if held_s <= 0:
        return "delivering at once: the calls of the day suffice"
    return f"gathering for {round(held_s)} s to stay within {int(quota.ours):,} calls a day"
