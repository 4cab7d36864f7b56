"""SQS: outcomes to the outbound queue, changes back to the push queue, and the visibility of one message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.errors import StoreUnavailable
from causeway.gateways.faults import passing_faults

MAX_ENTRIES = 10  # SQS limit: messages per SendMessageBatch
MAX_BATCH_BYTES = 1_000_000  # SQS limit: 1,048,576 bytes per batch, attributes included
MAX_VISIBILITY_S = 43_200  # SQS limit: 12 hours
REDRIVEN = "redriven"  # the attribute of messages whose refused changes are to be tried again
_NOT_NOW = "The queue does not take messages at the moment."


class MessageQueue:
    """One queue; `MessageGroupId` is the tenant, so that a fair queue keeps tenants from each other's way."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def send(self, tenant: str, bodies: Sequence[str], *, redriven: bool = False) -> None:
        """Send messages of one tenant; raise StoreUnavailable when one was not taken (sending all again does no harm)."""
        extra: dict[str, Any] = {"MessageGroupId": tenant}
        if redriven:
            extra["MessageAttributes"] = {REDRIVEN: {"DataType": "String", "StringValue": "1"}}
        for chunk in _chunks(bodies):
            entries = [{"Id": str(place), "MessageBody": body, **extra} for place, body in enumerate(chunk)]
            with passing_faults(_NOT_NOW):
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if answer.get("Failed"):
                raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.")

    def defer(self, receipt: str, seconds: int) -> None:
        """Hide one message for this long; at worst it comes back at the queue's own time."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=max(0, min(seconds, MAX_VISIBILITY_S))
            )
        except (ClientError, BotoCoreError):
            return  # the receipt is stale, or the queue does not answer


def _chunks(bodies: Sequence[str]) -> Iterator[list[str]]:
    """Yield messages in batches that SQS takes."""
    chunk: list[str] = []
    used = 0
    for body in bodies:
        size = len(body.encode()) + 200
        if chunk and (len(chunk) >= MAX_ENTRIES or used + size > MAX_BATCH_BYTES):
            yield chunk
            chunk, used = [], 0
        chunk.append(body)
        used += size
    if chunk:
        yield chunk
