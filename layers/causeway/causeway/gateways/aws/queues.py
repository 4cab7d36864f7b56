"""SQS: outcomes to the outbound queue, changes back to the push queue, and the visibility of one message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults

MAX_ENTRIES = 10  # SQS limit: messages per SendMessageBatch
MAX_BATCH_BYTES = 1_000_000  # SQS limit: 1,048,576 bytes per batch, attributes included
MAX_VISIBILITY_S = 43_200  # SQS limit: 12 hours
# The attribute of messages whose refused changes are to be tried again: for these syncs, or for ALL.
REDRIVEN = "redriven"
ALL = "*"
SENT = "sent"  # the attribute with the times (epoch ms) at which a message's changes were first sent, or one for all
_NOT_NOW = "The queue does not take messages at the moment."


class MessageQueue:
    """One queue; `MessageGroupId` is the tenant, by which a fair queue shares its consumers among tenants."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def send(
        self,
        tenant: str,
        bodies: Sequence[str],
        *,
        sent: Sequence[Sequence[int]] = (),
        redriven: Sequence[Sequence[str]] = (),
    ) -> None:
        """
        Send messages of one tenant; raise StoreUnavailable when one was not taken (sending all again does no harm).

        `sent` holds per message the times (epoch ms) at which its changes were first sent, `redriven` the syncs for which each
        of its changes is to be tried again (of an empty one: all).
        """
        messages = [
            _message(tenant, body, sent[place] if sent else (), redriven[place] if redriven else None)
            for place, body in enumerate(bodies)
        ]
        for chunk in _chunks(messages):
            entries = [{"Id": str(place), **message} for place, message in enumerate(chunk)]
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


def first_sent(record: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the times at which the changes of a message as Lambda gives it were first sent; empty when it came only now."""
    text = (record.get("messageAttributes") or {}).get(SENT, {}).get("stringValue", "")
    return tuple(int(time) for time in text.split(",")) if re.fullmatch(r"[0-9]{1,15}(,[0-9]{1,15})*", text) else ()


def redriven_syncs(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the syncs for which the changes of a redriven message are to be tried again; empty when it is for all."""
    text = (record.get("messageAttributes") or {}).get(REDRIVEN, {}).get("stringValue", "")
    return tuple(text.split(",")) if re.fullmatch(r"[A-Za-z0-9_-]{1,64}(,[A-Za-z0-9_-]{1,64})*", text) else ()


def _message(tenant: str, body: str, sent: Sequence[int], redriven: Sequence[str] | None) -> dict[str, Any]:
    given = {} if redriven is None else {REDRIVEN: _each(redriven) or ALL}
    if sent:
        given[SENT] = _each([str(time) for time in sent])
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in given.items()}
    message: dict[str, Any] = {"MessageBody": body, "MessageGroupId": tenant}
    return {**message, "MessageAttributes": attributes} if attributes else message


def _each(values: Sequence[str]) -> str:
    """Return the values of a message's changes by position, or one for all."""
    return ",".join(values if len(set(values)) > 1 else values[:1])


def _chunks(messages: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Yield messages in batches that SQS takes."""
    chunk: list[Mapping[str, Any]] = []
    used = 0
    for message in messages:
        size = len(message["MessageBody"].encode()) + len(str(message.get("MessageAttributes", ""))) + 200
        if chunk and (len(chunk) >= MAX_ENTRIES or used + size > MAX_BATCH_BYTES):
            yield chunk
            chunk, used = [], 0
        chunk.append(message)
        used += size
    if chunk:
        yield chunk
