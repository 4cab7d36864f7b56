"""Bring waiting changes back to the push queue when their gate opens, and refused ones when a person asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from causeway.domain.connections import Connection
from causeway.domain.gates import OPEN, gate_of
from causeway.domain.messages import MAX_CHANGES
from causeway.domain.parked import Parked, ParkedPage, Redrive
from causeway.errors import RetryableError

PAGE = 500
MAX_BYTES = 800_000  # of the changes in one message; SQS takes 1 MiB
MAX_PER_TENANT = 10_000  # per tick, so that one large backlog does not keep the others waiting
LEAST_MS = 10_000


class Connections(Protocol):
    """The tenants' connections, read strongly."""

    def get(self, tenant: str) -> Connection: ...


class ParkedStore(Protocol):
    """The parked store (gateways/dynamodb/parked.py)."""

    def page(
        self,
        tenant: str,
        *,
        code: str | None = None,
        source: str | None = None,
        key: str | None = None,
        after: str | None = None,
        limit: int = PAGE,
        waiting: bool | None = None,
    ) -> ParkedPage: ...
    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None: ...
    def mark_waiting(self, tenant: str) -> None: ...
    def unmark_waiting(self, tenant: str) -> None: ...
    def waiting_tenants(self) -> Iterator[str]: ...
    def wish(self, redrive: Redrive, wish_id: str) -> None: ...
    def wishes(self) -> Iterator[tuple[str, Redrive]]: ...
    def fulfil(self, wish: str, redrive: Redrive) -> None: ...


class PushQueue(Protocol):
    """The queue that changes arrive on."""

    def send(
        self, tenant: str, bodies: Sequence[str], *, redriven: bool = False, sent: Sequence[Sequence[int]] = ()
    ) -> None: ...


class Deadline(Protocol):
    """How much time the invocation has left."""

    def remaining_ms(self) -> int: ...


@dataclass(slots=True)
class Replayed:
    """What one tick did: changes sent back, tenants that still wait, tenants whose store or queue did not answer."""

    waiting: int = 0
    redriven: int = 0
    still_waiting: int = 0
    failed: int = 0


class Replay:
    """One tick of the schedule; running twice or side by side sends a change twice at worst, which push recognizes."""

    def __init__(
        self, connections: Connections, parked: ParkedStore, queue: PushQueue, quota_share_percent: int
    ) -> None:
        self._connections, self._parked, self._queue = connections, parked, queue
        self._quota_share_percent = quota_share_percent

    def tick(self, now_ms: int, deadline: Deadline) -> Replayed:
        """Work off what can go on now, tenant by tenant, until the time is used up."""
        done = Replayed()
        for tenant in self._parked.waiting_tenants():
            if deadline.remaining_ms() < LEAST_MS:
                return done
            self._count(done, tenant, now_ms)
        for wish, redrive in self._parked.wishes():
            if deadline.remaining_ms() < LEAST_MS:
                return done
            try:
                done.redriven += self._redrive(wish, redrive, deadline)
            except RetryableError:
                done.failed += 1
        return done

    def _count(self, done: Replayed, tenant: str, now_ms: int) -> None:
        try:
            sent = self._replay(tenant, now_ms)
        except RetryableError:
            done.failed += 1
            return
        done.waiting += sent or 0
        done.still_waiting += sent is None

    def _replay(self, tenant: str, now_ms: int) -> int | None:
        """Send a tenant's waiting changes back, oldest first; None while the gate is closed."""
        gate = gate_of(self._connections.get(tenant), self._quota_share_percent, now_ms)
        if gate is not OPEN and gate.retry_when is not None:
            return None
        sent = 0
        while sent < MAX_PER_TENANT:
            entries = self._parked.page(tenant, waiting=True, limit=PAGE).entries
            due = [entry for entry in entries if entry.not_before_ms <= now_ms or entry.retry_when == "connected"]
            if not due:
                if not entries:
                    self._forget(tenant)
                return sent
            self._send(tenant, due, redriven=False)
            sent += len(due)
        return sent

    def _forget(self, tenant: str) -> None:
        """Take the tenant's mark away; one change may have come to wait just then."""
        self._parked.unmark_waiting(tenant)
        if self._parked.page(tenant, waiting=True, limit=1).entries:
            self._parked.mark_waiting(tenant)

    def _redrive(self, wish: str, redrive: Redrive, deadline: Deadline) -> int:
        """Send the refused changes that a wish names back; the wish ends when none is left."""
        sent, after = 0, None
        while deadline.remaining_ms() >= LEAST_MS:
            page = self._parked.page(
                redrive.tenant, code=redrive.code, source=redrive.source, key=redrive.key, after=after, limit=PAGE
            )
            refused = [entry for entry in page.entries if not entry.is_waiting and is_change(entry)]
            self._send(redrive.tenant, refused, redriven=True)
            sent += len(refused)
            after = page.next
            if after is None:
                self._parked.fulfil(wish, redrive)
                break
        return sent

    def _send(self, tenant: str, entries: Sequence[Parked], *, redriven: bool) -> None:
        """Send first, forget then: a change that is sent twice is recognized. What is refused again is parked again."""
        packs = list(packed(entries))
        bodies, sent = [pack.body for pack in packs], [pack.sent for pack in packs]
        self._queue.send(tenant, bodies, redriven=redriven, sent=sent)
        self._parked.drop(tenant, [entry.parked_id for entry in entries])


class Pack(NamedTuple):
    """A message, and when each of its changes was first sent (epoch ms; one time for all of a message sent as it was)."""

    body: str
    sent: tuple[int, ...]


def packed(entries: Sequence[Parked]) -> Iterator[Pack]:
    """
    Yield messages that hold the entries in their order, many changes in each: what waited together costs few API calls.

    A message that crashed is sent as it was.
    """
    changes: list[dict[str, Any]] = []
    sent: list[int] = []
    head: dict[str, Any] = {}
    size = 0
    for entry in entries:
        if entry.code == "crashed":
            yield Pack(entry.body, (entry.sent_at_ms,))
            continue
        body = json.loads(entry.body)
        found = body.pop("changes")
        if changes and (body != head or len(changes) >= MAX_CHANGES or size + len(entry.body) > MAX_BYTES):
            yield _pack(head, changes, sent)
            changes, sent, size = [], [], 0
        head = body
        changes += found
        sent += [entry.sent_at_ms] * len(found)
        size += len(entry.body.encode())
    if changes:
        yield _pack(head, changes, sent)


def _pack(head: dict[str, Any], changes: list[dict[str, Any]], sent: list[int]) -> Pack:
    return Pack(json.dumps({**head, "changes": changes}, ensure_ascii=False), tuple(sent))


def is_change(entry: Parked) -> bool:
    """Return whether an entry can be pushed again as it is; a message that breaks its contract never can."""
    return entry.code != "invalid_message"
