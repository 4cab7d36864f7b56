"""The entries that push parks: what was refused, and what waits for its tenant's gate. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.message_writing import change_json, message_json
from causeway.contract.messages import REMEDY, Delivery, Refused
from causeway.contract.outcome_codes import OUTCOMES
from causeway.contract.outcomes import Outcome, Result
from causeway.parked.entries import WAITING_PREFIX, Parked
from causeway.push.faults.crashes import CRASHED, crash, crash_detail
from causeway.push.memory.hashes import content_hash, hashed
from causeway.push.outcomes.resolved import rejected_id
from causeway.push.tasks import Arrived, Settlement, Task

_compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
).encode  # a change near the queue's limit must not grow


def parked_entries(tenant: str, done: Settlement, now_ms: int) -> Iterator[Parked]:
    """Yield an entry for each refused change and sync, for each change that waits for its tenant's gate, and for what crashed."""
    waiting: set[int] = set()
    ended = [task for task in done.tasks if task.outcome is not None and not task.redelivered]
    for task in ended:
        gate = task.gate or task.follows
        is_waiting = gate is not None and gate.retry_when and id(task.change) not in waiting
        try:
            if task.outcome is not None and task.outcome.result is Result.REJECTED:
                yield _rejected(tenant, task, task.outcome, now_ms)
            elif gate is not None and is_waiting:
                waiting.add(id(task.change))
                yield waiting_entry(tenant, task.change, gate, now_ms, _redriven_for(task))
        except Exception as fault:
            if task.delivery is None:
                raise
            crash(task, fault)
            yield crashed_entry(tenant, Arrived(task.change, task.message_id, task.delivery), fault, now_ms)
    for arrived, met in done.crashed:
        yield crashed_entry(tenant, arrived, met, now_ms)


def crashed_entry(tenant: str, arrived: Arrived, fault: BaseException, now_ms: int) -> Parked:
    """Return the entry of a change that cannot even be written down: its whole message, which a redrive sends as it came."""
    return Parked(
        tenant=tenant,
        parked_id="c" + hashed(tenant, arrived.delivery.body),
        code=CRASHED,
        reason=crash_detail(fault),
        remedy=OUTCOMES[CRASHED].remedy,
        parked_at_ms=now_ms,
        body=arrived.delivery.body,
        source=arrived.change.source,
        key=arrived.change.key,
        run=arrived.change.run,
        sent_at_ms=arrived.change.sent_at_ms,
    )


def _rejected(tenant: str, task: Task, outcome: Outcome, now_ms: int) -> Parked:
    return Parked(
        tenant=tenant,
        parked_id=rejected_id(tenant, task),
        code=outcome.code or "rejected",
        reason=outcome.detail or "",
        remedy=outcome.remedy or "",
        parked_at_ms=now_ms,
        body=body_of(task.change),
        source=task.change.source,
        key=task.change.key,
        sync=task.sync.id,
        run=task.change.run,
        sent_at_ms=task.change.sent_at_ms,
    )


def waiting_entry(tenant: str, change: Change, gate: Gate, now_ms: int, redriven_for: str | None = None) -> Parked:
    """Return the entry of a change that waits, its sync named if it was redriven for one; its id sorts by when it was sent."""
    return Parked(
        tenant=tenant,
        parked_id=_waiting_id(change, gate, redriven_for),
        code=gate.code,
        reason=gate.detail,
        remedy=gate.remedy,
        parked_at_ms=now_ms,
        body=body_of(change),
        source=change.source,
        key=change.key,
        sync=redriven_for,
        run=change.run,
        sent_at_ms=change.sent_at_ms,
        retry_when=gate.retry_when,
        not_before_ms=gate.not_before_ms,
    )


def _waiting_id(change: Change, gate: Gate, redriven_for: str | None) -> str:
    """Return the id of a waiting change: it sorts by when it was sent, of one that waits for a person by when that ends."""
    at_ms = gate.not_before_ms if gate.retry_when == "person" else change.sent_at_ms
    content = (change.source, change.key, str(change.occurred_at_ms), content_hash(change), redriven_for or "")
    return f"{WAITING_PREFIX}{at_ms:014d}-{change.position:04d}-{hashed(*content)[:12]}"


def waiting_id_of(task: Task, gate: Gate) -> str:
    """Return the id under which a task's change waits behind a gate."""
    return _waiting_id(task.change, gate, _redriven_for(task))


def _redriven_for(task: Task) -> str | None:
    return task.sync.id if task.has_parked_entry else None


def body_of(change: Change) -> str:
    """Return the message that carries this change alone."""
    return _compact(message_json(change.tenant, change.source, [change_json(change)], change.run))


def crashed_arrival(change: Change, message_id: str) -> Arrived:
    """Return the arrival of a change without a message of its own that cannot be written as one: its key and fields can."""
    bare = {"key": change.key, "fields": dict(change.fields)}
    body = _compact(message_json(change.tenant, change.source, [bare], change.run))
    return Arrived(change, message_id, Delivery(message_id, body, change.sent_at_ms))


def refused_entry(refused: Refused, now_ms: int) -> Parked:
    """Return the entry of a message, or of one change of it, that breaks its contract; the same sent again replaces it."""
    return Parked(
        tenant=refused.tenant,
        parked_id="m" + hashed(refused.tenant, refused.body),
        code=refused.code,
        reason=refused.reason,
        remedy=REMEDY if refused.code == "invalid_message" else OUTCOMES[refused.code].remedy,
        parked_at_ms=now_ms,
        body=refused.body,
        source=refused.source,
        key=refused.key,
        run=refused.run,
    )
