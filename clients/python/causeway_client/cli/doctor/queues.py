"""Whether the queues flow and the dead-letter queues are empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from causeway_client.cli.deployment import Deployment
from causeway_client.cli.doctor.findings import Finding

CHECK = "queues"
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


def check_queues(deployment: Deployment) -> Iterator[Finding]:
    """Yield how much lies on each queue; anything on a dead-letter queue is a problem."""
    sqs = deployment.aws("sqs")
    for name, url in {
        "PushQueue": deployment.push_queue_url,
        "PullQueue": deployment.pull_queue_url,
        "OutboundQueue": deployment.outbound_queue_url,
    }.items():
        visible, in_flight, delayed = _counts(sqs, url)
        yield Finding(CHECK, "ok", f"{name}: {visible:,} waiting, {in_flight:,} being worked on, {delayed:,} delayed.")
    dead = sum(_counts(sqs, deployment.push_dlq_url))
    if dead:
        yield Finding(
            CHECK,
            "problem",
            f"{dead:,} messages crashed the push function and are not parked yet.",
            "Look at the logs of PushFunction and DeadLetterFunction; they are parked with the code crashed.",
        )
    else:
        yield Finding(CHECK, "ok", "PushDeadLetterQueue is empty.")


def _counts(sqs: Any, url: str) -> list[int]:
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"]
    return [int(attributes.get(name, 0)) for name in _COUNTS]
