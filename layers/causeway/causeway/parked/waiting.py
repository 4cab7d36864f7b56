"""Send a tenant's waiting changes back to the push queue, oldest first."""

from __future__ import annotations

from causeway.parked.ports import PAGE, ParkedStore, PushQueue
from causeway.parked.replay_messages import send_entries

MAX_PER_TENANT = 10_000  # per tick, so that one large backlog does not keep the others waiting


def send_waiting(parked: ParkedStore, queue: PushQueue, tenant: str, now_ms: int) -> int:
    """
    Send what is due and return how many entries that were.

    Entries are sent before they are dropped: push recognizes a change that is sent twice.
    """
    sent = 0
    while sent < MAX_PER_TENANT:
        entries = parked.page(tenant, waiting=True, limit=PAGE).entries
        due = [entry for entry in entries if entry.not_before_ms <= now_ms or entry.retry_when == "connected"]
        if not due:
            if not entries:
                _unmark(parked, tenant)
            return sent
        send_entries(queue, tenant, [entry for entry in due if entry.sync is None])
        send_entries(queue, tenant, [entry for entry in due if entry.sync is not None], redriven=True)
        parked.drop(tenant, [entry.parked_id for entry in due])
        sent += len(due)
    return sent


def _unmark(parked: ParkedStore, tenant: str) -> None:
    """Take the tenant's waiting mark away; set it again if a change began to wait at that moment."""
    parked.unmark_waiting(tenant)
    if parked.page(tenant, waiting=True, limit=1).entries:
        parked.mark_waiting(tenant)
