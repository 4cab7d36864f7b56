"""Read changed records by a Bulk API 2.0 query where that takes fewer calls than REST."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import batched

from causeway.contract.days import DAY_MS
from causeway.errors import CausewayError, MissingPermission, NotFound, OrgRefused, QueryTimedOut
from causeway.pull.jobs import Row
from causeway.pull.pages.versions import PublishedRow
from causeway.pull.planning.checkpoints import BulkPlace, Checkpoint
from causeway.pull.planning.queries import records_query
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.interruptions import OutOfTime
from causeway.pull.reading.publishing import publish_rows
from causeway.pull.refusals import names_something

BULK_ROWS = 20_000  # from here on Bulk API 2.0 takes fewer calls than REST's 2,000 rows a page
WIDE_MS = DAY_MS  # only a first import or a gap of a day is worth a counting call
BULK_POLL_S = 10  # at first, then more rarely
MOST_POLL_S = 300
MAX_POLLS = 80  # about five hours
LINKS_PER_READ = 2_000


def start_bulk_if_worth_it(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """Start a bulk query when the window is wide and has many rows; return the checkpoint with its job, else the same one."""
    if at.bulk is not None or not _is_worth_it(reading, at):
        return at
    return start_bulk(reading, at)


def start_bulk(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """Start a bulk query from the checkpoint's place; return the checkpoint with its job, or one that asks for none again."""
    if at.no_bulk:
        return at
    reading.part.pages.store_place()
    query = records_query(reading.plan, at.place, reading.window.upto_ms, ordered=False)
    reading.part.guard.check()
    try:
        job = reading.part.org.start_bulk(query, with_deleted=reading.with_deleted)
    except (OrgRefused, MissingPermission, QueryTimedOut):
        return replace(at, no_bulk=True)  # no more jobs today, or no right to the Bulk API: REST reads the same
    started = replace(at, phase="bulk", bulk=BulkPlace(job, columns=reading.plan.columns))
    reading.part.pages.pass_by(started)
    reading.part.pages.store_place()
    return started


def _is_worth_it(reading: WindowReading, at: Checkpoint) -> bool:
    if at.page or reading.window.upto_ms - reading.window.lower_ms < WIDE_MS:
        return False
    if at.no_bulk or not reading.plan.stamp:
        return False
    return _count(reading, at) > BULK_ROWS


def _count(reading: WindowReading, at: Checkpoint) -> int:
    """Return how many rows the window has; where Salesforce cannot count them, about how many the sObject has."""
    part = reading.part
    part.guard.check()
    query = records_query(reading.plan, at.place, reading.window.upto_ms, count=True)
    try:
        return part.org.count(query, with_deleted=reading.with_deleted)
    except OrgRefused as refused:
        if names_something(refused):
            raise
    except QueryTimedOut:
        pass
    part.guard.check()
    try:
        return part.org.about_how_many(reading.plan.sync.sobject)
    except CausewayError:
        return BULK_ROWS + 1  # what cannot be counted is large


def read_bulk_or_rest(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """
    Read the job's rows and return the start of the next phase; raises OutOfTime while the job is not complete.

    When the job failed or is gone, return the place where it began for REST; the publisher recognizes what was published.
    """
    try:
        _read_bulk(reading, at)
    except (OrgRefused, NotFound):
        reading.publisher.recognize(reading.published.ever())
        return replace(at, phase="records", bulk=None, no_bulk=True)
    return at.entering("deletes")


def _read_bulk(reading: WindowReading, at: Checkpoint) -> None:
    place, org, check = at.bulk, reading.part.org, reading.part.guard.check
    if place is None:
        raise ValueError("a bulk phase has a job")
    check()
    if not org.bulk_is_complete(place.job):
        raise _not_complete(place, reading.part.job.polls)
    check()
    opened = org.bulk_ahead(place.job, place.locator, reading.plan.types)
    while True:
        rows, locator = opened()
        if not locator:
            return _publish_results(reading, at, rows, place)
        check()
        opened = org.bulk_ahead(place.job, locator, reading.plan.types)
        _publish_results(reading, at, rows, place)
        place = replace(place, locator=locator, rows=0)


def _not_complete(place: BulkPlace, polls: int) -> Exception:
    """Return what ends this worker's part while the job is being worked on: later each time, until REST takes over."""
    if polls >= MAX_POLLS:
        return OrgRefused("Salesforce did not complete the bulk query in five hours.", org_code="BULK_QUERY_SLOW")
    delay_s = min(BULK_POLL_S * (1 + polls // 4), MOST_POLL_S)
    return OutOfTime(delay_s, f"Salesforce works on the Bulk API 2.0 query job {place.job}.")


def _publish_results(reading: WindowReading, at: Checkpoint, rows: Iterable[Row], place: BulkPlace) -> None:
    """Publish one results page from its row `place.rows` on."""
    done = 0
    for chunk in batched(_with_all_columns(rows, reading.plan.columns, place), LINKS_PER_READ, strict=False):
        fresh = chunk[max(0, place.rows - done) :]
        before, done = done + len(chunk) - len(fresh), done + len(chunk)
        publish_rows(reading, fresh, partial(_after_row, at, place, before))


def _with_all_columns(rows: Iterable[Row], columns: Iterable[str], place: BulkPlace) -> Iterable[Row]:
    """Return the rows with null for columns that are planned now and were not when the job was created."""
    missing = {column.partition(".")[0] for column in set(columns) - set(place.columns)}
    return ({**dict.fromkeys(missing), **row} for row in rows) if missing else rows


def _after_row(at: Checkpoint, place: BulkPlace, before: int, row: PublishedRow) -> Checkpoint:
    """Return the checkpoint after a row of a chunk that `before` rows of its results page precede."""
    return replace(at, bulk=replace(place, rows=before + row.index + 1))
