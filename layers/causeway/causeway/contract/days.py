"""What became of a tenant's changes on one day, sync by sync. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

DAYS_SHOWN = 14
DAY_S = 86_400
DAY_MS = DAY_S * 1000


class LastRun(NamedTuple):
    """The run of a sync that ended last: its id, how it ended, when (epoch ms), and the sentence for a person."""

    run_id: str
    status: str
    ended_at_ms: int
    detail: str = ""


class Day(NamedTuple):
    """
    The counts of one day (UTC, such as `2026-11-30`).

    `counts` are outcomes by sync ("" for changes that no sync took) and result; `last_change_ms` is when each sync settled changes
    last, `last_runs` the pull of each that ended last, `recent` the last settlement by source.
    """

    day: str
    counts: Mapping[str, Mapping[str, int]]
    api_calls: int
    last_change_ms: Mapping[str, int]
    last_runs: Mapping[str, LastRun]
    recent: Mapping[str, str] = {}

    def total(self, *results: str) -> int:
        """Return how many outcomes of these results there were."""
        return sum(counts.get(result, 0) for counts in self.counts.values() for result in results)
