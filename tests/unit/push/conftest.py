"""What the tests of push share."""

from __future__ import annotations

import pytest

from tests.support.push.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
