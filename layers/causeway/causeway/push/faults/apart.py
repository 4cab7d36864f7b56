"""Settle the tasks of a pass apart that met a fault of ours, until the one that meets it stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from causeway.push.faults.crashes import crash
from causeway.push.tasks import Task, open_tasks


def reopen(tasks: Iterable[Task]) -> None:
    """Reopen what a pass settled and did not remember, as if it had not begun."""
    for task in tasks:
        if not task.recognized:
            task.outcome = task.fault = task.gate = task.follows = None


def parts_after(tasks: Sequence[Task], fault: Exception, unknown: AbstractSet[str]) -> list[list[Task]]:
    """
    Return the open tasks in parts to settle one after another: halves of the changes, then one sync at a time.

    A task alone ends for the fault. Those that need an entity of the `unknown` ones are redelivered: what was sent for it may
    still arrive.
    """
    for task in open_tasks(tasks):
        if not unknown.isdisjoint(task.entities):
            task.redeliver()
    waiting = open_tasks(tasks)
    by_change: dict[int, list[Task]] = {}
    for task in waiting:
        by_change.setdefault(id(task.change), []).append(task)
    if len(by_change) > 1:
        changes, middle = list(by_change.values()), len(by_change) // 2
        return [[task for together in half for task in together] for half in (changes[:middle], changes[middle:])]
    if len(waiting) > 1:
        return [[task] for task in sorted(waiting, key=lambda task: task.sync.position)]
    for task in waiting:
        crash(task, fault)
    return []
