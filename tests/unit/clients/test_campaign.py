"""The campaign of the client packages holds, and fails for a client that is broken."""

from __future__ import annotations

import pytest

from tests.campaigns.client import VARIANTS, run


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_and_nothing_counts_twice(seed: int) -> None:
    figures = run(8_000, seed)
    assert (figures["lost"], figures["handled_twice"], figures["ok"]) == (0, 0, True), figures


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_broken_client_is_found_out(variant: str) -> None:
    figures = run(8_000, 1, variant)
    assert not figures["ok"]
    assert figures["lost"] or figures["handled_twice"]
