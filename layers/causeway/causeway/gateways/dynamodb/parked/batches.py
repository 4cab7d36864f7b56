"""
Packs: changes that wait together in one item, so that a tenant's backlog costs a write per message and not one per change.

A pack holds what its entries share once, and their keys, times and bodies compressed. Packs are never changed: an entry's id
names its pack, its place and how many there are, so that a pack is forgotten when all of its entries are.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from causeway.parked.entries import Parked
from causeway.push.memory.claims import hashed

MOST_ENTRIES = 500
MOST_BYTES = 1_000_000  # of bodies, before they are compressed
FAST = 1  # zlib's level; bodies of one message are much alike

_OWN = ("parked_id", "key", "sent_at_ms", "body")  # of each entry; the others are the pack's


class Pack(NamedTuple):
    """Entries that share everything but their own values; `pack_id` sorts by when the first of them was sent."""

    pack_id: str
    shared: Mapping[str, Any]
    content: bytes
    changes: int


def packed(entries: Iterable[Parked]) -> Iterator[Pack]:
    """Yield waiting entries in packs, oldest first; the same entries again make the same packs."""
    alike: defaultdict[Parked, list[Parked]] = defaultdict(list)
    for entry in entries:
        alike[replace(entry, parked_id="", key=None, sent_at_ms=0, body="")].append(entry)
    for common, members in alike.items():
        shared = {name: value for name, value in asdict(common).items() if name not in _OWN and value is not None}
        for part in _parts(sorted(members, key=lambda entry: entry.parked_id)):
            pack_id = f"{part[0].parked_id}-{hashed(*(entry.parked_id for entry in part))[:12]}"
            rows = [[entry.key, entry.sent_at_ms, entry.body] for entry in part]
            content = zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), FAST)
            yield Pack(pack_id, shared, content, len(part))


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


def unpacked(pack: Pack) -> Iterator[Parked]:
    """Yield a pack's entries in their order."""
    for place, (key, sent_at_ms, body) in enumerate(json.loads(zlib.decompress(pack.content))):
        parked_id = f"{pack.pack_id}.{place}.{pack.changes}"
        yield Parked(**pack.shared, parked_id=parked_id, key=key, sent_at_ms=sent_at_ms, body=body)


def whole_packs(parked_ids: Iterable[str]) -> list[str]:
    """Return the ids of what is forgotten with these entries: of packs those of which each entry is named."""
    named: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for parked_id in parked_ids:
        place, _, count = parked_id.rpartition(".")
        named[place.rpartition(".")[0] or parked_id, int(count) if place else 1].add(parked_id)
    return [pack_id for (pack_id, count), found in named.items() if len(found) == count]
