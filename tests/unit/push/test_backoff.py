"""Passing failures are tried again soon, later each time, and never for ever on the queue."""

from __future__ import annotations

from causeway.push.backoff import PATIENT_RECEIVES, backoff_ms


def test_the_first_wait_is_five_seconds_and_each_further_one_is_longer_up_to_a_minute() -> None:
    assert [backoff_ms(receives, 0) // 1000 for receives in range(1, 7)] == [5, 10, 20, 40, 60, 60]


def test_jitter_adds_up_to_a_half() -> None:
    assert (backoff_ms(1, 0.5), backoff_ms(1, 1)) == (6_250, 7_500)


def test_a_first_retry_comes_within_fifteen_seconds() -> None:
    assert backoff_ms(1, 1) < 15_000


def test_ten_failures_in_a_row_stay_below_the_alarm_on_the_queues_age() -> None:
    assert sum(backoff_ms(receives, 1) for receives in range(1, PATIENT_RECEIVES)) < 15 * 60_000


def test_a_message_received_very_often_still_has_a_wait() -> None:
    assert backoff_ms(10_000, 0) == 60_000
