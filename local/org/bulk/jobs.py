"""What the resources of query and ingest jobs have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..data.storage.records import stamp_of
from ..wire.call import Call
from ..wire.messages import OrgError, Response
from . import facts
from .csv_files import CsvFormat, CsvRow, invalid_job
from .job_store import ABORTED, FINAL_STATES, UPLOADED, WORKING, Job, check_version
from .ports import BulkOrg

MAX_JOBS_LISTED = 1_000  # Bulk API 2.0 guide, get information about all jobs


def requested(call: Call[BulkOrg]) -> dict[str, Any]:
    """Return the body of a request about a job, which is a JSON object."""
    body = call.request.json()
    if not isinstance(body, dict):
        raise invalid_job("The body describes the job as a JSON object")
    return body


def csv_format(body: dict[str, Any]) -> CsvFormat:
    """Return the CSV format that a new job names."""
    if str(body.get("contentType", "CSV")).upper() != "CSV":
        raise invalid_job("contentType is CSV")
    return CsvFormat(str(body.get("columnDelimiter", "COMMA")).upper(), str(body.get("lineEnding", "LF")).upper())


def common_json(job: Job) -> dict[str, Any]:
    """Return the properties that every answer about a job has."""
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user_id,
        "createdDate": stamp_of(job.created_ms),
        "systemModstamp": stamp_of(job.changed_ms or job.created_ms),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": job.version,
        "lineEnding": job.format.line_ending,
        "columnDelimiter": job.format.delimiter,
    }


def listed(call: Call[BulkOrg], kind: str, as_json: Any) -> Response:
    """Answer the list of all jobs of a kind."""
    check_version(call.version, kind)
    jobs = call.org.bulk_jobs.of_kind(kind)[:MAX_JOBS_LISTED]
    return Response(200, {"done": True, "records": [as_json(job) for job in jobs], "nextRecordsUrl": None})


def polled(call: Call[BulkOrg], job: Job) -> bool:
    """Count a poll of a job; say whether its work is due now."""
    if job.state not in (UPLOADED, WORKING):
        return False
    if job.polls_left > 0:
        job.polls_left -= 1
        job.become(WORKING, call.org.clock.now_ms())
        return False
    return True


def deleted(call: Call[BulkOrg], job: Job) -> Response:
    """Forget a job that is in a final state; 204."""
    if job.state not in FINAL_STATES:
        raise invalid_state(f"Cannot delete a job in state {job.state}; abort it first or wait for its end")
    call.org.bulk_jobs.remove(job)
    return Response(204)


def abort(call: Call[BulkOrg], job: Job) -> None:
    """End a job before its work is done."""
    if job.state in FINAL_STATES:
        raise invalid_state(f"Aborting already {job.state} Job not allowed")
    job.become(ABORTED, call.org.clock.now_ms())


def invalid_state(message: str) -> OrgError:
    """Return the refusal of a step that the job's state does not allow."""
    return OrgError(facts.BULK_INVALID_STATE_CODE, message)


def csv_answer(job: Job, rows: Iterable[CsvRow], headers: dict[str, str] | None = None) -> Response:
    """Answer rows as CSV in the job's format."""
    return Response(200, job.format.written(rows), headers or {}, "text/csv;charset=UTF-8")
