"""Push a batch of queued changes into Salesforce: the whole batch at once, each change settled on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from causeway.contract.changes import Change
from causeway.contract.messages import Delivery, Message, Refused, crashed_message, parse_message
from causeway.errors import RetryableError
from causeway.push.faults.crashes import CRASHED
from causeway.push.outcomes.publish import publish_refusals
from causeway.push.ports import Deadline, PushPorts
from causeway.push.tasks import HELD, Arrived, Settlement, Task
from causeway.push.tenant import push_tenant

type Samples = dict[tuple[str, str], list[Mapping[str, Any]]]

SAMPLE = 20  # changes of one source whose fields are looked at


@dataclass(slots=True)
class Batch:
    """
    What became of a batch: messages to deliver again (id → earliest epoch ms, 0 for the queue's own time), and counts.

    `faults` are defects that brought a tenant's messages back, `crashes` those on which single changes were parked.
    `held` counts the tasks that are gathered with later ones. `samples` are the fields of some changes by tenant and source,
    for the list of fields that a product sends.
    """

    redelivered: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    api_calls: int = 0
    held: int = 0
    parked: dict[str, int] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    samples: Samples = field(default_factory=dict)

    def sample(self, change: Change) -> None:
        """Keep a change's fields as an example, if there are few yet."""
        kept = self.samples.setdefault((change.tenant, change.source), [])
        if len(kept) < SAMPLE:
            kept.append(change.fields)

    def redeliver(self, message_id: str, at_ms: int = 0) -> None:
        """Deliver a message again, at the latest time that was asked for."""
        self.redelivered[message_id] = max(self.redelivered.get(message_id, 0), at_ms)

    def count_parked(self, code: str, number: int = 1) -> None:
        """Count what was parked with a code."""
        self.parked[code] = self.parked.get(code, 0) + number

    def note_fault(self, fault: BaseException) -> None:
        """Keep what is a defect; what passes by itself is none."""
        if not isinstance(fault, RetryableError):
            self.faults.append(fault)


@dataclass(slots=True)
class Parsed:
    """The messages of a batch: the changes of each tenant, and what breaks the contract, by message."""

    by_tenant: dict[str, list[Arrived]] = field(default_factory=dict)
    refused: list[tuple[Delivery, Sequence[Refused]]] = field(default_factory=list)


def push_batch(deliveries: Sequence[Delivery], ports: PushPorts, deadline: Deadline) -> Batch:
    """
    Settle every change of the batch, tenants in parallel, and name the messages to deliver again.

    A message is acknowledged only when each of its changes has a published outcome, or is durably parked. One tenant's trouble
    redelivers that tenant's messages alone.
    """
    batch = Batch()
    parsed = _parsed(deliveries, batch)
    refusals = [partial(publish_refusals, delivery, refused, ports) for delivery, refused in parsed.refused]
    for (delivery, refused), fault in zip(parsed.refused, ports.in_parallel(refusals), strict=True):
        _collect_refused(batch, delivery.message_id, refused, fault)
    tenants = sorted(parsed.by_tenant.items())
    pushes = [partial(push_tenant, tenant, arrived, ports, deadline) for tenant, arrived in tenants]
    for (_, arrived), result in zip(tenants, ports.in_parallel(pushes), strict=True):
        _collect(batch, arrived, result)
    return batch


def _parsed(deliveries: Sequence[Delivery], batch: Batch) -> Parsed:
    """Parse the messages, count their changes, and keep samples of their fields."""
    parsed = Parsed()
    for delivery in deliveries:
        message = _message(delivery, batch)
        batch.changes += len(message.changes) + len(message.refused)
        if message.refused:
            parsed.refused.append((delivery, message.refused))
        for change in message.changes:
            batch.sample(change)
            arrived = Arrived(change, delivery.message_id, delivery, message.may_wait)
            parsed.by_tenant.setdefault(change.tenant, []).append(arrived)
    return parsed


def _message(delivery: Delivery, batch: Batch) -> Message:
    """Parse one message; one on which that fails by a fault of ours is refused whole, and no other one with it."""
    try:
        return parse_message(delivery.body, delivery.sent_at_ms, delivery.first_sent)
    except Exception as fault:  # noqa: BLE001  # nothing outside is asked: whatever it is, the message is to blame
        batch.crashes.append(fault)
        return Message((), (crashed_message(delivery.body, type(fault).__name__),))


def _collect_refused(batch: Batch, message_id: str, refused: Sequence[Refused], fault: BaseException | None) -> None:
    """Count what was parked; a message whose refusal was not published comes again, and no other one."""
    if fault is None:
        for each in refused:
            batch.count_parked(each.code)
        return
    batch.redeliver(message_id)
    batch.note_fault(fault)


def _collect(batch: Batch, arrived: Sequence[Arrived], result: Settlement | BaseException) -> None:
    """Add one tenant's result; a failed one redelivers all messages of the tenant."""
    if isinstance(result, BaseException):
        for each in arrived:
            batch.redeliver(each.message_id)
        batch.note_fault(result)
        return
    batch.api_calls += result.api_calls
    for _, fault in result.crashed:
        batch.crashes.append(fault)
        batch.count_parked(CRASHED)
    for task in result.tasks:
        _collect_task(batch, task)


def _collect_task(batch: Batch, task: Task) -> None:
    if task.fault is not None and not task.redelivered:
        batch.crashes.append(task.fault)
    if task.held:
        batch.held += 1
    elif task.redelivered and not task.message_id.startswith(HELD):
        batch.redeliver(task.message_id, task.redeliver_at_ms)
    elif task.outcome is not None and task.outcome.result == "rejected" and not task.recognized:
        batch.count_parked(task.outcome.code or "rejected")
