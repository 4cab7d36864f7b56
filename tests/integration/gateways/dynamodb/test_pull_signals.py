"""What signals saw of pulled records last, in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from causeway.gateways.aws.pull_events import PullSignals
from moto import mock_aws

from tests.support.api.factories import STATE_TABLE, a_state_table


class MemoryBus:
    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    def publish_all(self, kind: str, details: Sequence[Any]) -> None:
        self.events += [(kind, each) for each in details]


def test_what_was_seen_is_kept_per_record_and_signal() -> None:
    with mock_aws():
        signals = PullSignals(MemoryBus(), a_state_table(), STATE_TABLE)  # type: ignore[arg-type]  # what it publishes by
        signals.keep("acme", "00D1", {"003A": {"big": [1, 0, "x"], "owner changed": [0, 0, "", "é"]}})
        signals.keep("acme", "00D1", {"003A": {"big": [2, 0, "y"]}})
        assert signals.seen("acme", "00D1", ["003A", "003B"]) == {
            "003A": {"big": [2, 0, "y"], "owner changed": [0, 0, "", "é"]}
        }
        assert signals.seen("acme", "00D2", ["003A"]) == {}


def test_each_signal_is_an_event_of_its_kind() -> None:
    bus = MemoryBus()
    event = {"id": "1", "signal": "big", "values": {}, "salesforce_id": "003A", "edge": "matched"}
    PullSignals(bus, None, "").publish("acme", [event, {**event, "edge": "ended"}])  # type: ignore[arg-type]  # no table
    assert [kind for kind, _ in bus.events] == ["signal.matched", "signal.ended"]
    assert bus.events[0][1] == {
        "id": "1",
        "tenant": "acme",
        "signal": "big",
        "values": {},
        "salesforce_id": "003A",
        "before": None,
    }
