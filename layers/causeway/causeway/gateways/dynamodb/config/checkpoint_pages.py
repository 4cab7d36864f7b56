"""The remembered and the unsent pages of a pull as items: fingerprints and messages compressed, large ones in chunks. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from causeway.pull.jobs import EmittedPage, Fired, Held, Unsent
from causeway.pull.pages.fingerprints import FINGERPRINT_BYTES

CHUNK_BYTES = 350_000  # DynamoDB limit: 400 KB an item, keys and names included
ROWS_PER_PAGE_ITEM = 10_000  # 26 bytes a row before compression
ID_BYTES = 18
FAST = 1  # zlib's level

type Values = dict[str, Any]


def name_of(held: Held) -> str:
    """Return the sort key of a sync's checkpoint in one org; those of its pages begin with it."""
    return f"PULL#{held.sync}#{held.org_id}"


def pages_prefix(held: Held, generation: int) -> str:
    """Return how the sort keys of a generation's pages begin."""
    return f"{name_of(held)}#PAGE#{generation:06d}#"


def page_item(held: Held, generation: int, page: EmittedPage) -> Values:
    """Return what is remembered of a page: Ids with fingerprints, the Ids that are gone, and the newest stamp."""
    sk = f"{pages_prefix(held, generation)}{page.kept:012d}"
    return {"sk": sk, "newest_ms": page.newest_ms, "marks": _compressed(page.fingerprints), "gone": list(page.gone)}


def inventory_items(held: Held, generation: int, newest_ms: int, inventory: Mapping[str, bytes]) -> Iterator[Values]:
    """Yield an inventory (Id → fingerprint) as the pages of a new generation."""
    first = f"{pages_prefix(held, generation)}{0:012d}"
    for number, ids in enumerate(batched(inventory, ROWS_PER_PAGE_ITEM, strict=False)):
        fingerprints = _compressed({record_id: inventory[record_id] for record_id in ids})
        yield {"sk": f"{first}#{number:06d}", "newest_ms": newest_ms, "marks": fingerprints, "gone": []}


def fingerprints_in(items: Iterable[Mapping[str, Any]], *, with_gone: bool) -> dict[str, bytes]:
    """Return Id → fingerprint of these page items, in their order; unless `with_gone`, without the records that are gone."""
    found: dict[str, bytes] = {}
    for item in items:
        found.update(_uncompressed(item["marks"]))
        for record_id in () if with_gone else item["gone"]:
            found.pop(record_id, None)
    return found


def unsent_items(held: Held, page: EmittedPage) -> list[Values]:
    """Return the message of a page, with what both sides have with it and when it was cut, in chunks that fit an item."""
    if not page.body:
        return []
    details = json.dumps([dict(page.synced), page.cut_ms, [page.fired.events, page.fired.states]]).encode()
    body = zlib.compress(page.body + b"\n" + details, FAST)
    chunks = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
    return [{"sk": unsent_name(held, number), "body": chunk} for number, chunk in enumerate(chunks)]


def unsent_name(held: Held, number: int) -> str:
    """Return the sort key of a chunk of the unsent page."""
    return f"{name_of(held)}#UNSENT#{number}"


def unsent_of(chunks: Iterable[bytes]) -> Unsent | None:
    """Return the page of these chunks, None without any."""
    body = b"".join(chunks)
    if not body:
        return None
    text, _, details = zlib.decompress(body).partition(b"\n")  # JSON texts have no line breaks of their own
    synced, cut_ms, *fired = json.loads(details)  # pages of older versions have no signals
    events, states = fired[0] if fired else ((), {})
    return Unsent(text, synced, cut_ms, Fired(tuple(events), states))


def _compressed(fingerprints: Mapping[str, bytes]) -> bytes:
    rows = (each.encode() + found.ljust(FINGERPRINT_BYTES, b"\0") for each, found in fingerprints.items())
    return zlib.compress(b"".join(rows), FAST)


def _uncompressed(stored: bytes) -> dict[str, bytes]:
    raw, width = zlib.decompress(stored), ID_BYTES + FINGERPRINT_BYTES
    rows = (raw[start : start + width] for start in range(0, len(raw), width))
    return {row[:ID_BYTES].decode(): row[ID_BYTES:] for row in rows}
