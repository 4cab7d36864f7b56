"""The bridge from the simulated org's relays to the queues behind the partner buses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.relay.bridge import Bridge, Trouble

SOURCE = "aws.partner/salesforce.com/00D8qlF00000001ECA/0YL000000000001AAA"
QUEUE = "https://sqs.test/relay"


@dataclass
class Aws:
    """EventBridge and SQS of one account."""

    buses: tuple[str, ...] = (SOURCE,)
    pattern: Mapping[str, Any] = field(default_factory=lambda: {"source": [SOURCE]})
    sent: list[str] = field(default_factory=list)

    def list_event_buses(self, *, NamePrefix: str) -> Any:
        return {"EventBuses": [{"Name": name} for name in self.buses if name.startswith(NamePrefix)]}

    def list_rules(self, *, EventBusName: str) -> Any:
        return {"Rules": [{"Name": "causeway", "EventPattern": json.dumps(self.pattern)}]}

    def list_targets_by_rule(self, *, Rule: str, EventBusName: str) -> Any:
        return {"Targets": [{"Id": "relay", "Arn": "arn:aws:sqs:us-east-1:000000000000:relay"}]}

    def get_queue_url(self, *, QueueName: str) -> Any:
        return {"QueueUrl": f"https://sqs.test/{QueueName}"}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> None:
        assert QueueUrl == QUEUE
        assert len(Entries) <= 10
        self.sent += [json.loads(entry["MessageBody"])["id"] for entry in Entries]


@dataclass
class World:
    """An org that relays events, and the time."""

    events: list[dict[str, str]] = field(default_factory=list)
    now: float = 100.0

    def bridge(self, aws: Aws, trouble: Trouble = Trouble()) -> Bridge:  # noqa: B008  # it is frozen
        return Bridge(aws, aws, self.read, lambda: self.now, trouble)

    def relay(self, count: int) -> None:
        self.events += [{"id": str(len(self.events) + 1 + number), "source": SOURCE} for number in range(count)]

    def read(self, after: int) -> Mapping[str, Any]:
        return {"events": self.events[after:], "after": len(self.events)}


def test_events_reach_the_queue_of_the_rule_once_and_in_order() -> None:
    world, aws = World(), Aws()
    bridge = world.bridge(aws)
    world.relay(25)
    assert (bridge.carry(), bridge.carry()) == (25, 0)
    assert aws.sent == [str(number) for number in range(1, 26)]


def test_events_without_a_bus_or_a_rule_for_their_source_are_lost() -> None:
    for aws in (Aws(buses=()), Aws(pattern={"source": ["another"]})):
        world = World()
        world.relay(3)
        world.bridge(aws).carry()
        assert aws.sent == []


def test_a_bus_that_comes_later_is_seen() -> None:
    world, aws = World(), Aws(buses=())
    bridge = world.bridge(aws)
    world.relay(1)
    bridge.carry()
    aws.buses, world.now = (SOURCE,), world.now + 3
    world.relay(1)
    bridge.carry()
    assert aws.sent == ["2"]


def test_events_are_lost_doubled_and_late_on_purpose() -> None:
    world = World()
    world.relay(300)
    lossy, doubling, late = Aws(), Aws(), Aws()
    world.bridge(lossy, Trouble(lose=0.5)).carry()
    assert 100 < len(lossy.sent) < 200
    world.bridge(doubling, Trouble(double=1.0)).carry()
    assert len(doubling.sent) == 600
    bridge = world.bridge(late, Trouble(delay=1.0, late_s=20.0))
    bridge.carry()
    assert len(late.sent) < 10
    world.now += 20
    bridge.carry()
    assert sorted(late.sent, key=int) == [event["id"] for event in world.events]


def test_after_a_reset_of_the_org_it_begins_anew() -> None:
    world, aws = World(), Aws()
    bridge = world.bridge(aws)
    world.relay(5)
    bridge.carry()
    world.events = []
    bridge.carry()
    world.relay(2)
    bridge.carry()
    assert aws.sent[5:] == ["1", "2"]
