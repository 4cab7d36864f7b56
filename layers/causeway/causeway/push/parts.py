"""Divide a tenant's tasks into parts that fit the time of the invocation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from causeway.push.deciding.dependencies import wait_for_people
from causeway.push.tasks import Task
from causeway.push.time_budget import NOT_BEGUN_MS, Budget
from causeway.syncs.mapping.rows import PEOPLE


def parts_in_time(tasks: Sequence[Task], budget: Budget, now_ms: Callable[[], int]) -> Iterator[list[Task]]:
    """Yield people first, then what may concern them, in parts to settle one after another; what does not fit is redelivered."""
    people = [task for task in tasks if task.sync.sobject in PEOPLE]
    others = [task for task in tasks if task.sync.sobject not in PEOPLE]
    for kind in (people, others):
        wait_for_people(kind, people)
        yield from _parts(_by_change(task for task in kind if task.is_open), budget, now_ms)


def _by_change(tasks: Iterable[Task]) -> list[list[Task]]:
    """Return tasks by change: all tasks of one change are settled together."""
    by_change: dict[int, list[Task]] = {}
    for task in tasks:
        by_change.setdefault(id(task.change), []).append(task)
    return list(by_change.values())


def _parts(waiting: list[list[Task]], budget: Budget, now_ms: Callable[[], int]) -> Iterator[list[Task]]:
    """Yield as many changes at a time as fit the time, and measure how long each part takes."""
    while waiting and (most := budget.changes()):
        part, waiting = waiting[:most], waiting[most:]
        began_ms = now_ms()
        yield [task for tasks in part for task in tasks]
        budget.note(len(part), now_ms() - began_ms)
    for task in (task for tasks in waiting for task in tasks):
        task.redeliver(now_ms() + NOT_BEGUN_MS)
