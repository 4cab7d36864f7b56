"""Answer a task from memory when the same change was settled before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.push.memory.claims.answers import Seen
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import memory_key
from causeway.push.memory.outcome_json import remembered_outcome, was_without_person
from causeway.push.memory.settled_changes import data_of, recognized_change
from causeway.push.tasks import Task


def recognize_seen(tasks: Iterable[Task], seen: Mapping[str, Seen]) -> None:
    """Settle the tasks whose change was settled before, from what was read: they need no claim."""
    parsed: dict[str, Entity] = {}
    for task in tasks:
        entity = task.entities[0]
        found = seen.get(entity)
        if found is None or not found.state:
            continue
        if entity not in parsed:
            parsed[entity] = Entity.parse(found.state)
        recognize(task, parsed[entity])


def recognize(task: Task, entity: Entity) -> None:
    """
    Settle a task with the outcome stored for the same change.

    A rejected change that is redriven is tried again, and so is one that was settled without the person it concerns.
    """
    task.memory_key = task.memory_key or memory_key(task.change.source, task.change.key)
    known = recognized_change(entity, task.memory_key, task.sync, task.change, task.content)
    if known is None or (task.redriven and known.outcome["result"] == "rejected") or was_without_person(known.outcome):
        return
    data = data_of(entity, task.memory_key)
    task.outcome = remembered_outcome(task.change.key, task.sync.id, task.sync.sobject, known.outcome, data)
    task.recognized, task.resolves, task.settlement = True, known.resolves, known.settlement
