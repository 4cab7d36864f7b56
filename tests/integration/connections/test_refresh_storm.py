"""The storm campaign in small: it holds with the lease, and sees that it does not hold without."""

from __future__ import annotations

import pytest
from causeway.connections import transitions as connection_changes

from tests.campaigns.refresh_storm import storm


def test_many_callers_at_each_expiry_cost_one_rotation_and_lose_only_what_was_dropped() -> None:
    figures = storm(callers=24, expiries=12, seed=12)
    assert figures["problems"] == []
    assert figures["refreshes"] == figures["expiries"] == 12
    assert figures["connections_lost"] == figures["injected_losses"] == figures["reuses"] > 0


def test_nothing_is_lost_or_reused_when_no_answer_is_dropped_after() -> None:
    figures = storm(callers=24, expiries=8, seed=4, losses=False)
    assert figures["problems"] == []
    assert (figures["connections_lost"], figures["reuses"]) == (0, 0)


def test_the_campaign_fails_when_the_lease_is_shorter_than_a_slow_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_changes, "LEASE_MS", 7_000)
    figures = storm(callers=24, expiries=12, seed=12, losses=False)
    assert figures["reuses"] > 0
    assert not figures["holds"]


def test_the_campaign_fails_when_the_lease_is_taken_out() -> None:
    figures = storm(callers=24, expiries=4, seed=3, leases=False)
    assert not figures["holds"]
    assert figures["reuses"] > figures["injected_losses"]


def test_secrets_that_are_known_only_later_cost_no_connection() -> None:
    figures = storm(callers=24, expiries=12, seed=12, secrets="lagging")
    assert figures["problems"] == []
    assert figures["connections_lost"] == figures["injected_losses"] == figures["reuses"]


def test_the_campaign_fails_when_a_stale_secret_is_trusted() -> None:
    figures = storm(callers=24, expiries=12, seed=12, secrets="trusted")
    assert not figures["holds"]
    assert figures["connections_lost"] > figures["injected_losses"]


def test_tokens_in_the_connections_item_are_rotated_and_lost_as_those_in_secrets_manager() -> None:
    figures = storm(callers=24, expiries=12, seed=12, secrets="dynamodb")
    assert figures["problems"] == []
    assert figures["refreshes"] == figures["expiries"] == 12
    assert figures["connections_lost"] == figures["injected_losses"] == figures["reuses"] > 0
