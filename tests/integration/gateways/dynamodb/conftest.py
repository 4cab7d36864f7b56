"""Fixtures of the stores of pulls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.pull.tables import Time, pull_tables


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with pull_tables() as made:
        yield made


@pytest.fixture
def time() -> Time:
    return Time()
