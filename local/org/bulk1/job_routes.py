"""Jobs: create, look at, close, abort (Bulk API guide, Work with Jobs)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..bulk.csv_files import cell
from ..bulk.descriptions import external_id_field, ingest_operation, sobject_named
from ..data.storage.records import stamp_of
from ..schema.sobjects import SObjectType
from ..wire.call import Call, Route
from ..wire.messages import Response
from . import facts
from .documents import document, job_description, refusal, speaks_json
from .job_store import (
    ABORTED,
    CLOSED,
    COMPLETED,
    FAILED,
    JOB_PREFIX,
    OPEN,
    PARALLEL,
    QUERIES,
    QUEUED,
    SERIAL,
    WORKING,
    Job,
)
from .pk_chunks import chunking_of
from .ports import Bulk1Org
from .work import polled

CONTENT_TYPES = ("XML", "CSV", "JSON")
CONCURRENCY = {"": PARALLEL, "parallel": PARALLEL, "0": PARALLEL, "serial": SERIAL, "1": SERIAL}


def create(call: Call[Bulk1Org]) -> Response:
    """Open a job; 201."""
    given = job_description(call.request)
    sobject = sobject_named(call, str(given.get("object") or ""))
    operation = str(given.get("operation") or "")
    if operation not in QUERIES:
        operation = ingest_operation(call, operation)
    job = Job(
        call.org.bulk1_jobs.new_id(JOB_PREFIX),
        operation,
        sobject.name,
        call.session.user_id,
        call.org.clock.now_ms(),
        call.version,
        _content_type(given),
        _concurrency(given),
        external_id_field(sobject, operation, given.get("externalIdFieldName")),
        given.get("assignmentRuleId") or None,
        _chunking(call, sobject, operation),
    )
    call.org.bulk1_jobs.add(job)
    answer = _answer(call, job)
    answer.status = 201
    return answer


def state(call: Call[Bulk1Org], job: str) -> Response:
    """Answer a job with the figures of its batches."""
    found = call.org.bulk1_jobs.find(job, call.version)
    polled(call, found, found.batches)
    return _answer(call, found)


def change(call: Call[Bulk1Org], job: str) -> Response:
    """Close a job, which takes no batch any more, or abort it."""
    found = call.org.bulk1_jobs.find(job, call.version)
    wanted = str(job_description(call.request).get("state") or "")
    if wanted not in (CLOSED, ABORTED):
        raise refusal(facts.UNPARSED_JOB)
    if found.state == ABORTED or (found.state != OPEN and wanted == CLOSED):
        raise refusal(facts.CLOSED_JOB, state=found.state, id=found.id)
    found.become(wanted, call.org.clock.now_ms())
    return _answer(call, found)


def _content_type(given: Mapping[str, Any]) -> str:
    content_type = str(given.get("contentType") or "XML").upper()
    if content_type not in CONTENT_TYPES:
        raise refusal(
            ("InvalidJob", "contentType is one of {known}; binary attachments are not simulated"), known=CONTENT_TYPES
        )
    return content_type


def _concurrency(given: Mapping[str, Any]) -> str:
    """Return the concurrency mode, which clients also send as the number of its value (C: simple-salesforce)."""
    mode = given.get("concurrencyMode")
    found = CONCURRENCY.get("" if mode is None else str(mode).lower())
    if found is None:
        raise refusal(facts.UNPARSED_JOB)
    return found


def _chunking(call: Call[Bulk1Org], sobject: SObjectType, operation: str) -> Any:
    header = call.request.headers.get("sforce-enable-pkchunking", "")
    return chunking_of(header, sobject, call.org.store.view(call.session).schema) if operation in QUERIES else None


def _answer(call: Call[Bulk1Org], job: Job) -> Response:
    as_json = speaks_json(call.request)
    return document("jobInfo", info(job, as_json=as_json), as_json=as_json)


def info(job: Job, *, as_json: bool) -> dict[str, Any]:
    """Return a jobInfo; its dates end in Z in XML, in +0000 in JSON (same guide, the samples of a new job)."""
    processing_ms = sum(each.processing_ms for each in job.batches)
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user_id,
        "createdDate": written_stamp(job.created_ms, as_json=as_json),
        "systemModstamp": written_stamp(job.changed_ms or job.created_ms, as_json=as_json),
        "state": job.state,
        "externalIdFieldName": job.external_id_field,
        "assignmentRuleId": job.assignment_rule_id,
        "concurrencyMode": job.concurrency,
        "contentType": job.content_type,
        "fastPathEnabled": False if as_json else None,
        "numberBatchesQueued": job.in_state(QUEUED),
        "numberBatchesInProgress": job.in_state(WORKING),
        "numberBatchesCompleted": job.in_state(COMPLETED),
        "numberBatchesFailed": job.in_state(FAILED),
        "numberBatchesTotal": len(job.batches),
        "numberRecordsProcessed": sum(each.processed for each in job.batches),
        "numberRetries": 0,
        "apiVersion": job.version,
        "numberRecordsFailed": sum(each.failed for each in job.batches),
        "totalProcessingTime": processing_ms,
        "apiActiveProcessingTime": processing_ms,
        "apexProcessingTime": 0,
    }


def written_stamp(ms: int, *, as_json: bool) -> str:
    """Return a time as infos write it."""
    return stamp_of(ms) if as_json else cell(stamp_of(ms))


ROUTES: list[Route[Bulk1Org]] = [
    ("POST", r"/job/?", create),
    ("GET", r"/job/(?P<job>\w+)/?", state),
    ("POST", r"/job/(?P<job>\w+)/?", change),
]
