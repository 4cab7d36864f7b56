"""Events that pulling causes: signals that pulled records matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from causeway.gateways.aws.events import EventBus
from causeway.syncs.sync import Sync


class PullSignals:
    """Publishes signals that pulled records matched."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def matched(self, tenant: str, sync: Sync, records: Sequence[Mapping[str, Any]]) -> None:
        """Publish one event for each of these pulled records, several in a call; raises EventNotSent."""
        details = [
            {
                "tenant": tenant,
                "source": sync.source,
                "key": record["key"],
                "sync": sync.id,
                "salesforce_id": record["salesforce_id"],
                "signals": record["signals"],
            }
            for record in records
        ]
        self._bus.publish_all("signal.matched", details)
