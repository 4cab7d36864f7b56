"""What the tests of push share."""

from __future__ import annotations

import pytest

from tests.push_bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
