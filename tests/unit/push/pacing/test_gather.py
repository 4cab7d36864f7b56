"""Changes are gathered while calls are scarce, go together, and are never lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from causeway.connections.connection import Status, Usage
from causeway.contract.changes import Change
from causeway.contract.message_writing import change_json
from causeway.contract.messages import Delivery
from causeway.errors import StoreUnavailable
from causeway.push.batch import Batch, push_batch
from causeway.push.pacing.overdue import keep_overdue
from causeway.push.pacing.windows import ABANDONED_MS, OVERDUE_MS
from causeway.push.ports import PushPorts

from tests.campaigns.push_model import START_MS
from tests.campaigns.push_simulation import Scenario, change_body
from tests.support.parked.replay import Queue, Store, keys, replay
from tests.support.push.gathering import MemoryGathering
from tests.support.push.memory import PlentyOfTime

TENANT = "t1"
SCARCE = Usage(11_900, 15_000, START_MS)
PLENTY = Usage(100, 15_000, START_MS)


class Pushing(Scenario):
    """One tenant whose messages a test delivers by hand."""

    def _fault_share(self, chance: Any) -> float:
        return 0.0

    def _tenants(self, chance: Any) -> list[str]:
        return [TENANT]

    def _produce(self, chance: Any) -> None:
        self.addressed = True

    def _chat(self, chance: Any) -> None:
        return

    def _flip(self, chance: Any) -> None:
        return

    def begin(self, usage: Usage | None = SCARCE) -> None:
        self.sim.worker = None
        self.held = MemoryGathering(self.sim.clock)
        self.set_usage(usage)
        self.person_wait_ms = 0

    def set_usage(self, usage: Usage | None) -> None:
        self.connections.by_tenant[TENANT] = replace(self.connections.by_tenant[TENANT], usage=usage)

    def limit(self, deliver_within_s: int) -> None:
        """Let every sync deliver within some seconds."""
        self.syncs.by_tenant[TENANT] = [
            sync.model_copy(update={"push": sync.push.model_copy(update={"deliver_within_s": deliver_within_s})})
            for sync in self.syncs.by_tenant[TENANT]
        ]

    def message(self, number: int, *people: int, receives: int = 1, **more: Any) -> Delivery:
        changes = [
            change_body(TENANT, person, f"k{person}", self.sim.now_ms, {"phone": f"{TENANT}-{number}"})
            for person in people
        ]
        body = {"version": 1, "tenant": TENANT, "source": "lead", "changes": changes, **more}
        return Delivery(f"m{number}", json.dumps(body), self.sim.now_ms, receives=receives)

    def deliver(self, *deliveries: Delivery, **replaced: Any) -> Batch:
        ports: PushPorts = self._ports(_worker())
        ports.gathering = self.held
        for name, port in replaced.items():
            setattr(ports, name, port)
        return push_batch(deliveries, ports, PlentyOfTime())

    @property
    def calls(self) -> int:
        return self.orgs[TENANT].calls

    @property
    def phones(self) -> list[str]:
        rows = [row for row in self.orgs[TENANT].rows.values() if row["sobject"] == "Contact"]
        return sorted(row["Phone"] for row in rows)


def _worker() -> Any:
    from tests.campaigns.push_model import TIMEOUT_MS, Worker

    return Worker("w", START_MS + TIMEOUT_MS, 0)


@pytest.fixture
def world() -> Pushing:
    made = Pushing(3)
    made.begin()
    return made


def again(delivery: Delivery, receives: int = 2) -> Delivery:
    return delivery._replace(receives=receives)


def test_a_plentiful_quota_lets_every_change_go_at_once_and_asks_no_window(world: Pushing) -> None:
    world.set_usage(PLENTY)
    batch = world.deliver(world.message(1, 1))
    assert not batch.redelivered
    assert world.calls > 0
    assert world.held.writes == 0


def test_the_first_change_stays_in_the_queue_and_brings_the_others_when_the_time_is_up(world: Pushing) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    assert START_MS + 60_000 < at_ms <= START_MS + 295_000
    for number in range(2, 6):
        world.sim.now_ms += 10_000
        assert not world.deliver(world.message(number, number)).redelivered, "it is held, and its message acknowledged"
    assert (world.calls, world.held.writes) == (0, 5), "one write opens the window, one holds each later change"
    world.sim.now_ms = at_ms
    assert not world.deliver(again(first)).redelivered
    assert len(world.phones) == 5
    assert world.calls <= 4, "the calls of one batch"
    assert world.held.windows[TENANT].flushing == {}


def test_outcomes_say_for_how_long_a_change_was_held(world: Pushing) -> None:
    seen: list[dict[str, Any]] = []

    class Outbound:
        def send(self, tenant: str, bodies: list[str]) -> None:
            seen.extend(outcome for body in bodies for outcome in json.loads(body)["outcomes"])

    first = world.message(1, 1)
    at_ms = world.deliver(first, outbound=Outbound()).redelivered["m1"]
    world.sim.now_ms += 30_000
    world.deliver(world.message(2, 2), outbound=Outbound())
    assert seen == [], "nothing is said while changes are gathered"
    world.sim.now_ms = at_ms
    world.deliver(again(first), world.message(3, 3), outbound=Outbound())
    held = {outcome["key"]: outcome["held_ms"] for outcome in seen}
    assert held == {"k1": at_ms - START_MS, "k2": at_ms - START_MS - 30_000, "k3": 0}


def test_a_limit_of_zero_and_an_urgent_message_go_at_once_and_take_the_held_ones_along(world: Pushing) -> None:
    world.deliver(world.message(1, 1))
    world.deliver(world.message(2, 2))
    world.deliver(world.message(3, 3, urgent=True))
    assert len(world.phones) == 2, "the first one is in the queue still"
    world.limit(0)
    world.deliver(world.message(4, 4))
    assert len(world.phones) == 3


def test_two_hundred_waiting_changes_go_at_once(world: Pushing) -> None:
    world.deliver(world.message(1, 0))
    for number in range(2, 6):
        world.deliver(world.message(number, *range(number * 49, number * 49 + 49)))
        assert world.calls == 0
    world.deliver(world.message(7, 900, 901, 902, 903))
    assert len(world.phones) == 4 * 49 + 4


def test_changes_are_never_held_longer_than_the_sync_allows(world: Pushing) -> None:
    world.limit(60)
    first = world.message(1, 1)
    assert world.deliver(first).redelivered["m1"] <= START_MS + 55_000
    world.limit(20)
    second = world.message(2, 2)
    at_ms = world.deliver(second).redelivered["m2"]
    assert at_ms <= START_MS + 15_000, "it cannot wait for the window's end, so it ends the window"
    world.sim.now_ms = at_ms
    world.deliver(again(second))
    assert len(world.phones) == 1


def test_what_was_sent_long_ago_is_not_held(world: Pushing) -> None:
    old = world.message(1, 1)._replace(sent_at_ms=START_MS - 400_000)
    assert not world.deliver(old).redelivered
    assert len(world.phones) == 1


def test_a_newer_change_that_goes_first_is_not_undone_by_a_held_one(world: Pushing) -> None:
    first, second = world.message(1, 1), world.message(2, 2)
    at_ms = world.deliver(first).redelivered["m1"]
    world.sim.now_ms += 1_000
    world.deliver(second)
    world.sim.now_ms += 1_000
    world.set_usage(PLENTY)
    world.deliver(world.message(3, 2))
    assert world.phones == [f"{TENANT}-3"]
    world.sim.now_ms = at_ms
    world.deliver(again(first))
    assert world.phones == [f"{TENANT}-1", f"{TENANT}-3"]


def test_a_closed_gate_takes_what_is_held_along_to_wait(world: Pushing) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    world.deliver(world.message(2, 2))
    world.connections.flip(TENANT, Status.RECONNECTION_REQUIRED)
    world.sim.now_ms = at_ms
    assert not world.deliver(again(first)).redelivered
    assert {entry.key for entry in world.parked.entries.values()} == {"k1", "k2"}


def test_a_flush_that_fails_leaves_everything_to_the_next_delivery(world: Pushing) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    world.deliver(world.message(2, 2))
    world.sim.now_ms = at_ms

    class Broken:
        def send(self, tenant: str, bodies: list[str]) -> None:
            raise StoreUnavailable("no", "later")

    assert world.deliver(again(first), outbound=Broken()).redelivered
    assert not world.deliver(again(first, 3)).redelivered
    assert len(world.phones) == 2
    assert world.held.windows[TENANT].flushing == {}


@pytest.mark.parametrize("broken", ["held", "take_over"])
def test_a_flush_that_cannot_read_what_is_held_leaves_it_to_the_next_delivery_at_once(
    world: Pushing, broken: str
) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    world.deliver(world.message(2, 2))
    if broken == "take_over":  # a dead worker's flush, and a window that was opened since
        world.held.close(TENANT, world.held.read(TENANT))
        world.held.open(TENANT, world.held.read(TENANT), at_ms + 1_000)
    world.sim.now_ms = max(at_ms, START_MS + ABANDONED_MS)

    class Deaf(MemoryGathering):
        def held(self, tenant: str, generation: int) -> Any:
            raise StoreUnavailable("no", "later")

        def take_over(self, tenant: str, window: Any, generation: int) -> bool:
            raise StoreUnavailable("no", "later")

    assert world.deliver(
        again(first), gathering=Deaf(world.sim.clock, world.held.windows, world.held.content)
    ).redelivered
    assert set(world.held.read(TENANT).abandoned(world.sim.now_ms)) == set(world.held.read(TENANT).flushing)
    assert not world.deliver(again(first, 3)).redelivered
    assert len(world.phones) == 2


def test_a_message_that_returns_while_another_worker_flushes_goes_at_once_and_uses_up_no_delivery(
    world: Pushing,
) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    world.deliver(world.message(2, 2))
    world.held.close(TENANT, world.held.read(TENANT))  # another worker flushes
    world.sim.now_ms = at_ms
    assert not world.deliver(again(first)).redelivered
    assert world.phones == [f"{TENANT}-1"]


def test_a_held_change_that_no_message_can_be_made_of_crashes_alone(
    world: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    world.deliver(world.message(2, 2, 3))
    monkeypatch.setattr("causeway.push.outcomes.parked_entries.change_json", failing_for("k2"))
    world.sim.now_ms = at_ms
    batch = world.deliver(again(first))
    assert not batch.redelivered
    assert world.phones == [f"{TENANT}-1", f"{TENANT}-2"]
    (entry,) = world.parked.entries.values()
    assert (entry.key, entry.code, json.loads(entry.body)["changes"][0]["fields"]["phone"]) == ("k2", "crashed", "t1-2")
    assert world.held.windows[TENANT].flushing == {}


def test_an_overdue_change_that_no_message_can_be_made_of_keeps_no_other_from_the_replay(
    world: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deliver(world.message(1, 1))
    world.deliver(world.message(2, 2, 3))
    monkeypatch.setattr("causeway.push.outcomes.parked_entries.change_json", failing_for("k2"))
    keep_overdue(TENANT, world.held, world.parked, world.held.read(TENANT).flush_at_ms + OVERDUE_MS)
    found = {entry.key: (entry.code, entry.is_waiting) for entry in world.parked.entries.values()}
    assert found == {"k2": ("crashed", False), "k3": ("not_settled_yet", True)}


def failing_for(key: str) -> Callable[[Change], dict[str, Any]]:
    def failing(change: Change) -> dict[str, Any]:
        if change.key == key:
            raise OverflowError(key)
        return change_json(change)

    return failing


def test_a_worker_that_dies_in_a_flush_is_followed_by_the_one_that_its_own_message_comes_back_to(
    world: Pushing,
) -> None:
    world.deliver(world.message(1, 1))
    world.deliver(world.message(2, 2))
    urgent = world.message(3, 3, urgent=True)
    world.held.close(TENANT, world.held.read(TENANT))  # the worker that had the urgent message, and died
    world.sim.now_ms += 12 * 60_000
    assert not world.deliver(again(urgent)).redelivered
    assert world.phones == [f"{TENANT}-2", f"{TENANT}-3"]
    assert world.held.windows[TENANT].flushing == {}


def test_a_change_whose_window_closes_while_it_is_held_is_delivered_again(world: Pushing) -> None:
    world.deliver(world.message(1, 1))

    class Closing(MemoryGathering):
        def hold(self, tenant: str, window: Any, name: str, content: bytes, changes: int) -> Any:
            self.close(tenant, window)
            return super().hold(tenant, window, name, content, changes)

    closing = Closing(world.sim.clock, world.held.windows, world.held.content)
    assert world.deliver(world.message(2, 2), gathering=closing).redelivered == {"m2": START_MS}


def test_held_changes_that_a_flush_cannot_settle_wait_for_the_replay(world: Pushing) -> None:
    first = world.message(1, 1)
    at_ms = world.deliver(first).redelivered["m1"]
    world.deliver(world.message(2, 2))
    world.sim.now_ms = at_ms

    def no_org(tenant: str) -> Any:
        raise StoreUnavailable("no", "later")

    assert "m1" in world.deliver(again(first), org=no_org).redelivered
    assert [(entry.key, entry.code) for entry in world.parked.entries.values()] == [("k2", "not_settled_yet")]
    assert world.held.windows[TENANT].flushing == {}


def test_a_message_that_is_refused_in_part_is_not_held(world: Pushing) -> None:
    good = json.loads(world.message(1, 1).body)
    good["changes"].append({"key": ""})
    world.deliver(Delivery("m1", json.dumps(good), START_MS))
    assert len(world.phones) == 1


def test_what_lost_the_message_that_was_to_flush_it_waits_for_the_replay(world: Pushing) -> None:
    world.deliver(world.message(1, 1))
    world.deliver(world.message(2, 2), world.message(3, 3))
    window = world.held.read(TENANT)
    keep = partial(keep_overdue, TENANT, world.held, world.parked)
    assert keep(window.flush_at_ms + OVERDUE_MS - 1), "the message may come still"
    assert not world.parked.entries
    assert not keep(window.flush_at_ms + OVERDUE_MS)
    assert {entry.key for entry in world.parked.entries.values()} == {"k2", "k3"}
    assert world.held.read(TENANT) == window._replace(generation=1, flush_at_ms=0, held=0)
    world.parked.entries.clear()
    assert not keep(window.flush_at_ms + OVERDUE_MS)
    assert not world.parked.entries


def test_a_tenant_whose_window_lost_its_message_is_looked_at_until_the_window_is_overdue(world: Pushing) -> None:
    world.deliver(world.message(1, 1))
    world.deliver(world.message(2, 2))
    store, queue = Store(), Queue()
    store.mark_waiting(TENANT)  # as the dead-letter queue's handler does for the message that is lost

    def keep(tenant: str, now_ms: int) -> bool:
        return keep_overdue(tenant, world.held, store, now_ms)

    overdue_ms, connected = world.held.read(TENANT).flush_at_ms + OVERDUE_MS, world.connections.by_tenant[TENANT]
    for now_ms in (START_MS, overdue_ms - 1, overdue_ms, overdue_ms + 60_000):
        world.sim.now_ms = now_ms
        replay(store, queue, connected, keep_overdue=keep).tick(now_ms, PlentyOfTime())
    assert keys(queue) == [["k2"]]
    assert store.marks == set()


def test_a_tenant_whose_flush_died_is_looked_at_until_it_is_taken_over(world: Pushing) -> None:
    world.deliver(world.message(1, 1))
    world.deliver(world.message(2, 2))
    world.held.close(TENANT, world.held.read(TENANT))
    keep = partial(keep_overdue, TENANT, world.held, world.parked)
    assert keep(START_MS + ABANDONED_MS - 1)
    assert not world.parked.entries
    assert not keep(START_MS + ABANDONED_MS)
    assert {entry.key for entry in world.parked.entries.values()} == {"k2"}
