"""Queues of moto, as boto3 shows them."""

from __future__ import annotations

from typing import Any

from tests.support.connections.factories import an_aws_client

LARGEST = "1048576"


def a_queue(name: str) -> str:
    """Make a queue that takes messages of 1 MiB, as the deployed ones do, and return its address."""
    made = an_aws_client("sqs").create_queue(QueueName=name, Attributes={"MaximumMessageSize": LARGEST})
    url: str = made["QueueUrl"]
    return url


def bodies(queue_url: str) -> list[str]:
    """Return what is on a queue and delete it."""
    sqs, found = an_aws_client("sqs"), list[str]()
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found


def put(queue_url: str, *messages: str) -> None:
    """Put messages on a queue."""
    sqs: Any = an_aws_client("sqs")
    for body in messages:
        sqs.send_message(QueueUrl=queue_url, MessageBody=body)
