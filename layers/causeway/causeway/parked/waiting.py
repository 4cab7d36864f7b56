"""Send a tenant's waiting changes back to the push queue, oldest first."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.parked.entries import Parked
from causeway.parked.ports import PAGE, ParkedStore, PushQueue
from causeway.parked.replay_messages import send_entries

MAX_PER_TENANT = 10_000  # per tick, so that one large backlog does not keep the others waiting


def send_waiting(parked: ParkedStore, queue: PushQueue, tenant: str, now_ms: int, *, stays_marked: bool = False) -> int:
    """
    Send what is due and return how many entries that were; the mark of a tenant without any goes, unless it is to stay.

    Entries are sent before they are dropped: push recognizes a change that is sent twice.
    """
    sent, after, is_all_due = 0, None, True
    while sent < MAX_PER_TENANT:
        page = parked.page(tenant, waiting=True, limit=PAGE, after=after)
        if not page.entries and after is None:
            if not stays_marked:
                _unmark(parked, tenant)
            return sent
        due = [entry for entry in page.entries if entry.not_before_ms <= now_ms or entry.retry_when == "connected"]
        _send(parked, queue, tenant, due)
        sent += len(due)
        is_all_due = is_all_due and len(due) == len(page.entries)
        after = page.next if not page.entries or not _lies_ahead(page.entries[-1], now_ms) else None
        if after is None and not is_all_due:
            return sent
    return sent


def _send(parked: ParkedStore, queue: PushQueue, tenant: str, due: Sequence[Parked]) -> None:
    if due:
        send_entries(queue, tenant, [entry for entry in due if entry.sync is None])
        send_entries(queue, tenant, [entry for entry in due if entry.sync is not None], redriven=True)
        parked.drop(tenant, [entry.parked_id for entry in due])


def _lies_ahead(entry: Parked, now_ms: int) -> bool:
    """Return whether an entry, and with it all further ones, waits for a time that is still to come."""
    return entry.retry_when == "person" and entry.not_before_ms > now_ms


def _unmark(parked: ParkedStore, tenant: str) -> None:
    """Take the tenant's waiting mark away; set it again if a change began to wait at that moment."""
    parked.unmark_waiting(tenant)
    if parked.page(tenant, waiting=True, limit=1).entries:
        parked.mark_waiting(tenant)
