"""Take what a tenant's window holds into the present batch, and finish once all of it is settled or kept for the replay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from causeway.connections.gates import Gate
from causeway.contract.messages import Delivery
from causeway.errors import CausewayError
from causeway.push.backoff import kept_gate
from causeway.push.context import PushContext
from causeway.push.faults.crashes import crashed_outcome
from causeway.push.outcomes.parked_entries import body_of, crashed_arrival, waiting_entry
from causeway.push.pacing.windows import Gathering, Held, Window
from causeway.push.receiving import receive_changes
from causeway.push.tasks import HELD, Arrived, Settlement, Task


@dataclass(slots=True)
class Taken:
    """The generations that were taken, and their tasks."""

    context: PushContext | None = None
    gathering: Gathering | None = None
    generations: list[int] = field(default_factory=list)
    tasks: Sequence[Task] = ()

    def finish(self) -> None:
        """Let what was not settled wait for the replay, and note that nothing is left. Raises StoreUnavailable."""
        if self.context is None or self.gathering is None:
            return
        tenant, now_ms = self.context.tenant, self.context.now_ms()
        open_changes = {id(task.change): task for task in self.tasks if task.redelivered}
        entries = [
            waiting_entry(tenant, task.change, kept_gate(task.redeliver_at_ms), now_ms)
            for task in open_changes.values()
        ]
        if entries:
            self.context.ports.parked.put(entries)
        for generation in self.generations:
            self.gathering.finish(tenant, generation)

    def give_up(self) -> None:
        """Leave all of it to the next worker; one that cannot even be told so finds out by the time."""
        if self.context is None or self.gathering is None:
            return
        for generation in self.generations:
            with suppress(CausewayError):
                self.gathering.give_up(self.context.tenant, generation)


NOTHING_TAKEN = Taken()


def take_held(context: PushContext, gathering: Gathering, window: Window, settlement: Settlement, gate: Gate) -> Taken:
    """Close the tenant's window, take over what dead workers left, and add all of it to the settlement. Raises StoreUnavailable."""
    _note_waited(settlement.tasks, window, context.now_ms())
    taken = Taken(context, gathering)
    try:
        for generation in _taken(context, gathering, window):
            taken.generations.append(generation)
        held = [each for generation in sorted(taken.generations) for each in gathering.held(context.tenant, generation)]
        taken.tasks = _received(context, held, settlement, gate)
    except Exception:
        taken.give_up()
        raise
    return taken


def _taken(context: PushContext, gathering: Gathering, window: Window) -> Iterator[int]:
    """Yield the generations that are this worker's to flush now: the open one, and those that were abandoned."""
    tenant = context.tenant
    if window.is_open and gathering.close(tenant, window):
        yield window.generation
    yield from (each for each in window.abandoned(context.now_ms()) if gathering.take_over(tenant, window, each))


def _received(context: PushContext, held: Sequence[Held], settlement: Settlement, gate: Gate) -> list[Task]:
    """Make tasks of held changes and add them to the settlement."""
    ports, now_ms = context.ports, context.now_ms()
    tasks: list[Task] = []
    for each in held:
        arrived = _arrived(each, settlement)
        received = receive_changes(context.tenant, arrived, ports.syncs, gate, ports.person_wait_ms)
        for task in received.tasks:
            task.held_ms = max(0, now_ms - each.since_ms)
        tasks += received.tasks
        settlement.loose += received.loose
        settlement.crashed += received.crashed
        settlement.sent_ms |= received.sent_ms
    settlement.tasks += tasks
    return tasks


def _arrived(held: Held, settlement: Settlement) -> list[Arrived]:
    """Return held changes as if each had come in a message of its own; one that no message can be made of crashes alone."""
    arrived: list[Arrived] = []
    for place, change in enumerate(held.changes):
        message_id = f"{HELD}{held.name}-{place}"
        try:
            arrived.append(Arrived(change, message_id, Delivery(message_id, body_of(change), change.sent_at_ms)))
        except Exception as fault:  # noqa: BLE001  # nothing outside is asked: whatever it is, the change is to blame
            settlement.crashed.append((crashed_arrival(change, message_id), fault))
            settlement.loose.append((change, message_id, crashed_outcome(change.key, fault)))
            settlement.sent_ms[message_id] = change.sent_at_ms
    return arrived


def _note_waited(tasks: Sequence[Task], window: Window, now_ms: int) -> None:
    """Note how long the messages that come back to flush were gathered."""
    for task in tasks:
        if window.is_open and task.is_open and task.receives > 1:
            task.held_ms = max(0, now_ms - max(task.change.sent_at_ms, window.opened_at_ms))
