"""Moments in every written form that names a zone."""

from __future__ import annotations

import pytest
from causeway.contract.reading.moments import moment_ms

TEN = 1_763_632_800_000  # 2025-11-20T10:00:00Z


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-20T10:00:00Z",
        "2025-11-20t10:00:00z",
        "2025-11-20 10:00:00Z",
        "2025-11-20T10:00:00+0000",
        "2025-11-20T11:00:00+01",
        "2025-11-20T11:00:00+01:00",
        "2025-11-20T05:00:00\u22120500",
        "20251120T100000Z",
        "2025-11-20T10:00Z",
        "2025-W47-4T10:00:00Z",
        "2025-324T10:00:00Z",
        "2025324T100000Z",
        "2025-11-20T10:00:00,000Z",
        "2025-11-20T10:00:00.000000000Z",
        " 2025-11-20T10:00:00Z ",
        "2025-11-20T09:59:60Z",
    ],
)
def test_every_form_with_a_zone_is_read(text: str) -> None:
    assert moment_ms(text) == TEN


def test_fractions_become_milliseconds() -> None:
    assert moment_ms("2025-11-20T10:00:00.1234Z") == TEN + 123


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-20T10:00:00",
        "2025-11-20",
        "yesterday",
        "",
        "2025-13-01T00:00:00Z",
        "2025-400T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-05:00",
        "1763632800",
        "2025-11-20T10:00:00Z" + " " * 100,
    ],
)
def test_what_names_no_moment_between_the_years_1_and_9999_is_none(text: str) -> None:
    assert moment_ms(text) is None
