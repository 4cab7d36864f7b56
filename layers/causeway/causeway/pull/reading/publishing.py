"""Hand rows to the page writer, with what is known of them from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.pull.jobs import Row
from causeway.pull.pages.writer import CheckpointAfter
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.related import related_data


def publish_rows(
    reading: WindowReading, rows: Sequence[Row], after: CheckpointAfter, *, is_sweep: bool = False
) -> None:
    """
    Hand what is new in these rows to the page writer; `after` gives the checkpoint that stands after a row.

    In a sweep, a record that was never published is created for the product, however old it is.
    """
    add = reading.part.pages.add
    for row in reading.publisher.published(rows, related_data(reading, rows), is_sweep=is_sweep):
        add(row, after)
