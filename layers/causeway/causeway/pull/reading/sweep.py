"""Read every record again once a day: formulas and parents' fields change without a new stamp."""

from __future__ import annotations

from dataclasses import replace

from causeway.pull.jobs import Row
from causeway.pull.pages.fingerprints import is_same_version
from causeway.pull.pages.published import DAY_MS
from causeway.pull.pages.texts import content_fingerprint
from causeway.pull.pages.versions import PublishedRow
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.queries import sweep_query
from causeway.pull.planning.watermarks import Place
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.records import publish_rows, query_pages

SWEEP_EVERY_MS = DAY_MS


def sweep(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """Publish the records whose content changed without a stamp, when a sweep is due; return the checkpoint reached."""
    began_ms = reading.window.began_ms
    if at.swept_ms is None or not reading.plan.sweeps:
        return replace(at, swept_ms=began_ms)
    if began_ms - at.swept_ms < SWEEP_EVERY_MS:
        return at
    _sweep_records(reading, at)
    return replace(at, swept_ms=began_ms)


def _sweep_records(reading: WindowReading, at: Checkpoint) -> None:
    def after(row: PublishedRow) -> Checkpoint:
        return replace(at, place=Place(0, row.record_id))

    known = reading.published.ever()
    query = sweep_query(reading.plan, at.place.record_id if at.place else "", reading.window.upto_ms)
    for rows in query_pages(reading, query, with_deleted=False):
        changed = [row for row in rows if _is_changed(reading.plan, row, known.get(row["Id"]))]
        publish_rows(reading, changed, after)


def _is_changed(plan: PullPlan, row: Row, known: bytes | None) -> bool:
    return known is None or not is_same_version(known, content_fingerprint(plan.read(row)))
