"""Bring waiting changes back to the push queue when their gate opens, and refused ones when a person asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from causeway.connections.connection import Connection
from causeway.connections.gates import Gate, gate_of
from causeway.contract.messages import MAX_CHANGES
from causeway.errors import RetryableError
from causeway.parked.entries import Parked, ParkedPage, Redrive
from causeway.syncs.sync import Sync

PAGE = 500
MAX_BYTES = 800_000  # of the changes in one message; SQS takes 1 MiB
MAX_PER_TENANT = 10_000  # per tick, so that one large backlog does not keep the others waiting
LEAST_MS = 10_000

_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Connections(Protocol):
    """The tenants' connections, read strongly."""

    def get(self, tenant: str) -> Connection: ...


class Syncs(Protocol):
    """The tenants' syncs."""

    def of_source(self, tenant: str, source: str) -> list[Sync]: ...


class ParkedStore(Protocol):
    """The parked store (gateways/dynamodb/parked/store.py)."""

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
    def request_redrive(self, redrive: Redrive, new_id: str) -> None: ...
    def note_redrive(self, redrive_id: str, redrive: Redrive) -> None: ...
    def redrives(self) -> Iterator[tuple[str, Redrive]]: ...
    def fulfil(self, redrive_id: str, redrive: Redrive) -> None: ...


class PushQueue(Protocol):
    """The queue that changes arrive on."""

    def send(
        self,
        tenant: str,
        bodies: Sequence[str],
        *,
        sent: Sequence[Sequence[int]] = (),
        redriven: Sequence[Sequence[str]] = (),
    ) -> None: ...


class Deadline(Protocol):
    """How much time the invocation has left."""

    def remaining_ms(self) -> int: ...


@dataclass(slots=True)
class Replayed:
    """
    What one tick did: changes sent back, tenants that still wait, and how many tenants and prepared tasks failed.

    `faults` are the failures that do not pass by themselves.
    """

    waiting: int = 0
    redriven: int = 0
    still_waiting: int = 0
    failed: int = 0
    faults: list[Exception] = field(default_factory=list)

    def note_failure(self, error: Exception) -> None:
        """Count what one tenant's part failed with; the others go on."""
        self.failed += 1
        if not isinstance(error, RetryableError):
            self.faults.append(error)


class Replay:
    """One tick of the schedule; running twice or side by side sends a change twice at worst, which push recognizes."""

    def __init__(
        self, connections: Connections, syncs: Syncs, parked: ParkedStore, queue: PushQueue, quota_share_percent: int
    ) -> None:
        self._connections, self._syncs, self._parked, self._queue = connections, syncs, parked, queue
        self._quota_share_percent = quota_share_percent

    def tick(self, now_ms: int, deadline: Deadline) -> Replayed:
        """Work off what can go on now, tenant by tenant, until the time is used up."""
        done = Replayed()
        for tenant in self._parked.waiting_tenants():
            if deadline.remaining_ms() < LEAST_MS:
                return done
            self._count(done, tenant, now_ms)
        for redrive_id, redrive in self._parked.redrives():
            if deadline.remaining_ms() < LEAST_MS:
                return done
            try:
                if self._gate(redrive.tenant, now_ms).is_open:  # else it is held: nothing could be done with it
                    done.redriven += self._redrive(redrive_id, redrive, deadline)
            except Exception as error:  # noqa: BLE001  # counted and told: it may stop no other tenant
                done.note_failure(error)
        return done

    def _count(self, done: Replayed, tenant: str, now_ms: int) -> None:
        try:
            sent = self._replay(tenant, now_ms)
        except Exception as error:  # noqa: BLE001  # counted and told: it may stop no other tenant
            done.note_failure(error)
            return
        done.waiting += sent or 0
        done.still_waiting += sent is None

    def _gate(self, tenant: str, now_ms: int) -> Gate:
        return gate_of(self._connections.get(tenant), self._quota_share_percent, now_ms)

    def _replay(self, tenant: str, now_ms: int) -> int | None:
        """Send a tenant's waiting changes back, oldest first; None while the gate is closed."""
        gate = self._gate(tenant, now_ms)
        if not gate.is_open and gate.retry_when is not None:
            return None
        sent = 0
        while sent < MAX_PER_TENANT:
            entries = self._parked.page(tenant, waiting=True, limit=PAGE).entries
            due = [entry for entry in entries if entry.not_before_ms <= now_ms or entry.retry_when == "connected"]
            if not due:
                if not entries:
                    self._forget(tenant)
                return sent
            self._send(tenant, [entry for entry in due if entry.sync is None])
            self._send(tenant, [entry for entry in due if entry.sync is not None], redriven=True)
            self._parked.drop(tenant, [entry.parked_id for entry in due])
            sent += len(due)
        return sent

    def _forget(self, tenant: str) -> None:
        """Take the tenant's mark away; one change may have come to wait just then."""
        self._parked.unmark_waiting(tenant)
        if self._parked.page(tenant, waiting=True, limit=1).entries:
            self._parked.mark_waiting(tenant)

    def _redrive(self, redrive_id: str, redrive: Redrive, deadline: Deadline) -> int:
        """
        Send the refused changes that a request names, and that can go somewhere now; the request ends when all were looked at.

        Their entries stay until push has settled them: the gate may close, or the sync be switched off, while they are on the way.
        """
        sent, after, enabled = 0, redrive.after, _Enabled(self._syncs, redrive.tenant)
        while deadline.remaining_ms() >= LEAST_MS:
            named = {"code": redrive.code, "source": redrive.source, "key": redrive.key}
            page = self._parked.page(redrive.tenant, **named, after=after, limit=PAGE, waiting=False)
            refused = [entry for entry in page.entries if enabled.take(entry)]
            self._send(redrive.tenant, refused, redriven=True)
            crashed = [entry.parked_id for entry in refused if entry.sync is None]
            if crashed:  # push does not know them
                self._parked.drop(redrive.tenant, crashed)
            sent += len(refused)
            after = page.next
            if after is None:
                self._parked.fulfil(redrive_id, redrive)
                return sent
        self._parked.note_redrive(redrive_id, replace(redrive, after=after))
        return sent

    def _send(self, tenant: str, entries: Sequence[Parked], *, redriven: bool = False) -> None:
        """Send changes before anything is forgotten: one that is sent twice is recognized."""
        messages = list(replay_messages(entries))
        if messages:
            syncs = [message.syncs for message in messages] if redriven else ()
            self._queue.send(
                tenant,
                [message.body for message in messages],
                sent=[message.sent for message in messages],
                redriven=syncs,
            )


