"""A dead grant and a spent quota next to a working tenant, on a small scale; the campaign measures the same."""

from __future__ import annotations

from tests.campaigns.push_fairness import holds, measured


def test_a_tenant_hardly_notices_its_neighbours_trouble() -> None:
    figures = measured(2_000)
    assert holds(figures, 2_000), figures


def test_gathered_changes_come_no_later_for_it() -> None:
    figures = measured(2_000, pacing=True)
    assert holds(figures, 2_000), figures
    assert figures["held"] > 0


def test_without_its_gate_a_dead_grant_would_cost_calls() -> None:
    figures = measured(1_000, "no_gate")
    assert not holds(figures, 1_000)
    assert figures["calls_for_the_dead"] > 0
