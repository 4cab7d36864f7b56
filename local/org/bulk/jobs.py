"""Bulk API 2.0 jobs: their life from creation to a final state, and what every resource of them has in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local.org.bulk.csv_files import CsvFormat, CsvRow, invalid_job
from local.org.data.storage.records import stamp_of
from local.org.schema.ids import IdFactory, normalized
from local.org.wire import facts
from local.org.wire.call import Call
from local.org.wire.messages import OrgError, Response

JOB_PREFIX = "750"
QUERY, INGEST = "V2Query", "V2Ingest"
OLDEST_VERSIONS = {QUERY: 47.0, INGEST: 41.0}  # Bulk API 2.0 guide, "Available since release" of either resource
OPEN, UPLOADED, WORKING = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
FINAL_STATES = frozenset({COMPLETE, FAILED, ABORTED})
MAX_JOBS_LISTED = 1_000  # Bulk API 2.0 guide, get information about all jobs


@dataclass(slots=True)
class Job:
    """One job; `polls_left` is how often its state is asked before the work is done."""

    id: str
    kind: str
    operation: str
    sobject: str
    user_id: str
    created_ms: int
    version: float
    format: CsvFormat
    state: str
    polls_left: int
    query: str = ""
    external_id_field: str | None = None
    assignment_rule_id: str | None = None
    content: str | None = None
    changed_ms: int = 0
    error: str | None = None
    header: CsvRow = field(default_factory=list)
    results: list[CsvRow] = field(default_factory=list)
    failures: list[CsvRow] = field(default_factory=list)
    unprocessed: list[CsvRow] = field(default_factory=list)

    @property
    def processing_ms(self) -> int:
        """Return how long the work took; 0 before its end."""
        return max(1, self.changed_ms - self.created_ms) if self.state in FINAL_STATES else 0

    def become(self, state: str, now_ms: int) -> None:
        """Enter a state."""
        self.state, self.changed_ms = state, now_ms


class BulkJobs:
    """All jobs of an org by Id."""

    def __init__(self, org_id: str) -> None:
        self._ids = IdFactory(org_id[3:7])
        self._jobs: dict[str, Job] = {}

    def new_id(self) -> str:
        """Return the next job's Id."""
        return self._ids.next(JOB_PREFIX)

    def add(self, job: Job) -> Job:
        """Keep a job."""
        self._jobs[job.id] = job
        return job

    def find(self, call: Call, kind: str, job_id: str) -> Job:
        """
        Return a job of this kind; raise 404 for an unknown one.

        A query job can be used with its own API version only: 409 (Bulk API 2.0 guide, get results for a query job).
        """
        check_version(call, kind)
        job = self._jobs.get(normalized(job_id) or "")
        if job is None or job.kind != kind:
            raise not_found()
        if kind == QUERY and job.version != call.version:
            raise OrgError(
                facts.BULK_OTHER_VERSION_CODE,
                f"The job was created with API version {job.version:.1f} and can be used with that version only",
                status=409,
            )
        return job

    def remove(self, job: Job) -> None:
        """Forget a job."""
        del self._jobs[job.id]

    def of_kind(self, kind: str) -> list[Job]:
        """Return the jobs of a kind, the newest first."""
        return [job for job in reversed(self._jobs.values()) if job.kind == kind]


def not_found() -> OrgError:
    """Return the 404 of a job or resource that does not exist."""
    return OrgError("NOT_FOUND", "The requested resource does not exist", status=404)


def check_version(call: Call, kind: str) -> None:
    """Raise 404 where the API version is older than the resource."""
    if call.version < OLDEST_VERSIONS[kind]:
        raise not_found()


def requested(call: Call) -> dict[str, Any]:
    """Return the body of a request about a job, which is a JSON object."""
    body = call.request.json()
    if not isinstance(body, dict):
        raise invalid_job("The body describes the job as a JSON object")
    return body


def csv_format(body: dict[str, Any]) -> CsvFormat:
    """Return the CSV format a new job asks for."""
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


def listed(call: Call, kind: str, as_json: Any) -> Response:
    """Answer the list of all jobs of a kind."""
    check_version(call, kind)
    jobs = call.org.bulk_jobs.of_kind(kind)[:MAX_JOBS_LISTED]
    return Response(200, {"done": True, "records": [as_json(job) for job in jobs], "nextRecordsUrl": None})


def polled(call: Call, job: Job) -> bool:
    """Note that a job's state was asked; say whether its work is due now."""
    if job.state not in (UPLOADED, WORKING):
        return False
    if job.polls_left > 0:
        job.polls_left -= 1
        job.become(WORKING, call.org.clock.now_ms())
        return False
    return True


def deleted(call: Call, job: Job) -> Response:
    """Forget a job that is in a final state; 204."""
    if job.state not in FINAL_STATES:
        raise invalid_state(f"Cannot delete a job in state {job.state}; abort it first or wait for its end")
    call.org.bulk_jobs.remove(job)
    return Response(204)


def abort(call: Call, job: Job) -> None:
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
