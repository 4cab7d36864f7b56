"""Give the tasks of a planned record their outcomes: they share what was written, each with its own warnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Result, Warning
from causeway.contract.warning_codes import WARNINGS
from causeway.push.deciding.planning.field_decisions import missing_sentence
from causeway.push.deciding.planning.merging import Plan, remember
from causeway.push.deciding.planning.planned_records import Contribution, PlannedRecord
from causeway.push.deciding.planning.refused_before import remember_refused
from causeway.push.memory.entity import Entity
from causeway.push.tasks import Task
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.signals import Look, looks


def settle_contributions(
    planned: PlannedRecord, result: Result, record_id: str | None, code: str | None = None, **more: Any
) -> None:
    """Give every open task of a planned record its outcome, with its own warnings and candidates."""
    written = tuple(planned.plan.values) if planned.plan and result in (Result.CREATED, Result.UPDATED) else ()
    for contribution in planned.contributions:
        task = contribution.task
        if not task.is_open:
            continue
        if record_id and planned.sobject in PEOPLE:
            task.holds_other_email = planned.email() != task.email
        task.looks = _looks(planned, contribution, record_id, is_written=bool(written))
        task.settle(
            result,
            code,
            salesforce_id=record_id,
            fields_written=written,
            warnings=_warnings(planned, contribution),
            candidates=contribution.match.candidates,
            data=_data(planned, contribution, record_id),
            signals=contribution.prepared.rules.signals_of(contribution.prepared.given),
            **more,
        )


def _looks(
    planned: PlannedRecord, contribution: Contribution, record_id: str | None, *, is_written: bool
) -> tuple[Look, ...]:
    """Return what the signals of a task see: the record as it is once it is saved."""
    rules = contribution.prepared.rules.signal_rules
    given: Mapping[str, Any] = contribution.prepared.given
    if rules and is_written and planned.plan:
        record = {**(given.get("record") or {}), **planned.plan.values, "Id": record_id}
        given = {**given, "record": record}
    return looks(rules, given) if rules else ()


def _data(planned: PlannedRecord, contribution: Contribution, record_id: str | None) -> dict[str, Any]:
    """Return the data of one outcome, with the Id of the person's record once it is known."""
    if record_id and planned.sobject in PEOPLE:
        return contribution.data | {f"salesforce_{planned.sobject.lower()}_id": record_id}
    return dict(contribution.data)


def _warnings(planned: PlannedRecord, contribution: Contribution) -> tuple[Warning, ...]:
    return (
        *contribution.match.warnings,
        *_clamped(contribution.task),
        *contribution.desired.warnings,
        *contribution.warnings,
        *(planned.plan.warnings if planned.plan else ()),
    )


def _clamped(task: Task) -> tuple[Warning, ...]:
    if not task.change.clamped:
        return ()
    return (Warning("occurred_at", "clamped", WARNINGS["clamped"].sentence),)


def settle_without_write(planned: PlannedRecord, entity: Entity) -> bool:
    """Settle a planned record that needs no write, and remember what was decided; return False when it must be saved."""
    plan = planned.plan
    if plan is None:
        return False
    if planned.record_id is None and plan.missing:
        _settle_incomplete(planned, plan)
        return True
    if planned.record_id is None or plan.values:
        return False
    remember_decided(planned, entity, planned.record_id)
    settle_superseded(planned)
    settle_contributions(planned, Result.UNCHANGED, planned.record_id)
    return True


def remember_decided(planned: PlannedRecord, entity: Entity, record_id: str) -> None:
    """Remember which changes decided the fields of a record that is as it shall be, and which values the org refused for it."""
    if planned.plan is not None:
        remember(planned.merged, planned.plan, entity, record_id)
        remember_refusals(planned, entity, record_id)


def remember_refusals(planned: PlannedRecord, entity: Entity, key: str) -> None:
    """Remember the values that the org refused; `key` is the record's Id, or its sObject while there is none."""
    if planned.plan is not None:
        values, circumstances = planned.plan.values, planned.circumstances
        remember_refused(planned.merged.state, planned.refused, values, entity, circumstances, key)


def _settle_incomplete(planned: PlannedRecord, plan: Plan) -> None:
    """Reject a create that lacks required fields; say why a value that was given for one is not written."""
    sentence = missing_sentence(planned.merged.describe, plan.missing)
    names = {field.name for field in plan.missing}
    given = [warning for contribution in planned.contributions for warning in contribution.desired.warnings]
    why = dict.fromkeys(warning.detail for warning in (*given, *plan.warnings) if warning.field in names)
    if why:
        sentence = f"{sentence.removesuffix('.')} that can be written: {' '.join(why)}"
    code = "missing_required_field"
    settle_contributions(planned, Result.REJECTED, None, code, detail=sentence, remedy=OUTCOMES[code].remedy)


def settle_superseded(planned: PlannedRecord) -> None:
    """Skip the changes of which nothing is left, because newer ones decided all their fields."""
    late = [contribution for contribution in planned.contributions if contribution.superseded]
    if late:
        only = PlannedRecord(planned.sobject, planned.merged, planned.entity, late)
        why = "Newer changes have already decided every field that this one carries."
        settle_contributions(only, Result.SKIPPED, planned.record_id, "superseded", detail=why)
