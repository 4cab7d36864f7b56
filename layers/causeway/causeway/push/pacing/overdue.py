"""Keep what was gathered from being lost with the message that was to flush it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from causeway.contract.changes import Change
from causeway.parked.entries import Parked
from causeway.push.backoff import kept_gate
from causeway.push.outcomes.parked_entries import crashed_arrival, crashed_entry, waiting_entry
from causeway.push.pacing.windows import Gathering, Window


class ParkedStore(Protocol):
    """The parked store."""

    def put(self, entries: Sequence[Parked]) -> None: ...


def keep_overdue(tenant: str, gathering: Gathering, parked: ParkedStore, now_ms: int) -> bool:
    """
    Let the changes of a window wait for the replay that nobody flushed for long. Raises StoreUnavailable.

    Return whether the window is still open, or being flushed: then a later tick must look again.
    """
    window = gathering.read(tenant)
    lost = _lost(tenant, window, gathering, now_ms)
    for generation in lost:
        changes = [change for held in gathering.held(tenant, generation) for change in held.changes]
        if changes:
            parked.put([_entry(tenant, change, now_ms) for change in changes])
        gathering.finish(tenant, generation)
    gathered = {*window.flushing, *([window.generation] if window.is_open else ())}
    return bool(gathered.difference(lost))


def _entry(tenant: str, change: Change, now_ms: int) -> Parked:
    """Return the entry of a change that waits for the replay; one that cannot be written down is parked, and no other with it."""
    try:
        return waiting_entry(tenant, change, kept_gate(now_ms), now_ms)
    except Exception as fault:  # noqa: BLE001  # nothing outside is asked: whatever it is, the change is to blame
        return crashed_entry(tenant, crashed_arrival(change, ""), fault, now_ms)


def _lost(tenant: str, window: Window, gathering: Gathering, now_ms: int) -> list[int]:
    """Return the generations that nobody flushes, taken over or closed."""
    lost = [each for each in window.abandoned(now_ms) if gathering.take_over(tenant, window, each)]
    if window.is_overdue(now_ms) and gathering.close(tenant, window):
        lost.append(window.generation)
    return lost
