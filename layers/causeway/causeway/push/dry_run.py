"""Show what a push would do with a change: the match, each field's decision, the request. Claims and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.connections.gates import gate_of
from causeway.contract.changes import Change
from causeway.contract.message_writing import message_json
from causeway.contract.messages import parse_message
from causeway.contract.outcomes import Result
from causeway.errors import InvalidRequest, NotConnected
from causeway.push.deciding.awaiting import waiting_gate
from causeway.push.deciding.decide import Decisions, decide
from causeway.push.deciding.deferred import settle_deferred
from causeway.push.deciding.describes import Described, described_since, optional
from causeway.push.deciding.identifying import about_key, settle_identifiers
from causeway.push.deciding.missing_fields import lacks, newest_needed_ms
from causeway.push.deciding.planning.contributing import planned_record
from causeway.push.deciding.planning.field_decisions import FieldDecision
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.plans import plan_records
from causeway.push.deciding.planning.refused_before import Circumstances
from causeway.push.deciding.planning.settling import settle_contributions, settle_superseded, settle_without_write
from causeway.push.deciding.prepare import PreparedTask, prepare
from causeway.push.deciding.reading.view import View, read_view
from causeway.push.memory.claims.reading import entities_of_tasks, linked_people, read_entities
from causeway.push.memory.claims.scope import ClaimScope
from causeway.push.memory.entity import Entity
from causeway.push.memory.hashes import content_hash
from causeway.push.memory.outcome_json import outcome_json
from causeway.push.ports import Claims, Connections, LastSyncedValues, Org, Syncs
from causeway.push.saving.parents import CreatedParents, Place, create_parents
from causeway.push.saving.refusals.present_records import look_for_present
from causeway.push.tasks import Task
from causeway.push.two_way_bases import read_bases
from causeway.salesforce.calls import Lookup, Row, Save
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.natural_keys import natural_values
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync

READ_S = 20.0
METHODS = {"create": "POST", "update": "PATCH", "upsert": "PATCH"}


class ReadOnlyClaims(Claims, Protocol):
    """The claims, and who owns which records (gateways/dynamodb/state/claims.py)."""

    def owners(self, tenant: str, org_id: str, record_ids: Iterable[str]) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class DryRunPorts:
    """What a dry run reads."""

    connections: Connections
    syncs: Syncs
    described: Callable[[str, str], SObjectDescribe]
    described_again: Callable[[str, str], SObjectDescribe]
    org: Callable[[str], Org]
    claims: ReadOnlyClaims
    synced: LastSyncedValues
    now_ms: Callable[[], int]
    quota_share_percent: int = 80
    person_wait_ms: int = 0
    described_since: Callable[[str, str, int], SObjectDescribe] | None = None


def dry_run(tenant: str, sync: Sync, body: Mapping[str, Any], ports: DryRunPorts) -> dict[str, Any]:
    """
    Return what pushing the change `body` (docs/messages.md) for `sync` would do now, even while the sync is disabled.

    The other enabled syncs of its source take part as they do when the change is pushed. Costs one API call, one more
    where a create would look for a record of which Salesforce takes one only. Raises
    InvalidRequest for a change that breaks its contract, NotConnected when the tenant's gate is closed, and what the org's
    read raises.
    """
    change = _change(tenant, sync, body, ports.now_ms())
    connection = ports.connections.get(tenant)
    gate = gate_of(connection, ports.quota_share_percent, ports.now_ms())
    if not gate.is_open:
        raise NotConnected(gate.detail, gate.remedy)
    trial = _Trial(
        tenant, connection.org_id, connection.epoch, ports, optional(lambda sobject: ports.described(tenant, sobject))
    )
    task, planned = _tried(trial, change, sync)
    return _answer(task, planned)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Where one change is tried: decided as a batch decides it, without anything that a batch claims, creates or saves."""

    tenant: str
    org_id: str
    epoch: int
    ports: DryRunPorts
    described: Described

    @property
    def claims(self) -> ClaimScope:
        return ClaimScope(self.tenant, self.org_id, self.ports.claims)

    def read(self, asked: list[Lookup]) -> list[list[Row]]:
        return self.ports.org(self.tenant).read(asked, READ_S)


