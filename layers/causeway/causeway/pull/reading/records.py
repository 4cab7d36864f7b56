"""Read changed records by REST, page by page, and hand their rows to the page writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from causeway.errors import OrgRefused, OutcomeUnknown, QueryTimedOut
from causeway.pull.jobs import Row
from causeway.pull.pages.versions import PublishedRow
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.queries import earliest_query, records_query
from causeway.pull.planning.slices import MANY_SLICES, MOST_SLICES, Slices
from causeway.pull.planning.watermarks import SALESFORCE_BEGAN_MS, SECOND_MS, Place
from causeway.pull.reading.bulk import read_bulk_or_rest, start_bulk
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.publishing import publish_rows
from causeway.pull.refusals import LOCATOR_ENDED, wants_fewer_rows


def read_records(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """
    Read the records that changed after the checkpoint's place, in keyset order; return the start of the next phase.

    A query that the org ends is asked for half the time, down to a second, and for more again once several were answered; what
    would take many such queries goes to Bulk API 2.0. Pages whose locator ended are asked for anew from the last row.
    """
    upto_ms = reading.window.upto_ms
    slices = Slices(at.slice_ms, upto_ms)
    while reading.plan.stamp:
        end_ms = slices.end_after(_start_of(at))
        try:
            at = _read_slice(reading, at, end_ms)
        except _Stopped as stopped:
            at = _in_less_time(reading, stopped.at, slices, stopped.too_much) if stopped.too_much else stopped.at
            if at.phase != "records":
                return at
            continue
        if end_ms >= upto_ms:
            return at.entering("deletes")
        slices.note_read()
        at = replace(at, place=Place(end_ms + SECOND_MS), slice_ms=slices.width_ms)
    return at.entering("deletes")  # without a stamp, the sweep compares every record


class _Stopped(Exception):
    """A query ended before its last page: where reading goes on, and the error if the query was too much for the org."""

    def __init__(self, at: Checkpoint, too_much: QueryTimedOut | OrgRefused | None = None) -> None:
        super().__init__("too much at once" if too_much else "locator ended")
        self.at, self.too_much = at, too_much


def _read_slice(reading: WindowReading, at: Checkpoint, end_ms: int) -> Checkpoint:
    """Read one query to its end and return the checkpoint after it; raises _Stopped where another query can go on."""
    began = at.place
    query = records_query(reading.plan, at.place, end_ms)
    try:
        for rows in query_pages(reading, query, with_deleted=reading.with_deleted):
            publish_rows(reading, rows, partial(_after_row, at))
            at = _after_page(reading, at, rows)
    except QueryTimedOut as error:
        raise _Stopped(at, error) from error
    except OrgRefused as refused:
        if wants_fewer_rows(refused):
            raise _Stopped(at, refused) from refused
        if refused.org_code != LOCATOR_ENDED or at.place == began:
            raise
        raise _Stopped(at) from refused
    return at


def _after_row(at: Checkpoint, row: PublishedRow) -> Checkpoint:
    return replace(at, place=Place(row.stamp_ms, row.record_id))


def _after_page(reading: WindowReading, at: Checkpoint, rows: Sequence[Row]) -> Checkpoint:
    """Return the checkpoint after the last row of a page, which stands whether the row was news or not."""
    if not rows:
        return at
    at = replace(at, place=Place(reading.plan.stamp_ms(rows[-1]), rows[-1]["Id"]))
    reading.part.pages.pass_by(at)
    return at


def _start_of(at: Checkpoint) -> int:
    return at.place.stamp_ms if at.place else 0


def _in_less_time(
    reading: WindowReading, at: Checkpoint, slices: Slices, error: QueryTimedOut | OrgRefused
) -> Checkpoint:
    """Return the checkpoint from which smaller queries, or a Bulk job, go on after one that was too much for the org."""
    if at.place is None:
        at = start_bulk(reading, at)
        if at.phase == "bulk":
            return read_bulk_or_rest(reading, at)
        at = replace(at, place=Place(_earliest_ms(reading)))
    is_halved = slices.halve(_start_of(at))
    if not is_halved or slices.left_after(_start_of(at)) > MANY_SLICES:
        at = start_bulk(reading, at)
        if at.phase == "bulk":
            return read_bulk_or_rest(reading, at)
    if not is_halved or slices.left_after(_start_of(at)) > MOST_SLICES:
        raise error if isinstance(error, OrgRefused) else too_slow(reading)
    at = replace(at, slice_ms=slices.width_ms)
    reading.part.pages.pass_by(at)
    return at


def too_slow(reading: WindowReading) -> OrgRefused:
    """Return the refusal to raise when no smaller query can be asked."""
    message = f"Salesforce takes too long to read {reading.plan.sync.sobject}, even a small part of it at a time."
    remedy = "Filter by an indexed field, or ask Salesforce support for a custom index on the fields of the filter."
    return OrgRefused(message, remedy, org_code="QUERY_TIMEOUT")


def _earliest_ms(reading: WindowReading) -> int:
    """Return the stamp of the sObject's oldest record, or the beginning of Salesforce when even that takes too long."""
    reading.part.guard.check()
    try:
        page = reading.part.org.query(earliest_query(reading.plan), with_deleted=False)
    except QueryTimedOut:
        return SALESFORCE_BEGAN_MS
    return reading.plan.stamp_ms(page.rows[0]) if page.rows else SALESFORCE_BEGAN_MS


def query_pages(reading: WindowReading, query: str, *, with_deleted: bool) -> Iterator[Sequence[Row]]:
    """
    Yield the pages of a query; the next page is being read while the caller deals with one.

    Raises OutcomeUnknown where a page leads back to one that was read.
    """
    org, check, read = reading.part.org, reading.part.guard.check, set[str]()
    check()
    page = org.query(query, with_deleted=with_deleted)
    while page.next_url:
        if page.next_url in read:
            raise OutcomeUnknown("The org named a page of a query again that was read.", "The query is asked anew.")
        read.add(page.next_url)
        check()
        coming = org.ahead(page.next_url)
        yield page.rows
        page = coming()
    yield page.rows
