"""Everything that comes back: outcomes drained from OutboundQueue as they arrive, what is parked, what the queues still hold."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

from local.demo.stack_client import StackClient
from local.stack.emulator import aws_client
from tests.chaos.load import Message, OutcomeKey


class Drain:
    """Reads OutboundQueue in a thread of its own; `published` counts the final outcomes by (run, key, sync)."""

    def __init__(self, stack: Mapping[str, Any]) -> None:
        self._client = StackClient(dict(stack))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="outbound")
        self.published: Counter[OutcomeKey] = Counter()
        self.results: Counter[str] = Counter()

    def __enter__(self) -> Drain:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.is_set():
            for message in self._client.outbound(wait_s=1):
                for outcome in message.get("outcomes", ()):
                    self._note(message["run"], outcome)

    def _note(self, run: str, outcome: Mapping[str, Any]) -> None:
        self.results[outcome["result"]] += 1
        if outcome["result"] != "waiting":
            self.published[run, outcome["key"], outcome["sync"]] += 1


class Queues:
    """How many messages the push queue and its dead-letter queue hold, visible or being worked on."""

    def __init__(self, stack: Mapping[str, Any]) -> None:
        self._sqs = aws_client("sqs", stack["aws_endpoint"])
        self._push, self._dead = stack["push_queue_url"], stack["push_dlq_url"]

    def visible(self) -> int:
        """Return the messages on the push queue that nobody works on."""
        return self._counted(self._push, "ApproximateNumberOfMessages")

    def unsettled(self) -> int:
        """Return the messages of both queues."""
        return sum(
            self._counted(queue, f"ApproximateNumberOfMessages{state}")
            for queue in (self._push, self._dead)
            for state in ("", "NotVisible", "Delayed")
        )

    def _counted(self, queue: str, attribute: str) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])


def settled(
    stack: Mapping[str, Any], drain: Drain, messages: Sequence[Message], bound_s: float, look_s: float = 0.5
) -> tuple[float, int]:
    """
    Wait until every change was published or is parked and no queue holds anything, at most for the bound.

    Returns how many seconds it took, and what was not settled by then: messages on the queues, else outcomes.
    """
    awaited = {key for message in messages for key, _ in message.awaited()}
    client, queues, began = StackClient(dict(stack)), Queues(stack), time.monotonic()
    tenants = sorted({message.tenant for message in messages})
    while True:
        on_queues, missing = queues.unsettled(), awaited - drain.published.keys()
        after_s = time.monotonic() - began
        if missing and not on_queues:
            missing -= parked_of(messages, parked(client, tenants))
        if not on_queues and not missing:
            return after_s, 0
        if after_s >= bound_s:
            return after_s, on_queues or len(missing)
        time.sleep(look_s)


def parked(client: StackClient, tenants: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield every parked change of the tenants."""
    for tenant in tenants:
        path, page = f"/v1/tenants/{tenant}/parked", dict[str, Any](next="")
        while page["next"] is not None:
            page = client.call("GET", f"{path}?next={page['next']}" if page["next"] else path)
            yield from page["parked"]


def parked_of(messages: Iterable[Message], entries: Iterable[Mapping[str, Any]]) -> set[OutcomeKey]:
    """Return which of the awaited outcomes stand in the parked list instead; one that names no sync waits for all of them."""
    kept = {
        (entry["tenant"], change["key"], _ms(change["occurred_at"]), entry["sync"])
        for entry in entries
        for change in ([entry["change"]] if entry.get("change") else json.loads(entry["body"])["changes"])
    }
    return {
        outcome
        for message in messages
        for outcome, change in message.awaited()
        if kept.intersection((message.tenant, change.key, change.at_ms, sync) for sync in (outcome[2], None))
    }


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
