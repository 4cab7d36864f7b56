"""The org's audit log: every request in order, with its answer and the records it created, updated or deleted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from typing import Any

from ..setup.clock import Clock
from ..wire.messages import Request
from ..wire.paths import segment
from ..wire.replies import Reply, encoded

MAX_TEXT_CHARS = 20_000
ENTRIES_WITH_TEXT = 5_000
"""How many of the newest entries keep the text of body and response: a long campaign must not fill the memory."""


@dataclass(slots=True)
class AuditEntry:
    """
    One request and its effect: what the store changed, in order.

    Status 0 means no answer was sent; `cookie` is the header that came along.
    """

    number: int
    at: str
    method: str
    path: str
    query: dict[str, str]
    kind: str
    body: str = ""
    cookie: str = ""
    username: str = ""
    client_id: str = ""
    status: int = 0
    response: str = ""
    fault: str = ""
    api_calls: int = 0
    effects: list[dict[str, Any]] = field(default_factory=list)
    subrequests: list[dict[str, Any]] = field(default_factory=list)


class Audit:
    """Append-only log; the entry of the running request is found through a context variable."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._current: ContextVar[AuditEntry | None] = ContextVar("audit_entry", default=None)
        self.entries: list[AuditEntry] = []
        self.api_calls = 0
        self.by_kind: Counter[str] = Counter()

    @contextmanager
    def recording(self, request: Request, kind: str) -> Iterator[AuditEntry]:
        """Add an entry for a request that begins; effects and counts within the block belong to it."""
        body = request.body[:MAX_TEXT_CHARS].decode("utf-8", "replace")
        at = self._clock.now().isoformat(timespec="milliseconds")
        with self._lock:
            number = len(self.entries) + 1
            entry = AuditEntry(number, at, request.method, segment(request.path), dict(request.query), kind, body)
            entry.cookie = request.headers.get("cookie", "")
            self.entries.append(entry)
            if number > ENTRIES_WITH_TEXT:
                old = self.entries[number - 1 - ENTRIES_WITH_TEXT]
                old.body = old.response = ""
        token = self._current.set(entry)
        try:
            yield entry
        finally:
            self._current.reset(token)

    def close(self, entry: AuditEntry, reply: Reply) -> None:
        """Record the answer."""
        if not reply.dropped:
            entry.status = reply.response.status
            body: bytes = encoded(reply.response).body or b""
            entry.response = body[:MAX_TEXT_CHARS].decode("utf-8", "replace")

    def caller(self, username: str, client_id: str) -> None:
        """Record whose session the running request has."""
        entry = self._current.get()
        if entry is not None:
            entry.username, entry.client_id = username, client_id

    def count(self, kind: str, amount: int, *, counted: bool) -> None:
        """Count a request under its kind, and as API calls when Salesforce counts it."""
        entry = self._current.get()
        with self._lock:
            self.by_kind[kind] += amount
            if counted:
                self.api_calls += amount
        if counted and entry is not None:
            entry.api_calls += amount

    def effect(self, action: str, sobject: str, record_id: str, values: dict[str, Any] | None = None) -> None:
        """Record that the running request created, updated, deleted, undeleted, merged or converted a record."""
        entry = self._current.get()
        if entry is not None:
            entry.effects.append({"action": action, "sobject": sobject, "id": record_id, "values": dict(values or {})})

    def clear_counts(self) -> None:
        """Count from zero again."""
        with self._lock:
            self.api_calls = 0
            self.by_kind.clear()

    def subrequest(self, request: Request, status: int) -> None:
        """Record a part of the running composite request."""
        entry = self._current.get()
        if entry is not None:
            entry.subrequests.append({"method": request.method, "path": request.path, "status": status})

    def as_json(self, since: int = 0, kind: str = "") -> list[dict[str, Any]]:
        """Return the entries after number `since`, of one kind if given."""
        return [
            {each.name: getattr(entry, each.name) for each in fields(AuditEntry)}
            for entry in self.entries[since:]
            if kind in ("", entry.kind)
        ]
