"""Which messages were handled already: the store that a consumer drops repeats by."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

KEPT = 100_000


class SeenIds(Protocol):
    """
    Remembers the ids of handled messages.

    `once` is entered with True when the id is new. When its block ends without an error the id is remembered, with an error it
    is not. A store that keeps the ids in the database that handlers write to, and commits both together, makes each message
    count exactly once, wherever the process dies.
    """

    def once(self, message_id: str) -> AbstractContextManager[bool]: ...


class MemorySeenIds:
    """Remembers the newest ids for as long as the process lives."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._ids: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def once(self, message_id: str) -> Iterator[bool]:
        """Enter with True when the id is new, and remember it when the block ends without an error."""
        is_new = message_id not in self._ids
        yield is_new
        self._ids[message_id] = None
        if len(self._ids) > self._kept:
            self._ids.popitem(last=False)


class SqliteSeenIds:
    """
    Remembers ids in a SQLite table, in the same transaction as what handlers write through the same connection.

    It is also the pattern for any other database: insert the id under a unique key, call the handler, commit both.
    """

    def __init__(self, connection: sqlite3.Connection, table: str = "causeway_seen_ids") -> None:
        self._connection, self._table = connection, table
        connection.execute(f'CREATE TABLE IF NOT EXISTS "{table}" (id TEXT PRIMARY KEY) WITHOUT ROWID')
        connection.commit()

    @contextmanager
    def once(self, message_id: str) -> Iterator[bool]:
        """Enter with True when the id is new; commit it with what the block wrote, or roll both back."""
        with self._connection:
            added = self._connection.execute(
                f'INSERT INTO "{self._table}" (id) VALUES (?) ON CONFLICT DO NOTHING', (message_id,)
            )
            yield added.rowcount == 1
