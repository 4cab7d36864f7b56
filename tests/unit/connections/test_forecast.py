"""The forecast of an org's API calls goes on as the last hours did, until the end of the day."""

from __future__ import annotations

from causeway.connections.connection import Usage
from causeway.connections.forecast import forecast_used

HOUR_MS = 3_600_000
NOON_MS = 20_000 * 24 * HOUR_MS + 12 * HOUR_MS


def reading(used: int, hours_ago: float) -> Usage:
    return Usage(used, 15_000, int(NOON_MS - hours_ago * HOUR_MS))


def test_it_goes_on_as_in_the_last_hours() -> None:
    assert forecast_used(reading(8_000, 0), [reading(6_000, 5), reading(7_000, 2)]) == 8_000 + 400 * 12


def test_a_falling_count_falls_on_but_not_below_nothing() -> None:
    assert forecast_used(reading(5_000, 0), [reading(5_600, 6)]) == 5_000 - 100 * 12
    assert forecast_used(reading(100, 0), [reading(5_000, 6)]) == 0


def test_readings_that_are_too_near_too_old_or_newer_say_nothing() -> None:
    assert forecast_used(reading(8_000, 0), [reading(7_999, 0.4), reading(100, 9.1), reading(9_000, -1)]) is None
    assert forecast_used(reading(8_000, 0), []) is None
