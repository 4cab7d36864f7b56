"""Find records that vanished without a trace in the recycle bin (hard deletes)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from causeway.contract.days import DAY_MS
from causeway.errors import OrgRefused
from causeway.pull.jobs import Deleted
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.watermarks import VISIBILITY_DELAY_MS
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.existing import existing

DELETES_EVERY_MS = 3_600_000  # soft deletes come with every run; the log of hard ones is asked hourly
DELETES_REACH_MS = 15 * DAY_MS  # getDeleted covers 15 days: SOAP API guide, getDeleted()


def read_deletes(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """
    Publish the records that are gone since the last look, at most once an hour; return the start of the next phase.

    Only deletes old enough for their soft delete to have been read count, and only of records published before. An sObject
    without a delete log is asked for every Id once a day, unless its records only ever come.
    """
    describe = reading.plan.describe
    upto, since = reading.window.recent_ms, at.deleted_upto_ms
    is_kept_for_ever = not (describe.replicateable or describe.createable or describe.updateable)
    if not reading.plan.sync.pull.deletes or not reading.plan.stamp or is_kept_for_ever:
        return at.entering("sweep")
    every_ms = DELETES_EVERY_MS if describe.replicateable else DAY_MS
    if since is not None and upto - since < every_ms:
        return at.entering("sweep")
    if since is not None:
        publish_vanished(reading, at, _vanished(reading, since, upto), upto)
    return replace(at.entering("sweep"), deleted_upto_ms=upto)


def publish_vanished(reading: WindowReading, at: Checkpoint, ids: Sequence[str], upto: int) -> None:
    """Publish that these records are gone."""
    for index, record_id in enumerate(ids):
        reading.part.pages.add(
            reading.publisher.vanished(index, record_id, upto), lambda row: at
        )  # whoever takes over asks anew


def _vanished(reading: WindowReading, since: int, upto: int) -> list[str]:
    """Return the published records that are gone: from the org's delete log, or by their Ids where it does not reach back."""
    if reading.plan.describe.replicateable and upto - since < DELETES_REACH_MS:
        log = _log(reading, since, upto)
        if log is not None and log.earliest_ms <= since:
            known = reading.published.ever() if log.records else {}
            ids = dict.fromkeys(record_id for record_id, _ in log.records)
            return [each for each in ids if each in known and not reading.publisher.is_gone(each)]
    ever = reading.published.ever()
    there = existing(reading, ever)
    return [each for each in ever if each not in there and not reading.publisher.is_gone(each)]


def _log(reading: WindowReading, since: int, upto: int) -> Deleted | None:
    """Return the org's delete log, None when it refuses to tell, as for more Ids than it names at once."""
    part = reading.part
    part.guard.check()
    try:
        return part.org.deleted(reading.plan.sync.sobject, since - VISIBILITY_DELAY_MS, upto)
    except OrgRefused:
        return None
