"""The phases of a window in their order: changed records (by Bulk API 2.0 when there are many), hard deletes, the sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from causeway.errors import OrgRefused
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.reading.bulk import read_bulk_or_rest, start_bulk_if_worth_it
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.deletes import read_deletes
from causeway.pull.reading.records import read_records
from causeway.pull.reading.sweep import sweep
from causeway.pull.refusals import names_something, sentence_of
from causeway.syncs.sync import Problem


def read_phases(reading: WindowReading) -> Checkpoint:
    """
    Read every phase that is left from the start of this reading and return the checkpoint reached.

    Every row goes to the page writer. Raises OutOfTime when another worker must go on, GateClosed and Cancelled between
    two calls, OrgRefused and other CausewayErrors of the org.
    """
    at = reading.start
    if at.phase == "records":
        at = start_bulk_if_worth_it(reading, at)
    if at.phase == "bulk":
        at = read_bulk_or_rest(reading, at)
    if at.phase == "records":
        at = read_records(reading, at)
    if at.phase == "deletes":
        at = _spared(
            reading, at, read_deletes, "deletes_refused", "Records deleted permanently could not be looked for."
        )
    if at.phase == "sweep":
        at = _spared(reading, at, sweep, "sweep_refused", "The rule's records could not be compared.")
    return at


def _spared(
    reading: WindowReading,
    at: Checkpoint,
    step: Callable[[WindowReading, Checkpoint], Checkpoint],
    code: str,
    lost: str,
) -> Checkpoint:
    """Take a step without which the next runs would still read changes: what Salesforce refuses for good is noted among the failures."""
    try:
        return step(reading, at)
    except OrgRefused as refused:
        if names_something(refused) or not reading.plan.stamp:
            raise
        message = f"{lost} {sentence_of(refused)[0]}"
        reading.publisher.problems.append(Problem(level="warning", code=code, message=message))
        return at.entering("sweep") if at.phase == "deletes" else replace(at, swept_ms=reading.window.began_ms)
