"""Records to save: who wants what of them, what is sent, and what their tasks are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Result, Warning
from causeway.contract.warning_codes import WARNINGS
from causeway.push.deciding.matching.people import Match
from causeway.push.deciding.planning.field_decisions import missing_sentence
from causeway.push.deciding.planning.merging import Merged, Plan, remember
from causeway.push.deciding.planning.person_accounts import PersonAccount
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.memory.entity import Entity
from causeway.push.memory.pending_creates import CreatedFor
from causeway.push.tasks import Task
from causeway.salesforce.calls import Save
from causeway.salesforce.emails import normalized_email
from causeway.syncs.mapping.desired import DesiredFields, DesiredParent
from causeway.syncs.mapping.mappings import PEOPLE


@dataclass(slots=True, eq=False)
class Contribution:
    """One task's part in a record: its match, what it wants, the data its outcome carries, and parents to create for it."""

    prepared: PreparedTask
    match: Match
    desired: DesiredFields
    data: dict[str, Any]
    superseded: bool = False
    warnings: tuple[Warning, ...] = ()
    parents: tuple[DesiredParent, ...] = ()


@dataclass(slots=True, eq=False)
class PlannedRecord:
    """One record to update or create, with everybody who wants something of it; `entity` owns its field times."""

    sobject: str
    merged: Merged
    entity: str = ""
    contributions: list[Contribution] = field(default_factory=list)
    plan: Plan | None = None
    person_account: PersonAccount | None = None

    @property
    def record_id(self) -> str | None:
        """Return the record's Id, None when it is to be created."""
        return str(self.merged.record["Id"]) if self.merged.record else None

    @property
    def is_open(self) -> bool:
        """Whether one of its tasks still waits for an outcome; members whose task was given back want nothing any more."""
        return any(contribution.prepared.task.is_open for contribution in self.contributions)

    def keys(self) -> tuple[CreatedFor, ...]:
        """Return the record keys that want this record, with the addresses they came with."""
        tasks = [contribution.prepared.task for contribution in self.contributions]
        told = (CreatedFor(task.memory_key, task.change.source, task.change.key, task.email) for task in tasks)
        return tuple(dict.fromkeys(told))

    def email(self) -> str | None:
        """Return the address that a person's record holds once it is saved, normalized."""
        values = self.plan.values if self.plan else {}
        return normalized_email(values.get("Email", (self.merged.record or {}).get("Email")))

    def own_names(self) -> dict[str, str]:
        """Return the sObject's field by what is sent in its place; only person accounts are sent under other names."""
        if self.person_account is None or self.plan is None:
            return {}
        return {self.person_account.name_of(name) or name: name for name in self.plan.values}

    def save(self) -> Save:
        """Return what to send; duplicates are allowed where every sync says so."""
        tasks = [contribution.prepared.task for contribution in self.contributions]
        rules = tasks[0].sync.push
        allow_duplicates = all(task.sync.push.on_duplicate == "save" for task in tasks)
        values = self.plan.values if self.plan else {}
        creates = self.record_id is None
        key = self.merged.describe.field(rules.external_id_field) if creates and rules.external_id_field else None
        external = key.name if key and key.name in values else None
        assign = creates and all(
            contribution.prepared.task.sync.push.assignment_rules for contribution in self.contributions
        )
        if self.person_account is not None:
            account = self.person_account
            return Save("Account", account.values(values), account.account_id, None, allow_duplicates)
        alone = creates and not external and any(task.named for task in tasks)  # its duplicates are named again
        return Save(self.sobject, values, self.record_id, external, allow_duplicates, assign, alone)


def end(prepared: PreparedTask, result: Result, code: str, detail: str, match: Match, data: dict[str, Any]) -> None:
    """Settle a task without any write."""
    chosen = next((candidate.id for candidate in match.candidates if candidate.chosen), None)
    prepared.task.settle(
        result,
        code,
        detail=detail,
        remedy=OUTCOMES[code].remedy,
        salesforce_id=chosen,
        warnings=match.warnings,
        candidates=match.candidates,
        data=data,
        signals=prepared.rules.signals_of(prepared.given),
    )


def settle_contributions(
    planned: PlannedRecord, result: Result, record_id: str | None, code: str | None = None, **more: Any
) -> None:
    """Give every task of a planned record its outcome: they share what was written, each with its own warnings and candidates."""
    written = tuple(planned.plan.values) if planned.plan and result in (Result.CREATED, Result.UPDATED) else ()
    shared = planned.plan.warnings if planned.plan else ()
    id_name = f"salesforce_{planned.sobject.lower()}_id"
    for contribution in planned.contributions:
        if not contribution.prepared.task.is_open:
            continue
        data = dict(contribution.data)
        if record_id and planned.sobject in PEOPLE:
            data[id_name] = record_id
            contribution.prepared.task.holds_other_email = planned.email() != contribution.prepared.task.email
        clamped = _clamped(contribution.prepared.task)
        contribution.prepared.task.settle(
            result,
            code,
            salesforce_id=record_id,
            fields_written=written,
            warnings=(
                *contribution.match.warnings,
                *clamped,
                *contribution.desired.warnings,
                *contribution.warnings,
                *shared,
            ),
            candidates=contribution.match.candidates,
            data=data,
            signals=contribution.prepared.rules.signals_of(contribution.prepared.given),
            **more,
        )


def _clamped(task: Task) -> tuple[Warning, ...]:
    if not task.change.clamped:
        return ()
    return (Warning("occurred_at", "clamped", WARNINGS["clamped"].sentence),)


def settle_without_write(planned: PlannedRecord, entity: Entity) -> bool:
    """Settle a planned planned record that needs no write, and remember what was decided; return False when it must be saved."""
    plan = planned.plan
    if plan is None:
        return False
    if planned.record_id is None and plan.missing:
        sentence = _missing(planned, plan)
        settle_contributions(
            planned,
            Result.REJECTED,
            None,
            "missing_required_field",
            detail=sentence,
            remedy=OUTCOMES["missing_required_field"].remedy,
        )
        return True
    if planned.record_id is None or plan.values:
        return False
    remember(planned.merged, plan, entity, planned.record_id)
    settle_superseded(planned)
    settle_contributions(planned, Result.UNCHANGED, planned.record_id)
    return True


def _missing(planned: PlannedRecord, plan: Plan) -> str:
    """Return which fields a create lacks, and why a value that was given for one can not be written."""
    sentence = missing_sentence(planned.merged.describe, plan.missing)
    names = {field.name for field in plan.missing}
    given = [warning for contribution in planned.contributions for warning in contribution.desired.warnings]
    why = dict.fromkeys(warning.detail for warning in (*given, *plan.warnings) if warning.field in names)
    return f"{sentence.removesuffix('.')} that can be written: {' '.join(why)}" if why else sentence


def settle_superseded(planned: PlannedRecord) -> None:
    """Skip the changes of which nothing was left: newer ones have decided all their fields."""
    late = [contribution for contribution in planned.contributions if contribution.superseded]
    if late:
        only = PlannedRecord(planned.sobject, planned.merged, planned.entity, late)
        why = "Newer changes have already decided every field that this one carries."
        settle_contributions(only, Result.SKIPPED, planned.record_id, "superseded", detail=why)
