"""Events that pushing causes: signals that matched, and changes that were parked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from causeway.contract.outcomes import Outcome, Result


class Bus(Protocol):
    """The event bus (gateways/aws/events.py)."""

    def publish_all(self, kind: str, details: Sequence[Mapping[str, object]]) -> None: ...


class PushEvents:
    """Publishes what the outcomes of one batch mean for the product's rules and for the people who resolve parked changes."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None:
        """Publish one event per record whose signals matched, and one per code that changes were parked with."""
        found = [
            {
                "tenant": tenant,
                "source": source,
                "key": outcome.key,
                "sync": outcome.sync,
                "salesforce_id": outcome.salesforce_id,
                "signals": list(outcome.signals),
            }
            for outcome in outcomes
            if outcome.signals
        ]
        self._bus.publish_all("signal.matched", found)
        codes = Counter(outcome.code for outcome in outcomes if outcome.result is Result.REJECTED)
        counted = [
            {"tenant": tenant, "source": source, "code": code, "count": count}
            for code, count in sorted(codes.items(), key=str)
        ]
        self._bus.publish_all("change.parked", counted)
