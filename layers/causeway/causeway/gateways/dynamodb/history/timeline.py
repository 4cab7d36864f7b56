"""
Timelines of records, one compressed item for all changes of a settlement.

No index leads to them and none is needed: what an entity remembers of a settled change names its settlement, and a stored
decision names those before it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from causeway.contract.days import DAY_S
from causeway.contract.timeline import Decision, Noted
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.batch_get import items_by_key
from causeway.gateways.dynamodb.items import from_item, to_item

MAX_CONTENT = 350_000  # bytes, compressed; DynamoDB takes 400 KB an item
MAX_PARTS = 1_024
FAST = 1  # zlib's level; changes of one batch are much alike
_NOT_NOW = "The history does not answer at the moment."

_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode

type Place = tuple[str, str]
"""A settlement, and the name under which the entity remembers the record key."""


class TimelineTable:
    """
    Timelines in ConfigTable: pk `T#<tenant>#TIMELINE#<settlement>`, sk `PART#<n>`.

    What does not fit one item is divided by the record key, so that a reader needs one part of it.
    """

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int], retention_days: int) -> None:
        self._client, self._table, self._now_ms, self._retention_days = client, table, now_ms, retention_days

    def note(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None:
        """Keep what a settlement decided; the same again replaces itself. Raises StoreUnavailable."""
        contents = parts_of(noted)
        expires_at = self._now_ms() // 1000 + self._retention_days * DAY_S

        def put(part: int) -> None:
            values = {"content": contents[part], "parts": len(contents), "expires_at": expires_at}
            self._client.put_item(TableName=self._table, Item=to_item({**_key(tenant, settlement, part), **values}))

        with passing_faults(_NOT_NOW):
            in_parallel(put, range(len(contents)))

    def read(self, tenant: str, places: Iterable[Place]) -> dict[Place, list[Noted]]:
        """Return what settlements decided about record keys; those that are not kept any more are absent."""
        places = list(places)
        first = self._items([_key(tenant, settlement, 0) for settlement, _ in places])
        parts = {item["pk"]: item["parts"] for item in first.values()}
        wanted = {
            place: _key(tenant, place[0], _part_of(place[1], parts.get(_pk(tenant, place[0]), 1))) for place in places
        }
        more = [key for key in wanted.values() if key["pk"] in parts and key["sk"] != "PART#0"]
        found = {**first, **self._items(more)}
        items = {place: found.get((key["pk"], key["sk"])) for place, key in wanted.items()}
        return {
            place: [each for each in noted_in(item["content"]) if each.memory == place[1]]
            for place, item in items.items()
            if item
        }

    def sample(self, tenant: str, settlement: str) -> list[Noted]:
        """Return changes of a settlement, all of them unless they are very many; none when it is not kept any more."""
        items = self._items([_key(tenant, settlement, 0)])
        return [each for item in items.values() for each in noted_in(item["content"])]

    def _items(self, keys: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        unique = list({(key["pk"], key["sk"]): key for key in keys}.values())
        items = [from_item(item) for item in items_by_key(self._client, self._table, unique, _NOT_NOW)]
        now_s = self._now_ms() // 1000
        return {(item["pk"], item["sk"]): item for item in items if item["expires_at"] > now_s}


def parts_of(noted: Sequence[Noted]) -> list[bytes]:
    """Return the contents of the items that hold these changes, each small enough for one."""
    count = 1
    while True:
        parts: list[list[Noted]] = [[] for _ in range(count)]
        for each in noted:
            parts[_part_of(each.memory, count)].append(each)
        contents = [zlib.compress(_text(part).encode("utf-8", "replace"), FAST) for part in parts]
        if count >= MAX_PARTS or max(map(len, contents)) <= MAX_CONTENT:
            return contents
        count *= 2


def noted_in(content: bytes) -> list[Noted]:
    """Return the changes that a content holds."""
    rows = json.loads(zlib.decompress(content))
    return [Noted(**dict(zip(Noted._fields, [*row[:-1], _decisions(row[-1])], strict=True))) for row in rows]


def _decisions(rows: Sequence[Sequence[Any]]) -> tuple[Decision, ...]:
    return tuple(Decision(sync, sobject, outcome, tuple(earlier)) for sync, sobject, outcome, earlier in rows)


def _part_of(memory: str, parts: int) -> int:
    return zlib.crc32(memory.encode()) % parts


def _pk(tenant: str, settlement: str) -> str:
    return f"T#{tenant}#TIMELINE#{settlement}"


def _key(tenant: str, settlement: str, part: int) -> dict[str, str]:
    return {"pk": _pk(tenant, settlement), "sk": f"PART#{part}"}
