"""Jobs of Bulk API 1.0, their batches and states, and all jobs of one org (Bulk API guide, JobInfo and BatchInfo)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..schema.ids import IdFactory, normalized
from . import facts
from .documents import refusal

JOB_PREFIX, BATCH_PREFIX, RESULT_PREFIX = "750", "751", "752"
OPEN, CLOSED, ABORTED = "Open", "Closed", "Aborted"
QUEUED, WORKING, COMPLETED, FAILED, NOT_PROCESSED = "Queued", "InProgress", "Completed", "Failed", "NotProcessed"
FINAL_STATES = frozenset({COMPLETED, FAILED, NOT_PROCESSED})
QUERIES = frozenset({"query", "queryAll"})
SERIAL, PARALLEL = "Serial", "Parallel"


@dataclass(slots=True)
class Batch:
    """One batch: what was sent, what became of it; `polls_left` is how many polls remain before its work is done."""

    id: str
    created_ms: int
    content: bytes
    polls_left: int
    result_id: str
    state: str = QUEUED
    message: str | None = None
    changed_ms: int = 0
    processed: int = 0
    failed: int = 0
    answer: bytes = b""

    @property
    def is_final(self) -> bool:
        """Say whether nothing more happens to the batch."""
        return self.state in FINAL_STATES

    @property
    def processing_ms(self) -> int:
        """Return how long the work took; 0 before its end."""
        return max(1, self.changed_ms - self.created_ms) if self.state in (COMPLETED, FAILED) else 0

    def become(self, state: str, now_ms: int, message: str | None = None) -> None:
        """Enter a state."""
        self.state, self.changed_ms, self.message = state, now_ms, message


@dataclass(slots=True, frozen=True)
class Chunking:
    """PK chunking of a query job: Ids in a chunk, the first Id, and whose Ids they are."""

    size: int
    start: str = ""
    parent: str = ""


@dataclass(slots=True)
class Job:
    """One job: an operation on an sObject, and the batches that carry it out."""

    id: str
    operation: str
    sobject: str
    user_id: str
    created_ms: int
    version: float
    content_type: str = "XML"
    concurrency: str = PARALLEL
    external_id_field: str | None = None
    assignment_rule_id: str | None = None
    chunking: Chunking | None = None
    state: str = OPEN
    changed_ms: int = 0
    batches: list[Batch] = field(default_factory=list)

    @property
    def is_query(self) -> bool:
        """Say whether batches are statements."""
        return self.operation in QUERIES

    @property
    def is_json(self) -> bool:
        """Say whether what is answered about batches is JSON: all but CSV results is XML otherwise (same guide, Content Type header)."""
        return self.content_type == "JSON"

    def batch(self, batch_id: str) -> Batch:
        """Return a batch by its Id; raise InvalidBatch."""
        wanted = normalized(batch_id)
        for each in self.batches:
            if each.id == wanted:
                return each
        raise refusal(facts.UNKNOWN_BATCH, id=batch_id)

    def in_state(self, *states: str) -> int:
        """Return how many batches are in one of the states."""
        return sum(each.state in states for each in self.batches)

    def become(self, state: str, now_ms: int) -> None:
        """Enter a state; what waits in an aborted job is not processed."""
        self.state, self.changed_ms = state, now_ms
        if state == ABORTED:
            for batch in self.batches:
                if not batch.is_final:
                    batch.become(NOT_PROCESSED, now_ms)


class Jobs:
    """All jobs of an org by Id."""

    def __init__(self, ids: IdFactory) -> None:
        self._ids = ids
        self._jobs: dict[str, Job] = {}

    def new_id(self, prefix: str) -> str:
        """Return the next Id of a job, batch or result."""
        return self._ids.next(prefix)

    def add(self, job: Job) -> Job:
        """Keep a job."""
        self._jobs[job.id] = job
        return job

    def find(self, job_id: str, version: float) -> Job:
        """Return a job; raise InvalidJob for an unknown one, InvalidVersion where it belongs to another version."""
        job = self._jobs.get(normalized(job_id) or "")
        if job is None:
            raise refusal(facts.UNKNOWN_JOB, id=job_id)
        if job.version != version:
            raise refusal(facts.OTHER_VERSION, id=job.id, version=job.version)
        return job
