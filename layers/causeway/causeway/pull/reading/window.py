"""Read one window to its end; what the user turns out not to see is left out, and reading begins anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from causeway.errors import MissingPermission, OrgRefused, OrgUnavailable, OutcomeUnknown, QuotaSpent, RecordLocked
from causeway.pull.jobs import RELAY, PullJob
from causeway.pull.pages.published import PublishedBefore
from causeway.pull.pages.publisher import RowPublisher
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.visible_plan import visible_plan
from causeway.pull.planning.watermarks import HELD_BACK_MS, SETTLED_MS, Window, next_window
from causeway.pull.reading.context import RunPart, WindowReading
from causeway.pull.reading.interruptions import OutOfTime
from causeway.pull.reading.phases import read_phases
from causeway.salesforce.describe import SObjectDescribe

COMPACT_PAGES = 500
_AT_A_CALL = (OrgUnavailable, OutcomeUnknown, QuotaSpent, RecordLocked, MissingPermission)

type Opening = Callable[[RunPart, SObjectDescribe, RelatedDescribes], WindowReading]
type Reading = Callable[[WindowReading], Checkpoint]


def read_window(part: RunPart) -> None:
    """
    Read the window in progress, or the next one, and finish its pages.

    Raises what `read_phases` raises, and BrokenMapping when the filter does not fit the org.
    """
    reading, reached = read_through(part, _opened, read_phases)
    finish(part, _finished(reached, reading))


def read_through(part: RunPart, opened: Opening, read: Reading) -> tuple[WindowReading, Checkpoint]:
    """
    Read what an opening plans to its end, and note what was left out; return the reading and the checkpoint that it reached.

    Reading begins anew when the org refused something before any row was taken in. Whatever stops the worker between two calls, or
    fails at one, leaves the place that was reached for the next one.
    """
    describe = part.org.described(part.sync.sobject)
    describes = RelatedDescribes(part.org, part.guard.check, part.held.checkpoint.hidden)
    reading = opened(part, describe, describes)
    try:
        while (reached := _read_or_learn(reading, read)) is None:
            reading = opened(part, describe, describes)
    finally:
        if reading.problems:
            part.ports.runs.noted(part.job.tenant, part.job.run, part.sync.id, reading.problems)
    return reading, reached


def finish(part: RunPart, reached: Checkpoint) -> None:
    """Finish the pages, and replace many small remembered ones by one inventory unless a window is under way."""
    stored = part.pages.finish(reached)
    if part.pages.kept > COMPACT_PAGES and stored.window is None:
        checkpoints = part.ports.checkpoints
        checkpoints.compact(part.held, stored, checkpoints.inventory(part.held))


def _opened(part: RunPart, describe: SObjectDescribe, describes: RelatedDescribes) -> WindowReading:
    """Plan what is visible of the sObject and open the window for reading."""
    held = part.held
    plan = visible_plan(part.sync, part.org, describe, describes, held.checkpoint.bulk)
    start = held.checkpoint
    if start.window is None:
        held_back_ms = SETTLED_MS if part.job.trigger == RELAY else HELD_BACK_MS
        start = _begun(start, next_window(start.read_upto_ms, part.org.org_now_ms(), held_back_ms), part.job)
    window = _window_of(start)
    published = PublishedBefore(start, window, held, part.ports.checkpoints, part.pages)
    publisher = RowPublisher(
        plan,
        window,
        published.in_window(),
        published.horizon_ms,
        published.since_horizon,
        published.ever,
        version=part.ports.records_version,
    )
    return WindowReading(part, plan, start, window, describes, published, publisher)


def _begun(checkpoint: Checkpoint, window: Window, job: PullJob) -> Checkpoint:
    """Return the checkpoint at the start of a window that this job reads."""
    begun = replace(checkpoint.entering("records"), window=window, place=window.after, slice_ms=0, no_bulk=False)
    due_ms = checkpoint.due_ms if job.trigger == RELAY else job.due_ms  # a hint takes nothing off the schedule
    return replace(begun, run=job.run, page=0, due_ms=due_ms)


def _window_of(checkpoint: Checkpoint) -> Window:
    if checkpoint.window is None:
        raise ValueError("a run in progress has a window")
    return checkpoint.window


def _read_or_learn(reading: WindowReading, read: Reading) -> Checkpoint | None:
    """Read what is left; None when reading is to begin anew without what the org refused before any row was taken in."""
    pages = reading.part.pages
    try:
        return read(reading)
    except (OutOfTime, *_AT_A_CALL):
        pages.store_place()
        raise
    except OrgRefused as refused:
        is_learned = reading.describes.learn(refused)
        if is_learned and not pages.has_rows:
            return None
        pages.store_place()
        if not is_learned and not _is_field_gone(reading, refused):
            raise
        raise OutOfTime from refused  # a field went away while the run went on; the next worker reads without it


def _is_field_gone(reading: WindowReading, refused: OrgRefused) -> bool:
    """Tell whether the org refused a field that it showed when reading began."""
    describe = reading.plan.describe
    return refused.org_code == "INVALID_FIELD" and reading.part.org.described_again(describe.name) != describe


def _finished(reached: Checkpoint, reading: WindowReading) -> Checkpoint:
    """Return the checkpoint of the window once everything in it was read."""
    done = replace(reached.entering("done"), window=None)
    return replace(done, read_upto_ms=reading.window.upto_ms, hidden=reading.describes.hidden)
