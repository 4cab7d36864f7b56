"""What the replay schedule works off, without a scan: tenants that may have waiting changes, and requests to redrive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.gateways.dynamodb.parked.queries import query_of
from causeway.gateways.dynamodb.turns import shards_in_turn
from causeway.parked.entries import Redrive
from causeway.push.memory.hashes import hashed

SHARDS = 8


class ReplayMarks:
    """
    Marks in ParkedTable: tenants with waiting changes under pk `WAITING#<shard>`, requests under `REDRIVE#<shard>`, those that ended
    under `REDRIVEN#<shard>`.
    """

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int]) -> None:
        self._client, self._table, self._now_ms = client, table, now_ms

    def mark_waiting(self, tenants: Iterable[str]) -> None:
        """Note that tenants have waiting changes."""
        for tenant in sorted(tenants):
            self._put({"pk": _shard("WAITING", tenant), "sk": tenant})

    def unmark_waiting(self, tenant: str) -> None:
        """Note that a tenant has none any more."""
        self._delete(_shard("WAITING", tenant), tenant)

    def waiting_tenants(self) -> Iterator[str]:
        """Yield the tenants that may have waiting changes."""
        for item in self._all("WAITING"):
            yield item["sk"]

    def note_redrive(self, redrive_id: str, redrive: Redrive, expires_at: int) -> None:
        """Keep a request to redrive, and how far it is worked off."""
        request = json.dumps(redrive._asdict())
        pk = _shard("REDRIVE", redrive.tenant)
        self._put({"pk": pk, "sk": redrive_id, "wish": request, "expires_at": expires_at})

    def redrives(self) -> Iterator[tuple[str, Redrive]]:
        """Yield the requests to redrive with their ids."""
        for item in self._all("REDRIVE"):
            yield item["sk"], _redrive(item)

    def end_redrive(self, redrive_id: str, redrive: Redrive, expires_at: int) -> None:
        """Put a request that is worked off among the ended ones, where no tick looks."""
        request = json.dumps(redrive._asdict())
        pk = _shard("REDRIVEN", redrive.tenant)
        self._put({"pk": pk, "sk": redrive_id, "wish": request, "expires_at": expires_at})
        self._delete(_shard("REDRIVE", redrive.tenant), redrive_id)

    def redrives_of(self, tenant: str) -> dict[str, Redrive]:
        """Return a tenant's requests by id, those under way and those that ended."""
        found: dict[str, Redrive] = {}
        for kind in ("REDRIVE", "REDRIVEN"):  # one that ends meanwhile is found twice, and counts as ended
            values = to_item({":value": _shard(kind, tenant), ":tenant": f"{tenant}#"})
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :value AND begins_with(sk, :tenant)",
                ExpressionAttributeValues=values,
            )
            for page in pages:
                items = [from_item(item) for item in page["Items"]]
                alive = [item for item in items if item["expires_at"] * 1000 > self._now_ms()]
                found |= {item["sk"]: _redrive(item) for item in alive}
        return found

    def _all(self, kind: str) -> Iterator[dict[str, Any]]:
        for shard in shards_in_turn(SHARDS, self._now_ms()):
            request = query_of("pk", f"{kind}#{shard}")
            pages = self._client.get_paginator("query").paginate(TableName=self._table, **request)
            for page in pages:
                yield from (from_item(item) for item in page["Items"])

    def _put(self, values: dict[str, Any]) -> None:
        self._client.put_item(TableName=self._table, Item=to_item(values))

    def _delete(self, pk: str, sk: str) -> None:
        self._client.delete_item(TableName=self._table, Key=to_item({"pk": pk, "sk": sk}))


def _redrive(item: Mapping[str, Any]) -> Redrive:
    kept = json.loads(item["wish"])
    return Redrive(**kept | {"parked_ids": tuple(kept.get("parked_ids", ()))})


def _shard(kind: str, tenant: str) -> str:
    return f"{kind}#{sum(hashed(tenant).encode()) % SHARDS}"
