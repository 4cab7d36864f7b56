"""One message through the deployed stack: sent as a product sends it, its outcome read as a product reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from causeway_client.cli.deployment import Deployment
from causeway_client.cli.doctor.findings import Finding
from causeway_client.timing import Clock

CHECK = "message"
TENANT = "causeway-verify"  # connects to no org, so its change is skipped: nothing is written anywhere
PATIENCE_S = 180
LOOK_S = 3.0


def check_message(deployment: Deployment, clock: Clock) -> Iterator[Finding]:
    """Yield how long one change took to its outcome; a problem when none came."""
    sqs, run = deployment.aws("sqs"), f"verify-{uuid4().hex}"
    change = {"key": "verify", "fields": {"last_name": "Verification"}}
    body = {"version": 1, "tenant": TENANT, "source": "verify", "run": run, "changes": [change]}
    sqs.send_message(QueueUrl=deployment.push_queue_url, MessageBody=json.dumps(body), MessageGroupId=TENANT)
    began = clock.now_s()
    while clock.now_s() - began < PATIENCE_S:
        outcome = _outcome(sqs, deployment.outbound_queue_url, run)
        if outcome is not None:
            took_s = clock.now_s() - began
            yield Finding(
                CHECK, "ok", f"One change came back after {took_s:.1f} s: {outcome['result']}, {outcome['code']}."
            )
            return
        clock.sleep(LOOK_S)
    message = f"One change was sent and no outcome was seen within {PATIENCE_S} s."
    yield Finding(
        CHECK,
        "problem",
        message,
        "Look at the log of PushFunction; or a product has read the outcome first: stop it and try again.",
    )


def _outcome(sqs: Any, queue: str, run: str) -> Any:
    """Return our outcome if it is among the next messages, and give the others back at once."""
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=10)
    found = None
    for message in answer.get("Messages", ()):
        body = json.loads(message["Body"])
        if body.get("run") == run:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            found = body["outcomes"][0]
        else:
            sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return found
