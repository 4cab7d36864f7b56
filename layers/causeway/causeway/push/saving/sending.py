"""Which records share a call, and the call itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from causeway.push.ports import BatchSize, Org
from causeway.push.saving.pending import PendingSave
from causeway.push.time_budget import Budget
from causeway.salesforce.calls import MAX_SINGLES_PER_CALL, Collection, Saved, collections_of

MOST_CALL_S = 90.0


@dataclass(frozen=True, slots=True)
class SavePorts:
    """What saving works with. `may_write` is asked before each call, and raises when nothing may be written any more."""

    tenant: str
    org: Org
    batch_size: BatchSize
    budget: Budget
    now_ms: Callable[[], int]
    may_write: Callable[[], None]


def collected(pending: Sequence[PendingSave]) -> list[list[PendingSave]]:
    """Return the records in collections, each of one group."""
    groups: dict[int, list[PendingSave]] = {}
    for item in pending:
        groups.setdefault(item.group, []).append(item)
    return [
        [items[place] for place in places]
        for items in groups.values()
        for places in collections_of([item.save for item in items])
    ]


def share_of_next_call(collections: Sequence[Sequence[PendingSave]], ports: SavePorts) -> int:
    """Return how many of the next collections share a call: as many as the org's batch size allows, or a full call of single records."""
    alone = [items[0].save.alone for items in collections]
    if alone[0]:
        return min(MAX_SINGLES_PER_CALL, [*alone, False].index(False))
    return min(ports.batch_size.collections(ports.tenant), [*alone, True].index(True))


def send(collections: Sequence[Sequence[PendingSave]], ports: SavePorts) -> list[list[Saved]]:
    """Save the collections in one call, and note how long it took."""
    timeout_s = ports.budget.call_s(MOST_CALL_S)
    began_ms = ports.now_ms()
    results = ports.org.save([Collection(tuple(item.save for item in items)) for items in collections], timeout_s)
    ports.batch_size.note(ports.tenant, sum(map(len, collections)), ports.now_ms() - began_ms)
    return results
