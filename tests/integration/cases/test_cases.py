"""Two cases of each kind from the field hold, played in this process; `python -m tests.cases AREA [--in-process]` plays all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.cases.dry_runs import PlayingTwice
from tests.cases.model import Case
from tests.cases.places.process import ProcessPlace, process_place
from tests.cases.reading import AREAS, read_cases
from tests.cases.steps import Playing, Unmet

_PUSHES = [case for case in read_cases("push") if case.place != "deployed"]
FIRST_OF_KIND = list({case.kind: case for case in reversed(_PUSHES)}.values())
BASIC = next(
    case
    for case in _PUSHES
    if [step.named()[0] for step in case.steps[:2]] == ["push", "outcomes"]
    and len(case.steps[0].named()[1].changes) == 1
)


def sampled() -> list[tuple[str, Case]]:
    """Return the first two cases of each kind; of pushes only the second, as the first is played with its dry run."""
    found: list[tuple[str, Case]] = []
    for area in AREAS:
        seen: Counter[str] = Counter()
        for case in (each for each in read_cases(area) if each.place != "deployed"):
            if seen[case.kind] in ((1,) if area == "push" else (0, 1)):
                found.append((area, case))
            seen[case.kind] += 1
    return found


CASES = sampled()


@pytest.fixture(scope="module")
def place() -> Iterator[ProcessPlace]:
    with process_place() as made:
        yield made


@pytest.mark.parametrize(("area", "case"), CASES, ids=[f"{case.kind} {case.name}" for _, case in CASES])
def test_a_case_from_the_field_holds(area: str, case: Case, place: ProcessPlace) -> None:
    tenant = f"case-{area}-{CASES.index((area, case))}"
    Playing(case, place, tenant).play()


@pytest.mark.parametrize("case", FIRST_OF_KIND, ids=lambda case: case.kind)
def test_a_push_comes_to_what_the_dry_run_said(case: Case, place: ProcessPlace) -> None:
    PlayingTwice(case, place, f"twice-{case.kind}".lower()).play()


def test_a_dry_run_that_says_otherwise_is_noticed(place: ProcessPlace) -> None:
    class Mistaken(PlayingTwice):
        def _try(self, source: str, change: Mapping[str, Any]) -> None:
            super()._try(source, change)
            for answer in self.tried.values():
                answer["result"] = "skipped"

    with pytest.raises(Unmet, match="the dry run said"):
        Mistaken(BASIC, place, "case-mistaken").play()


def test_a_case_that_does_not_hold_fails(place: ProcessPlace) -> None:
    case = read_cases("push")[0]
    wrong = case.model_copy(update={"steps": [*case.steps[:1], case.steps[1].model_copy(update={"outcomes": []})]})
    with pytest.raises(Unmet, match="step 2, outcomes"):
        Playing(wrong, place, "case-wrong").play()
