"""What replaying and listing parked changes needs from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from causeway.connections.connection import Connection
from causeway.parked.entries import Parked, ParkedPage, Redrive
from causeway.syncs.sync import Sync

PAGE = 500


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
        group: str | None = None,
    ) -> ParkedPage: ...
    def by_ids(self, tenant: str, parked_ids: Sequence[str]) -> Sequence[Parked]: ...
    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None: ...
    def mark_waiting(self, tenant: str) -> None: ...
    def unmark_waiting(self, tenant: str) -> None: ...
    def waiting_tenants(self) -> Iterator[str]: ...
    def request_redrive(self, redrive: Redrive, new_id: str) -> None: ...
    def note_redrive(self, redrive_id: str, redrive: Redrive) -> None: ...
    def redrives(self) -> Iterator[tuple[str, Redrive]]: ...
    def count_refused(self, redrive: Redrive) -> int: ...
    def redrives_of(self, tenant: str) -> Sequence[tuple[str, Redrive]]: ...
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
