"""How much of a window one query may read."""

from __future__ import annotations

from causeway.pull.planning.slices import WIDER_AFTER, Slices

HOUR_MS = 3_600_000


def test_one_query_reads_the_whole_window_at_first() -> None:
    assert Slices(0, 10 * HOUR_MS).end_after(2 * HOUR_MS) == 10 * HOUR_MS


def test_half_of_what_was_too_much_is_asked_for_next() -> None:
    slices = Slices(0, 10 * HOUR_MS)
    assert slices.halve(2 * HOUR_MS)
    assert slices.end_after(2 * HOUR_MS) == 6 * HOUR_MS
    assert slices.left_after(2 * HOUR_MS) == 2


def test_a_second_is_the_least() -> None:
    slices, halved = Slices(0, 10_000), 0
    while slices.halve(0):
        halved += 1
    assert (slices.width_ms, halved < 10) == (1_000, True)


def test_queries_read_more_again_once_several_in_a_row_were_answered() -> None:
    slices = Slices(1_000, 10 * HOUR_MS)
    for _ in range(WIDER_AFTER - 1):
        slices.note_read()
    assert slices.width_ms == 1_000
    slices.note_read()
    assert slices.width_ms == 2_000
    assert slices.halve(0)
    for _ in range(WIDER_AFTER - 1):
        slices.note_read()
    assert slices.width_ms == 1_000


def test_an_org_that_was_slow_once_is_read_in_few_queries_afterwards() -> None:
    slices, start_ms, queries = Slices(1_000, HOUR_MS), 0, 0
    while start_ms < HOUR_MS:
        start_ms, queries = slices.end_after(start_ms), queries + 1
        slices.note_read()
    assert queries <= 100
