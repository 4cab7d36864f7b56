"""Every case from the field holds, played in this process; `python -m tests.cases` plays them on a deployed stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.model import Case
from tests.cases.places.process import ProcessPlace, process_place
from tests.cases.reading import AREAS, read_cases
from tests.cases.steps import Playing, Unmet

CASES = [(area, case) for area in AREAS for case in read_cases(area) if case.place != "deployed"]


@pytest.fixture(scope="module")
def place() -> Iterator[ProcessPlace]:
    with process_place() as made:
        yield made


@pytest.mark.parametrize(("area", "case"), CASES, ids=[f"{case.kind} {case.name}" for _, case in CASES])
def test_a_case_from_the_field_holds(area: str, case: Case, place: ProcessPlace) -> None:
    tenant = f"case-{area}-{CASES.index((area, case))}"
    Playing(case, place, tenant).play()


def test_a_case_that_does_not_hold_fails(place: ProcessPlace) -> None:
    case = read_cases("push")[0]
    wrong = case.model_copy(update={"steps": [*case.steps[:1], case.steps[1].model_copy(update={"outcomes": []})]})
    with pytest.raises(Unmet, match="step 2, outcomes"):
        Playing(wrong, place, "case-wrong").play()
