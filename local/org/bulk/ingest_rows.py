"""Saves the rows of an ingest job, in chunks of 200 as triggers see them (Bulk API 2.0 guide, ingest jobs)."""

from __future__ import annotations

from dataclasses import replace

from ..data.rules.save_results import SaveResult
from ..data.saving.chunks import CHUNK_RECORDS, save_chunk
from ..wire.call import Call
from . import facts
from .columns import column_of, row_values
from .csv_files import CsvRow, invalid_file, invalid_job
from .job_store import Job
from .ports import BulkOrg
from .row_saver import RowSaver, error_text


def ingest(call: Call[BulkOrg], job: Job, rows: list[CsvRow]) -> None:
    """
    Save every row and record its result; raise OrgError for a file that fails as a whole.

    Results come chunk by chunk, the last chunk first: their order is not that of the file (Bulk API 2.0 guide, get
    job successful record results).
    """
    sobject = call.org.store.view(call.session).schema.sobject(job.sobject)
    if sobject is None:
        raise invalid_job(f"Unable to find object: {job.sobject}")
    columns = [replace(column_of(call, sobject, name), place=place) for place, name in enumerate(job.header)]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise invalid_file(f"Row {number} has {len(row)} values for {len(columns)} columns")
    saver = RowSaver(call, job, sobject)
    starts = range(0, len(rows), CHUNK_RECORDS)
    for start in starts if facts.BULK_RESULTS_KEEP_ORDER else reversed(starts):
        chunk = rows[start : start + CHUNK_RECORDS]
        saves = saver.of_chunk([row_values(columns, row) for row in chunk])
        with call.org.store.transaction(call.session):
            results = save_chunk(call.org.store, call.session, sobject, saves)
        for row, result in zip(chunk, results, strict=True):
            _keep(job, row, result)


def _keep(job: Job, row: CsvRow, result: SaveResult) -> None:
    if result.success:
        job.results.append([result.id or "", "true" if result.created else "false", *row])
    else:
        job.failures.append([result.id or "", error_text(result.failures[0]), *row])
