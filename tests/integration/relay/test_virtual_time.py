"""From a person's change to the product in virtual time: events, hints, pulls; with a relay that is well and one that is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from statistics import quantiles

import pytest
from causeway.connections.connection import Usage
from causeway.pull.endings import Ended
from causeway.pull.jobs import PullJob
from causeway.relay.gathering import take_hints
from causeway.relay.hints import hint_of
from causeway.relay.ports import HintPorts

from tests.support.pull.factories import a_pull
from tests.support.pull.world import PullWorld, pull_world
from tests.support.push.world import TENANT
from tests.support.relay import RelayWorld

TICK_S = 0.5
BUS_S = 1.0  # what the relay, the bus and the queue take until the function has a batch
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
        self._receive()

    def _run_due(self) -> None:
        due = [job for job, _ in self.state.queued if job.due_ms <= self.world.now]
        self.state.queued = [each for each in self.state.queued if each[0].due_ms > self.world.now]
        for job in due:
            self.pulls += 1
            assert self.world.run(SYNC, job) in (Ended.DONE, Ended.NOT_DUE)

    def _receive(self) -> None:
        for record in self.world.received():
            changed = self.waiting.pop((record["salesforce_id"], record["values"].get("title") or ""), None)
            if changed is not None:
                self.took_s.append((self.world.now - changed) / 1_000)

    def let(self, seconds: float) -> None:
        """Let time go by."""
        for _ in range(int(seconds / TICK_S)):
            self.tick()


@pytest.fixture
def w() -> Iterator[PullWorld]:
    with pull_world(a_pull(("title", "Title"), sync_id=SYNC)) as made:
        yield made


def contacts(w: PullWorld, count: int) -> list[str]:
    ids = w.load("Contact", *({"LastName": f"Name {number}"} for number in range(count)))
    w.pass_time(60)
    w.pull(SYNC)
    return ids


def test_changes_reach_the_product_within_ten_seconds_and_cost_nothing_while_there_are_none(w: PullWorld) -> None:
    org = RelayedOrg(w)
    ids = contacts(w, 200)
    for number, record in enumerate(ids):
        org.change(record, f"title {number}")
        org.let(org.chance.random() * 2)
    org.let(15)
    assert (len(org.took_s), org.waiting) == (200, {})
    assert quantiles(org.took_s, n=20, method="inclusive")[18] <= 10
    calls = w.org.api_calls
    org.let(60)
    assert w.org.api_calls == calls


def test_a_burst_of_a_thousand_makes_three_pulls_at_most(w: PullWorld) -> None:
    org = RelayedOrg(w)
    ids = contacts(w, 1_000)
    for start in range(0, 1_000, 200):
        records = [
            {"attributes": {"type": "Contact"}, "id": each, "Title": f"burst {each}"}
            for each in ids[start : start + 200]
        ]
        w.org.request("PATCH", "composite/sobjects", json={"records": records})
        for each in ids[start : start + 200]:
            org.waiting[each, f"burst {each}"] = w.now
            org.on_the_way.append((w.now + 1_000, org._source()))
        org.let(1)
    org.let(20)
    assert org.waiting == {}
    assert org.pulls <= 3


def test_with_events_lost_doubled_and_late_nothing_is_missing_after_the_next_scheduled_pull(w: PullWorld) -> None:
    org = RelayedOrg(w, lose=0.6, double=0.3, late_s=20.0)
    ids = contacts(w, 60)
    for number, record in enumerate(ids):
        org.change(record, f"title {number}")
        org.let(2)
    org.let(40)
    org.lose = 1.0
    org.change(ids[0], "without an event")
    org.let(40)
    assert (ids[0], "without an event") in org.waiting
    assert w.run(SYNC, PullJob(TENANT, SYNC, due_ms=w.now)) is Ended.DONE
    org._receive()
    assert org.waiting == {}
