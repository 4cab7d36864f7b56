"""Bring waiting changes back to the push queue when their gate opens, and refused ones when a person asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from causeway.connections.gates import Gate, gate_of
from causeway.errors import RetryableError
from causeway.parked.entries import Parked, Redrive
from causeway.parked.ports import Connections, Deadline, ParkedStore, PushQueue, Syncs
from causeway.parked.redriving import LEAST_MS, send_refused
from causeway.parked.waiting import send_waiting


@dataclass(slots=True)
class Replayed:
    """
    What one tick did: changes sent back, tenants that still wait, and how many tenants and requests failed.

    `faults` are the failures that a later tick would meet again; `oldest_sent_at_ms` is of what waits after the tick.
    """

    waiting: int = 0
    redriven: int = 0
    still_waiting: int = 0
    failed: int = 0
    oldest_sent_at_ms: int | None = None
    faults: list[Exception] = field(default_factory=list)

    def note_failure(self, error: Exception) -> None:
        """Count what one tenant's part failed with; the others go on."""
        self.failed += 1
        if not isinstance(error, RetryableError):
            self.faults.append(error)

    def note_waiting(self, entry: Parked) -> None:
        """Remember when the oldest change that still waits was sent."""
        known = self.oldest_sent_at_ms
        self.oldest_sent_at_ms = entry.sent_at_ms if known is None else min(known, entry.sent_at_ms)

    def oldest_waiting_s(self, now_ms: int) -> int:
        """Return how long ago the oldest change that still waits was sent, in seconds; 0 when none waits."""
        return 0 if self.oldest_sent_at_ms is None else max(0, now_ms - self.oldest_sent_at_ms) // 1000


class Replay:
    """
    One tick of the schedule; a tick that runs twice or in parallel at worst sends a change twice, which push recognizes.

    `keep_overdue` lets what a tenant gathered wait here, too, when the message is lost that was to flush it.
    """

    def __init__(
        self,
        connections: Connections,
        syncs: Syncs,
        parked: ParkedStore,
        queue: PushQueue,
        quota_share_percent: int,
        keep_overdue: Callable[[str, int], int] = lambda tenant, now_ms: 0,
    ) -> None:
        self._connections, self._syncs, self._parked, self._queue = connections, syncs, parked, queue
        self._quota_share_percent, self._keep_overdue = quota_share_percent, keep_overdue

    def tick(self, now_ms: int, deadline: Deadline) -> Replayed:
        """Send back what can go on now, tenant by tenant, until the time is used up."""
        done = Replayed()
        for tenant in self._parked.waiting_tenants():
            if deadline.remaining_ms() < LEAST_MS:
                return done
            self._replay(done, tenant, now_ms)
        for redrive_id, redrive in self._parked.redrives():
            if deadline.remaining_ms() < LEAST_MS:
                return done
            self._redrive(done, redrive_id, redrive, now_ms, deadline)
        return done

    def _replay(self, done: Replayed, tenant: str, now_ms: int) -> None:
        try:
            self._keep_overdue(tenant, now_ms)
            gate = self._gate(tenant, now_ms)
            if gate.is_open or gate.retry_when is None:
                done.waiting += send_waiting(self._parked, self._queue, tenant, now_ms)
            else:
                done.still_waiting += 1
            for entry in self._parked.page(tenant, waiting=True, limit=1).entries:
                if not entry.waits_alone:  # nobody need do anything about those, however long it takes
                    done.note_waiting(entry)
        except Exception as error:  # noqa: BLE001  # counted and reported: it may stop no other tenant
            done.note_failure(error)

    def _redrive(self, done: Replayed, redrive_id: str, redrive: Redrive, now_ms: int, deadline: Deadline) -> None:
        """Work on one request; it is kept for later while the tenant's gate is closed."""
        try:
            if self._gate(redrive.tenant, now_ms).is_open:
                done.redriven += send_refused(self._parked, self._queue, self._syncs, redrive_id, redrive, deadline)
        except Exception as error:  # noqa: BLE001  # counted and reported: it may stop no other tenant
            done.note_failure(error)

    def _gate(self, tenant: str, now_ms: int) -> Gate:
        return gate_of(self._connections.get(tenant), self._quota_share_percent, now_ms)
