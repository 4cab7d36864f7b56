"""The queues of pulls: pages to the outbound queue, jobs to the pull queue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import batched
from typing import Any

from causeway.errors import InvalidMessage, StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.aws.queues import MessageQueue
from causeway.pull.jobs import SCHEDULE, PullJob

SQS_BATCH = 10  # entries of one SendMessageBatch
MAX_DELAY_S = 900  # SQS limit: DelaySeconds
_NOT_NOW = "The pull queue does not take jobs at the moment."


class PullQueues:
    """Pages to the outbound queue, jobs to the pull queue."""

    def __init__(self, outbound: MessageQueue, client: Any, pull_queue_url: str) -> None:
        self._outbound, self._client, self._url = outbound, client, pull_queue_url

    def publish(self, tenant: str, body: bytes) -> None:
        """Put one message on the outbound queue; raises StoreUnavailable unless it was taken."""
        self._outbound.send(tenant, [body.decode()])

    def enqueue(self, job: PullJob, delay_s: int) -> None:
        """Queue the job for a later worker."""
        with passing_faults(_NOT_NOW):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=job_text(job),
                DelaySeconds=min(delay_s, MAX_DELAY_S),
                MessageGroupId=job.tenant,
            )

    def queue(self, jobs: Sequence[PullJob]) -> None:
        """Queue these jobs; raises StoreUnavailable unless all were taken."""
        in_parallel(self._batch, list(batched(jobs, SQS_BATCH, strict=False)))

    def _batch(self, jobs: Sequence[PullJob]) -> None:
        entries = [
            {"Id": str(place), "MessageBody": job_text(job), "MessageGroupId": job.tenant}
            for place, job in enumerate(jobs)
        ]
        with passing_faults(_NOT_NOW):
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        if answer.get("Failed"):
            raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.")


def job_text(job: PullJob) -> str:
    """Return the queue message of a job."""
    return json.dumps({"version": 1, **asdict(job)})


def job_of(body: str) -> PullJob:
    """Return the job of a queue message; raise InvalidMessage when it names none."""
    try:
        given = json.loads(body)
        return PullJob(
            str(given["tenant"]),
            str(given["sync"]),
            str(given.get("run", "")),
            int(given.get("hop", 0)),
            str(given.get("trigger", SCHEDULE)),
            int(given.get("waits", 0)),
            int(given.get("due_ms", 0)),
            int(given.get("tries", 0)),
            int(given.get("since_ms", 0)),
            int(given.get("polls", 0)),
            str(given.get("only", "")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidMessage("A pull job names no tenant and sync.", "Queue pulls through the API.") from error
