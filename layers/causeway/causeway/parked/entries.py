"""Entries of the parked store: what was refused, and what waits for its tenant's gate. Pure."""

from __future__ import annotations

from typing import NamedTuple

from causeway.connections.gates import RetryWhen

WAITING_PREFIX = "w"  # of the ids of waiting changes: they sort after all others, by when they were sent


class Parked(NamedTuple):
    """
    One entry of the parked store: a change (or an unreadable body) with its reason; `retry_when` when it waits.

    `sync` is the sync that refused it, None where it concerns all syncs of its source.
    """

    tenant: str
    parked_id: str
    code: str
    reason: str
    remedy: str
    parked_at_ms: int
    body: str
    source: str | None = None
    key: str | None = None
    sync: str | None = None
    run: str | None = None
    sent_at_ms: int = 0
    retry_when: RetryWhen | None = None
    not_before_ms: int = 0

    @property
    def is_waiting(self) -> bool:
        """Whether it is tried again without a person's request."""
        return self.retry_when is not None

    @property
    def waits_alone(self) -> bool:
        """Whether it may be woken by itself: it waits for a person."""
        return self.retry_when == "person"

    @property
    def is_change(self) -> bool:
        """Whether it can be pushed again as it is; a message that breaks its contract never can."""
        return self.code != "invalid_message"


def due_id(parked_id: str, now_ms: int) -> str:
    """Return the id under which an entry that waited for a time to come is due; it sorts by that time."""
    return f"{WAITING_PREFIX}{now_ms:014d}-{parked_id.partition('-')[2]}"


class ParkedPage(NamedTuple):
    """One page of entries, oldest id first, and the token of the next one (None at the end)."""

    entries: tuple[Parked, ...]
    next: str | None = None


class Redrive(NamedTuple):
    """
    A request to try refused changes again: all of a tenant's, or those of one code, source, record or group, or with these ids.

    `after` is the token of the page to continue with. `total` changes were named at the request; `sent` were sent so far,
    `passed_over` cannot be pushed as things are, and `left` are parked as they were, not decided anew yet. Times are epoch ms, 0
    for what did not happen yet; `requested_at_ms` is 0 in requests of older versions, which end when all is sent.
    """

    tenant: str
    code: str | None = None
    source: str | None = None
    key: str | None = None
    after: str | None = None
    group: str | None = None
    parked_ids: tuple[str, ...] = ()
    requested_at_ms: int = 0
    total: int = 0
    sent: int = 0
    passed_over: int = 0
    left: int = 0
    all_sent_at_ms: int = 0
    ended_at_ms: int = 0

    @property
    def is_settled(self) -> bool:
        """Return whether all that was sent has been decided anew."""
        return self.all_sent_at_ms > 0 and self.left <= self.passed_over

    @property
    def percent(self) -> int:
        """Return how much of the total needs no more waiting for: 100 at the end alone."""
        if self.ended_at_ms or not self.total:
            return 100 if self.ended_at_ms else 0
        done = self.total - self.left + min(self.passed_over, self.left)
        return max(0, min(99, done * 100 // self.total))
