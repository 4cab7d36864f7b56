"""What becomes of open tasks when the gate is closed, or when a read or write ends the pass."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.connections.gates import Gate, gate_after
from causeway.contract.outcomes import Result
from causeway.errors import CausewayError, OrgRefused, RetryableError
from causeway.push.backoff import PATIENT_RECEIVES, patience_gate
from causeway.push.context import ConnectionChanged, PushContext
from causeway.push.tasks import Task, open_tasks
from causeway.push.time_budget import NOT_BEGUN_MS
from causeway.salesforce.answers.reading import UNKNOWN_TRIES
from causeway.syncs.sync import Sync

DESCRIBED_AGAIN_MS = 30_000  # an sObject that was described anew just now is not described again before


def wait_for_gate(context: PushContext, tasks: Sequence[Task], gate: Gate) -> None:
    """Let tasks wait for the gate, as many messages as fit the time and one at least: a tenant's backlog must not take all of it."""
    messages: dict[str, list[Task]] = {}
    for task in tasks:
        messages.setdefault(task.message_id, []).append(task)
    left = context.budget.kept()
    for place, together in enumerate(messages.values()):
        for task in together:
            if left >= len(together) or place == 0 or gate.retry_when is None:
                task.wait(gate)
            else:
                task.redeliver(context.now_ms() + NOT_BEGUN_MS)
        left -= len(together)


def interrupt(context: PushContext, tasks: Sequence[Task], error: CausewayError) -> None:
    """
    End the open tasks for an error: they wait for a gate that it closed, are redelivered, or are rejected.

    What the connector cannot explain counts as passing for UNKNOWN_TRIES deliveries, and then as what it is in the end.
    """
    if isinstance(error, RetryableError) and error.final is not None:
        tried = [task for task in open_tasks(tasks) if task.receives >= UNKNOWN_TRIES]
        if tried:
            interrupt(context, tried, error.final)
    gate = error.gate if isinstance(error, ConnectionChanged) else gate_after(error, context.now_ms())
    if gate is not None and not gate.is_open:
        wait_for_gate(context, open_tasks(tasks), gate)
    for task in open_tasks(tasks):
        if isinstance(error, RetryableError):
            _try_again(context, task, error)
        elif isinstance(error, ConnectionChanged):
            task.redeliver()
        elif isinstance(error, OrgRefused):
            task.settle(Result.REJECTED, f"salesforce:{error.org_code}", **_refusal(error, task.sync))
        else:
            task.settle(Result.REJECTED, error.code, detail=error.message, remedy=error.remedy)


def _try_again(context: PushContext, task: Task, error: RetryableError) -> None:
    """Redeliver a task when the error says, else by the usual backoff; one that was delivered often waits outside the queue."""
    if task.receives >= PATIENT_RECEIVES:
        task.wait(patience_gate(error, context.now_ms()))
    elif error.retry_after_s is None:
        task.redeliver()
    else:
        task.redeliver(context.now_ms() + int(error.retry_after_s * 1000))


def interrupt_pass(context: PushContext, tasks: Sequence[Task], error: CausewayError) -> list[list[Task]]:
    """
    End the open tasks for an error of one pass; return those to settle apart, per sync.

    A read that the org refuses leaves the tasks open at first: a field may be gone, so they are described anew and tried once
    more. Then each sync is tried apart, so that one that cannot be read for stops no other.
    """
    if not isinstance(error, OrgRefused):
        interrupt(context, tasks, error)
        return []
    was_described_anew, context.describes.field_refused = context.describes.field_refused, True
    if not was_described_anew:
        return []
    by_sync: dict[str, list[Task]] = {}
    for task in open_tasks(tasks):
        by_sync.setdefault(task.sync.id, []).append(task)
    if len(by_sync) > 1:
        return list(by_sync.values())
    _end_refused(context, tasks, error)
    return []


def _end_refused(context: PushContext, tasks: Sequence[Task], error: OrgRefused) -> None:
    """Redeliver what one sync asked for by an outdated describe, else reject it."""
    if not context.describes.is_outdated(error):
        interrupt(context, tasks, error)
    for task in open_tasks(tasks):
        task.redeliver(context.now_ms() + DESCRIBED_AGAIN_MS)


def _refusal(error: OrgRefused, sync: Sync) -> dict[str, str]:
    """Return the detail and remedy of a read that Salesforce refused; of the statement it quotes, the last line says why."""
    why = error.message.strip().rpartition("\n")[2]
    return {
        "detail": f"Salesforce refused to read what the sync {sync.id} needs: {why}",
        "remedy": error.remedy
        or "Correct the sync's mappings, condition and signals, or give the connected user the fields; then redrive.",
    }
