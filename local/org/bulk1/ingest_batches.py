"""Saves the records of a batch, in chunks of 200 as triggers see them, and writes their results (Bulk API guide, batch results)."""

from __future__ import annotations

import json
from typing import Any

from ..bulk.csv_files import CsvFormat, invalid_job
from ..bulk.row_saver import RowSaver, error_text
from ..data.rules.save_results import SaveResult
from ..data.saving.chunks import CHUNK_RECORDS, save_chunk
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .documents import NAMESPACE, PROLOGUE, xml_members
from .job_store import Batch, Job
from .ports import Bulk1Org
from .sent_records import records_of

MAX_RECORDS = 10_000  # Bulk API limits: records of a batch


def saved(call: Call[Bulk1Org], job: Job, batch: Batch) -> None:
    """Save every record and keep the results, in the order of the batch; raise OrgError for a batch that fails as a whole."""
    sobject = call.org.store.view(call.session).schema.sobject(job.sobject)
    if sobject is None:
        raise invalid_job(f"Unable to find object: {job.sobject}")
    records = records_of(call, job, sobject, batch.content)
    if len(records) > MAX_RECORDS:
        raise OrgError("INVALIDBATCH", facts.TOO_MANY_RECORDS)
    saver, results = RowSaver(call, job, sobject), list[SaveResult]()
    for start in range(0, len(records), CHUNK_RECORDS):
        saves = saver.of_chunk(records[start : start + CHUNK_RECORDS])
        with call.org.store.transaction(call.session):
            results += save_chunk(call.org.store, call.session, sobject, saves)
    batch.processed = len(results)
    batch.failed = sum(not each.success for each in results)
    batch.answer = _written(results, job.content_type).encode()


def _written(results: list[SaveResult], content_type: str) -> str:
    if content_type == "CSV":
        return CsvFormat().written([["Id", "Success", "Created", "Error"], *map(_row, results)])
    if content_type == "JSON":
        return json.dumps([_result(each) for each in results])
    return f'{PROLOGUE}<results xmlns="{NAMESPACE}">{xml_members({"result": [_result(each) for each in results]})}</results>'


def _row(result: SaveResult) -> list[str]:
    error = "" if result.success else error_text(result.failures[0])
    return [result.id or "", str(result.success).lower(), str(result.created).lower(), error]


def _result(result: SaveResult) -> dict[str, Any]:
    errors = [
        {"fields": each.fields, "message": each.message, "statusCode": each.status_code} for each in result.failures
    ]
    return {"errors": errors, "id": result.id, "success": result.success, "created": result.created}
