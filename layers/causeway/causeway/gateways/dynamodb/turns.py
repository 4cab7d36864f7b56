"""In which order a scheduled look visits the shards of an index. Pure."""

from __future__ import annotations

from collections.abc import Iterator

TURN_MS = 60_000


def shards_in_turn(shards: int, now_ms: int) -> Iterator[int]:
    """Yield every shard once, each minute from another one on: a look that runs out of time never neglects the same ones."""
    first = now_ms // TURN_MS % shards
    for place in range(shards):
        yield (first + place) % shards
