"""The partitions of the index `due` in which syncs wait for their next pull."""

from __future__ import annotations

from zlib import crc32

SHARDS = 16  # one index partition takes 1,000 writes a second


def pull_shard(tenant: str, sync_id: str) -> str:
    """Return the index partition in which a sync waits for its next pull."""
    return f"PULL#{crc32(f'{tenant}/{sync_id}'.encode()) % SHARDS}"
