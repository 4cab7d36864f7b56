"""Bulk API 2.0 jobs and their states, and all jobs of one org."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..schema.ids import IdFactory, normalized
from ..wire.messages import OrgError
from . import facts
from .csv_files import CsvFormat, CsvRow

JOB_PREFIX = "750"
QUERY, INGEST = "V2Query", "V2Ingest"
OLDEST_VERSIONS = {QUERY: 47.0, INGEST: 41.0}  # Bulk API 2.0 guide, "Available since release" of either resource
OPEN, UPLOADED, WORKING = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
FINAL_STATES = frozenset({COMPLETE, FAILED, ABORTED})


@dataclass(slots=True)
class Job:
    """One job; `polls_left` is how many polls remain before the work is done."""

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

    def __init__(self, ids: IdFactory) -> None:
        self._ids = ids
        self._jobs: dict[str, Job] = {}

    def new_id(self) -> str:
        """Return the next job's Id."""
        return self._ids.next(JOB_PREFIX)

    def add(self, job: Job) -> Job:
        """Keep a job."""
        self._jobs[job.id] = job
        return job

    def find(self, kind: str, job_id: str, version: float) -> Job:
        """
        Return a job of this kind; raise 404 for an unknown one.

        A query job can be used with its own API version only: 409 (Bulk API 2.0 guide, get results for a query job).
        """
        check_version(version, kind)
        job = self._jobs.get(normalized(job_id) or "")
        if job is None or job.kind != kind:
            raise not_found()
        if kind == QUERY and job.version != version:
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


def check_version(version: float, kind: str) -> None:
    """Raise 404 where the API version is older than the resource."""
    if version < OLDEST_VERSIONS[kind]:
        raise not_found()
