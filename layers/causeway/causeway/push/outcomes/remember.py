"""Remember what a pass settled, and store it with the claims: a task is done only once its memory is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causeway.contract.outcomes import Result
from causeway.push.context import PushContext
from causeway.push.deciding.decide import Decisions
from causeway.push.deciding.dependencies import STANDS_FOR, reopen_dependents
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.faults.crashes import each_alone
from causeway.push.memory.claims.held import HeldClaims, finish_claims
from causeway.push.memory.claims.makers import settle_makers
from causeway.push.memory.known_externals import marks_for, note_marks
from causeway.push.memory.links import RememberedKey, link_email, link_record
from causeway.push.memory.outcome_json import kept_outcome
from causeway.push.memory.pending_creates import forget_create
from causeway.push.memory.settled_changes import Settled, remember_data, settle_change, settlements_of
from causeway.push.memory.two_way import Base
from causeway.push.outcomes.awaited_people import wake_followers
from causeway.push.outcomes.created_ids import add_created_ids
from causeway.push.outcomes.fired_signals import fire_signals
from causeway.push.outcomes.resolved import remember_refused
from causeway.push.tasks import Task
from causeway.push.two_way_bases import remember_synced


def remember_outcomes(
    context: PushContext,
    claims: HeldClaims,
    prepared_tasks: Sequence[PreparedTask],
    decisions: Decisions,
    bases: Mapping[str, Base],
) -> None:
    """Remember what both sides of bidirectional records have, and of every settled task its outcome, link and data."""
    synced, org_id = context.ports.synced, context.connection.org_id
    remember_synced(context.tenant, org_id, synced, decisions.planned_records, bases)
    add_created_ids(prepared_tasks, decisions.groups)
    tasks = [prepared.task for prepared in prepared_tasks]
    reopen_dependents(tasks)
    settled = [task for task in tasks if task.outcome is not None and not task.redelivered]
    for task in settled:
        task.settlement = context.settlement
    list(each_alone(settled, lambda task: task, lambda task: _remember(task, claims)))
    settle_makers(claims)
    claims.are_remembered = True
    wake_followers(context, claims, tasks)


def _remember(task: Task, claims: HeldClaims) -> None:
    if task.looks and task.outcome is not None and task.outcome.result is not Result.WAITING:
        fire_signals(task, claims)
    outcome = task.outcome
    if outcome is None or outcome.result is Result.WAITING:
        return
    entity = claims.entities[task.entities[0]]
    if outcome.salesforce_id and outcome.result is not Result.REJECTED:
        _link(task, STANDS_FOR.get(outcome.code or "", task.sync.sobject), outcome.salesforce_id, claims)
    kept = kept_outcome(outcome)
    settled = Settled(task.change.occurred_at_ms, task.content, task.sync.revision, kept, task.settlement)
    task.earlier = settlements_of(entity, task.memory_key, task.sync.id)
    task.resolves = settle_change(entity, task.memory_key, task.sync.id, settled)
    if outcome.data:
        remember_data(entity, task.memory_key, outcome.data)
    forget_create(
        entity, task.sync.sobject, task.memory_key
    )  # last: should a step before it fail, its record is found again


def _link(task: Task, sobject: str, record_id: str, claims: HeldClaims) -> None:
    """Remember which record a task's key stands for, and its address where the record does not hold it."""
    key = RememberedKey(task.memory_key, task.change.source, task.change.key)
    link_record(claims.entities[task.entities[0]], key, sobject, record_id)
    if task.email:
        note_marks(claims.entities[task.shared_entity], record_id, marks_for(sobject, task.externals))
    if task.holds_other_email and task.email:
        link_email(claims.entities[task.shared_entity], task.email, sobject, record_id)


def store_memory(tasks: Sequence[Task], claims: HeldClaims) -> None:
    """Store what the held entities remember, and free their claims; a task whose memory was not stored is redelivered."""
    remember_refused(tasks, claims.entities)
    held = set(claims.entities)
    stored = finish_claims(claims)
    for task in tasks:
        if task.outcome is not None and not task.recognized and not held.intersection(task.entities) <= stored:
            task.outcome, task.may_be_remembered = None, True
            task.redeliver()
