"""The campaign of connects, refreshes and deauthorizations at once, in small: it holds, and sees when it does not."""

from __future__ import annotations

from tests.campaigns.connection_races import races


def test_whatever_happens_at_once_ends_with_one_living_grant_or_none() -> None:
    figures = races(rounds=60, seed=11)
    assert figures["problems"] == []
    assert figures["ended_connected"] > 0
    assert figures["ended_disconnected"] > 0
    assert figures["rotations"] > 0


def test_the_campaign_fails_when_lease_and_fence_are_taken_out() -> None:
    assert not races(rounds=60, seed=11, leases=False)["holds"]
