"""Ask which records of given Ids exist, in parts that fit a query."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import batched

from causeway.errors import OrgRefused, QueryTimedOut
from causeway.pull.planning.queries import ids_query
from causeway.pull.reading.context import WindowReading
from causeway.pull.reading.records import query_pages
from causeway.pull.refusals import wants_fewer_ids

IDS_PER_QUERY = 2_000  # one page of rows; 46,000 characters of SOQL


def existing(reading: WindowReading, ids: Collection[str], more: str = "") -> set[str]:
    """Return those of these Ids that the org knows and that meet the condition `more`, deleted ones not among them."""
    return {each for part in batched(ids, IDS_PER_QUERY, strict=False) for each in _existing(reading, part, more)}


def _existing(reading: WindowReading, ids: Sequence[str], more: str) -> Iterator[str]:
    """Yield the Ids of one part, in halves where it is too much for the org."""
    query = ids_query(reading.plan.sync.sobject, ids, more)
    found: set[str] = set()
    try:
        for rows in query_pages(reading, query, with_deleted=False):
            found.update(row["Id"] for row in rows)
    except (OrgRefused, QueryTimedOut) as error:
        if len(ids) < 2 or (isinstance(error, OrgRefused) and not wants_fewer_ids(error)):
            raise
        middle = len(ids) // 2
        yield from _existing(reading, ids[:middle], more)
        yield from _existing(reading, ids[middle:], more)
    else:
        yield from found