def _tried(trial: _Trial, change: Change, sync: Sync) -> tuple[Task, PlannedRecord | None]:
    """Return the task of the sync with its outcome, and the record that it contributes to."""
    tasks, describes = _tasks(trial, change, sync)
    planned = _in_one_pass(trial, tasks, describes)
    if tasks[0].is_open and tasks[0].resolved:  # now that the person or parent was read, it is known by what to look
        planned = _in_one_pass(trial, tasks, describes)
    if _may_be_there(tasks[0], _record_of(tasks[0], planned)):
        planned = _in_one_pass(trial, tasks, describes)
    return tasks[0], _record_of(tasks[0], planned)


def _may_be_there(task: Task, planned: PlannedRecord | None) -> bool:
    """Return whether Salesforce may refuse a create as a record that is there already; the task is open again then, and looks for it."""
    if planned is None or task.outcome is None or task.outcome.result is not Result.CREATED:
        return False
    if not look_for_present([task], natural_values(planned.merged.describe, planned.save().values)):
        return False
    task.outcome = None
    return True


def _in_one_pass(
    trial: _Trial, tasks: Sequence[Task], describes: Mapping[str, SObjectDescribe]
) -> Collection[PlannedRecord]:
    """Settle the open tasks from one read."""
    key = about_key(tasks[0])
    people = linked_people(trial.claims, {key} if key else ())
    known = {task.sync.sobject: describes[task.sync.id] for task in tasks}
    settle_identifiers(tasks, lambda sobject: known.get(sobject) or trial.described(sobject), people)
    entities = entities_of_tasks(trial.claims, tasks)
    prepared_tasks = [prepare(task, describes[task.sync.id], entities, people) for task in tasks if task.is_open]
    view = read_view(prepared_tasks, trial.described, trial.read, trial.ports.now_ms)
    planned = _settled(trial, prepared_tasks, view, entities)
    if tasks[0].is_open and not tasks[0].resolved:  # another sync was to create the person, but cannot
        planned = _settled(trial, [each for each in prepared_tasks if each.task.is_open], view, entities)
    return planned


def _tasks(trial: _Trial, change: Change, sync: Sync) -> tuple[list[Task], dict[str, SObjectDescribe]]:
    """Return the sync's task, then those of the syncs that settle together with it, and the describe of each sync."""
    describes = {sync.id: _described(trial, sync)}
    of_source = trial.ports.syncs.of_source(trial.tenant, sync.source)
    pushing = tuple(other for other in of_source if other.pushes)
    tasks = [Task(change, sync, "dry-run", content=content_hash(change), source_syncs=pushing)]
    tasks[0].wait_until_ms = change.sent_at_ms + trial.ports.person_wait_ms
    for other in of_source:
        describe = _visible(trial, other) if other.pushes and _meet(sync, other) else None
        if describe is not None:
            describes[other.id] = describe
            tasks.append(Task(change, other, "dry-run", content=tasks[0].content, source_syncs=pushing))
    return tasks, describes


def _described(trial: _Trial, sync: Sync) -> SObjectDescribe:
    """Return the sync's sObject as a push describes it. Raises NotFound."""
    found = described_since(trial.tenant, sync.sobject, newest_needed_ms([sync]), trial.ports)
    return trial.ports.described_again(trial.tenant, sync.sobject) if lacks(found, [sync]) else found


def _visible(trial: _Trial, sync: Sync) -> SObjectDescribe | None:
    return optional(lambda _: _described(trial, sync))(sync.sobject)


def _settled(
    trial: _Trial, prepared_tasks: Sequence[PreparedTask], view: View, entities: Mapping[str, Entity]
) -> Collection[PlannedRecord]:
    """Settle the tasks as if Salesforce took every write; return their records."""
    decisions = decide(prepared_tasks, view, trial.described)
    for task in decisions.awaiting:
        if view.read_started_ms < task.wait_until_ms:
            task.wait(waiting_gate(task))
    planned_records = [*decisions.planned_records, *_found_by_new_parents(decisions, trial)]
    create_parents(planned_records, _as_created)
    bases = read_bases(trial.tenant, trial.org_id, trial.ports.synced, planned_records)
    owners = _owners(trial, planned_records)
    known = {**entities, **read_entities(trial.claims, set(owners.values()) - entities.keys())}
    plan_records(planned_records, known, owners, bases, Circumstances(trial.ports.now_ms(), trial.epoch))
    for planned in planned_records:
        _settle(planned)
    for deferred in decisions.deferred:
        settle_deferred(deferred)
    return planned_records


