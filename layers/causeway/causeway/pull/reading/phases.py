"""The phases of a window in their order: changed records (by Bulk API 2.0 when there are many), hard deletes, the sweep."""

from __future__ import annotations

from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.reading.bulk import read_bulk_or_rest, start_bulk_if_worth_it
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.deletes import read_deletes
from causeway.pull.reading.records import read_records
from causeway.pull.reading.sweep import sweep


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
        at = read_deletes(reading, at)
    if at.phase == "sweep":
        at = sweep(reading, at)
    return at
