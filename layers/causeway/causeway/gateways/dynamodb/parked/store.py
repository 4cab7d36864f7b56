"""The parked store: refused and waiting changes in ParkedTable, large bodies in the bucket."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import batched
from typing import Any, NamedTuple

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.items import Item, from_item, to_item
from causeway.gateways.dynamodb.parked.batches import WaitingBatch, in_batches, unbatched, whole_batches
from causeway.parked.entries import WAITING_PREFIX, Parked, ParkedPage, Redrive
from causeway.push.memory.hashes import hashed

MAX_BODY_IN_ITEM = 200_000  # bytes; DynamoDB takes 400 KB an item
MAX_WRITES = 25  # of one BatchWriteItem (DynamoDB API reference)
WRITE_TRIES = 5  # of what a throttled table left over
SHARDS = 8
PAGE = 100
DAY_S = 86_400
_NOT_NOW = "The parked store does not answer at the moment."

type _Query = dict[str, Any]


class _Place(NamedTuple):
    """Where a list goes on: in which of its queries, behind which item, and how many entries of which batch were shown."""

    query: int = 0
    behind: Mapping[str, str] | None = None
    shown: int = 0
    batch: str = ""


class ParkedTable:
    """
    Parked entries by tenant and id.

    Items: pk `T#<tenant>`, sk the parked id; the indexes `by_code` (code_pk, sk) and `by_record` (record_pk, sk) find them.
    What waits lies in batches (batches.py), which `by_record` does not know: a record's are looked for in the batches of its tenant.
    Tenants with waiting changes are marked under pk `WAITING#<shard>`, requests to redrive lie under `REDRIVE#<shard>`: the
    schedule finds its work without a scan. Readers check expiry themselves.
    """

    def __init__(
        self, client: Any, table: str, objects: Any, bucket: str, now_ms: Callable[[], int], retention_days: int
    ) -> None:
        self._client, self._table, self._objects, self._bucket = client, table, objects, bucket
        self._now_ms, self._retention_days = now_ms, retention_days

    def put(self, entries: Sequence[Parked]) -> None:
        """Keep entries, each over one of the same id; raise StoreUnavailable when one could not be kept."""
        by_id = {(entry.tenant, entry.parked_id): entry for entry in entries}  # one request may not name an item twice
        waiting = [entry for entry in by_id.values() if entry.is_waiting]
        with passing_faults(_NOT_NOW):
            items = in_parallel(self._item, [entry for entry in by_id.values() if not entry.is_waiting])
            items += in_parallel(self._batch_item, list(in_batches(waiting)))
            self._write([{"PutRequest": {"Item": item}} for item in items])
            self._mark({entry.tenant for entry in waiting})

    def _write(self, requests: Sequence[Mapping[str, Any]]) -> None:
        in_parallel(self._write_some, list(batched(requests, MAX_WRITES, strict=False)))

    def _write_some(self, requests: Sequence[Mapping[str, Any]]) -> None:
        left = list(requests)
        for _ in range(WRITE_TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: left})
            left = answer.get("UnprocessedItems", {}).get(self._table, [])
            if not left:
                return
        raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.")

    def _item(self, entry: Parked) -> Item:
        values = {name: value for name, value in asdict(entry).items() if value is not None}
        if entry.source is not None and entry.key is not None:
            values["record_pk"] = _record_pk(entry.tenant, entry.source, entry.key)
        return self._keyed(entry.parked_id, values, "body", entry.body.encode())

    def _batch_item(self, batch: WaitingBatch) -> Item:
        values = {**batch.shared, "content": batch.content, "changes": batch.changes}
        return self._keyed(batch.batch_id, values, "content", batch.content)

    def _keyed(self, parked_id: str, values: dict[str, Any], name: str, stored: bytes) -> Item:
        """Return an item of these values under its keys; what is `stored` under `name` lies in the bucket when it is large."""
        tenant = values["tenant"]
        if len(stored) > MAX_BODY_IN_ITEM:
            values |= {name: "", "stored_at": f"{hashed(tenant)}/{parked_id}"}
            self._objects.put_object(Bucket=self._bucket, Key=values["stored_at"], Body=stored)
        keys = {"pk": _tenant_pk(tenant), "sk": parked_id, "code_pk": _code_pk(tenant, values["code"])}
        expires_at = values["parked_at_ms"] // 1000 + self._retention_days * DAY_S
        return to_item({**values, **keys, "expires_at": expires_at})

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        """Forget entries; those of a batch when all of them are named."""
        keys = [to_item({"pk": _tenant_pk(tenant), "sk": item_id}) for item_id in whole_batches(parked_ids)]
        with passing_faults(_NOT_NOW):
            self._write([{"DeleteRequest": {"Key": key}} for key in keys])

    def page(
        self,
        tenant: str,
        *,
        code: str | None = None,
        source: str | None = None,
        key: str | None = None,
        after: str | None = None,
        limit: int = PAGE,
        waiting: bool | None = None,
    ) -> ParkedPage:
        """
        Return entries of a tenant by id: all, of one code, of one source, or of one record; `after` is a page's token.

        With `waiting` only those that wait, in whole batches: there may be more than `limit`. With False only those that do not.
        """
        entries: list[Parked] = []
        queries = _queries(tenant, code, source, key, waiting)
        with passing_faults(_NOT_NOW):
            for entry, place in self._entries(queries, _place(after), limit):
                if _suits(entry, code, source, key):
                    entries.append(entry)
                if len(entries) >= limit and not (waiting and place.shown):
                    return ParkedPage(tuple(entries), _token(place))
        return ParkedPage(tuple(entries))

    def _entries(self, queries: Sequence[_Query], place: _Place, limit: int) -> Iterator[tuple[Parked, _Place]]:
        """Yield the entries from a place on, one query after the other, each with the place behind it."""
        for number in range(place.query, len(queries)):
            for item in self._items(queries[number], place.behind, limit):
                behind = _Place(number, _key_of(item, queries[number]))
                found, batch = self._in_item(item), str(item["sk"])
                begin = place.shown if batch == place.batch else 0  # the batch that a page ended in may be gone
                for shown in range(begin + 1, len(found) + 1):
                    within = _Place(number, place.behind, shown, batch)
                    yield found[shown - 1], behind if shown == len(found) else within
                place = behind
            place = _Place(number + 1)

    def _items(self, query: _Query, behind: Mapping[str, str] | None, limit: int) -> Iterator[dict[str, Any]]:
        start = to_item(behind) if behind else None
        while True:
            more = {"ExclusiveStartKey": start} if start else {}
            answer = self._client.query(TableName=self._table, Limit=limit, **query, **more)
            yield from (from_item(item) for item in answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return

    def _in_item(self, item: Mapping[str, Any]) -> list[Parked]:
        """Return the entries of an item: those of a batch, or the one that it is; none when it has expired."""
        if int(item["expires_at"]) * 1000 <= self._now_ms():
            return []
        stored = item.get("stored_at") and self._objects.get_object(Bucket=self._bucket, Key=item["stored_at"])
        fields = {name: item[name] for name in Parked.__dataclass_fields__ if name in item}
        if "changes" in item:
            content = stored["Body"].read() if stored else item["content"]
            return list(unbatched(WaitingBatch(item["sk"], fields, content, item["changes"])))
        return [Parked(**fields | ({"body": stored["Body"].read().decode()} if stored else {}))]

    def count_waiting(self, tenant: str, most: int = 100_000) -> int:
        """Return how many changes of a tenant wait, counting no further than the page that passes `most`."""
        (query,) = _queries(tenant, None, None, None, waiting=True)
        values = query["ExpressionAttributeValues"] | to_item({":now": self._now_ms() // 1000})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ProjectionExpression="changes",
            FilterExpression="expires_at > :now",
            **query | {"ExpressionAttributeValues": values},
        )
        count = 0
        with passing_faults(_NOT_NOW):
            for page in pages:
                count += sum(from_item(item)["changes"] for item in page["Items"])
                if count >= most:
                    break
        return count

    # --- what the schedule works off

    def _mark(self, tenants: set[str]) -> None:
        for tenant in sorted(tenants):
            self._client.put_item(TableName=self._table, Item=to_item({"pk": _shard("WAITING", tenant), "sk": tenant}))

    def mark_waiting(self, tenant: str) -> None:
        """Note that a tenant has waiting changes."""
        with passing_faults(_NOT_NOW):
            self._mark({tenant})

    def unmark_waiting(self, tenant: str) -> None:
        """Note that a tenant has none any more; look again afterwards, one may just have arrived."""
        with passing_faults(_NOT_NOW):
            self._delete(_shard("WAITING", tenant), tenant)

    def waiting_tenants(self) -> Iterator[str]:
        """Yield the tenants that may have waiting changes."""
        for item in self._marks("WAITING"):
            yield item["sk"]

    def request_redrive(self, redrive: Redrive, new_id: str) -> None:
        """Keep a request to redrive for the schedule, no longer than what it may name is kept."""
        self.note_redrive(f"{redrive.tenant}#{new_id}", redrive)

    def note_redrive(self, redrive_id: str, redrive: Redrive) -> None:
        """Keep how far a request is worked off."""
        item = {
            "pk": _shard("REDRIVE", redrive.tenant),
            "sk": redrive_id,
            "wish": json.dumps(asdict(redrive)),
            "expires_at": self._now_ms() // 1000 + self._retention_days * DAY_S,
        }
        with passing_faults(_NOT_NOW):
            self._client.put_item(TableName=self._table, Item=to_item(item))

    def redrives(self) -> Iterator[tuple[str, Redrive]]:
        """Yield the requests to redrive, with what `fulfil` and `note_redrive` take."""
        for item in self._marks("REDRIVE"):
            yield item["sk"], Redrive(**json.loads(item["wish"]))

    def fulfil(self, redrive_id: str, redrive: Redrive) -> None:
        """Forget a request that is worked off."""
        with passing_faults(_NOT_NOW):
            self._delete(_shard("REDRIVE", redrive.tenant), redrive_id)

    def _marks(self, kind: str) -> Iterator[dict[str, Any]]:
        for shard in range(SHARDS):
            request = _query("pk", f"{kind}#{shard}")
            pages = self._client.get_paginator("query").paginate(TableName=self._table, **request)
            for page in pages:
                yield from (from_item(item) for item in page["Items"])

    def _delete(self, pk: str, sk: str) -> None:
        self._client.delete_item(TableName=self._table, Key=to_item({"pk": pk, "sk": sk}))


def _tenant_pk(tenant: str) -> str:
    return f"T#{tenant}"


def _code_pk(tenant: str, code: str) -> str:
    return f"T#{tenant}#CODE#{code}"


def _record_pk(tenant: str, source: str, key: str) -> str:
    return f"T#{tenant}#RECORD#{source}#{key}"


def _shard(kind: str, tenant: str) -> str:
    return f"{kind}#{sum(hashed(tenant).encode()) % SHARDS}"


def _query(name: str, value: str) -> _Query:
    return {"KeyConditionExpression": f"{name} = :value", "ExpressionAttributeValues": to_item({":value": value})}


def _queries(tenant: str, code: str | None, source: str | None, key: str | None, waiting: bool | None) -> list[_Query]:
    """Return the queries that find these entries, one after the other."""
    if source is not None and key is not None:
        refused = _query("record_pk", _record_pk(tenant, source, key)) | {"IndexName": "by_record"}
        return [refused] if waiting is False else [refused, *_queries(tenant, None, None, None, waiting=True)]
    if code is not None:
        query = _query("code_pk", _code_pk(tenant, code)) | {"IndexName": "by_code"}
    else:
        query = _query("pk", _tenant_pk(tenant)) | {"ConsistentRead": True}
    if waiting is not None:
        query["KeyConditionExpression"] += " AND begins_with(sk, :waiting)" if waiting else " AND sk < :waiting"
        query["ExpressionAttributeValues"] |= to_item({":waiting": WAITING_PREFIX})
    return [query]


def _key_of(item: Mapping[str, Any], query: _Query) -> dict[str, str]:
    """Return the key by which a query goes on behind an item."""
    names = {"pk", "sk", query["KeyConditionExpression"].partition(" ")[0]}
    return {name: item[name] for name in sorted(names)}


def _suits(entry: Parked, code: str | None, source: str | None, key: str | None) -> bool:
    pairs = ((code, entry.code), (source, entry.source), (key, entry.key))
    return all(wanted is None or wanted == found for wanted, found in pairs)


def _token(place: _Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(token: str | None) -> _Place:
    return _Place(*json.loads(base64.urlsafe_b64decode(token))) if token else _Place()
