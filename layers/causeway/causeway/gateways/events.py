"""Status events on the deployment's EventBridge bus (contracts.md §6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from causeway.errors import RetryableError

SOURCE = "causeway"


class EventNotSent(RetryableError):
    """EventBridge did not take an event."""

    code = "event_not_sent"


class EventBus:
    """Publishes to one bus."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client, self._bus = client, bus

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Publish one event of `kind`, such as `connection.status_changed`; raise EventNotSent when the bus refuses it."""
        entry = {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail), "EventBusName": self._bus}
        answer = self._client.put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            code = answer["Entries"][0].get("ErrorCode", "unknown")
            raise EventNotSent(f"EventBridge refused the event {kind} ({code}).", "It is sent again by itself.")
