"""Push a batch of queued changes into Salesforce: the whole batch at once, each change settled on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from causeway.contract.changes import Change
from causeway.contract.messages import Delivery, Refused, parse_message
from causeway.errors import RetryableError
from causeway.push.outcomes.publish import publish_refusals, tell
from causeway.push.ports import Deadline, PushPorts
from causeway.push.tasks import Settlement
from causeway.push.tenant import Arrived, TenantPush

type Samples = dict[tuple[str, str], list[Mapping[str, Any]]]

SAMPLE = 20  # changes of one source whose fields are looked at


@dataclass(slots=True)
class Batch:
    """
    What a batch came to: messages to deliver again (id → earliest epoch ms, 0 for the queue's own time), and counts.

    `samples` are the fields of some changes by tenant and source, for the list of fields that a product sends.
    """

    redelivered: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    api_calls: int = 0
    parked: dict[str, int] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)
    samples: Samples = field(default_factory=dict)

    def sample(self, change: Change) -> None:
        """Keep a change's fields as an example, if there are few yet."""
        kept = self.samples.setdefault((change.tenant, change.source), [])
        if len(kept) < SAMPLE:
            kept.append(change.fields)


def push_batch(deliveries: Sequence[Delivery], ports: PushPorts, deadline: Deadline) -> Batch:
    """
    Settle every change of the batch, tenants side by side, and name the messages to deliver again.

    A message is acknowledged only when each of its changes has an outcome that was told, or is durably parked. One tenant's
    trouble gives back that tenant's messages alone.
    """
    batch = Batch()
    arrived: dict[str, list[Arrived]] = {}
    refused: list[_OneRefused] = []
    for delivery in deliveries:
        message = parse_message(delivery.body, delivery.sent_at_ms, delivery.first_sent)
        batch.changes += len(message.changes) + len(message.refused)
        if message.refused:
            refused.append(_OneRefused(delivery.message_id, message.refused, ports))
        for change in message.changes:
            batch.sample(change)
            arrived.setdefault(change.tenant, []).append((change, delivery.message_id, delivery))
    for told, fault in zip(refused, ports.in_parallel(refused), strict=True):
        _collect_refused(batch, told, fault)
    work = [_OneTenant(tenant, changes, ports, deadline) for tenant, changes in sorted(arrived.items())]
    for one, found in zip(work, ports.in_parallel(work), strict=True):
        _collect(batch, one, found)
    return batch


@dataclass(frozen=True, slots=True)
class _OneTenant:
    tenant: str
    arrived: list[Arrived]
    ports: PushPorts
    deadline: Deadline

    def __call__(self) -> Settlement:
        done = TenantPush(self.tenant, self.ports, self.deadline).settle(self.arrived)
        tell(self.tenant, done, self.ports)
        return done


def _collect(batch: Batch, one: _OneTenant, found: Settlement | BaseException) -> None:
    """Add one tenant's result; one that failed gives all its messages back."""
    if isinstance(found, BaseException):
        batch.redelivered |= {message_id: batch.redelivered.get(message_id, 0) for _, message_id, _ in one.arrived}
        if not isinstance(found, RetryableError):
            batch.faults.append(found)
        return
    batch.api_calls += found.api_calls
    for task in found.tasks:
        if task.redelivered:
            batch.redelivered[task.message_id] = max(batch.redelivered.get(task.message_id, 0), task.redeliver_at_ms)
        elif task.outcome is not None and task.outcome.result == "rejected" and not task.recognized:
            code = task.outcome.code or "rejected"
            batch.parked[code] = batch.parked.get(code, 0) + 1


@dataclass(frozen=True, slots=True)
class _OneRefused:
    """What breaks the contract in one message."""

    message_id: str
    refused: Sequence[Refused]
    ports: PushPorts

    def __call__(self) -> None:
        publish_refusals(self.refused, self.ports)


def _collect_refused(batch: Batch, one: _OneRefused, fault: BaseException | None) -> None:
    """Count what was parked; a message whose refusal could not be told comes back, and no other is concerned."""
    if fault is None:
        batch.parked["invalid_message"] = batch.parked.get("invalid_message", 0) + len(one.refused)
        return
    batch.redelivered[one.message_id] = 0
    if not isinstance(fault, RetryableError):
        batch.faults.append(fault)
