"""Bulk API 2.0 ingest jobs: create, upload, close, poll, and the three results (Bulk API 2.0 guide, ingest jobs)."""

from __future__ import annotations

from typing import Any

from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from .csv_files import CsvRow, invalid_file
from .descriptions import external_id_field, ingest_operation, sobject_named
from .ingest_rows import ingest
from .job_store import ABORTED, COMPLETE, FAILED, FINAL_STATES, INGEST, OPEN, UPLOADED, Job, check_version
from .jobs import (
    abort,
    common_json,
    csv_answer,
    csv_format,
    deleted,
    invalid_state,
    listed,
    polled,
    requested,
)
from .ports import BulkOrg

MAX_CONTENT_BYTES = 100 * 1024 * 1024  # Bulk API limits: 100 MB raw, which base64 makes 150 MB


def create(call: Call[BulkOrg]) -> Response:
    """Create a job in state Open; the client then puts its data to `contentUrl`."""
    check_version(call.version, INGEST)
    body = requested(call)
    sobject = sobject_named(call, str(body.get("object") or ""))
    operation = ingest_operation(call, str(body.get("operation") or ""))
    org = call.org
    job = Job(
        org.bulk_jobs.new_id(),
        INGEST,
        operation,
        sobject.name,
        call.session.user_id,
        org.clock.now_ms(),
        call.version,
        csv_format(body),
        OPEN,
        org.settings.bulk_polls,
        external_id_field=external_id_field(sobject, operation, body.get("externalIdFieldName")),
        assignment_rule_id=body.get("assignmentRuleId"),
    )
    org.bulk_jobs.add(job)
    return Response(200, _json(job))


def upload(call: Call[BulkOrg], job: str) -> Response:
    """Take the job's CSV, all of it in one request; 201."""
    found = call.org.bulk_jobs.find(INGEST, job, call.version)
    if found.state != OPEN or found.content is not None:
        raise invalid_state(f"Data can be uploaded once, while the job is {OPEN}")
    if len(call.request.body) > MAX_CONTENT_BYTES:
        raise invalid_file("The uploaded data is larger than 100 MB")
    try:
        found.content = call.request.body.decode("utf-8")  # a byte order mark stays, and makes the first name unknown
    except UnicodeDecodeError as error:
        raise invalid_file("The uploaded data is not UTF-8") from error
    return Response(201)


def change(call: Call[BulkOrg], job: str) -> Response:
    """Close the upload (`UploadComplete`), which queues the work, or abort the job."""
    found = call.org.bulk_jobs.find(INGEST, job, call.version)
    wanted = requested(call).get("state")
    if wanted == ABORTED:
        abort(call, found)
        found.unprocessed = _rows_if_readable(found)
    elif wanted == UPLOADED and found.state == OPEN:
        found.become(UPLOADED, call.org.clock.now_ms())
    else:
        raise invalid_state(f"Invalid state transition from {found.state} to {wanted}")
    return Response(200, _json(found))


def job_list(call: Call[BulkOrg]) -> Response:
    """Answer all ingest jobs."""
    return listed(call, INGEST, _json)


def state(call: Call[BulkOrg], job: str) -> Response:
    """Answer a job's state, and do its work once the client polled often enough."""
    found = call.org.bulk_jobs.find(INGEST, job, call.version)
    if polled(call, found):
        _work(call, found)
    return Response(200, _json(found))


def remove(call: Call[BulkOrg], job: str) -> Response:
    """Delete a job in a final state, with its results."""
    return deleted(call, call.org.bulk_jobs.find(INGEST, job, call.version))


def successful_results(call: Call[BulkOrg], job: str) -> Response:
    """Answer the rows that were saved, each with its Id and whether it is new, before the columns that came in."""
    found = _finished(call, job)
    return csv_answer(found, [["sf__Id", "sf__Created", *found.header], *found.results])


def failed_results(call: Call[BulkOrg], job: str) -> Response:
    """Answer the rows that were not saved, each with its error."""
    found = _finished(call, job)
    return csv_answer(found, [["sf__Id", "sf__Error", *found.header], *found.failures])


def unprocessed_records(call: Call[BulkOrg], job: str) -> Response:
    """Answer the rows of a failed or aborted job that were not processed."""
    found = _finished(call, job)
    return csv_answer(found, [found.header, *found.unprocessed])


def _json(job: Job) -> dict[str, Any]:
    answer = {**common_json(job), "jobType": INGEST, **_figures(job)}
    if job.external_id_field is not None:
        answer["externalIdFieldName"] = job.external_id_field
    if job.assignment_rule_id is not None:
        answer["assignmentRuleId"] = job.assignment_rule_id
    if job.state == OPEN:
        answer["contentUrl"] = f"services/data/v{job.version:.1f}/jobs/ingest/{job.id}/batches"
    if job.error is not None:
        answer["errorMessage"] = job.error
    return answer


def _figures(job: Job) -> dict[str, Any]:
    return {
        "numberRecordsProcessed": len(job.results) + len(job.failures),
        "numberRecordsFailed": len(job.failures),
        "retries": 0,
        "totalProcessingTime": job.processing_ms,
        "apiActiveProcessingTime": job.processing_ms,
        "apexProcessingTime": 0,
        "isPkChunkingSupported": False,
    }


def _work(call: Call[BulkOrg], job: Job) -> None:
    """Save every row; an error of the whole file makes the job fail."""
    try:
        ingest(call, job, _rows(job))
        job.become(COMPLETE, call.org.clock.now_ms())
    except OrgError as error:
        job.error = error.message
        job.unprocessed = _rows_if_readable(job)
        job.become(FAILED, call.org.clock.now_ms())


def _rows(job: Job) -> list[CsvRow]:
    """Return the uploaded rows, and keep their header in the job."""
    rows = job.format.read(job.content or "")
    if not rows:
        return []
    job.header = rows[0]
    return rows[1:]


def _rows_if_readable(job: Job) -> list[CsvRow]:
    """Return the uploaded rows of a failed job; none when the file cannot be read."""
    try:
        return _rows(job)
    except OrgError:
        return []


def _finished(call: Call[BulkOrg], job: str) -> Job:
    found = call.org.bulk_jobs.find(INGEST, job, call.version)
    if found.state not in FINAL_STATES:
        raise invalid_state(f"The job is in state {found.state}; results are there once it has ended")
    return found


_JOB = r"/jobs/ingest/(?P<job>\w+)"
ROUTES: list[Route[BulkOrg]] = [
    ("POST", r"/jobs/ingest/?", create),
    ("GET", r"/jobs/ingest/?", job_list),
    ("PUT", rf"{_JOB}/batches/?", upload),
    ("GET", rf"{_JOB}/?", state),
    ("PATCH", rf"{_JOB}/?", change),
    ("DELETE", rf"{_JOB}/?", remove),
    ("GET", rf"{_JOB}/(?i:successfulresults)/?", successful_results),
    ("GET", rf"{_JOB}/(?i:failedresults)/?", failed_results),
    ("GET", rf"{_JOB}/(?i:unprocessedrecords)/?", unprocessed_records),
]
