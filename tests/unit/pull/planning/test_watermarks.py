"""Where a window begins and ends: nothing that surfaces late is passed by, whatever the org's clock does."""

from __future__ import annotations

from causeway.pull.planning.watermarks import Place, next_window

NOW_MS = 1_796_073_600_400
MINUTE_MS = 60_000


def test_a_window_ends_at_a_whole_second_five_seconds_ago() -> None:
    """Rows of the second in progress may still come, and a record that always changes must be read some time."""
    assert next_window(None, NOW_MS).upto_ms == NOW_MS - 400 - 5_000
    assert next_window(NOW_MS - 60 * MINUTE_MS, NOW_MS).upto_ms == NOW_MS - 400 - 5_000


def test_the_ten_minutes_before_are_read_again() -> None:
    read_upto_ms = NOW_MS - 60 * MINUTE_MS
    assert next_window(read_upto_ms, NOW_MS).after == Place(read_upto_ms - 10 * MINUTE_MS)
    assert next_window(None, NOW_MS).is_first_import


def test_a_clock_that_went_back_ends_no_window_before_the_last_one() -> None:
    read_upto_ms = NOW_MS + 30 * MINUTE_MS
    window = next_window(read_upto_ms, NOW_MS)
    assert (window.lower_ms, window.upto_ms) == (read_upto_ms - 10 * MINUTE_MS, read_upto_ms)
