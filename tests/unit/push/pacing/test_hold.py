"""How long changes are held."""

from __future__ import annotations

from typing import Any

from causeway.contract.days import DAY_S
from causeway.push.pacing.hold import FLUSH_S, Demand, Quota, gathering_sentence, hold_s, is_plentiful
from hypothesis import given
from hypothesis import strategies as st

SMALL = Quota(15_000, 0, 80)
NOON_S = DAY_S / 2

quotas = st.builds(Quota, st.integers(0, 1_000_000), st.integers(0, 1_000_000), st.integers(1, 100))
demands = st.builds(Demand, st.floats(0, 100), st.floats(0, 100))
times = st.floats(0, DAY_S)
withins = st.integers(0, 3_600)
waits = st.integers(0, 400)


def seconds(*given: Any, **named: Any) -> float:
    """Return for how long a change is held, 0 while the quota is plentiful."""
    return hold_s(*given, **named) or 0


def test_a_plentiful_quota_holds_nothing() -> None:
    assert hold_s(Quota(100_000, 20_000, 80), Demand(0.2, 0.4), NOON_S, 300) is None


def test_a_scarce_quota_holds_for_as_long_as_its_calls_last_the_day() -> None:
    held_s = hold_s(Quota(15_000, 7_000, 80), Demand(0.5, 1.0), NOON_S, 300)
    assert held_s == 2 * NOON_S / 5_000
    assert NOON_S / held_s * 2 == 5_000, "two calls a flush until midnight take what is left"


def test_the_last_calls_of_the_share_hold_until_the_time_is_up() -> None:
    assert hold_s(Quota(15_000, 11_990, 80), Demand(0, 0), NOON_S, 300) == 300 - FLUSH_S


def test_a_burst_of_a_tenant_with_half_its_share_left_goes_at_once() -> None:
    burst = Demand(0.3, 0.6)
    assert burst.at_once_per_s * NOON_S > SMALL.left
    assert hold_s(SMALL, burst, NOON_S, 300) is None
    assert seconds(Quota(15_000, 7_000, 80), burst, NOON_S, 300) > 0


def test_other_tools_that_use_the_quota_up_make_changes_gather() -> None:
    alone, crowded = Demand(0.001, 0.002), Demand(0.001, 0.5)
    quota = Quota(15_000, 7_000, 80)
    assert hold_s(quota, alone, NOON_S, 300) is None
    assert seconds(quota, crowded, NOON_S, 300) > 0


def test_an_org_whose_quota_is_unknown_is_not_held() -> None:
    assert hold_s(Quota(0, 0, 80), Demand(100, 100), 0, 300) is None


def test_the_sentence_names_the_hold_and_the_calls_of_the_day() -> None:
    assert gathering_sentence(20.2, SMALL) == "gathering for 20 s to stay within 12,000 calls a day"
    assert "at once" in gathering_sentence(0, SMALL)


@given(quotas, demands, times, withins, waits, st.booleans())
def test_nothing_is_held_longer_than_the_sync_allows(
    quota: Quota, demand: Demand, at_s: float, within_s: int, waiting: int, urgent: bool
) -> None:
    held_s = seconds(quota, demand, at_s, within_s, waiting, urgent=urgent)
    assert 0 <= held_s <= max(0, within_s - FLUSH_S)


@given(quotas, demands, times, withins)
def test_urgent_changes_two_hundred_waiting_ones_and_a_limit_of_nothing_go_at_once(
    quota: Quota, demand: Demand, at_s: float, within_s: int
) -> None:
    assert seconds(quota, demand, at_s, within_s, 1, urgent=True) == 0
    assert seconds(quota, demand, at_s, within_s, 200) == 0
    assert seconds(quota, demand, at_s, 0, 1) == 0


@given(quotas, demands, times, withins, waits, st.data())
def test_the_hold_only_grows_with_what_makes_calls_scarce_and_only_shrinks_with_what_makes_them_plentiful(
    quota: Quota, demand: Demand, at_s: float, within_s: int, waiting: int, data: Any
) -> None:
    held_s = seconds(quota, demand, at_s, within_s, waiting)
    more = data.draw(st.integers(0, 100_000))
    faster = data.draw(st.floats(0, 10))
    scarcer = (
        seconds(quota._replace(used=quota.used + more), demand, at_s, within_s, waiting),
        seconds(quota, demand._replace(changes_per_s=demand.changes_per_s + faster), at_s, within_s, waiting),
        seconds(quota, demand._replace(calls_per_s=demand.calls_per_s + faster), at_s, within_s, waiting),
        seconds(quota, demand, at_s, within_s + more, waiting),
    )
    assert all(held_s <= other for other in scarcer)
    later_s = data.draw(st.floats(at_s, DAY_S))
    easier = [
        seconds(quota, demand, later_s, within_s, waiting),
        seconds(quota, demand, at_s, within_s, waiting + more),
    ]
    if quota.allowed:  # an unknown quota holds nothing
        easier.append(seconds(quota._replace(allowed=quota.allowed + more), demand, at_s, within_s, waiting))
        share = data.draw(st.integers(quota.share_percent, 100))
        easier.append(seconds(quota._replace(share_percent=share), demand, at_s, within_s, waiting))
    assert all(other <= held_s for other in easier)


@given(quotas, demands, times)
def test_what_lasts_the_day_at_the_present_rate_is_plentiful(quota: Quota, demand: Demand, at_s: float) -> None:
    if demand.at_once_per_s * DAY_S <= quota.left:
        assert is_plentiful(quota, demand, at_s)
