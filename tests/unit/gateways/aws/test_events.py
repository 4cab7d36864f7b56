"""Events reach the bus in calls that it takes, and what met a passing fault is sent again alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from causeway.gateways.aws.events import MAX_REQUEST_BYTES, PAUSES_S, EventBus, EventNotSent


@dataclass
class Bridge:
    """EventBridge as it limits a call; `faults` are the codes of the next entries by tenant, one per try."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    down: Exception | None = None
    calls: list[list[Any]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def put_events(self, Entries: list[Any]) -> dict[str, Any]:
        if self.down:
            raise self.down
        assert len(Entries) <= 10
        assert sum(len(each["Detail"].encode()) + 40 for each in Entries) <= 262_144
        self.calls.append(Entries)
        results = [self._result(json.loads(each["Detail"])["tenant"]) for each in Entries]
        return {"FailedEntryCount": sum("ErrorCode" in each for each in results), "Entries": results}

    def _result(self, tenant: str) -> dict[str, str]:
        if self.faults.get(tenant):
            return {"ErrorCode": self.faults[tenant].pop(0), "ErrorMessage": "no"}
        self.taken.append(tenant)
        return {"EventId": "1"}

    @property
    def bus(self) -> EventBus:
        return EventBus(self, "causeway-events", self.pauses.append)


def test_an_event_carries_source_kind_and_detail() -> None:
    bridge = Bridge()
    bridge.bus.publish("run.failed", {"tenant": "acme"})
    assert bridge.calls == [
        [
            {
                "Source": "causeway",
                "DetailType": "run.failed",
                "Detail": '{"tenant": "acme"}',
                "EventBusName": "causeway-events",
            }
        ]
    ]


def test_large_events_are_sent_in_as_many_calls_as_their_bytes_need_in_their_order() -> None:
    bridge = Bridge()
    bridge.bus.publish_all("signal.matched", [{"tenant": f"t{number}", "text": "x" * 60_000} for number in range(10)])
    assert bridge.taken == [f"t{number}" for number in range(10)]
    assert [len(each) for each in bridge.calls] == [4, 4, 2]
    assert MAX_REQUEST_BYTES < 262_144


def test_entries_that_met_a_passing_fault_are_sent_again_alone_after_a_pause() -> None:
    bridge = Bridge({"t1": ["ThrottlingException"], "t2": ["InternalFailure", "ThrottlingException"]})
    bridge.bus.publish_all("signal.matched", [{"tenant": f"t{number}"} for number in range(4)])
    assert bridge.taken == ["t0", "t3", "t1", "t2"]
    assert ([len(each) for each in bridge.calls], bridge.pauses) == ([4, 2, 1], list(PAUSES_S[:2]))


def test_an_entry_that_is_refused_for_good_or_too_often_is_an_error_with_its_code() -> None:
    bridge = Bridge({"bad": ["MalformedDetail"] * 9, "busy": ["ThrottlingException"] * 9})
    with pytest.raises(EventNotSent, match="MalformedDetail"):
        bridge.bus.publish("signal.matched", {"tenant": "bad"})
    assert (len(bridge.calls), bridge.pauses) == (1, [])
    with pytest.raises(EventNotSent, match="ThrottlingException"):
        bridge.bus.publish("signal.matched", {"tenant": "busy"})
    assert len(bridge.calls) == 1 + len(PAUSES_S) + 1


def refused(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutEvents")


@pytest.mark.parametrize(
    "fault",
    [refused("ThrottlingException"), refused("Odd", 503), EndpointConnectionError(endpoint_url="https://a.invalid")],
)
def test_a_bus_that_is_away_is_a_fault_that_passes(fault: Exception) -> None:
    with pytest.raises(EventNotSent, match="cannot be reached"):
        Bridge(down=fault).bus.publish("run.failed", {"tenant": "acme"})


def test_a_bus_that_may_not_be_written_to_is_a_fault_of_the_deployment() -> None:
    with pytest.raises(ClientError):
        Bridge(down=refused("AccessDeniedException")).bus.publish("run.failed", {"tenant": "acme"})
