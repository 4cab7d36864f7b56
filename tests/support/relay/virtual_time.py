"""A person's changes on their way to the product in virtual time: the org's events, hints, pulls, and what the product receives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import batched

from causeway.connections.connection import Usage
from causeway.pull.endings import Ended
from causeway.relay.gathering import take_hints
from causeway.relay.hints import hint_of
from causeway.relay.ports import HintPorts

from tests.support.pull.factories import a_pull
from tests.support.pull.world import PullWorld, pull_world
from tests.support.push.world import TENANT
from tests.support.relay import RelayWorld

TICK_S = 0.5
BUS_S = 1.0  # what the relay, the bus and the queue take until the function has a batch
AT_ONCE = 200
SYNC = "people"


class RelayedOrg:
    """An org whose changes are relayed, and a product that waits: time goes on by ticks."""

    def __init__(self, world: PullWorld, lose: float = 0.0, double: float = 0.0, late_s: float = 0.0) -> None:
        self.world, self.lose, self.double, self.late_s = world, lose, double, late_s
        self.chance = random.Random(5)
        self.state = RelayWorld(now=world.now)
        self.on_the_way: list[tuple[int, str]] = []
        self.waiting: dict[tuple[str, str], int] = {}
        self.took_s: list[float] = []
        self.pulls = 0

    def ports(self) -> HintPorts:
        org_id = self.world.connections.get(TENANT).org_id
        self.state.followers = {org_id[:15]: [TENANT]}
        self.state.of = {TENANT: [a_pull(("title", "Title"), sync_id=SYNC)]}
        self.state.now = self.world.now
        connection = self.world.connections.get(TENANT)
        self.state.connections = {TENANT: replace(connection, usage=Usage(0, 1_000_000, self.world.now))}
        return self.state.ports()

    def change(self, record: str, title: str) -> None:
        """Let a person change a record; its event is on the way, or lost, or there twice and late."""
        self.world.edit("Contact", record, Title=title)
        self.waiting[record, title] = self.world.now
        for _ in range(2 if self.chance.random() < self.double else 1):
            if self.chance.random() >= self.lose:
                late_ms = int(self.chance.random() * self.late_s * 1_000)
                self.on_the_way.append((self.world.now + int(BUS_S * 1_000) + late_ms, self._source()))

    def _source(self) -> str:
        return f"aws.partner/salesforce.com/{self.world.connections.get(TENANT).org_id}/0YL000000000001AAA"

    def tick(self) -> None:
        """Let half a second go by: events arrive, pulls that are due run, the product receives."""
        self.world.pass_time(TICK_S)
        arrived = [source for at, source in self.on_the_way if at <= self.world.now]
        self.on_the_way = [each for each in self.on_the_way if each[0] > self.world.now]
        events = [{"source": source, "detail-type": "ContactChangeEvent"} for source in arrived]
        hints = [hint for event in events if (hint := hint_of(event))]
        if hints:
            take_hints(hints[0].org_id, hints, self.ports())
        self._run_due()
        self.receive()

    def _run_due(self) -> None:
        due = [job for job, _ in self.state.queued if job.due_ms <= self.world.now]
        self.state.queued = [each for each in self.state.queued if each[0].due_ms > self.world.now]
        for job in due:
            self.pulls += 1
            assert self.world.run(SYNC, job) in (Ended.DONE, Ended.NOT_DUE)

    def receive(self) -> None:
        for record in self.world.received():
            changed = self.waiting.pop((record["salesforce_id"], record["values"].get("title") or ""), None)
            if changed is not None:
                self.took_s.append((self.world.now - changed) / 1_000)

    def burst(self, records: Sequence[str], title: str) -> None:
        """Let a person change many records, 200 a call and second; each has an event of its own."""
        for part in batched(records, AT_ONCE, strict=False):
            changed = [{"attributes": {"type": "Contact"}, "id": each, "Title": f"{title} {each}"} for each in part]
            self.world.org.request("PATCH", "composite/sobjects", json={"records": changed})
            for each in part:
                self.waiting[each, f"{title} {each}"] = self.world.now
                self.on_the_way.append((self.world.now + int(BUS_S * 1_000), self._source()))
            self.let(1)

    def let(self, seconds: float) -> None:
        """Let time go by."""
        for _ in range(int(seconds / TICK_S)):
            self.tick()


@contextmanager
def relayed_world() -> Iterator[PullWorld]:
    """Give a world with a sync of contacts' titles."""
    with pull_world(a_pull(("title", "Title"), sync_id=SYNC)) as made:
        yield made


def contacts(w: PullWorld, count: int) -> list[str]:
    """Create so many contacts, pull them, and return their Ids."""
    ids = w.load("Contact", *({"LastName": f"Name {number}"} for number in range(count)))
    w.pass_time(60)
    w.pull(SYNC)
    return ids
