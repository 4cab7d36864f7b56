"""The campaign of signals at a small scale: what is built misses and repeats nothing, and each broken variant does."""

from __future__ import annotations

import pytest

from tests.campaigns.signals import VARIANTS, run


def test_no_edge_is_missed_or_repeated_under_crashes_and_redelivery() -> None:
    found = run(400, seed=3)
    assert found["crashes"] > 0
    assert (found["missed"], found["repeated"]) == (0, 0)


@pytest.mark.parametrize("broken", VARIANTS)
def test_a_broken_variant_fails(broken: str) -> None:
    found = run(300, seed=3, broken=broken)
    assert found["missed"] + found["repeated"] > 0
