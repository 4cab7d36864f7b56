"""The changes that are settled for a record key, their outcomes, and the contents that are parked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from causeway.contract.changes import Change
from causeway.push.memory.entity import Entity
from causeway.syncs.sync import Sync

MAX_SETTLED_PER_SYNC = 3
MAX_WITH_EDGES = (
    20  # of the older ones, those whose signals fired: each is published again until its message is acknowledged
)
MAX_REFUSED_PER_SYNC = 10
MAX_LATE_PER_SYNC = 3


class Settled(NamedTuple):
    """
    A change that is settled for one sync: its moment, its content, the sync's revision then, the published outcome, and the id
    of the settlement.
    """

    occurred_at_ms: int
    content: str
    revision: int
    outcome: Mapping[str, Any]
    settlement: str = ""


class Recognized(NamedTuple):
    """The stored outcome of a change that comes again, whether it resolved a parked entry, and which settlement stored it."""

    outcome: Mapping[str, Any]
    resolves: bool
    settlement: str = ""


def recognized_change(entity: Entity, memory: str, sync: Sync, change: Change, content: str) -> Recognized | None:
    """Return what is stored of this very change: same moment, same content, same revision of the sync."""
    for kept in entity.keys.get(memory, {}).get("settled", {}).get(sync.id, ()):
        if kept[:3] == [change.occurred_at_ms, content, sync.revision]:
            resolves, settlement = (
                any(kept[4:5]),
                "".join(kept[5:6]),
            )  # entries of older versions lack the latter or both
            return Recognized(kept[3], resolves, settlement)
    return None


def edges_of_change(entity: Entity, memory: str, sync: Sync, change: Change, content: str) -> list[Mapping[str, Any]]:
    """Return the signals that fired for this very change before, under whichever revision of the sync."""
    for kept in entity.keys.get(memory, {}).get("settled", {}).get(sync.id, ()):
        if kept[:2] == [change.occurred_at_ms, content]:
            return list(kept[3].get("edges", ()))
    return []


def last_outcomes(entity: Entity, memory: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the last published outcome per sync."""
    settled = entity.keys.get(memory, {}).get("settled", {})
    return {sync: kept[0][3] for sync, kept in settled.items() if kept}


def settle_change(entity: Entity, memory: str, sync: str, settled: Settled) -> bool:
    """
    Remember a settled change; the newest few per sync are kept, so that their redeliveries are recognized.

    Return whether it resolves an earlier refusal: the same content is parked, and is not rejected any more.
    """
    kept = entity.keys.setdefault(memory, {}).setdefault("settled", {}).setdefault(sync, [])
    entry: list[Any] = [settled.occurred_at_ms, settled.content, settled.revision, dict(settled.outcome)]
    others = [item for item in kept if item[:2] != entry[:2]]
    refused = entity.keys[memory].get("refused", {}).get(sync, [])
    resolves = settled.outcome.get("result") != "rejected" and settled.content in refused
    if resolves:
        refused.remove(settled.content)
        others = [item for item in others if item[1] != settled.content]
    entry += [resolves, settled.settlement]
    newest_first = sorted([entry, *others], key=lambda item: item[0], reverse=True)
    older = [item for item in newest_first[MAX_SETTLED_PER_SYNC:] if "edges" in item[3]]
    kept[:] = newest_first[:MAX_SETTLED_PER_SYNC] + older[:MAX_WITH_EDGES]
    if entry not in kept:
        _note_late(entity, memory, sync, settled.settlement)
    return resolves


def _note_late(entity: Entity, memory: str, sync: str, settlement: str) -> None:
    """Remember the settlement of a change that is older than all that are kept, for the record's timeline alone."""
    late = entity.keys[memory].setdefault("late", {}).setdefault(sync, [])
    late[:] = [settlement, *(each for each in late if each != settlement)][:MAX_LATE_PER_SYNC]


def settlements_of(entity: Entity, memory: str, sync: str | None = None) -> tuple[str, ...]:
    """Return the settlements that decided the last changes of a record key, for one sync or for all."""
    known = entity.keys.get(memory, {})
    settled, late = known.get("settled", {}), known.get("late", {})
    found: list[str] = []
    for each in settled if sync is None else (sync,):
        found += [id_ for kept in settled.get(each, ()) for id_ in kept[5:6]]
        found += late.get(each, ())
    return tuple(dict.fromkeys(id_ for id_ in found if id_))


def note_refused(entity: Entity, memory: str, sync: str, content: str) -> None:
    """Remember that a content is parked for a sync; the newest few per key are kept."""
    refused = entity.keys.setdefault(memory, {}).setdefault("refused", {}).setdefault(sync, [])
    refused[:] = [*(known for known in refused if known != content), content][-MAX_REFUSED_PER_SYNC:]


def data_of(entity: Entity, memory: str) -> Mapping[str, Any]:
    """Return the account and owner data last published for a key."""
    data: Mapping[str, Any] = entity.keys.get(memory, {}).get("data", {})
    return data


def remember_data(entity: Entity, memory: str, data: Mapping[str, Any]) -> None:
    """Keep account and owner data, so that a product can ask for them."""
    entity.keys.setdefault(memory, {})["data"] = dict(data)
