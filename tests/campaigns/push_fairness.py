"""
One tenant with a dead grant and a huge backlog, one with a spent quota: what does a third one notice?

    python -m tests.campaigns.push_fairness [--backlog 50000] [--pacing] [--variant no_gate] --json

The real use case in virtual time, ten workers, and the queue as SQS's fair queues treat it (a tenant that has many messages in
flight is served after the others). Prints `idle_p95_ms` and `loaded_p95_ms` (from a message's sending to Salesforce, of the third
tenant), `ratio` (≤ 2), `calls_for_the_dead` after the breaker opened (0), `replayed` (changes of the dead tenant in Salesforce
after it was reconnected) and `waiting_at_the_end` (0). With `--pacing` the third tenant's and the dead one's calls are scarce, so
that their changes are gathered for up to a minute, idle and loaded alike, and `held` counts those of the third one. Exits 1
unless all of that holds. The variant `no_gate`, which calls Salesforce whatever the connection says, must fail.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from causeway.connections.connection import Status, Usage
from causeway.connections.gates import OPEN
from causeway.contract.messages import Delivery
from causeway.parked.replay import Replay
from causeway.push import context as push_context
from causeway.push.batch import push_batch

from tests.campaigns.push_model import START_MS, TIMEOUT_MS, Worker
from tests.campaigns.push_simulation import Message, Remaining, Scenario, change_body
from tests.support.push.memory import PlentyOfTime

VARIANTS = ("no_gate",)
DEAD, SPENT, THIRD = "t1", "t2", "t3"
WORKERS, PER_MESSAGE, PEOPLE = 10, 500, 200
EVERY_MS, SENDINGS, NOISY_IN_FLIGHT = 7_000, 60, 3
RECONNECTED_MS = START_MS + 900_000
END_MS = START_MS + 3 * 3_600_000


@dataclass(slots=True)
class Neighbours(Scenario):
    """Three tenants and no faults."""

    backlog: int = 0
    in_flight: dict[str, int] = field(default_factory=dict)
    sent_at_ms: dict[str, int] = field(default_factory=dict)
    settled_at_ms: dict[str, int] = field(default_factory=dict)
    dead_calls: int = 0
    held: int = 0

    def __post_init__(self) -> None:
        Scenario.__post_init__(self)

    @property
    def settled(self) -> list[int]:
        """Return how long each change of the third tenant took, from its sending to its outcome."""
        return [at_ms - self.sent_at_ms[key] for key, at_ms in self.settled_at_ms.items()]

    def _pace(self, chance: random.Random) -> None:
        """Make calls scarce where that is asked for."""
        for tenant in (DEAD, THIRD) if self.pacing else ():
            self.connections.use_up(tenant, 11_900, 15_000)
        self.syncs.deliver_within(60)

    def _tenants(self, chance: random.Random) -> list[str]:
        return [DEAD, SPENT, THIRD]

    def _fault_share(self, chance: random.Random) -> float:
        return 0.0

    def _flip(self, chance: random.Random) -> None:
        return

    def _produce(self, chance: random.Random) -> None:
        """Queue the backlogs, then small messages of the third tenant."""
        if self.backlog:
            self.connections.flip(DEAD, Status.RECONNECTION_REQUIRED)
            spent = self.connections.by_tenant[SPENT]
            self.connections.by_tenant[SPENT] = replace(spent, usage=Usage(99, 100, START_MS))
            for tenant, count in ((DEAD, self.backlog), (SPENT, self.backlog // 10)):
                for start in range(0, count, PER_MESSAGE):
                    bodies = [
                        self._body(tenant, start + number, START_MS)
                        for number in range(min(PER_MESSAGE, count - start))
                    ]
                    self.enqueue(tenant, [_message(tenant, bodies)])
            self.sim.at(RECONNECTED_MS, self._recover)
        for number in range(SENDINGS):
            self.sim.at(START_MS + 60_000 + number * EVERY_MS, self._third(number))

    def _body(self, tenant: str, number: int, at_ms: int) -> dict[str, Any]:
        person = number % PEOPLE
        return change_body(tenant, person, f"k{person}", at_ms + number, {"phone": f"{tenant}-{number}"})

    def _third(self, number: int) -> Any:
        def send() -> None:
            self.sent_at_ms[f"k{number % PEOPLE}"] = self.sim.now_ms
            self.enqueue(THIRD, [_message(THIRD, [self._body(THIRD, number, self.sim.now_ms)])])

        return send

    def _recover(self) -> None:
        """An admin reconnects the one, the other's quota is new."""
        self.dead_calls = self.orgs[DEAD].calls + self.orgs[SPENT].calls
        self.connections.flip(DEAD, Status.CONNECTED)
        self.connections.by_tenant[SPENT] = replace(self.connections.by_tenant[SPENT], usage=None)

    # --- a fair queue

    def _poll(self) -> None:
        """Give every idle worker the next message: of the tenant with the fewest in flight, oldest first."""
        while self.working < WORKERS:
            visible = [item for item in self.queue.values() if item.visible_at_ms <= self.sim.now_ms]
            if not visible:
                break
            self._start([min(visible, key=self._turn)])
        if self.sim.now_ms < START_MS + 600_000 or self.queue or self.parked.entries or self.working:
            self.sim.at(self.sim.now_ms + 250, self._poll)

    def _turn(self, message: Message) -> tuple[bool, int]:
        return self.in_flight.get(_tenant_of(message), 0) >= NOISY_IN_FLIGHT, message.sent_at_ms

    def _start(self, messages: list[Message]) -> None:
        for message in messages:
            tenant = _tenant_of(message)
            self.in_flight[tenant] = self.in_flight.get(tenant, 0) + 1
            message.visible_at_ms = self.sim.now_ms + 720_000
            self._run(tenant, message)

    def _run(self, tenant: str, message: Message) -> None:
        self.workers += 1
        self.working += 1
        worker = Worker(f"w{self.workers}", self.sim.now_ms + TIMEOUT_MS, 0)
        message.receives += 1
        deliveries = [Delivery(message.message_id, message.body, message.sent_at_ms, receives=message.receives)]

        def work() -> None:
            batch = push_batch(deliveries, self._ports(worker), Remaining(self.sim, worker))
            for fault in batch.faults:
                raise fault
            if not batch.redelivered:
                self.queue.pop(message.message_id)
            else:
                message.visible_at_ms = max(self.sim.now_ms, batch.redelivered[message.message_id])
            if tenant == THIRD:
                self.held += batch.held
                self._note_settled()
            self.working -= 1
            self.in_flight[tenant] -= 1

        self.sim.at(self.sim.now_ms, lambda: self.sim.start(worker, work))

    def _note_settled(self) -> None:
        """Note which changes of the third tenant have their outcomes now."""
        for tenant, key, _ in self.outbound.published:
            if tenant == THIRD:
                self.settled_at_ms.setdefault(key, self.sim.now_ms)

    def _tick(self) -> None:
        worker = Worker("replay", self.sim.now_ms + TIMEOUT_MS, 0)
        replay = Replay(self.connections, self.syncs, self.parked, self, 80)
        self.sim.start(worker, lambda: self._replayed(replay))
        if self.sim.now_ms < START_MS + 1_000_000 or self.queue or self.parked.entries:
            self.sim.at(self.sim.now_ms + 60_000, self._tick)

    def _replayed(self, replay: Replay) -> None:
        replay.tick(self.sim.now_ms, PlentyOfTime())


