"""
Carries what the simulated org relays to the targets of the partner event buses.

The embedded EventBridge refuses `PutEvents` from sources that begin with `aws.`, as AWS does, and its `PutPartnerEvents` delivers
nothing. So the bridge reads the rules of the bus and puts the events on the queues that they name. An event without a bus is lost,
as it is while a partner event source is pending. It can lose, double and delay events on purpose.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

SQS_BATCH = 10
RULES_S = 2.0  # how long the rules of a bus are remembered


@dataclass(frozen=True)
class Trouble:
    """What happens to events: shares that are lost and doubled, and by how much a share of them is late."""

    lose: float = 0.0
    double: float = 0.0
    delay: float = 0.0
    late_s: float = 0.0


@dataclass
class Bridge:
    """One bridge; `read` returns the org's answer to `relayed_events?after=…`, `now_s` the time."""

    events: Any
    sqs: Any
    read: Callable[[int], Mapping[str, Any]]
    now_s: Callable[[], float]
    trouble: Trouble = field(default_factory=Trouble)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    _after: int = 0
    _waiting: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    _targets: dict[str, tuple[float, list[str]]] = field(default_factory=dict)

    def carry(self) -> int:
        """Carry what the org relayed since the last time, and what was late and is due; return how many events that were."""
        answer = self.read(self._after)
        self._after = int(answer["after"])
        self._waiting += [due for event in answer["events"] for due in self._troubled(event)]
        now = self.now_s()
        due = [event for at, event in self._waiting if at <= now]
        self._waiting = [each for each in self._waiting if each[0] > now]
        self._deliver(due)
        return len(due)

    def _troubled(self, event: Mapping[str, Any]) -> Iterator[tuple[float, Mapping[str, Any]]]:
        """Yield the event as often, and for when, as it is to be delivered."""
        if self.chance.random() < self.trouble.lose:
            return
        for _ in range(2 if self.chance.random() < self.trouble.double else 1):
            is_late = self.chance.random() < self.trouble.delay
            yield self.now_s() + (self.chance.random() * self.trouble.late_s if is_late else 0.0), event

    def _deliver(self, due: Iterable[Mapping[str, Any]]) -> None:
        by_queue: dict[str, list[Mapping[str, Any]]] = {}
        for event in due:
            for queue in self._queues_of(str(event["source"])):
                by_queue.setdefault(queue, []).append(event)
        for queue, events in by_queue.items():
            for part in batched(events, SQS_BATCH, strict=False):
                entries = [{"Id": str(place), "MessageBody": json.dumps(event)} for place, event in enumerate(part)]
                self.sqs.send_message_batch(QueueUrl=queue, Entries=entries)

    def _queues_of(self, source: str) -> list[str]:
        """Return the queues that the rules of a source's bus send to; none while it has no bus."""
        read_at, queues = self._targets.get(source, (-RULES_S, []))
        if self.now_s() - read_at >= RULES_S:
            queues = list(self._found(source))
            self._targets[source] = (self.now_s(), queues)
        return queues

    def _found(self, source: str) -> Iterator[str]:
        names = {bus["Name"] for bus in self.events.list_event_buses(NamePrefix=source)["EventBuses"]}
        if source not in names:
            return
        for rule in self.events.list_rules(EventBusName=source)["Rules"]:
            if source in json.loads(rule["EventPattern"])["source"]:
                for target in self.events.list_targets_by_rule(Rule=rule["Name"], EventBusName=source)["Targets"]:
                    yield self.sqs.get_queue_url(QueueName=target["Arn"].rpartition(":")[2])["QueueUrl"]
