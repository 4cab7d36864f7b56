"""Hand-written fakes for connections; MemoryConnections passes the same contract tests as ConnectionTable."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from causeway.domain.connections import Connection, Usage
from causeway.domain.grants import ConnectionRecord


class MemoryConnections:
    """Connections in memory, safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, ConnectionRecord] = {}
        self._history: dict[str, dict[tuple[int, int], dict[str, Any]]] = {}

    def get(self, tenant: str) -> Connection:
        return self.record(tenant).connection

    def record(self, tenant: str) -> ConnectionRecord:
        with self._lock:
            return self._records.get(tenant, ConnectionRecord(Connection(tenant)))

    def save(self, before: ConnectionRecord, after: ConnectionRecord) -> bool:
        with self._lock:
            stored = self._records.get(before.tenant, ConnectionRecord(Connection(before.tenant)))
            if (stored.connection.epoch, stored.fence) != (before.connection.epoch, before.fence):
                return False
            connection = _merged(stored.connection, before.connection, after.connection)
            usage = stored.connection.usage
            merged = _merged(stored, before, after)
            self._records[before.tenant] = replace(merged, connection=replace(connection, usage=usage))
            return True

    def note_usage(self, tenant: str, usage: Usage) -> None:
        with self._lock:
            stored = self._records.get(tenant)
            if stored is None or (stored.connection.usage and stored.connection.usage.read_at_ms >= usage.read_at_ms):
                return
            self._records[tenant] = replace(stored, connection=replace(stored.connection, usage=usage))

    def due(self, now_ms: int) -> Iterator[str]:
        with self._lock:
            found = [tenant for tenant, record in self._records.items() if record.due_at_ms <= now_ms]
        yield from found

    def note_status(self, connection: Connection) -> None:
        entry = {
            "status": connection.status.value,
            "cause": connection.cause,
            "since_ms": connection.since_ms,
            "org_id": connection.org_id,
        }
        with self._lock:
            self._history.setdefault(connection.tenant, {})[connection.since_ms, connection.epoch] = entry

    def history(self, tenant: str) -> list[dict[str, Any]]:
        with self._lock:
            return [entry for _, entry in sorted(self._history.get(tenant, {}).items(), reverse=True)]


def _merged[T: (Connection, ConnectionRecord)](stored: T, before: T, after: T) -> T:
    """Return `stored` with what differs between `before` and `after`."""
    changed = {
        item.name: getattr(after, item.name)
        for item in fields(after)
        if getattr(after, item.name) != getattr(before, item.name)
    }
    return replace(stored, **changed)