def _found_by_new_parents(decisions: Decisions, trial: _Trial) -> Iterator[PlannedRecord]:
    """Yield the records that are found by parents which would be created: there are none of such parents yet."""
    for first in decisions.parents_first:
        planned = planned_record(first.matched, trial.described)
        planned.contributions.append(first.contribution)
        yield planned


def _record_of(task: Task, planned_records: Iterable[PlannedRecord]) -> PlannedRecord | None:
    """Return the record that a task contributes to."""
    for planned in planned_records:
        if any(contribution.task is task for contribution in planned.contributions):
            return planned
    return None


def _owners(trial: _Trial, planned_records: Iterable[PlannedRecord]) -> dict[str, str]:
    """Return which entity owns each record to update: the one remembered, else the entity that would ask for it."""
    asking = {planned.record_id: planned.entity for planned in planned_records if planned.record_id}
    return asking | (trial.ports.claims.owners(trial.tenant, trial.org_id, asking) if asking else {})


def _meet(sync: Sync, other: Sync) -> bool:
    """Return whether another sync may write the same record, or create the same person, as the one that is tried."""
    are_people = sync.sobject in PEOPLE and other.sobject in PEOPLE
    return other.id != sync.id and (are_people or other.sobject == sync.sobject)


def _as_created(names: Mapping[Place, str]) -> CreatedParents:
    return CreatedParents({place: f"Id of the new {place[0]} '{name}'" for place, name in names.items()})


def _settle(planned: PlannedRecord) -> None:
    if planned.plan is None or settle_without_write(planned, Entity()):
        return
    settle_superseded(planned)
    settle_contributions(planned, Result.UPDATED if planned.record_id else Result.CREATED, planned.record_id)


def _change(tenant: str, sync: Sync, body: Mapping[str, Any], now_ms: int) -> Change:
    message = parse_message(json.dumps(message_json(tenant, sync.source, [dict(body)])), now_ms)
    if message.refused:
        raise InvalidRequest(message.refused[0].reason, "Send one change in the shape of docs/messages.md.")
    return message.changes[0]


def _answer(task: Task, planned: PlannedRecord | None) -> dict[str, Any]:
    outcome = task.outcome
    writes = outcome is not None and outcome.result in (Result.CREATED, Result.UPDATED)
    return {
        **(outcome_json(outcome) if outcome else {}),
        "fields": _fields(planned),
        "parents": _parents(planned),
        "request": _request(planned.save()) if planned and writes else None,
    }


def _parents(planned: PlannedRecord | None) -> list[dict[str, Any]]:
    desired = [parent for contribution in planned.contributions for parent in contribution.parents] if planned else []
    named = {(each.field.name, each.sobject, " ".join(str(each.name).split())) for each in desired}
    return [{"field": field, "sobject": sobject, "name": name} for field, sobject, name in sorted(named)]


def _fields(planned: PlannedRecord | None) -> list[dict[str, Any]]:
    plan = planned.plan if planned else None
    if plan is None:
        return []
    decided = (each if each.field in plan.values else _not_written(each) for each in plan.fields.decisions)
    return [_decision(each, planned.merged.record if planned else None) for each in decided]


def _decision(decision: FieldDecision, record: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a decision as it is answered: that a default is written, and what a write replaces, is said only where it is so."""
    found = decision._asdict()
    answer = found if decision.is_default else {name: found[name] for name in ("field", "action", "value")}
    before = record.get(decision.field) if record and decision.action == "write" else None
    return answer if before is None else {**answer, "before": before}


def _not_written(decision: FieldDecision) -> FieldDecision:
    """Return the decision about a field that is not sent; a later step took the write back, with a warning."""
    return FieldDecision(decision.field, "left_out") if decision.action == "write" else decision


def _request(save: Save) -> dict[str, Any]:
    kind, _, allow_duplicates, assign = save.kind
    return {
        "method": METHODS[kind],
        "sobject": save.sobject,
        "id": save.record_id,
        "external_id_field": save.external_id,
        "values": dict(save.values),
        "allow_duplicates": allow_duplicates,
        "run_assignment_rules": assign,
    }
