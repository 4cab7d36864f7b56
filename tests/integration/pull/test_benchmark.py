"""The benchmark of pull runs to its end, beside jsforce where Node is there."""

from __future__ import annotations

import pytest

from benchmarks import jsforce
from benchmarks.pull import measured
from tests.clients import node


def test_a_pull_is_measured_with_a_plain_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsforce, "is_there", lambda: False)
    figures = measured(300, "rest", 1)
    assert figures["api_calls"] <= 2
    assert 100 < figures["page_bytes_per_record"] < 0.6 * figures["plain_page_bytes_per_record"]


def test_jsforce_is_asked_for_the_same_rows_where_it_is_installed() -> None:
    if not (node.INSTALLED / "node_modules" / "jsforce").is_dir():
        pytest.skip("jsforce is not installed; `make test-clients` does that")
    assert measured(300, "rest", 1)["jsforce_rows_per_s"] > 0
