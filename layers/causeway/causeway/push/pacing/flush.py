"""Take what a tenant's window holds into the present batch, and finish once all of it is settled or kept for the replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.messages import Delivery
from causeway.push.backoff import kept_gate
from causeway.push.context import PushContext
from causeway.push.outcomes.parked_entries import body_of, waiting_entry
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
        """Leave all of it to the next worker."""
        for generation in self.generations:
            if self.context is not None and self.gathering is not None:
                self.gathering.give_up(self.context.tenant, generation)


NOTHING_TAKEN = Taken()


def take_held(context: PushContext, gathering: Gathering, window: Window, settlement: Settlement, gate: Gate) -> Taken:
    """Close the tenant's window, take over what dead workers left, and add all of it to the settlement."""
    _note_waited(settlement.tasks, window, context.now_ms())
    tenant, generations = context.tenant, list[int]()
    if window.is_open and gathering.close(tenant, window):
        generations.append(window.generation)
    abandoned = window.abandoned(context.now_ms())
    generations += [each for each in abandoned if gathering.take_over(tenant, window, each)]
    held = [each for generation in sorted(generations) for each in gathering.held(tenant, generation)]
    tasks = _received(context, held, settlement, gate)
    return Taken(context, gathering, generations, tasks)


def _received(context: PushContext, held: Sequence[Held], settlement: Settlement, gate: Gate) -> list[Task]:
    """Make tasks of held changes and add them to the settlement."""
    ports, now_ms = context.ports, context.now_ms()
    tasks: list[Task] = []
    for each in held:
        arrived = [_arrived(change, f"{HELD}{each.name}-{place}") for place, change in enumerate(each.changes)]
        received = receive_changes(context.tenant, arrived, ports.syncs, gate, ports.person_wait_ms)
        for task in received.tasks:
            task.held_ms = max(0, now_ms - each.since_ms)
        tasks += received.tasks
        settlement.loose += received.loose
        settlement.crashed += received.crashed
        settlement.sent_ms |= received.sent_ms
    settlement.tasks += tasks
    return tasks


def _arrived(change: Change, message_id: str) -> Arrived:
    return Arrived(change, message_id, Delivery(message_id, body_of(change), change.sent_at_ms))


def _note_waited(tasks: Sequence[Task], window: Window, now_ms: int) -> None:
    """Note how long the messages that come back to flush were gathered."""
    for task in tasks:
        if window.is_open and task.is_open and task.receives > 1:
            task.held_ms = max(0, now_ms - max(task.change.sent_at_ms, window.opened_at_ms))