def _tenant_of(message: Message) -> str:
    """Return the tenant of a message that this simulation or replay has written."""
    return message.body.partition('"tenant":')[2].lstrip(' "')[:2]


def _message(tenant: str, changes: list[dict[str, Any]]) -> str:
    return json.dumps({"version": 1, "tenant": tenant, "source": "lead", "changes": changes})


def p95(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.95)]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.push_fairness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--backlog", type=int, default=50_000)
    parser.add_argument("--pacing", action="store_true", help="with calls so scarce that changes are gathered")
    parser.add_argument("--variant", choices=VARIANTS, help="take a protection out: must fail")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    given = parser.parse_args()
    figures = measured(given.backlog, given.variant, pacing=given.pacing)
    print(json.dumps(figures) if given.json else "\n".join(f"{name:20} {value}" for name, value in figures.items()))
    return 0 if holds(figures, given.backlog) else 1


def measured(backlog: int, variant: str | None = None, *, pacing: bool = False) -> dict[str, Any]:
    """Run the idle and the loaded world."""
    idle, loaded = Neighbours(1, pacing=pacing), Neighbours(1, backlog=backlog, pacing=pacing)
    with broken(variant):
        for world in (idle, loaded):
            world._poll()
            world._tick()
            world.sim.run(END_MS)
    quiet, busy = p95(idle.settled), p95(loaded.settled)
    rows = [row for row in loaded.orgs[DEAD].rows.values() if row["sobject"] == "Contact"]
    newest = {f"{DEAD}-{number}" for number in range(max(0, backlog - PEOPLE), backlog)}
    return {
        "idle_p95_ms": quiet,
        "loaded_p95_ms": busy,
        "ratio": round(busy / quiet, 2),
        "third_settled": len(loaded.settled),
        "held": loaded.held,
        "calls_for_the_dead": loaded.dead_calls,
        "replayed": len([row for row in rows if row.get("Phone") in newest]),
        "waiting_at_the_end": len(loaded.parked.entries) + len(loaded.queue),
    }


@contextmanager
def broken(variant: str | None) -> Iterator[None]:
    """Take the gate out of push for a while."""
    module: Any = push_context
    kept = module.gate_of
    if variant == "no_gate":
        module.gate_of = lambda connection, share, now_ms: OPEN
    try:
        yield
    finally:
        module.gate_of = kept


def holds(figures: dict[str, Any], backlog: int) -> bool:
    """Return whether the third tenant hardly noticed, the dead one cost no call, and all of its people are up to date."""
    return bool(
        figures["ratio"] <= 2
        and figures["third_settled"] == SENDINGS
        and figures["calls_for_the_dead"] == 0
        and figures["replayed"] == min(PEOPLE, backlog)
        and figures["waiting_at_the_end"] == 0
    )


if __name__ == "__main__":
    sys.exit(main())
