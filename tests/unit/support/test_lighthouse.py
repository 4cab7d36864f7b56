"""What Lighthouse says counts by the median of its runs, and every category must reach 95."""

from __future__ import annotations

from typing import Any

from tests.browser.lighthouse.__main__ import CATEGORIES, is_enough, median_scores


def a_report(**scores: float | None) -> dict[str, Any]:
    return {"categories": {name: {"score": scores.get(name, 1.0)} for name in CATEGORIES}}


def test_one_run_that_the_machine_disturbed_decides_nothing() -> None:
    found = median_scores([a_report(performance=0.74), a_report(performance=1.0), a_report(performance=0.98)])
    assert found["performance"] == 98


def test_a_category_below_95_or_without_a_score_is_not_enough() -> None:
    good = median_scores([a_report()])
    assert is_enough({"overview": good, "mapping": good})
    assert not is_enough({"overview": good, "mapping": median_scores([a_report(seo=0.94)])})
    assert not is_enough({"overview": median_scores([a_report(accessibility=None)]), "mapping": good})
