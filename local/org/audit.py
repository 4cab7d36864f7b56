"""The org's audit log: every request in order, with its answer and the records it created, updated or deleted."""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class AuditEntry:
    """One request and its effect; `effects` is what the store changed, in order."""

    number: int
    at: str
    method: str
    path: str
    query: dict[str, str]
    kind: str
    body: str = ""
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

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.api_calls = 0
        self.by_kind: Counter[str] = Counter()
        self.current: ContextVar[AuditEntry | None] = ContextVar("audit_entry", default=None)

    def effect(self, action: str, sobject: str, record_id: str, values: dict[str, Any] | None = None) -> None:
        """Note that the running request `created`, `updated`, `deleted`, `undeleted` or `merged` a record."""
        entry = self.current.get()
        if entry is not None:
            entry.effects.append({"action": action, "sobject": sobject, "id": record_id, "values": values or {}})

    def as_json(self) -> list[dict[str, Any]]:
        """Return every entry as plain data."""
        return [asdict(entry) for entry in self.entries]
