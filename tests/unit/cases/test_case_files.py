"""Case files are read strictly: what they misspell or leave open is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.model import AREAS, read_cases
from tests.cases.values import at_path, filled


@pytest.mark.parametrize("area", AREAS)
def test_every_case_file_can_be_read_and_no_two_cases_have_one_name(area: str) -> None:
    names = [case.name for case in read_cases(area)]
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "step", ["{outcome: []}", "{outcomes: [], rows: {}}", "{}", "{push: {change: []}}", "{calls: 3}"]
)
def test_a_step_that_is_not_one_known_thing_is_refused(tmp_path: Path, step: str) -> None:
    text = f"kind: P1\ntitle: t\ncases: [{{name: n, steps: [{step}]}}]\n"
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"a[.]yaml"):
        read_cases("push", tmp_path)


def test_names_and_generators_are_worked_out() -> None:
    bound = {"acme": "001A", "rows": [1]}
    assert filled({"a": "$acme", "b": "x-${acme}-$$acme", "c": "$rows"}, bound) == {
        "a": "001A",
        "b": "x-001A-$acme",
        "c": [1],
    }
    assert filled({"$times": 3, "of": "ab"}, {}) == "ababab"
    assert filled({"$repeat": 2, "each": {"key": "k$n"}}, {}) == [{"key": "k0"}, {"key": "k1"}]
    assert filled("$unknown costs $5", {}) == "$unknown costs $5"


def test_a_path_leads_into_maps_and_lists() -> None:
    assert at_path({"ids": ["a", "b"]}, "ids.1") == "b"
    assert at_path({"ids": []}, "ids.1") is None
