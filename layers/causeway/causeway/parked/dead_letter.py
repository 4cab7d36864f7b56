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


def park_crashed(deliveries: Sequence[Delivery], store: ParkedStore, now_ms: int) -> None:
    """Keep dead letters with code `crashed`, each once; raises StoreUnavailable when the store must be tried again."""
    store.put([_entry(delivery, now_ms) for delivery in deliveries])


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
