"""Tell what became of changes: park what was refused or waits, write history, send outcomes. Durable first, told last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.message_writing import change_json, message_json
from causeway.contract.messages import REMEDY, Refused
from causeway.contract.outcomes import Outcome, Result
from causeway.contract.runs import push_run_id
from causeway.parked.entries import Parked
from causeway.push.memory.hashes import content_hash, hashed
from causeway.push.memory.outcome_json import outcome_json
from causeway.push.outcomes.resolved import rejected_id, resolved
from causeway.push.ports import PushPorts
from causeway.push.tasks import Settlement, Task

_text = json.JSONEncoder(ensure_ascii=False).encode
_compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
).encode  # a change near the queue's limit must not grow
MAX_PAGE_BYTES = 1_000_000  # SQS takes 1,048,576 bytes, attributes included


def tell(tenant: str, done: Settlement, ports: PushPorts) -> None:
    """
    Make one tenant's outcomes known; only afterwards may their messages be acknowledged.

    Raises RetryableError when the parked store or a queue did not take something; everything may safely be told again.
    """
    entries = list(parked_entries(tenant, done, ports.now_ms()))
    if entries:
        ports.parked.put(entries)
    dropped = resolved(tenant, done.tasks)
    if dropped:
        ports.parked.drop(tenant, dropped)
    by_stream: dict[tuple[str, str | None], list[tuple[Outcome, bool]]] = {}
    for change, outcome, is_new in _told(done):
        by_stream.setdefault((change.source, change.run), []).append((outcome, is_new))
    calls = done.api_calls
    for (source, run), outcomes in by_stream.items():
        fresh = [outcome for outcome, is_new in outcomes if is_new]
        if fresh:
            run_id = run or push_run_id(source, ports.now_ms())[0]
            ports.history.note_push(tenant, run_id, source, fresh, calls)
            calls = 0
        ports.signals.matched(tenant, source, [outcome for outcome, _ in outcomes])
        ports.outbound.send(tenant, list(pages(tenant, source, run, [outcome for outcome, _ in outcomes])))


def _told(done: Settlement) -> Iterator[tuple[Change, Outcome, bool]]:
    """Yield every outcome with its change, and whether it is new: one recognized from an earlier delivery is only told again."""
    for task in done.tasks:
        if task.outcome is not None and not task.redelivered:
            yield task.change, task.outcome, not task.recognized
    for change, _, outcome in done.loose:
        yield change, outcome, True


def pages(tenant: str, source: str, run: str | None, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield outbound messages of at most 1 MiB around the outcomes (contracts.md §2)."""
    head = {"version": 1, "type": "outcomes", "tenant": tenant, "source": source, "run": run}
    opening = _text(head)[:-1] + ', "outcomes": ['
    used, parts = len(opening), list[str]()
    for outcome in outcomes:
        text = _text(outcome_json(outcome))
        size = len(text.encode()) + 2
        if parts and used + size > MAX_PAGE_BYTES:
            yield opening + ", ".join(parts) + "]}"
            used, parts = len(opening), []
        parts.append(text)
        used += size
    if parts:
        yield opening + ", ".join(parts) + "]}"


def parked_entries(tenant: str, done: Settlement, now_ms: int) -> Iterator[Parked]:
    """Yield what is to be kept: refused changes per sync, and per change what waits for its tenant's gate."""
    waiting: set[int] = set()
    for task in done.tasks:
        if task.outcome is None or task.redelivered:
            continue
        if task.outcome.result is Result.REJECTED:
            yield _rejected(tenant, task, task.outcome, now_ms)
        elif task.gate is not None and task.gate.retry_when and id(task.change) not in waiting:
            waiting.add(id(task.change))
            yield waiting_entry(tenant, task.change, task.gate, now_ms, task.sync.id if task.has_parked_entry else None)


def _rejected(tenant: str, task: Task, outcome: Outcome, now_ms: int) -> Parked:
    return Parked(
        tenant=tenant,
        parked_id=rejected_id(tenant, task.change, task.sync.id),
        code=outcome.code or "rejected",
        reason=outcome.detail or "",
        remedy=outcome.remedy or "",
        parked_at_ms=now_ms,
        body=_body(task.change),
        source=task.change.source,
        key=task.change.key,
        sync=task.sync.id,
        run=task.change.run,
        sent_at_ms=task.change.sent_at_ms,
    )


def waiting_entry(tenant: str, change: Change, gate: Gate, now_ms: int, redriven_for: str | None = None) -> Parked:
    """Return the entry of a change that waits, its sync named if it was redriven for one; its id sorts by when it was sent."""
    place = f"w{change.sent_at_ms:014d}-{change.position:04d}-"
    told = (change.source, change.key, str(change.occurred_at_ms), content_hash(change), redriven_for or "")
    return Parked(
        tenant=tenant,
        parked_id=place + hashed(*told)[:12],
        code=gate.code,
        reason=gate.detail,
        remedy=gate.remedy,
        parked_at_ms=now_ms,
        body=_body(change),
        source=change.source,
        key=change.key,
        sync=redriven_for,
        run=change.run,
        sent_at_ms=change.sent_at_ms,
        retry_when=gate.retry_when,
        not_before_ms=gate.not_before_ms,
    )


def _body(change: Change) -> str:
    return _compact(message_json(change.tenant, change.source, [change_json(change)], change.run))


def publish_refusals(refused: Sequence[Refused], ports: PushPorts) -> None:
    """
    Make known what breaks the contract, all from one message; a message whose changes could not be read has no outcomes.

    Raises RetryableError as `tell` does.
    """
    ports.parked.put([refused_entry(item, ports.now_ms()) for item in refused])
    first = refused[0]
    outcomes = [outcome for item in refused if (outcome := refused_outcome(item))]
    if outcomes and first.source is not None:
        run_id = first.run or push_run_id(first.source, ports.now_ms())[0]
        ports.history.note_push(first.tenant, run_id, first.source, outcomes, 0)
        ports.signals.matched(first.tenant, first.source, outcomes)
        ports.outbound.send(first.tenant, list(pages(first.tenant, first.source, first.run, outcomes)))


def refused_entry(refused: Refused, now_ms: int) -> Parked:
    """Return the entry of a message, or of one change of it, that breaks its contract; the same sent again takes its place."""
    return Parked(
        tenant=refused.tenant,
        parked_id="m" + hashed(refused.tenant, refused.body),
        code="invalid_message",
        reason=refused.reason,
        remedy=REMEDY,
        parked_at_ms=now_ms,
        body=refused.body,
        source=refused.source,
        key=refused.key,
        run=refused.run,
    )


def refused_outcome(refused: Refused) -> Outcome | None:
    """Return the outcome of a refused change; a message whose key could not be read has none."""
    if refused.key is None:
        return None
    return Outcome(refused.key, Result.REJECTED, code="invalid_message", detail=refused.reason, remedy=REMEDY)
