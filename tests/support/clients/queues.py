"""SQS as the clients see it, in memory: its limits, refusals, lost answers, second deliveries and visibility in virtual time."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

MAX_BYTES = 1_048_576
MAX_ENTRIES = 10
VISIBILITY_S = 60.0
_NO_TEXT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class VirtualClock:
    """A clock that only waiting moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now_s(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Faults:
    """How often, of 1, something goes wrong."""

    refused: float = 0.0
    throttled: float = 0.0
    lost_answer: float = 0.0
    delivered_twice: float = 0.0
    not_deleted: float = 0.0


@dataclass
class _Kept:
    message_id: str
    body: str
    group: str
    visible_at: float = 0.0
    deliveries: int = 0


class FakeQueue:
    """One standard queue with the methods of boto3's client; faults come from a seeded chance."""

    def __init__(self, clock: VirtualClock, faults: Faults = Faults(), seed: int = 1) -> None:
        self._clock, self._faults, self._chance = clock, faults, random.Random(seed)
        self.kept: dict[str, _Kept] = {}
        self.calls = self.refusals = self.throttles = self.lost_answers = self.second_deliveries = 0

    # --- as a product sees it

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]:
        self.calls += 1
        self._check(Entries)
        if self._happens(self._faults.throttled):
            self.throttles += 1
            raise ClientError(_throttled(), "SendMessageBatch")
        taken, failed = [], []
        for entry in Entries:
            if self._happens(self._faults.refused):
                self.refusals += 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "Message": "try", "SenderFault": False})
            else:
                taken.append({"Id": entry["Id"], "MessageId": self.put(entry["MessageBody"], entry["MessageGroupId"])})
        if self._happens(self._faults.lost_answer):
            self.lost_answers += 1
            raise ReadTimeoutError(endpoint_url=QueueUrl)
        return {"Successful": taken, "Failed": failed}

    def receive_message(
        self, *, QueueUrl: str, MaxNumberOfMessages: int, WaitTimeSeconds: int = 0, VisibilityTimeout: int = 60
    ) -> Mapping[str, Any]:
        visible = [item for item in self.kept.values() if item.visible_at <= self._clock.now][:MaxNumberOfMessages]
        if not visible:
            self._clock.now += WaitTimeSeconds
        for item in visible:
            item.visible_at = self._clock.now + VisibilityTimeout
            item.deliveries += 1
            self.second_deliveries += item.deliveries > 1
            if self._happens(self._faults.delivered_twice):
                item.visible_at = self._clock.now
        return {"Messages": [_delivered(item) for item in visible]} if visible else {}

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> Mapping[str, Any]:
        assert 0 < len(Entries) <= MAX_ENTRIES
        failed = []
        for entry in Entries:
            if self._happens(self._faults.not_deleted):
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.kept.pop(entry["ReceiptHandle"].partition("/")[0], None)
        return {"Successful": [], "Failed": failed}

    # --- as a test sees it

    def put(self, body: str, group: str = "acme") -> str:
        """Put one message on the queue; return its id."""
        message_id = f"m-{self._chance.getrandbits(64):016x}"
        self.kept[message_id] = _Kept(message_id, body, group)
        return message_id

    def bodies(self) -> list[str]:
        """Return the bodies on the queue, visible or not."""
        return [item.body for item in self.kept.values()]

    def _happens(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    @staticmethod
    def _check(batch: Sequence[Any]) -> None:
        """Refuse what SQS refuses as a whole."""
        sizes = [len(entry["MessageBody"].encode()) for entry in batch]
        if not 0 < len(batch) <= MAX_ENTRIES or len({entry["Id"] for entry in batch}) != len(batch):
            raise ClientError({"Error": {"Code": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"}}, "Send")
        if sum(sizes) > MAX_BYTES:
            raise ClientError({"Error": {"Code": "AWS.SimpleQueueService.BatchRequestTooLong"}}, "Send")
        if any(_NO_TEXT.search(entry["MessageBody"]) for entry in batch):
            raise ClientError({"Error": {"Code": "InvalidMessageContents"}}, "Send")


def _delivered(item: _Kept) -> dict[str, Any]:
    return {
        "MessageId": item.message_id,
        "ReceiptHandle": f"{item.message_id}/{item.deliveries}",
        "Body": item.body,
        "Attributes": {"ApproximateReceiveCount": str(item.deliveries), "MessageGroupId": item.group},
    }


def _throttled() -> Any:
    return {"Error": {"Code": "RequestThrottled", "Message": "slow down"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
