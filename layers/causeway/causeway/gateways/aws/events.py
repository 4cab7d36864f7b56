"""Status events on the deployment's EventBridge bus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from causeway.errors import RetryableError

SOURCE = "causeway"
MAX_ENTRIES = 10  # EventBridge limit: entries of one PutEvents call


class EventNotSent(RetryableError):
    """EventBridge did not take an event."""

    code = "event_not_sent"


class EventBus:
    """Publishes to one bus."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client, self._bus = client, bus

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Publish one event of `kind`, such as `connection.status_changed`; raise EventNotSent when the bus refuses it."""
        self.publish_all(kind, [detail])

    def publish_all(self, kind: str, details: Sequence[Mapping[str, Any]]) -> None:
        """Publish one event of `kind` per detail, ten in a call; raise EventNotSent when the bus refuses one."""
        for some in batched(details, MAX_ENTRIES, strict=False):
            entries = [
                {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail), "EventBusName": self._bus}
                for detail in some
            ]
            answer = self._client.put_events(Entries=entries)
            if answer.get("FailedEntryCount"):
                code = next((each["ErrorCode"] for each in answer["Entries"] if "ErrorCode" in each), "unknown")
                raise EventNotSent(f"EventBridge refused the event {kind} ({code}).", "It is sent again by itself.")
