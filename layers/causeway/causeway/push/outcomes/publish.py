"""Publish what became of changes: park what was refused or waits, write the history, send outcomes; durable stores first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from causeway.contract.changes import Change
from causeway.contract.messages import REMEDY, Refused
from causeway.contract.outcomes import Outcome, Result
from causeway.contract.runs import push_run_id
from causeway.push.outcomes.pages import pages
from causeway.push.outcomes.parked_entries import parked_entries, refused_entry
from causeway.push.outcomes.resolved import resolved
from causeway.push.ports import PushPorts
from causeway.push.tasks import Settlement


def publish_outcomes(tenant: str, done: Settlement, ports: PushPorts) -> None:
    """
    Make one tenant's outcomes known; only afterwards may their messages be acknowledged.

    Raises RetryableError when the parked store or a queue did not take something; publishing again is safe.
    """
    _park(tenant, done, ports)
    calls = done.api_calls
    for (source, run), outcomes in _by_stream(done).items():
        fresh = [outcome for outcome, is_new in outcomes if is_new]
        if fresh:
            run_id = run or push_run_id(source, ports.now_ms())[0]
            ports.history.note_push(tenant, run_id, source, fresh, calls)
            calls = 0
        ports.signals.matched(tenant, source, [outcome for outcome, _ in outcomes])
        ports.outbound.send(tenant, list(pages(tenant, source, run, [outcome for outcome, _ in outcomes])))


def _park(tenant: str, done: Settlement, ports: PushPorts) -> None:
    """Park what was refused or waits, and drop the entries of what is settled now."""
    entries = list(parked_entries(tenant, done, ports.now_ms()))
    if entries:
        ports.parked.put(entries)
    dropped = resolved(tenant, done.tasks)
    if dropped:
        ports.parked.drop(tenant, dropped)


def _by_stream(done: Settlement) -> dict[tuple[str, str | None], list[tuple[Outcome, bool]]]:
    """Return the outcomes by source and run, each with whether it is new; recognized ones are only published again."""
    found: dict[tuple[str, str | None], list[tuple[Outcome, bool]]] = {}
    for change, outcome, is_new in _outcomes(done):
        found.setdefault((change.source, change.run), []).append((outcome, is_new))
    return found


def _outcomes(done: Settlement) -> Iterator[tuple[Change, Outcome, bool]]:
    """Yield every outcome with its change, and whether it is new."""
    for task in done.tasks:
        if task.outcome is not None and not task.redelivered:
            yield task.change, task.outcome, not task.recognized
    for change, _, outcome in done.loose:
        yield change, outcome, True


def publish_refusals(refused: Sequence[Refused], ports: PushPorts) -> None:
    """
    Make known what breaks the contract in one message; a message whose changes could not be read has no outcomes.

    Raises RetryableError as `publish_outcomes` does.
    """
    ports.parked.put([refused_entry(item, ports.now_ms()) for item in refused])
    first = refused[0]
    outcomes = [outcome for item in refused if (outcome := refused_outcome(item))]
    if outcomes and first.source is not None:
        run_id = first.run or push_run_id(first.source, ports.now_ms())[0]
        ports.history.note_push(first.tenant, run_id, first.source, outcomes, 0)
        ports.signals.matched(first.tenant, first.source, outcomes)
        ports.outbound.send(first.tenant, list(pages(first.tenant, first.source, first.run, outcomes)))


def refused_outcome(refused: Refused) -> Outcome | None:
    """Return the outcome of a refused change; a message whose key could not be read has none."""
    if refused.key is None:
        return None
    return Outcome(refused.key, Result.REJECTED, code="invalid_message", detail=refused.reason, remedy=REMEDY)
