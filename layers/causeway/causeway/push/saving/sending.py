"""Which records share a call, and the call itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from causeway.push.ports import BatchSize, Org
from causeway.push.saving.limits import SaveLimits
from causeway.push.saving.pending import PendingSave
from causeway.push.time_budget import Budget
from causeway.salesforce import calls
from causeway.salesforce.calls import Collection, Saved, collections_of

MOST_CALL_S = 90.0


class SavePorts(NamedTuple):
    """What saving works with. `may_write` is asked before each call, and raises when nothing may be written any more."""

    tenant: str
    org: Org
    batch_size: BatchSize
    budget: Budget
    now_ms: Callable[[], int]
    may_write: Callable[[], None]


class PendingCollection(NamedTuple):
    """Records that share a collection, as they wait and as they are sent."""

    items: Sequence[PendingSave]
    collection: Collection


def collected(pending: Iterable[PendingSave], limits: SaveLimits) -> list[PendingCollection]:
    """Return the records in collections, each of one group; literal collections first, records that go alone last."""
    groups: dict[int, list[PendingSave]] = {}
    for item in pending:
        groups.setdefault(item.group, []).append(item)
    found = [
        _pending_collection([items[place] for place in places])
        for items in groups.values()
        for places in collections_of([item.save for item in items], limits.records)
    ]
    return sorted(found, key=lambda each: (not each.collection.is_literal, each.collection.is_single))


def _pending_collection(items: Sequence[PendingSave]) -> PendingCollection:
    return PendingCollection(items, Collection(tuple(item.save for item in items)))


def share_of_next_call(waiting: Sequence[PendingCollection], ports: SavePorts, limits: SaveLimits) -> int:
    """Return how many of the next collections share a call, as far as the org's batch size allows it."""
    first = waiting[0].collection
    if not first.is_single and limits.is_searching(save.sobject for save in first.saves):
        return 1
    return calls.share_of_next_call([each.collection for each in waiting], ports.batch_size.collections(ports.tenant))


def send(waiting: Sequence[PendingCollection], ports: SavePorts) -> list[list[Saved]]:
    """Save the collections in one call, and note how long it took."""
    timeout_s = ports.budget.call_s(MOST_CALL_S)
    began_ms = ports.now_ms()
    results = ports.org.save([each.collection for each in waiting], timeout_s)
    records = sum(len(each.items) for each in waiting)
    ports.batch_size.note(ports.tenant, records, ports.now_ms() - began_ms)
    return results
