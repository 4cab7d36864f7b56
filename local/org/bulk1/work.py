"""The work of batches, done when a client polled often enough; the batches of a serial job come one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from .. import soql
from ..bulk.statements import checked_statement, run_statement
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .ingest_batches import saved
from .job_store import COMPLETED, FAILED, NOT_PROCESSED, SERIAL, WORKING, Batch, Job
from .pk_chunks import chunk_statements
from .ports import Bulk1Org
from .query_results import written

UNSUITED_CODES = {"API_ERROR": "FUNCTIONALITY_NOT_ENABLED"}  # C: reports of tap-salesforce's and Airflow's users


def polled(call: Call[Bulk1Org], job: Job, batches: Sequence[Batch]) -> None:
    """Count a poll of these batches and do what is due of them; a serial job works on its first open batch instead."""
    waiting = [each for each in batches if not each.is_final]
    if job.concurrency == SERIAL and waiting:
        waiting = [each for each in job.batches if not each.is_final][: len(waiting)]
    for batch in waiting:
        if batch.polls_left > 0:
            batch.polls_left -= 1
            batch.become(WORKING, call.org.clock.now_ms())
            if job.concurrency == SERIAL:
                return
            continue
        _work(call, job, batch)


def _work(call: Call[Bulk1Org], job: Job, batch: Batch) -> None:
    """Carry out a batch; an error of the batch as a whole makes it fail."""
    try:
        if job.is_query:
            _query(call, job, batch)
        else:
            saved(call, job, batch)
        batch.become(COMPLETED, call.org.clock.now_ms())
    except OrgError as error:
        batch.become(FAILED, call.org.clock.now_ms(), _message(error, is_query=job.is_query))


def _message(error: OrgError, *, is_query: bool) -> str:
    """Return why a batch failed, as stateMessage has it."""
    if not is_query:
        return error.message
    code = UNSUITED_CODES.get(error.code, error.code)
    return facts.FAILED_QUERY.format(code=code, message=error.message)


def _query(call: Call[Bulk1Org], job: Job, batch: Batch) -> None:
    statement = batch.content.decode("utf-8", "replace")
    checked = checked_statement(call, statement)
    if checked.sobject != job.sobject:
        code, message = facts.OTHER_ENTITY
        raise OrgError(code, message.format(asked=checked.sobject, sobject=job.sobject))
    found = run_statement(call, statement, include_deleted=job.operation == "queryAll")
    batch.answer = written(found, job.content_type)
    batch.processed = found.total_size


def split(call: Call[Bulk1Org], job: Job, batch: Batch) -> list[str]:
    """
    Return the statements of a batch's chunks; the batch itself is not processed then.

    It fails, and there are no chunks, where PK chunking cannot split its statement.
    """
    now_ms, statement = call.org.clock.now_ms(), batch.content.decode("utf-8", "replace")
    try:
        checked_statement(call, statement)
        chunks = chunk_statements(call, job, soql.parse(statement))
    except OrgError as error:
        batch.become(FAILED, now_ms, _message(error, is_query=True))
        return []
    batch.become(NOT_PROCESSED, now_ms)
    return chunks
