"""
Changes that wait together in one item, so that a tenant's backlog costs a write per message and not one per change.

A batch holds what its entries share once, and their keys, times and bodies compressed. Batches are never changed: an entry's id
names its batch, its place and how many there are, so that a batch is forgotten when all of its entries are.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from typing import Any, NamedTuple

from causeway.parked.entries import Parked
from causeway.push.memory.hashes import hashed

MOST_ENTRIES = 500
MOST_BYTES = 1_000_000  # of bodies, before they are compressed
FAST = 1  # zlib's level; bodies of one message are much alike

_OWN = ("parked_id", "key", "sent_at_ms", "body")  # of each entry; the others are the batch's


class WaitingBatch(NamedTuple):
    """Entries that share everything but their own values; `batch_id` sorts by when the first of them was sent."""

    batch_id: str
    shared: Mapping[str, Any]
    content: bytes
    changes: int


def in_batches(entries: Iterable[Parked]) -> Iterator[WaitingBatch]:
    """Yield waiting entries in batches, oldest first; the same entries again make the same batches."""
    alike: defaultdict[Parked, list[Parked]] = defaultdict(list)
    for entry in entries:
        alike[replace(entry, parked_id="", key=None, sent_at_ms=0, body="")].append(entry)
    for common, members in alike.items():
        shared = {name: value for name, value in common._asdict().items() if name not in _OWN and value is not None}
        for part in _parts(sorted(members, key=lambda entry: entry.parked_id)):
            batch_id = f"{part[0].parked_id}-{hashed(*(entry.parked_id for entry in part))[:12]}"
            rows = [[entry.key, entry.sent_at_ms, entry.body] for entry in part]
            content = zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), FAST)
            yield WaitingBatch(batch_id, shared, content, len(part))


def _parts(entries: Sequence[Parked]) -> Iterator[list[Parked]]:
    part: list[Parked] = []
    size = 0
    for entry in entries:
        more = len(entry.body.encode())
        if part and (len(part) == MOST_ENTRIES or size + more > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(entry)
        size += more
    if part:
        yield part


def unbatched(batch: WaitingBatch) -> Iterator[Parked]:
    """Yield a batch's entries in their order."""
    for place, (key, sent_at_ms, body) in enumerate(json.loads(zlib.decompress(batch.content))):
        parked_id = f"{batch.batch_id}.{place}.{batch.changes}"
        yield Parked(**batch.shared, parked_id=parked_id, key=key, sent_at_ms=sent_at_ms, body=body)


def whole_batches(parked_ids: Iterable[str]) -> list[str]:
    """Return the ids of what is forgotten with these entries: of batches those of which each entry is named."""
    named: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for parked_id in parked_ids:
        place, _, count = parked_id.rpartition(".")
        named[place.rpartition(".")[0] or parked_id, int(count) if place else 1].add(parked_id)
    return [batch_id for (batch_id, count), found in named.items() if len(found) == count]