class _Enabled:
    """The enabled push syncs of a tenant, by source."""

    def __init__(self, syncs: Syncs, tenant: str) -> None:
        self._syncs, self._tenant = syncs, tenant
        self._by_source: dict[str, set[str]] = {}

    def take(self, entry: Parked) -> bool:
        """Return whether a refused change can be pushed as it is, for the sync that it was refused for or any of its source."""
        if not is_change(entry) or entry.source is None:
            return False
        if entry.source not in self._by_source:
            found = self._syncs.of_source(self._tenant, entry.source)
            self._by_source[entry.source] = {sync.id for sync in found if sync.pushes}
        enabled = self._by_source[entry.source]
        return bool(enabled) if entry.sync is None else entry.sync in enabled


class ReplayMessage(NamedTuple):
    """
    A message, when each of its changes was first sent (epoch ms), and for which sync it is to be tried again.

    Of a message sent as it was, the one time is that of all its changes, and no sync stands for all.
    """

    body: str
    sent: tuple[int, ...]
    syncs: tuple[str, ...] = ()


def replay_messages(entries: Sequence[Parked]) -> Iterator[ReplayMessage]:
    """
    Yield messages that hold the entries in their order, many changes in each: what waited together costs few API calls.

    A message that crashed is sent as it was.
    """
    members: list[tuple[Parked, dict[str, Any]]] = []
    head: dict[str, Any] = {}
    size = 0
    for entry in entries:
        if entry.code == "crashed":
            yield ReplayMessage(entry.body, (entry.sent_at_ms,))
            continue
        body, more = json.loads(entry.body), len(entry.body.encode())
        (change,) = body.pop("changes")
        if members and (body != head or len(members) >= MAX_CHANGES or size + more > MAX_BYTES):
            yield _message(head, members)
            members, size = [], 0
        head = body
        members.append((entry, change))
        size += more
    if members:
        yield _message(head, members)


def _message(head: dict[str, Any], members: Sequence[tuple[Parked, dict[str, Any]]]) -> ReplayMessage:
    body = _text({**head, "changes": [change for _, change in members]})
    return ReplayMessage(
        body, tuple(entry.sent_at_ms for entry, _ in members), tuple(entry.sync or "" for entry, _ in members)
    )


def is_change(entry: Parked) -> bool:
    """Return whether an entry can be pushed again as it is; a message that breaks its contract never can."""
    return entry.code != "invalid_message"
