"""The campaigns in small: nothing is missed, published as another kind or repeated, wherever a worker dies; and broken variants show."""

from __future__ import annotations

import pytest
from causeway.pull.pages import publisher
from causeway.pull.planning.watermarks import next_window
from causeway.pull.reading import phases, window
from causeway.pull.reading.sweep import sweep

from tests.campaigns import pull_simulation
from tests.campaigns.pull_simulation import FAULTS, every_crash_point, simulated
from tests.support.pull.fakes import MemoryCheckpoints


def faults(figures: dict[str, int]) -> list[int]:
    return [figures[name] for name in FAULTS]


def test_late_commits_ties_deletes_and_crashes_lose_nothing() -> None:
    figures = simulated(6_000, seed=3)
    assert figures["commits"] >= 6_000
    assert figures["crashes"] > 0
    assert min(figures["entered"], figures["left"], figures["shown"]) > 0
    assert faults(figures) == [0, 0, 0]


def test_a_crash_at_every_step_of_a_run_loses_nothing() -> None:
    figures = every_crash_point()
    assert figures["crashes"] > 30
    assert faults(figures) == [0, 0, 0]


def test_a_plain_watermark_loses_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "next_window", next_window)
    pull_simulation.with_plain_watermark()
    assert simulated(3_000, seed=3)["missing"] > 0


def test_without_a_sweep_records_that_move_without_a_stamp_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "sweep", sweep)
    pull_simulation.without_sweep()
    assert simulated(3_000, seed=3)["missing"] > 0


def test_without_memory_of_what_was_published_rows_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "is_same_version", lambda fingerprint, other: False)
    assert simulated(3_000, seed=3)["repeats"] > 0


def test_without_resending_the_kept_page_a_crash_loses_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryCheckpoints, "unsent", lambda self, held: None)
    assert every_crash_point()["missing"] > 0
