"""Status events on the deployment's EventBridge bus."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from causeway.errors import RetryableError
from causeway.gateways.aws.faults import is_passing_code, passes

SOURCE = "causeway"
MAX_ENTRIES = 10  # EventBridge limit: entries of one PutEvents call
MAX_REQUEST_BYTES = 250_000  # EventBridge limit: 256 KB for the entries of a call together, in UTF-8
PAUSES_S = (0.1, 0.4, 1.0)  # before entries that met a passing fault are sent again
_AGAIN = "It is sent again by itself."

type Entry = dict[str, str]


class EventNotSent(RetryableError):
    """EventBridge did not take an event."""

    code = "event_not_sent"


class EventBus:
    """Publishes to one bus."""

    def __init__(self, client: Any, bus: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._client, self._bus, self._pause = client, bus, pause

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Publish one event of `kind`, such as `connection.status_changed`; raise EventNotSent when the bus refuses it."""
        self.publish_all(kind, [detail])

    def publish_all(self, kind: str, details: Sequence[Mapping[str, Any]]) -> None:
        """Publish one event of `kind` per detail, several in a call; raise EventNotSent when the bus refuses one."""
        entries = [
            {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail), "EventBusName": self._bus}
            for detail in details
        ]
        for request in _requests(entries):
            self._send(kind, request)

    def _send(self, kind: str, entries: list[Entry]) -> None:
        """Send entries, and those alone again that met a passing fault; taken ones are never sent twice."""
        for pause_s in (*PAUSES_S, None):
            refused = self._refused(kind, entries)
            if not refused:
                return
            codes = {code for _, code in refused}
            if pause_s is None or not all(map(is_passing_code, codes)):
                raise EventNotSent(f"EventBridge refused the event {kind} ({', '.join(sorted(codes))}).", _AGAIN)
            self._pause(pause_s)
            entries = [entry for entry, _ in refused]

    def _refused(self, kind: str, entries: list[Entry]) -> list[tuple[Entry, str]]:
        """Send entries; return those that were not taken, each with EventBridge's code."""
        try:
            answer = self._client.put_events(Entries=entries)
        except (ClientError, ConnectionError, HTTPClientError) as error:
            if passes(error):  # the client has tried again already
                raise EventNotSent(f"EventBridge cannot be reached for the event {kind}.", _AGAIN) from error
            raise
        if not answer.get("FailedEntryCount"):
            return []
        results = zip(entries, answer["Entries"], strict=True)
        return [(entry, result["ErrorCode"]) for entry, result in results if "ErrorCode" in result]


def _requests(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield entries in as few calls as EventBridge allows, in their order."""
    request: list[Entry] = []
    used = 0
    for entry in entries:
        size = sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
        if request and (len(request) >= MAX_ENTRIES or used + size > MAX_REQUEST_BYTES):
            yield request
            request, used = [], 0
        request.append(entry)
        used += size
    if request:
        yield request
