"""Read changed records by REST, page by page, and hand their rows to the page writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from causeway.pull.jobs import Row
from causeway.pull.pages.versions import PublishedRow
from causeway.pull.pages.writer import CheckpointAfter
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.planning.queries import records_query
from causeway.pull.planning.watermarks import Place
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.related import related_data


def read_records(reading: WindowReading, at: Checkpoint) -> Checkpoint:
    """Read the records that changed after the checkpoint's place, in keyset order; return the start of the next phase."""

    def after(row: PublishedRow) -> Checkpoint:
        return replace(at, place=Place(row.stamp_ms, row.record_id))

    query = records_query(reading.plan, at.place, reading.window.upto_ms)
    for rows in query_pages(reading, query, with_deleted=reading.with_deleted):
        publish_rows(reading, rows, after)
    return at.entering("deletes")


def query_pages(reading: WindowReading, query: str, *, with_deleted: bool) -> Iterator[Sequence[Row]]:
    """Yield the pages of a query; the next page is being read while the caller deals with one."""
    org, check = reading.part.org, reading.part.guard.check
    check()
    page = org.query(query, with_deleted=with_deleted)
    while page.next_url:
        check()
        coming = org.ahead(page.next_url)
        yield page.rows
        page = coming()
    yield page.rows


def publish_rows(reading: WindowReading, rows: Sequence[Row], after: CheckpointAfter) -> None:
    """Hand what is new in these rows to the page writer; `after` gives the checkpoint that stands after a row."""
    add = reading.part.pages.add
    for row in reading.publisher.published(rows, related_data(reading, rows)):
        add(row, after)
