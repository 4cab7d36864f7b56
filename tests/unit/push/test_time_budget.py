"""No call is begun that can hardly end before the invocation does."""

from __future__ import annotations

import pytest
from causeway.errors import OrgUnavailable
from causeway.push.time_budget import MOST_LEAST_MS, MOST_RESERVE_MS, Budget


class Clock:
    """A deadline whose time a test spends."""

    left_ms = 120_000

    def remaining_ms(self) -> int:
        return self.left_ms


def test_a_call_may_begin_while_it_can_end_and_the_reserve_stays() -> None:
    clock = Clock()
    budget = Budget(clock)
    clock.left_ms = MOST_RESERVE_MS + MOST_LEAST_MS
    assert budget.allows_call()
    assert budget.call_s(60.0) == MOST_LEAST_MS / 1000
    clock.left_ms -= 1
    assert not budget.allows_call()
    with pytest.raises(OrgUnavailable):
        budget.call_s(60.0)


def test_a_call_takes_no_longer_than_it_should() -> None:
    assert Budget(Clock()).call_s(60.0) == 60.0
