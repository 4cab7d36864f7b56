"""Bring waiting changes back to the push queue when their gate opens, and refused ones when a person asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from typing import Any

from causeway.connections.gates import Gate, gate_of
from causeway.errors import RetryableError
from causeway.parked.entries import Parked, Redrive
from causeway.parked.ports import Connections, Deadline, ParkedStore, PushQueue, Syncs
from causeway.parked.redriving import LEAST_MS, work_off
from causeway.parked.waiting import send_waiting

SIDE_BY_SIDE = 16  # tenants at once: each is a few requests to stores, one after the other
TICK_MS = 60_000

type InParallel = Callable[[Sequence[Callable[[], Any]]], Sequence[Any]]


def _one_after_another(work: Sequence[Callable[[], Any]]) -> list[Any]:
    return [call() for call in work]


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

    def add(self, other: Replayed) -> None:
        """Add what was done for one tenant."""
        self.waiting += other.waiting
        self.still_waiting += other.still_waiting
        self.failed += other.failed
        self.faults += other.faults
        if other.oldest_sent_at_ms is not None:
            known = self.oldest_sent_at_ms
            self.oldest_sent_at_ms = other.oldest_sent_at_ms if known is None else min(known, other.oldest_sent_at_ms)

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

    `keep_overdue` lets what a tenant gathered wait here, too, when the message is lost that was to flush it, and says whether
    something is still gathered.
    """

    def __init__(
        self,
        connections: Connections,
        syncs: Syncs,
        parked: ParkedStore,
        queue: PushQueue,
        quota_share_percent: int,
        keep_overdue: Callable[[str, int], bool] = lambda tenant, now_ms: False,
        in_parallel: InParallel = _one_after_another,
    ) -> None:
        self._connections, self._syncs, self._parked, self._queue = connections, syncs, parked, queue
        self._quota_share_percent, self._keep_overdue = quota_share_percent, keep_overdue
        self._in_parallel = in_parallel

    def tick(self, now_ms: int, deadline: Deadline) -> Replayed:
        """
        Send back what can go on now, some tenants side by side, until the time is used up.

        Waiting changes and requests to redrive take turns in being first, so that a tick's time is never used up by one kind alone.
        """
        done = Replayed()
        parts = [self._replay_waiting, self._work_off_requests]
        for part in parts if now_ms // TICK_MS % 2 == 0 else reversed(parts):
            part(done, now_ms, deadline)
        return done

    def _replay_waiting(self, done: Replayed, now_ms: int, deadline: Deadline) -> None:
        for tenants in batched(self._parked.waiting_tenants(), SIDE_BY_SIDE, strict=False):
            parts = [Replayed() for _ in tenants]
            begun = self._in_parallel(
                [
                    partial(self._replay, part, tenant, now_ms, deadline)
                    for part, tenant in zip(parts, tenants, strict=True)
                ]
            )
            for part in parts:
                done.add(part)
            if not all(begun):
                return

    def _work_off_requests(self, done: Replayed, now_ms: int, deadline: Deadline) -> None:
        for redrive_id, redrive in self._parked.redrives():
            if deadline.remaining_ms() < LEAST_MS:
                return
            self._redrive(done, redrive_id, redrive, now_ms, deadline)

    def _replay(self, done: Replayed, tenant: str, now_ms: int, deadline: Deadline) -> bool:
        """Send back what of a tenant can go on; return False when there is no time to begin."""
        if deadline.remaining_ms() < LEAST_MS:
            return False
        try:
            is_gathering = self._keep_overdue(tenant, now_ms)
            gate = self._gate(tenant, now_ms)
            if gate.is_open or gate.retry_when is None:
                done.waiting += send_waiting(self._parked, self._queue, tenant, now_ms, stays_marked=is_gathering)
            else:
                done.still_waiting += 1
            for entry in self._parked.page(tenant, waiting=True, limit=1).entries:
                if not entry.waits_alone:  # nobody need do anything about those, however long it takes
                    done.note_waiting(entry)
        except Exception as error:  # noqa: BLE001  # counted and reported: it may stop no other tenant
            done.note_failure(error)
        return True

    def _redrive(self, done: Replayed, redrive_id: str, redrive: Redrive, now_ms: int, deadline: Deadline) -> None:
        """Work on one request; it is kept for later while the tenant's gate is closed."""
        try:
            if self._gate(redrive.tenant, now_ms).is_open:
                store, queue, syncs = self._parked, self._queue, self._syncs
                done.redriven += work_off(store, queue, syncs, redrive_id, redrive, now_ms, deadline)
        except Exception as error:  # noqa: BLE001  # counted and reported: it may stop no other tenant
            done.note_failure(error)

    def _gate(self, tenant: str, now_ms: int) -> Gate:
        return gate_of(self._connections.get(tenant), self._quota_share_percent, now_ms)
