"""Read outcomes, pages of records and events from a queue: each handled once, deleted only when it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from causeway_client.faults import is_passing
from causeway_client.generated.outcomes import OutcomesMessage
from causeway_client.generated.records import RecordsMessage
from causeway_client.messages import Event, Received, Unreadable, identity_of, read_message
from causeway_client.seen import MemorySeenIds, SeenIds
from causeway_client.timing import Clock, SystemClock

MAX_MESSAGES = 10  # SQS limit: messages of one ReceiveMessage
WAIT_S = 20  # SQS limit: long polling
PAUSE_S = 5  # after a poll that SQS did not answer

logger = logging.getLogger("causeway_client")


class Sqs(Protocol):
    """The part of boto3's SQS client that receives and deletes."""

    def receive_message(
        self, *, QueueUrl: str, MaxNumberOfMessages: int, WaitTimeSeconds: int
    ) -> Mapping[str, Any]: ...

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Handlers:
    """
    What to do with each kind of message. A kind without a handler stays on the queue.

    A handler that raises leaves its message on the queue; SQS delivers it again after the visibility timeout.
    """

    outcomes: Callable[[OutcomesMessage], None] | None = None
    records: Callable[[RecordsMessage], None] | None = None
    event: Callable[[Event], None] | None = None


@dataclass(slots=True)
class Polled:
    """What one poll did: messages handled, dropped as repeats, and left on the queue."""

    handled: int = 0
    repeats: int = 0
    left: int = 0
    receipts: list[tuple[str, str]] = field(default_factory=list, repr=False)


class Consumer:
    """Reads one queue for one product."""

    def __init__(
        self,
        sqs: Sqs,
        queue_url: str,
        handlers: Handlers,
        *,
        seen: SeenIds | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._sqs, self._queue_url, self._handlers = sqs, queue_url, handlers
        self._seen, self._clock = seen or MemorySeenIds(), clock or SystemClock()

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Poll until `until()` says so; a poll that SQS does not answer now is made again."""
        while not until():
            try:
                self.poll()
            except (ClientError, BotoCoreError) as error:
                if not is_passing(error):
                    raise
                logger.warning("SQS did not answer, asking again in %s s: %s", PAUSE_S, error)
                self._clock.sleep(PAUSE_S)

    def poll(self, wait_s: int = WAIT_S) -> Polled:
        """
        Handle the next messages, at most ten, waiting up to `wait_s` for the first.

        What was handled is deleted even when the program is being stopped by an exception that is no error of a handler.
        """
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=MAX_MESSAGES, WaitTimeSeconds=wait_s
        )
        polled = Polled()
        try:
            for message in answer.get("Messages", ()):
                self._take(message, polled)
        finally:
            self._delete(polled)
        return polled

    def _take(self, message: Mapping[str, Any], polled: Polled) -> None:
        message_id = message["MessageId"]
        try:
            received = read_message(message["Body"])
            handle = self._handler(received)
        except Unreadable as error:
            logger.warning("Left on the queue, message %s: %s", message_id, error)
            polled.left += 1
            return
        try:
            with self._seen.once(identity_of(received, message_id)) as is_new:
                if is_new:
                    handle()
        except Exception:
            logger.exception("Left on the queue: the handler of message %s failed", message_id)
            polled.left += 1
            return
        polled.handled += is_new
        polled.repeats += not is_new
        polled.receipts.append((message_id, message["ReceiptHandle"]))

    def _handler(self, received: Received) -> Callable[[], None]:
        """Return the call that handles a message; raise Unreadable when there is no handler for its kind."""
        if isinstance(received, OutcomesMessage) and (outcomes := self._handlers.outcomes):
            return lambda: outcomes(received)
        if isinstance(received, RecordsMessage) and (records := self._handlers.records):
            return lambda: records(received)
        if isinstance(received, Event) and (event := self._handlers.event):
            return lambda: event(received)
        raise Unreadable(f"There is no handler for {type(received).__name__}.")

    def _delete(self, polled: Polled) -> None:
        """Delete what was handled; what SQS does not delete now comes again, and is then dropped as a repeat."""
        if polled.receipts:
            batch = [{"Id": str(place), "ReceiptHandle": receipt} for place, (_, receipt) in enumerate(polled.receipts)]
            self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=batch)
