"""Bulk API 2.0 query jobs: create, poll, results by locator, pages for parallel reading (Bulk API 2.0 guide, query jobs)."""

from __future__ import annotations

import base64
from typing import Any

from .. import soql
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from . import facts
from .csv_files import cell, invalid_job
from .job_store import COMPLETE, FAILED, QUERY, UPLOADED, Job, check_version, not_found
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
from .statements import checked_statement, run_statement

OPERATIONS = {"query": False, "queryall": True}
MAX_RESULT_PAGES = 5  # Bulk API 2.0 guide, get parallel results: URLs in one answer
OLDEST_RESULT_PAGES_VERSION = 58.0
SELECTED_ORDER_VERSION = 50.0


def create(call: Call[BulkOrg]) -> Response:
    """Create a query job; the statement is checked now, and run when the job is worked on."""
    check_version(call.version, QUERY)
    body = requested(call)
    operation = str(body.get("operation", ""))
    if operation.lower() not in OPERATIONS:
        raise invalid_job("operation is query or queryAll")
    statement = str(body.get("query") or "")
    result = checked_statement(call, statement)
    org, now_ms = call.org, call.org.clock.now_ms()
    job = Job(
        org.bulk_jobs.new_id(),
        QUERY,
        "queryAll" if OPERATIONS[operation.lower()] else "query",
        result.sobject,
        call.session.user_id,
        now_ms,
        call.version,
        csv_format(body),
        UPLOADED,
        org.settings.bulk_polls,
        query=statement,
    )
    org.bulk_jobs.add(job)
    return Response(200, common_json(job))


def job_list(call: Call[BulkOrg]) -> Response:
    """Answer all query jobs."""
    return listed(call, QUERY, _json)


def state(call: Call[BulkOrg], job: str) -> Response:
    """Answer a job's state, and do its work once the client polled often enough."""
    found = call.org.bulk_jobs.find(QUERY, job, call.version)
    if polled(call, found):
        _work(call, found)
    return Response(200, _json(found))


def change(call: Call[BulkOrg], job: str) -> Response:
    """Abort a job."""
    found = call.org.bulk_jobs.find(QUERY, job, call.version)
    if str(requested(call).get("state")) != "Aborted":
        raise invalid_state("A query job can only be Aborted")
    abort(call, found)
    return Response(200, _json(found))


def remove(call: Call[BulkOrg], job: str) -> Response:
    """Delete a job in a final state, with its results."""
    return deleted(call, call.org.bulk_jobs.find(QUERY, job, call.version))


def results(call: Call[BulkOrg], job: str) -> Response:
    """
    Answer a part of the results as CSV, header first.

    `Sforce-Locator` names the next part and is the text `null` at the end; `Sforce-NumberOfRecords` counts this part.
    """
    found = _complete(call, job)
    start, most = _start(call), _most(call)
    rows = found.results[start : start + most]
    end = start + len(rows)
    headers = {
        "Sforce-Locator": _locator(end) if end < len(found.results) else "null",
        "Sforce-NumberOfRecords": str(len(rows)),
    }
    return csv_answer(found, [found.header, *rows], headers)


def result_pages(call: Call[BulkOrg], job: str) -> Response:
    """Answer up to five addresses of parts of the results, to be read in parallel (version 58.0 and later)."""
    if call.version < OLDEST_RESULT_PAGES_VERSION:
        raise not_found()
    found = _complete(call, job)
    start, most = _start(call), _most(call)
    starts = list(range(start, max(len(found.results), start + 1), most))
    address = f"{call.base}/jobs/query/{found.id}"
    limit = f"&maxRecords={most}" if "maxRecords" in call.request.query else ""
    pages = [{"resultUrl": f"{address}/results?locator={_locator(each)}{limit}"} for each in starts[:MAX_RESULT_PAGES]]
    rest = starts[MAX_RESULT_PAGES:]
    following = f"{address}/resultPages?locator={_locator(rest[0])}{limit}" if rest else None
    return Response(200, {"resultPages": pages, "nextRecordsUrl": following, "done": not rest})


def _json(job: Job) -> dict[str, Any]:
    answer = {
        **common_json(job),
        "jobType": QUERY,
        "numberRecordsProcessed": len(job.results),
        "retries": 0,
        "totalProcessingTime": job.processing_ms,
        "isPkChunkingSupported": _may_chunk(job.query),
    }
    if job.error is not None:
        answer["errorMessage"] = job.error
    return answer


def _may_chunk(statement: str) -> bool:
    query = soql.parse(statement)
    return query.limit is None and not query.ordering


def _work(call: Call[BulkOrg], job: Job) -> None:
    """Run the job's query; an error of its statement makes the job fail."""
    try:
        result = run_statement(call, job.query, include_deleted=OPERATIONS[job.operation.lower()])
        order = _column_order(job, result.columns)
        job.header = [result.columns[place] for place in order]
        job.results = [[cell(row[place]) for place in order] for row in result.flat_rows()]
        job.become(COMPLETE, call.org.clock.now_ms())
    except OrgError as error:
        job.error = f"{error.code}: {error.message}"
        job.become(FAILED, call.org.clock.now_ms())


def _column_order(job: Job, columns: list[str]) -> list[int]:
    """Return the order of the columns by index: as selected; before version 50.0 alphabetical (same guide, note on results)."""
    places = range(len(columns))
    return list(places) if job.version >= SELECTED_ORDER_VERSION else sorted(places, key=columns.__getitem__)


def _complete(call: Call[BulkOrg], job: str) -> Job:
    found = call.org.bulk_jobs.find(QUERY, job, call.version)
    if found.state != COMPLETE:
        raise invalid_state(f"The job is in state {found.state}; results are there once it is {COMPLETE}")
    return found


def _locator(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode().rstrip("=")


def _start(call: Call[BulkOrg]) -> int:
    given = call.request.query.get("locator", "")
    if given in ("", "null"):
        return 0
    try:
        return int(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except ValueError as error:
        raise OrgError("INVALID_QUERY_LOCATOR", f"invalid query locator: {given}") from error


def _most(call: Call[BulkOrg]) -> int:
    given = call.request.query.get("maxRecords", "")
    if not given:
        return facts.BULK_RESULT_ROWS
    if not given.isdecimal() or int(given) < 1:
        raise OrgError("API_ERROR", f"maxRecords is a positive number, not {given}")
    return int(given)


_JOB = r"/jobs/query/(?P<job>\w+)"
ROUTES: list[Route[BulkOrg]] = [
    ("POST", r"/jobs/query/?", create),
    ("GET", r"/jobs/query/?", job_list),
    ("GET", rf"{_JOB}/?", state),
    ("PATCH", rf"{_JOB}/?", change),
    ("DELETE", rf"{_JOB}/?", remove),
    ("GET", rf"{_JOB}/results/?", results),
    ("GET", rf"{_JOB}/result[pP]ages/?", result_pages),
]
