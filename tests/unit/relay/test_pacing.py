"""When hinted pulls run: soon, gathered, and within the quota."""

from __future__ import annotations

from itertools import pairwise

from causeway.connections.connection import Usage
from causeway.pull.planning.watermarks import SETTLED_MS
from causeway.relay.pacing import CALLS_A_PULL, DAY_MS, GATHER_MS, Budget, Planned, budget_of, next_pull
from hypothesis import given
from hypothesis import strategies as st

NOW_MS = 1_795_168_800_000
PLENTY = Budget(1, 1_000_000_000)


def plans(moments_ms: list[int], budget: Budget = PLENTY) -> list[int]:
    """Return when pulls run for hints at these moments, each while the last plan stands."""
    found: list[int] = []
    planned: Planned | None = None
    for moment in moments_ms:
        following = next_pull(planned, moment, budget)
        if following is not None:
            planned = following
            found.append(planned.at_ms)
    return found


def test_a_single_change_is_pulled_within_seconds() -> None:
    assert plans([NOW_MS]) == [NOW_MS + SETTLED_MS + GATHER_MS]


def test_a_thousand_changes_of_eight_seconds_make_three_pulls() -> None:
    assert len(plans([NOW_MS + 8 * number for number in range(1_000)])) == 3


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=50))
def test_every_hint_is_followed_by_a_pull_that_reads_it_within_seconds(offsets: list[int]) -> None:
    moments = sorted(NOW_MS + offset for offset in offsets)
    found = plans(moments)
    for moment in moments:
        reading = [at for at in found if at - SETTLED_MS >= moment]
        assert min(reading) - moment <= SETTLED_MS + 2 * GATHER_MS


@given(st.lists(st.integers(0, 60_000), min_size=2, max_size=50))
def test_pulls_are_apart(offsets: list[int]) -> None:
    found = plans(sorted(NOW_MS + offset for offset in offsets))
    assert all(later - earlier >= GATHER_MS for earlier, later in pairwise(found))


def test_changes_without_end_take_half_of_the_calls_that_are_left() -> None:
    usage = Usage(10_000, 100_000, NOW_MS)
    budget = budget_of(usage, 70, syncs=1)
    found = plans(list(range(NOW_MS, NOW_MS + DAY_MS, 1_000)), budget)
    calls = len(found) * CALLS_A_PULL
    assert 0.9 * 30_000 < calls < 1.1 * 30_000 + 1_000


def test_syncs_of_a_tenant_share() -> None:
    usage = Usage(10_000, 100_000, NOW_MS)
    assert budget_of(usage, 70, syncs=4).gap_ms == 4 * budget_of(usage, 70, syncs=1).gap_ms


def test_a_burst_runs_ahead_by_a_hundredth_of_the_day() -> None:
    budget = budget_of(Usage(0, 100_000, NOW_MS), 70, syncs=1)
    found = plans(list(range(NOW_MS, NOW_MS + 3_600_000, 1_000)), budget)
    close = [at for at, later in pairwise(found) if later - at <= GATHER_MS + 1_000]
    assert 333 <= len(close) <= 800  # while it lasts, time pays for some
    assert found[-1] - found[-2] > GATHER_MS + 1_000


def test_a_spent_quota_or_an_unknown_one_does_not_divide_by_zero() -> None:
    assert budget_of(Usage(90_000, 100_000, NOW_MS), 70, syncs=1).gap_ms > DAY_MS
    assert budget_of(None, 70, syncs=0).gap_ms > 0
