"""Queue one job for each pull that is due; overlapping or repeated ticks do not run a sync twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from causeway.pull.jobs import DueSync, PullJob
from causeway.syncs.schedules import next_due_ms

RESERVE_S = 5.0  # a page of jobs must still be queued and moved on


class DueSyncs(Protocol):
    """The index of syncs by when they are due."""

    def pages(self, now_ms: int) -> Iterator[Sequence[DueSync]]:
        """Yield what is due, page by page."""

    def move_on(self, moves: Sequence[tuple[DueSync, int | None]]) -> None:
        """Set when each sync is due next, unless another tick did."""


class JobQueue(Protocol):
    """The pull queue."""

    def queue(self, jobs: Sequence[PullJob]) -> None:
        """Queue these jobs; raises unless all were taken."""


class Deadline(Protocol):
    """How long this tick may go on."""

    def remaining_s(self) -> float:
        """Return seconds left."""


def queue_due_pulls(due_syncs: DueSyncs, jobs: JobQueue, now_ms: Callable[[], int], deadline: Deadline) -> int:
    """
    Queue a job for every sync that is due and return how many.

    The job is queued before the sync is moved on: a crash in between queues it again at the next tick, and the job names
    the moment it was due for, so that a second one for the same moment does nothing. What does not fit into the time is left
    to the next tick.
    """
    queued = 0
    for page in due_syncs.pages(now_ms()):
        if deadline.remaining_s() < RESERVE_S:
            return queued
        jobs.queue([PullJob(due.tenant, due.sync, due_ms=due.due_at_ms) for due in page])
        due_syncs.move_on([(due, next_due_ms(due.schedule, now_ms(), f"{due.tenant}/{due.sync}")) for due in page])
        queued += len(page)
    return queued
