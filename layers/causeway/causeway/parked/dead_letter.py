"""Park messages that crashed their handler repeatedly, so that people see them and can send them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from causeway.contract.messages import UNREADABLE, Delivery, addressed
from causeway.parked.entries import Parked

REASON = "The message was delivered many times and each time its handler ended without an answer."
REMEDY = "Look at the function's log of that time; when the cause is corrected, redrive the parked message."


class ParkedStore(Protocol):
    """The parked store."""

    def put(self, entries: Sequence[Parked]) -> None: ...
    def mark_waiting(self, tenant: str) -> None: ...


def park_crashed(deliveries: Sequence[Delivery], store: ParkedStore, now_ms: int) -> None:
    """
    Keep dead letters with code `crashed`, each once; raises StoreUnavailable when the store must be tried again.

    A message may have been the one that was to flush what its tenant gathered, so the replay is asked to look.
    """
    entries = [_entry(delivery, now_ms) for delivery in deliveries]
    store.put(entries)
    for tenant in sorted({entry.tenant for entry in entries} - {UNREADABLE}):
        store.mark_waiting(tenant)


def _entry(delivery: Delivery, now_ms: int) -> Parked:
    tenant, source = addressed(delivery.body)
    return Parked(
        tenant=tenant or UNREADABLE,
        parked_id=f"c{delivery.message_id}",
        code="crashed",
        reason=REASON,
        remedy=REMEDY,
        parked_at_ms=now_ms,
        body=delivery.body,
        source=source,
        sent_at_ms=delivery.sent_at_ms,
    )
