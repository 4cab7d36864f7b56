"""Sender and consumer with boto3's own client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from causeway_client import Consumer, Handlers, Outcome, Sender
from moto import mock_aws

from tests.support.clients.aws import a_queue, bodies, put
from tests.support.clients.messages import outcomes_body, records_body
from tests.support.connections.factories import an_aws_client


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with mock_aws():
        yield


def test_changes_arrive_in_messages_of_500_with_large_ones_apart() -> None:
    queue = a_queue("push")
    changes: list[dict[str, Any]] = [
        {"key": f"lead-{number}", "fields": {"note": "x" * 3_000}} for number in range(700)
    ]
    sent = Sender(an_aws_client("sqs"), queue).send("acme", "lead", changes)
    arrived = [json.loads(body)["changes"] for body in bodies(queue)]
    assert sorted(change["key"] for part in arrived for change in part) == sorted(each["key"] for each in changes)
    assert (len(arrived), sent.messages) == (3, 3)


def test_outcomes_are_handled_and_gone_and_pages_stay() -> None:
    queue, told = a_queue("outbound"), list[Outcome]()
    put(queue, outcomes_body("lead-1", "lead-2"), records_body("p1", "lead-3"))
    handlers = Handlers(outcomes=lambda message: told.extend(message.outcomes))
    polled = Consumer(an_aws_client("sqs"), queue, handlers).poll(wait_s=0)
    assert ([outcome.key for outcome in told], polled.handled, polled.left) == (["lead-1", "lead-2"], 1, 1)
    attributes = an_aws_client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert (attributes["ApproximateNumberOfMessages"], attributes["ApproximateNumberOfMessagesNotVisible"]) == (
        "0",
        "1",
    )
