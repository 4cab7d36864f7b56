"""Merge what the tasks of each planned record ask for, and plan its save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import replace

from causeway.push.deciding.planning.merging import Merged, plan_of
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.refused_before import Circumstances
from causeway.push.faults.crashes import crash, is_ours
from causeway.push.memory.entity import Entity
from causeway.push.memory.two_way import Base


def plan_records(
    planned_records: Iterable[PlannedRecord],
    entities: Mapping[str, Entity],
    owners: Mapping[str, str],
    bases: Mapping[str, Base],
    circumstances: Circumstances,
) -> None:
    """
    Give each planned record its plan; a record to update whose owner is not held stays without one.

    `owners` is the held entity that owns each record, `bases` what both sides of bidirectional syncs had last, by record Id.
    """
    for planned in planned_records:
        record_id = planned.record_id
        if record_id is not None:
            if record_id not in owners:
                continue
            planned.entity = owners[record_id]
        planned.contributions = [contribution for contribution in planned.contributions if contribution.task.is_open]
        is_redriven = any(contribution.task.redriven for contribution in planned.contributions)
        planned.circumstances = replace(circumstances, is_redriven=is_redriven)
        _plan_apart(planned, entities[planned.entity], bases.get(record_id or ""))


def _plan_apart(planned: PlannedRecord, entity: Entity, base: Base | None) -> None:
    """Plan a record; without the changes on which that fails by a fault of ours."""
    while planned.contributions:
        try:
            return _plan(planned, entity, base)
        except Exception as fault:
            if not is_ours(fault):
                raise
            _crash_culprits(planned, entity, base, fault)
            planned.merged = _blank(planned)
    return None


def _blank(planned: PlannedRecord) -> Merged:
    return replace(planned.merged, desired={}, defaults={})


def _crash_culprits(planned: PlannedRecord, entity: Entity, base: Base | None, fault: Exception) -> None:
    """Take out the contributions that cannot be planned alone, or the newest one when only all together cannot."""
    culprits = []
    for contribution in planned.contributions:
        alone = replace(planned, merged=_blank(planned), contributions=[contribution])
        try:
            _plan(alone, entity, base)
        except Exception as own:
            if not is_ours(own):
                raise
            culprits.append((contribution, own))
    for contribution, met in culprits or [(max(planned.contributions, key=lambda each: each.task.change.order), fault)]:
        crash(contribution.task, met)
        planned.contributions.remove(contribution)


def _plan(planned: PlannedRecord, entity: Entity, base: Base | None) -> None:
    for contribution in sorted(planned.contributions, key=lambda item: item.task.change.order):
        order = contribution.task.change.order
        planned.merged.defaults = {**contribution.desired.defaults, **planned.merged.defaults}
        contribution.superseded = not planned.merged.take(contribution.desired.fields, order, entity)
    plan = plan_of(planned.merged, entity, base, planned.circumstances)
    planned.plan = planned.person_account.writable(plan) if planned.person_account else plan
