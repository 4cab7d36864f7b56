"""Settings that contradict each other are refused before anything is pushed with them."""

from __future__ import annotations

import pytest
from causeway.errors import BrokenDeployment
from causeway.settings import read_settings

GOOD = {
    "PUSH_TIMEOUT_S": "100",
    "UNKNOWN_OUTCOME_HOLD_S": "500",
    "CLAIM_LEASE_S": "600",
    "PUSH_VISIBILITY_S": "600",
}


def test_timings_that_just_fit_are_taken() -> None:
    assert read_settings(GOOD).claim_lease_s == 600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAIM_LEASE_S", "599"),
        ("UNKNOWN_OUTCOME_HOLD_S", "501"),
        ("PUSH_VISIBILITY_S", "599"),
        ("PUSH_TIMEOUT_S", "101"),
    ],
)
def test_timings_under_which_two_workers_could_write_one_record_are_refused(name: str, value: str) -> None:
    with pytest.raises(BrokenDeployment, match="is shorter than"):
        read_settings({**GOOD, name: value})
