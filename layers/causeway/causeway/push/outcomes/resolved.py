"""When the parked entry of a refused change is dropped: refusals are remembered with their record until they are settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.contract.outcomes import Result
from causeway.push.memory.entity import Entity
from causeway.push.memory.hashes import content_hash, hashed
from causeway.push.memory.settled_changes import note_refused
from causeway.push.tasks import Task


def rejected_id(tenant: str, task: Task) -> str:
    """Return the parked id of one change for one sync: sending the same again does not park twice."""
    change = task.change
    return "r" + hashed(tenant, change.source, change.key, task.sync.id, task.content or content_hash(change))


def remember_refused(tasks: Iterable[Task], entities: Mapping[str, Entity]) -> None:
    """Note refused changes in the held entities, so that the entry of the same content is found once it is settled."""
    for task in tasks:
        entity = entities.get(task.entities[0]) if task.entities else None
        if entity is not None and task.outcome is not None and task.outcome.result is Result.REJECTED:
            note_refused(entity, task.memory_key, task.sync.id, task.content)


def resolved(tenant: str, tasks: Iterable[Task]) -> list[str]:
    """Return the parked ids of changes that were refused before and are settled now, each once."""
    done = (task for task in tasks if task.outcome is not None and not task.redelivered and not task.gate)
    ids = (
        rejected_id(tenant, task)
        for task in done
        if (task.redriven or task.resolves) and task.outcome and task.outcome.result is not Result.REJECTED
    )
    return list(dict.fromkeys(ids))
