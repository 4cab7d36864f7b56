"""
Read every record of the rule again: once a day where records change, enter or leave it without a stamp, and each time where
the sObject has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from causeway.contract.days import DAY_MS
from causeway.errors import OrgRefused, QueryTimedOut
from causeway.pull.jobs import Row
from causeway.pull.pages.fingerprints import is_same_version
from causeway.pull.pages.texts import content_fingerprint
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.queries import settled, sweep_query
from causeway.pull.planning.watermarks import Place
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.deletes import publish_vanished
from causeway.pull.reading.existing import existing
from causeway.pull.reading.publishing import publish_rows
from causeway.pull.reading.records import query_pages, too_slow
from causeway.pull.refusals import LOCATOR_ENDED

SWEEP_EVERY_MS = DAY_MS
SMALLER_LIMITS = {None: 2_000, 2_000: 200}  # rows of one query, where the org ends larger ones


def sweep(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """Publish the records that changed, entered or left without a stamp, when a sweep is due; return the checkpoint reached."""
    began_ms = reading.window.began_ms
    if reading.plan.stamp:
        if at.swept_ms is None or not reading.plan.sweeps:
            return replace(at, swept_ms=began_ms)
        if began_ms - at.swept_ms < SWEEP_EVERY_MS:
            return at
    known = reading.published.ever()
    is_whole = at.place is None
    seen = _swept(reading, at, known)
    _publish_missing(reading, at, [each for each in known if each not in seen], is_whole=is_whole)
    return replace(at, swept_ms=began_ms)


def _swept(reading: WindowReading, at: Checkpoint, known: Mapping[str, bytes]) -> set[str]:
    """Publish the records of the rule that changed since they were published, and return the Ids of all."""
    seen: set[str] = set()
    for rows in rule_pages(reading, at.place.record_id if at.place else ""):
        seen.update(row["Id"] for row in rows)
        changed = [row for row in rows if _is_changed(reading.plan, row, known.get(row["Id"]))]
        publish_rows(reading, changed, lambda row: replace(at, place=Place(0, row.record_id)), is_sweep=True)
        reading.part.pages.pass_by(replace(at, place=Place(0, rows[-1]["Id"])))
    return seen


@dataclass
class _Sweep:
    """How far a sweep has come, and how many rows one query may read."""

    reading: WindowReading
    last_id: str
    limit: int | None = None


def rule_pages(reading: WindowReading, after_id: str) -> Iterator[Sequence[Row]]:
    """Yield the rows of the rule after an Id page by page, from the last one on where a query could not be read to its end."""
    sweep = _Sweep(reading, after_id)
    while True:
        began, count = sweep.last_id, 0
        query = sweep_query(sweep.reading.plan, began, sweep.reading.window.upto_ms, sweep.limit)
        try:
            for rows in query_pages(sweep.reading, query, with_deleted=False):
                if rows:
                    sweep.last_id, count = rows[-1]["Id"], count + len(rows)
                    yield rows
        except QueryTimedOut as error:
            if sweep.limit not in SMALLER_LIMITS:
                raise too_slow(sweep.reading) from error
            sweep.limit = SMALLER_LIMITS[sweep.limit]
            continue
        except OrgRefused as refused:
            if refused.org_code != LOCATOR_ENDED or sweep.last_id == began:
                raise
            continue
        if sweep.limit is None or count < sweep.limit:
            return


def _is_changed(plan: PullPlan, row: Row, known: bytes | None) -> bool:
    return known is None or not is_same_version(known, content_fingerprint(plan.content_of(row)))


def _publish_missing(reading: WindowReading, at: Checkpoint, ids: Collection[str], *, is_whole: bool) -> None:
    """
    Publish what became of known records that the sweep did not meet: they left the rule, or are gone.

    Where there is a stamp, deletes are found otherwise. `is_whole`: the sweep read every record of the rule, not only a rest.
    """
    plan, upto_ms = reading.plan, reading.window.upto_ms
    ids = [each for each in ids if not reading.publisher.is_gone(each)]
    if not ids or (plan.stamp and not plan.rule):
        return
    there = existing(reading, ids, settled(plan, upto_ms)) if plan.rule or not is_whole else set()
    left = there - existing(reading, there, plan.rule) if there and not is_whole else there
    if plan.rule:
        _publish_left(reading, at, [each for each in ids if each in left], upto_ms)
    if not plan.stamp and plan.sync.pull.deletes:
        publish_vanished(reading, at, [each for each in ids if each not in there], upto_ms)


def _publish_left(reading: WindowReading, at: Checkpoint, ids: Sequence[str], upto_ms: int) -> None:
    for index, record_id in enumerate(ids):
        reading.part.pages.add(
            reading.publisher.left(index, record_id, upto_ms), lambda row: at
        )  # whoever takes over looks again: what is remembered as gone is not met twice
