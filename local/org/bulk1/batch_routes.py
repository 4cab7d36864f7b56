"""Batches: add, look at, list, and what came of each record or query (Bulk API guide, Work with Batches)."""

from __future__ import annotations

import json
from typing import Any

from ..wire.call import Call, Route
from ..wire.messages import Response
from . import facts
from .documents import CSV_TYPE, JSON_TYPE, XML_TYPE, document, refusal
from .job_routes import written_stamp
from .job_store import BATCH_PREFIX, COMPLETED, OPEN, RESULT_PREFIX, Batch, Job
from .ports import Bulk1Org
from .work import polled, split

MAX_CONTENT_BYTES = 10_000_000  # Bulk API limits: 10 MB, and 10,000,000 characters
DAILY_BATCHES = "DailyBulkApiBatches"
RESULT_TYPES = {"CSV": CSV_TYPE, "JSON": JSON_TYPE, "XML": XML_TYPE}


def add(call: Call[Bulk1Org], job: str) -> Response:
    """Queue a batch, which starts the job; 201. With PK chunking the batches of its chunks take its place."""
    found = call.org.bulk1_jobs.find(job, call.version)
    if found.state != OPEN:
        raise refusal(facts.CLOSED_JOB, state=found.state, id=found.id)
    content = call.request.body
    if not content.strip():
        raise refusal(facts.EMPTY_BATCH)
    if len(content) > MAX_CONTENT_BYTES:
        raise refusal(facts.BATCH_TOO_LARGE)
    batch = _queued(call, found, content)
    answer = _answer(found, batch)
    answer.status = 201
    if found.chunking is not None:
        _chunk(call, found, batch)
    return answer


def _queued(call: Call[Bulk1Org], job: Job, content: bytes) -> Batch:
    org = call.org
    org.limits.use(DAILY_BATCHES)
    batch = Batch(
        org.bulk1_jobs.new_id(BATCH_PREFIX),
        org.clock.now_ms(),
        content,
        org.settings.bulk_polls,
        org.bulk1_jobs.new_id(RESULT_PREFIX),
    )
    job.batches.append(batch)
    return batch


def _chunk(call: Call[Bulk1Org], job: Job, batch: Batch) -> None:
    """Queue a batch for each chunk of the statement."""
    for each in split(call, job, batch):
        _queued(call, job, each.encode())


def state(call: Call[Bulk1Org], job: str, batch: str) -> Response:
    """Answer a batch's state, and do its work once the client polled often enough."""
    found = call.org.bulk1_jobs.find(job, call.version)
    asked = found.batch(batch)
    polled(call, found, [asked])
    return _answer(found, asked)


def batch_list(call: Call[Bulk1Org], job: str) -> Response:
    """Answer every batch of a job; each counts as polled."""
    found = call.org.bulk1_jobs.find(job, call.version)
    polled(call, found, found.batches)
    infos = [info(found, each) for each in found.batches]
    return document("batchInfoList", {"batchInfo": infos}, as_json=found.is_json)


def request(call: Call[Bulk1Org], job: str, batch: str) -> Response:
    """Answer what was sent as a batch."""
    found = call.org.bulk1_jobs.find(job, call.version)
    return Response(200, found.batch(batch).content, content_type=RESULT_TYPES[found.content_type])


def result(call: Call[Bulk1Org], job: str, batch: str) -> Response:
    """Answer the result of each record in the order of the batch; of a query the Ids of its results."""
    found, asked = _completed(call, job, batch)
    if not found.is_query:
        return _content(found, asked)
    if found.is_json:
        return Response(200, json.dumps([asked.result_id]).encode(), content_type=JSON_TYPE)
    return document("result-list", {"result": [asked.result_id]}, as_json=False)


def query_result(call: Call[Bulk1Org], job: str, batch: str, result_id: str) -> Response:
    """Answer the rows of a query's result."""
    found, asked = _completed(call, job, batch)
    if not found.is_query or result_id[:15] != asked.result_id[:15]:
        raise refusal(("InvalidBatch", "Unable to find a result with id: {id}"), id=result_id)
    return _content(found, asked)


def _completed(call: Call[Bulk1Org], job: str, batch: str) -> tuple[Job, Batch]:
    found = call.org.bulk1_jobs.find(job, call.version)
    asked = found.batch(batch)
    if asked.state != COMPLETED:
        raise refusal(facts.NOT_COMPLETED)
    return found, asked


def _content(job: Job, batch: Batch) -> Response:
    return Response(200, batch.answer, content_type=RESULT_TYPES[job.content_type])


def _answer(job: Job, batch: Batch) -> Response:
    return document("batchInfo", info(job, batch), as_json=job.is_json)


def info(job: Job, batch: Batch) -> dict[str, Any]:
    """Return a batchInfo."""
    return {
        "id": batch.id,
        "jobId": job.id,
        "state": batch.state,
        "stateMessage": batch.message,
        "createdDate": written_stamp(batch.created_ms, as_json=job.is_json),
        "systemModstamp": written_stamp(batch.changed_ms or batch.created_ms, as_json=job.is_json),
        "numberRecordsProcessed": batch.processed,
        "numberRecordsFailed": batch.failed,
        "totalProcessingTime": batch.processing_ms,
        "apiActiveProcessingTime": batch.processing_ms,
        "apexProcessingTime": 0,
    }


_BATCH = r"/job/(?P<job>\w+)/batch"
ROUTES: list[Route[Bulk1Org]] = [
    ("POST", rf"{_BATCH}/?", add),
    ("GET", rf"{_BATCH}/?", batch_list),
    ("GET", rf"{_BATCH}/(?P<batch>\w+)/?", state),
    ("GET", rf"{_BATCH}/(?P<batch>\w+)/request/?", request),
    ("GET", rf"{_BATCH}/(?P<batch>\w+)/result/?", result),
    ("GET", rf"{_BATCH}/(?P<batch>\w+)/result/(?P<result_id>\w+)/?", query_result),
]
