"""Find records that vanished without a trace in the recycle bin (hard deletes)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import batched

from causeway.pull.pages.published import DAY_MS
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.queries import ids_query
from causeway.pull.planning.watermarks import VISIBILITY_DELAY_MS
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.records import query_pages

DELETES_EVERY_MS = 3_600_000  # soft deletes come with every run; the log of hard ones is asked hourly
DELETES_REACH_MS = 15 * DAY_MS  # getDeleted covers 15 days: SOAP API guide, getDeleted()
IDS_PER_QUERY = 2_000


def read_deletes(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """
    Publish the records that are gone since the last look, at most once an hour; return the start of the next phase.

    Only deletes old enough for their soft delete to have been read count, and only of records published before.
    """
    pull, describe = reading.plan.sync.pull, reading.plan.describe
    upto, since = reading.window.recent_ms, at.deleted_upto_ms
    if not pull.deletes or not describe.replicateable:
        return at.entering("sweep")
    if since is not None and upto - since < DELETES_EVERY_MS:
        return at.entering("sweep")
    if since is not None:
        _publish_vanished(reading, at, _vanished(reading, since, upto), upto)
    return replace(at.entering("sweep"), deleted_upto_ms=upto)


def _publish_vanished(reading: WindowReading, at: Checkpoint, ids: Sequence[str], upto: int) -> None:
    for index, record_id in enumerate(ids):
        reading.part.pages.add(
            reading.publisher.vanished(index, record_id, upto), lambda row: at
        )  # whoever takes over asks anew


def _vanished(reading: WindowReading, since: int, upto: int) -> list[str]:
    """Return the published records that are gone: from the org's delete log, or by their Ids where it does not reach back."""
    part = reading.part
    part.guard.check()
    if upto - since < DELETES_REACH_MS:
        log = part.org.deleted(reading.plan.sync.sobject, since - VISIBILITY_DELAY_MS, upto)
        if log.earliest_ms <= since:
            known = reading.published.ever() if log.records else {}
            ids = dict.fromkeys(record_id for record_id, _ in log.records)
            return [each for each in ids if each in known and not reading.publisher.is_gone(each)]
    return _missing_by_id(reading)


def _missing_by_id(reading: WindowReading) -> list[str]:
    """Ask for every Id ever published and return those that the org no longer knows."""
    missing: list[str] = []
    for ids in batched(reading.published.ever(), IDS_PER_QUERY, strict=False):
        query = ids_query(reading.plan.sync.sobject, ids)
        there = {row["Id"] for rows in query_pages(reading, query, with_deleted=False) for row in rows}
        missing += [each for each in ids if each not in there and not reading.publisher.is_gone(each)]
    return missing
