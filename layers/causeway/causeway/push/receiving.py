"""Turn arrived changes into tasks: one per change and enabled sync of its source."""

from __future__ import annotations

from collections.abc import Iterable

from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.outcomes import Outcome, Result
from causeway.push.faults.crashes import crashed_outcome
from causeway.push.memory.hashes import content_hash
from causeway.push.ports import Syncs
from causeway.push.tasks import Arrived, Settlement, Task
from causeway.syncs.sync import Sync


def receive_changes(
    tenant: str, arrived: Iterable[Arrived], stored: Syncs, gate: Gate, person_wait_ms: int = 0
) -> Settlement:
    """
    Return the tasks of the changes, and outcomes of those that no sync takes; a redriven change concerns its own sync alone.

    A task may wait for its person for `person_wait_ms` after its change was sent first. A change on which this fails is `crashed`.
    """
    received = Settlement()
    by_source: dict[str, list[Sync]] = {}
    for each in arrived:
        change, delivery = each.change, each.delivery
        received.sent_ms[each.message_id] = delivery.sent_at_ms
        if change.source not in by_source:
            by_source[change.source] = [sync for sync in stored.of_source(tenant, change.source) if sync.pushes]
        syncs = [sync for sync in by_source[change.source] if delivery.concerns(change.position, sync.id)]
        try:
            tasks = _tasks(each, syncs, tuple(by_source[change.source]))
        except Exception as fault:  # noqa: BLE001  # nothing outside is asked: whatever it is, the change is to blame
            received.crashed.append((each, fault))
            received.loose.append((change, each.message_id, crashed_outcome(change.key, fault)))
            continue
        for task in tasks:
            task.wait_until_ms = change.sent_at_ms + person_wait_ms
        received.tasks += tasks
        if not syncs and not delivery.syncs:
            received.loose.append((change, each.message_id, _without_sync(change, gate)))
    return received


def _tasks(arrived: Arrived, syncs: list[Sync], of_source: tuple[Sync, ...]) -> list[Task]:
    change, delivery = arrived.change, arrived.delivery
    content, has_entry = content_hash(change) if syncs else "", bool(delivery.syncs)
    return [
        Task(
            change,
            sync,
            arrived.message_id,
            delivery.redriven,
            content,
            has_parked_entry=has_entry,
            receives=delivery.receives,
            source_syncs=of_source,
            delivery=delivery,
        )
        for sync in syncs
    ]


def _without_sync(change: Change, gate: Gate) -> Outcome:
    """Return the outcome of a change that no enabled sync takes."""
    if not gate.is_open and gate.code == "not_connected":
        return Outcome(change.key, Result.SKIPPED, code=gate.code, detail=gate.detail, remedy=gate.remedy)
    return Outcome(
        change.key,
        Result.SKIPPED,
        code="no_sync",
        detail="No enabled push sync takes changes of this source.",
        remedy="Save a sync for the source and enable it; changes that arrive afterwards are pushed.",
    )
