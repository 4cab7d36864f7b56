"""Send changes to PushQueue, and send again what SQS refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from causeway_client.cutting import CutMessage, GivenChange, cut, entries
from causeway_client.errors import NotSent
from causeway_client.faults import is_passing, is_passing_code
from causeway_client.timing import Clock, SystemClock, pauses_s

ATTEMPTS = 8  # with the pauses between them about 25 seconds


class Sqs(Protocol):
    """The part of boto3's SQS client that sends."""

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """How much was sent, and how many times SQS had to be asked again."""

    changes: int
    messages: int
    repeats: int


class Sender:
    """
    Sends changes of any tenant and source to one push queue.

    A message whose answer was lost is sent again; sending a change twice does no harm.
    """

    def __init__(
        self,
        sqs: Sqs,
        queue_url: str,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._sqs, self._queue_url = sqs, queue_url
        self._clock, self._chance, self._attempts = clock or SystemClock(), chance, attempts

    def send(
        self,
        tenant: str,
        source: str,
        changes: Iterable[GivenChange],
        *,
        run: str | None = None,
        urgent: bool = False,
        on_sent: Callable[[int], None] | None = None,
    ) -> Sent:
        """
        Send the changes in their order; `on_sent` is called with how many more SQS has taken.

        `urgent` ones go to Salesforce at once, whatever that costs of the org's calls.

        Raises InvalidChanges before anything is sent when a change breaks the contract, and NotSent with the changes that SQS
        did not take after every attempt.
        """
        messages = cut(tenant, source, changes, run, urgent=urgent)
        repeats = 0
        waiting = list(entries(messages))
        for place, group in enumerate(waiting):
            try:
                repeats += self._send_group(tenant, group, on_sent)
            except _Stopped as stopped:
                left = [*stopped.left, *(message for later in waiting[place + 1 :] for message in later)]
                raise NotSent(stopped.reason, [change for message in left for change in message.changes]) from stopped
        return Sent(sum(len(message.changes) for message in messages), len(messages), repeats)

    def _send_group(self, tenant: str, group: list[CutMessage], on_sent: Callable[[int], None] | None) -> int:
        """Send one group until SQS has taken all of it; return how many times it was asked again."""
        pauses = pauses_s(self._attempts, chance=self._chance)
        left, repeats = group, 0
        while True:
            before = left
            left, reason = self._attempt(tenant, left)
            if on_sent and len(left) < len(before):
                on_sent(sum(len(each.changes) for each in before) - sum(len(each.changes) for each in left))
            if not left:
                return repeats
            pause = next(pauses, None)
            if pause is None:
                raise _Stopped(reason, left)
            self._clock.sleep(pause)
            repeats += 1

    def _attempt(self, tenant: str, group: list[CutMessage]) -> tuple[list[CutMessage], str]:
        """Ask SQS once; return what it did not take, and why. Raises _Stopped when asking again cannot help."""
        batch = [
            {"Id": str(place), "MessageBody": message.body, "MessageGroupId": tenant}
            for place, message in enumerate(group)
        ]
        try:
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=batch)
        except (ClientError, BotoCoreError) as error:
            if not is_passing(error):
                raise _Stopped(str(error), group) from error
            return group, str(error)
        return _not_taken(group, answer.get("Failed", ()))


class _Stopped(Exception):
    def __init__(self, reason: str, left: list[CutMessage]) -> None:
        super().__init__(reason)
        self.reason, self.left = reason, left


def _not_taken(group: list[CutMessage], failed: Sequence[Mapping[str, Any]]) -> tuple[list[CutMessage], str]:
    left = [group[int(entry["Id"])] for entry in sorted(failed, key=lambda entry: int(entry["Id"]))]
    reason = "; ".join(dict.fromkeys(f"{entry['Code']}: {entry.get('Message', '')}".rstrip(": ") for entry in failed))
    if any(entry.get("SenderFault") and not is_passing_code(entry["Code"]) for entry in failed):
        raise _Stopped(reason, left)
    return left, reason
