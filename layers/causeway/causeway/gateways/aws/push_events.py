"""Events that pushing causes: signals that fired, and changes that were parked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from causeway.contract.outcomes import Outcome, Result


class Bus(Protocol):
    """The event bus (gateways/aws/events.py)."""

    def publish_all(self, kind: str, details: Sequence[Mapping[str, object]]) -> None: ...


class PushEvents:
    """Publishes what the outcomes of one batch mean for the product's rules and for the people who resolve parked changes."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None:
        """Publish one event per signal that fired for a record, and one per code that changes were parked with."""
        for kind in ("matched", "ended"):
            found = [
                _detail(tenant, source, outcome, edge)
                for outcome in outcomes
                for edge in outcome.edges
                if edge["edge"] == kind
            ]
            self._bus.publish_all(f"signal.{kind}", found)
        codes = Counter(outcome.code for outcome in outcomes if outcome.result is Result.REJECTED)
        counted = [
            {"tenant": tenant, "source": source, "code": code, "count": count}
            for code, count in sorted(codes.items(), key=str)
        ]
        self._bus.publish_all("change.parked", counted)


def _detail(tenant: str, source: str, outcome: Outcome, edge: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": edge["id"],
        "tenant": tenant,
        "source": source,
        "key": outcome.key,
        "sync": outcome.sync,
        "sobject": outcome.sobject,
        "salesforce_id": outcome.salesforce_id,
        "signal": edge["signal"],
        "values": edge["values"],
        "before": edge.get("before"),
    }
