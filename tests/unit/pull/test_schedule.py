"""When pulls are due, and what a tick queues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from causeway.errors import InvalidRequest, StoreUnavailable
from causeway.pull.jobs import DueSync, PullJob
from causeway.pull.schedule import queue_due_pulls
from causeway.syncs.schedules import next_due_ms
from causeway.syncs.sync import Schedule

from tests.support.pull.fakes import Patience

NOW_MS = 1_795_168_800_000  # 2026-11-20T10:00:00Z


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_an_interval_is_kept_and_spread() -> None:
    schedule = Schedule(every_minutes=15)
    due = {next_due_ms(schedule, NOW_MS, f"t{number}/people") or 0 for number in range(200)}
    assert all(NOW_MS < each <= NOW_MS + 900_000 for each in due)
    assert len(due) > 100
    first = next_due_ms(schedule, NOW_MS, "acme/people") or 0
    assert next_due_ms(schedule, first, "acme/people") == first + 900_000


def test_a_daily_pull_keeps_the_wall_clock_of_its_zone_over_a_clock_change() -> None:
    schedule = Schedule(every_minutes=None, daily_at="06:30", zone="Europe/Berlin")
    assert next_due_ms(schedule, at("2026-10-24T12:00:00"), "") == at("2026-10-25T05:30:00")
    assert next_due_ms(schedule, at("2026-03-28T12:00:00"), "") == at("2026-03-29T04:30:00")


def test_a_time_that_the_clock_skips_is_due_right_after() -> None:
    schedule = Schedule(every_minutes=None, daily_at="02:30", zone="Europe/Berlin")
    due = next_due_ms(schedule, at("2026-03-28T12:00:00"), "") or 0
    assert at("2026-03-29T00:30:00") < due <= at("2026-03-29T01:30:00")


def test_paused_or_without_a_rule_nothing_is_due() -> None:
    assert next_due_ms(Schedule(every_minutes=15, paused=True), NOW_MS, "") is None
    assert next_due_ms(Schedule(every_minutes=None), NOW_MS, "") is None


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        next_due_ms(Schedule(every_minutes=None, daily_at="06:30", zone="Mars/Olympus"), NOW_MS, "")


class Index:
    """The due index: how many syncs it ever held in memory at once is what a page holds."""

    def __init__(self, tenants: int, syncs: int = 3, page: int = 100) -> None:
        self._page = page
        self.waiting = [(f"t{tenant}", f"s{sync}") for tenant in range(tenants) for sync in range(syncs)]
        self.moved: dict[tuple[str, str], int | None] = {}
        self.largest = 0

    def pages(self, now_ms: int) -> Iterator[Sequence[DueSync]]:
        left = [place for place in self.waiting if place not in self.moved]
        for start in range(0, len(left), self._page):
            page = [
                DueSync(tenant, sync, NOW_MS - 1, Schedule(every_minutes=15))
                for tenant, sync in left[start : start + self._page]
            ]
            self.largest = max(self.largest, len(page))
            yield page

    def move_on(self, moves: Sequence[tuple[DueSync, int | None]]) -> None:
        self.moved |= {(due.tenant, due.sync): next_ms for due, next_ms in moves}


class Queue:
    def __init__(self, fails_after: int | None = None) -> None:
        self.jobs: list[PullJob] = []
        self._fails_after = fails_after

    def queue(self, jobs: Sequence[PullJob]) -> None:
        if self._fails_after is not None and len(self.jobs) >= self._fails_after:
            raise StoreUnavailable("The queue does not answer.", "It is tried again.")
        self.jobs += jobs


def tick(index: Any, queue: Queue, patience: Patience | None = None) -> int:
    return queue_due_pulls(index, queue, lambda: NOW_MS, patience or Patience())


def test_every_due_sync_is_queued_once_and_moved_on() -> None:
    index, queue = Index(1_000), Queue()
    assert tick(index, queue) == 3_000
    assert len({(job.tenant, job.sync) for job in queue.jobs}) == 3_000
    assert index.moved.keys() == set(index.waiting)
    assert index.largest <= 100
    assert tick(index, queue) == 0


def test_a_job_names_the_moment_it_was_due_for() -> None:
    queue = Queue()
    tick(Index(1, 1), queue)
    assert queue.jobs == [PullJob("t0", "s0", due_ms=NOW_MS - 1)]


def test_a_crash_between_queueing_and_moving_on_queues_again_for_the_same_moment() -> None:
    index, queue = Index(10, page=10), Queue(fails_after=10)
    with pytest.raises(StoreUnavailable):
        tick(index, queue)
    again = Queue()
    assert tick(index, again) == 20
    assert {job.due_ms for job in (*queue.jobs, *again.jobs)} == {NOW_MS - 1}


def test_what_does_not_fit_into_the_time_is_left_to_the_next_tick() -> None:
    index, queue, patience = Index(10), Queue(), Patience(4.0)
    assert tick(index, queue, patience) == 0
    assert tick(index, queue) == 30
