"""Send a change of a record's timeline through the syncs of its source again: it waits for the replay schedule, as others do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

from causeway.contract.message_writing import message_json
from causeway.errors import Conflict
from causeway.parked.entries import WAITING_PREFIX, Parked
from causeway.push.memory.hashes import hashed
from causeway.records.timeline import Event
from causeway.syncs.sync import Sync

CODE = "sent_again"
REASON = "A person sent this change again."
REMEDY = "Nothing needs to be done: it goes on within a minute or so."


class ParkedStore(Protocol):
    """The parked store: see gateways/dynamodb/parked/store.py."""

    def put(self, entries: Sequence[Parked]) -> None: ...


def send_again(tenant: str, event: Event, syncs: Sequence[Sync], parked: ParkedStore, now_ms: int) -> list[str]:
    """
    Send a change once more, as old as it is, and return the syncs that it is tried for.

    It keeps its place in the order: fields that a newer change decided stay. Raises Conflict for a change that was not kept whole,
    or whose source no sync takes.
    """
    if not event.noted.is_whole:
        raise Conflict(
            "This change is too long to be kept whole, so it cannot be sent from here.",
            "Let the product send it again.",
        )
    names = [sync.id for sync in syncs if sync.pushes]
    if not names:
        raise Conflict(
            f"No enabled sync takes changes of '{event.noted.source}'.", "Enable one, then send the change again."
        )
    parked.put([_entry(tenant, event, name, now_ms) for name in names])
    return names


def _entry(tenant: str, event: Event, sync: str, now_ms: int) -> Parked:
    noted = event.noted
    name = hashed(noted.source, noted.key, event.settlement, sync)[:12]
    return Parked(
        tenant=tenant,
        parked_id=f"{WAITING_PREFIX}{noted.sent_at_ms:014d}-0000-{name}",
        code=CODE,
        reason=REASON,
        remedy=REMEDY,
        parked_at_ms=now_ms,
        body=json.dumps(message_json(tenant, noted.source, [dict(noted.change)], noted.run)),
        source=noted.source,
        key=noted.key,
        sync=sync,
        run=noted.run,
        sent_at_ms=noted.sent_at_ms,
        retry_when="later",
    )
