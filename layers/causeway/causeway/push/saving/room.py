"""Refuse what could not be remembered of an entity before it is written: what is not remembered would be written again, or stale."""

from __future__ import annotations

from collections.abc import Iterable

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.settling import settle_contributions
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.entity import Entity, stored_size
from causeway.push.memory.hashes import value_hash
from causeway.push.memory.packing import EMAIL_BYTES, FIELD_BYTES, KEY_BYTES, ROOM

FULL = "memory_full"


def refuse_unmemorable(planned_records: Iterable[PlannedRecord], claims: HeldClaims) -> None:
    """Reject the tasks of records for whose fields, keys and addresses their entity has no room."""
    used: dict[str, int] = {}
    for planned in planned_records:
        more = _growth(planned, claims.entities[planned.entity])
        if more and planned.entity not in used:
            used[planned.entity] = stored_size(claims.stored[planned.entity])
        if more and used[planned.entity] + more > ROOM:
            code = OUTCOMES[FULL]
            settle_contributions(
                planned, Result.REJECTED, planned.record_id, FULL, detail=code.sentence, remedy=code.remedy
            )
        elif more:
            used[planned.entity] += more


def _growth(planned: PlannedRecord, entity: Entity) -> int:
    """Return by how much a record's save lets its entity grow at most: bytes; 0 when all of it is known there."""
    fields = planned.merged.desired.keys() | (planned.plan.values.keys() if planned.plan else set())
    tasks = [contribution.task for contribution in planned.contributions]
    keys = {task.memory_key: task for task in tasks if task.entities[0] == planned.entity}
    new_keys = [task for memory, task in keys.items() if memory not in entity.keys]
    emails = {mark for task in tasks if task.email and (mark := value_hash(task.email)) not in entity.emails}
    return (
        FIELD_BYTES * len(fields - entity.times.get(planned.record_id or "", {}).keys())
        + sum(KEY_BYTES + len(task.change.source) + len(task.change.key) for task in new_keys)
        + (EMAIL_BYTES * len(emails) if entity.emails else 0)
    )
