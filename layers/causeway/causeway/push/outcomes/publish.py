"""Publish what became of changes: park what was refused or waits, write the history, send outcomes; durable stores first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from causeway.contract.messages import REMEDY, Delivery, Refused
from causeway.contract.outcomes import Outcome, Result
from causeway.push.outcomes.history import noted_refusals, notes_of
from causeway.push.outcomes.pages import pages
from causeway.push.outcomes.parked_entries import parked_entries, refused_entry
from causeway.push.outcomes.resolved import resolved
from causeway.push.outcomes.timeline import timeline_of
from causeway.push.ports import PushPorts
from causeway.push.tasks import Settlement, Task


def publish_outcomes(tenant: str, done: Settlement, ports: PushPorts) -> None:
    """
    Make one tenant's outcomes known; only afterwards may their messages be acknowledged.

    Raises RetryableError when the parked store or a queue did not take something; publishing again is safe.
    """
    _park(tenant, done, ports)
    if noted := timeline_of(done):
        ports.history.note_timeline(tenant, done.id, noted)
    for note in notes_of(done, ports.now_ms()):
        ports.history.note_push(tenant, note)
    for (source, run), outcomes in _by_stream(done).items():
        ports.signals.matched(tenant, source, outcomes)
        ports.outbound.send(tenant, list(pages(tenant, source, run, outcomes)))


def _park(tenant: str, done: Settlement, ports: PushPorts) -> None:
    """Park what was refused or waits, and drop the entries of what is settled now."""
    entries = list(parked_entries(tenant, done, ports.now_ms()))
    if entries:
        ports.parked.put(entries)
    dropped = resolved(tenant, done.tasks)
    if dropped:
        ports.parked.drop(tenant, dropped)


def _by_stream(done: Settlement) -> dict[tuple[str, str | None], list[Outcome]]:
    """Return the outcomes by source and run; those that were recognized are published again."""
    found: dict[tuple[str, str | None], list[Outcome]] = {}
    settled = [(task.change, _published(task)) for task in done.tasks if not task.redelivered]
    for change, outcome in [*settled, *((change, outcome) for change, _, outcome in done.loose)]:
        if outcome is not None:
            found.setdefault((change.source, change.run), []).append(outcome)
    return found


def _published(task: Task) -> Outcome | None:
    """Return a task's outcome as it is published: with the time for which its change was held."""
    return replace(task.outcome, held_ms=task.held_ms) if task.outcome is not None and task.held_ms else task.outcome


def publish_refusals(delivery: Delivery, refused: Sequence[Refused], ports: PushPorts) -> None:
    """
    Make known what breaks the contract in one message; a message whose changes could not be read has no outcomes.

    Raises RetryableError as `publish_outcomes` does.
    """
    ports.parked.put([refused_entry(item, ports.now_ms()) for item in refused])
    first = refused[0]
    outcomes = [outcome for item in refused if (outcome := refused_outcome(item))]
    if outcomes and first.source is not None:
        ports.history.note_push(first.tenant, noted_refusals(delivery, first.source, first.run, outcomes))
        ports.signals.matched(first.tenant, first.source, outcomes)
        ports.outbound.send(first.tenant, list(pages(first.tenant, first.source, first.run, outcomes)))


def refused_outcome(refused: Refused) -> Outcome | None:
    """Return the outcome of a refused change; a message whose key could not be read has none."""
    if refused.key is None:
        return None
    return Outcome(refused.key, Result.REJECTED, code="invalid_message", detail=refused.reason, remedy=REMEDY)
