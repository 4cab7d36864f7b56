"""A few tenants for an hour or two; the campaign measures thousands for a day."""

from __future__ import annotations

import pytest

from tests.campaigns.scale import MODES, holds, measured
from tests.support.push.gathering import MemoryGathering

TENANTS, HOURS = 40, 2


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_lost_late_or_stale(mode: str) -> None:
    figures = measured(TENANTS, HOURS, mode)
    assert figures["changes"] > 1_000
    assert holds(figures, mode), figures


def test_gathering_costs_a_fraction_of_the_calls() -> None:
    at_once, gathered = (measured(TENANTS, HOURS, mode)["calls_per_1000_changes"] for mode in ("at_once", "gather"))
    assert at_once > 1_000
    assert gathered < at_once / 4


def test_a_flush_that_forgets_what_is_held_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryGathering, "held", lambda self, tenant, generation: [])
    figures = measured(TENANTS, HOURS, "gather")
    assert figures["lost"] > 0
    assert not holds(figures, "gather")
