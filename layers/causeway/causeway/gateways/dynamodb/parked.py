"""The parked store: refused and waiting changes in ParkedTable, large bodies in the bucket."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import batched
from typing import Any

from causeway.domain.claims import hashed
from causeway.domain.parked import WAITING_PREFIX, Parked, ParkedPage, Redrive
from causeway.errors import StoreUnavailable
from causeway.gateways.dynamodb.items import Item, from_item, to_item
from causeway.gateways.faults import passing_faults
from causeway.gateways.parallel import in_parallel

MAX_BODY_IN_ITEM = 200_000  # bytes; DynamoDB takes 400 KB an item
MAX_WRITES = 25  # of one BatchWriteItem (DynamoDB API reference)
WRITE_TRIES = 5  # of what a throttled table left over
SHARDS = 8
PAGE = 100
DAY_S = 86_400
_NOT_NOW = "The parked store does not answer at the moment."


class ParkedTable:
    """
    Parked entries by tenant and id.

    Items: pk `T#<tenant>`, sk the parked id; the indexes `by_code` (code_pk, sk) and `by_record` (record_pk, sk) find them.
    Tenants with waiting changes are marked under pk `WAITING#<shard>`, wishes to redrive lie under `REDRIVE#<shard>`: the
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
        with passing_faults(_NOT_NOW):
            items = in_parallel(self._item, list(by_id.values()))
            self._write([{"PutRequest": {"Item": item}} for item in items])
            self._mark({entry.tenant for entry in entries if entry.is_waiting})

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
        """Return an entry's item, its body in the bucket when it is large."""
        values = {name: value for name, value in asdict(entry).items() if value is not None}
        body = values["body"].encode()
        if len(body) > MAX_BODY_IN_ITEM:
            values["body"], values["body_at"] = "", f"{hashed(entry.tenant)}/{entry.parked_id}"
            self._objects.put_object(Bucket=self._bucket, Key=values["body_at"], Body=body)
        keys = {"pk": _tenant_pk(entry.tenant), "sk": entry.parked_id, "code_pk": _code_pk(entry.tenant, entry.code)}
        if entry.source is not None and entry.key is not None:
            keys["record_pk"] = _record_pk(entry.tenant, entry.source, entry.key)
        expires_at = entry.parked_at_ms // 1000 + self._retention_days * DAY_S
        return to_item({**values, **keys, "expires_at": expires_at})

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        """Forget entries."""
        keys = [to_item({"pk": _tenant_pk(tenant), "sk": parked_id}) for parked_id in dict.fromkeys(parked_ids)]
        with passing_faults(_NOT_NOW):
            self._write([{"DeleteRequest": {"Key": key}} for key in keys])

    def get(self, tenant: str, parked_id: str) -> Parked | None:
        """Return one entry, or None."""
        answer = self._client.get_item(TableName=self._table, Key=to_item({"pk": _tenant_pk(tenant), "sk": parked_id}))
        item = from_item(answer["Item"]) if "Item" in answer else {}
        return self._entry(item) if self._is_alive(item) else None

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
        """Return entries of a tenant by id: all, of one code, of one source, or of one record; `after` is a page's token."""
        request = self._request(tenant, code, source, key, waiting)
        entries: list[Parked] = []
        start = _unpacked(after)
        while True:
            more = {"ExclusiveStartKey": start} if start else {}
            with passing_faults(_NOT_NOW):
                answer = self._client.query(TableName=self._table, Limit=limit, **request, **more)
            found = (from_item(item) for item in answer["Items"])
            entries += [self._entry(item) for item in found if self._is_alive(item) and _suits(item, code, source, key)]
            start = answer.get("LastEvaluatedKey")
            if start is None or len(entries) >= limit:
                return ParkedPage(tuple(entries), _packed(start))

    def count_waiting(self, tenant: str, most: int = 100_000) -> int:
        """Return how many changes of a tenant wait, counting no further than the page that passes `most`."""
        request = self._request(tenant, None, None, None, True)
        request["ExpressionAttributeValues"] |= to_item({":now": self._now_ms() // 1000})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table, Select="COUNT", FilterExpression="expires_at > :now", **request
        )
        count = 0
        with passing_faults(_NOT_NOW):
            for page in pages:
                count += page["Count"]
                if count >= most:
                    break
        return count

    def _request(
        self, tenant: str, code: str | None, source: str | None, key: str | None, waiting: bool | None
    ) -> dict[str, Any]:
        if source is not None and key is not None:
            request = _query("record_pk", _record_pk(tenant, source, key)) | {"IndexName": "by_record"}
        elif code is not None:
            request = _query("code_pk", _code_pk(tenant, code)) | {"IndexName": "by_code"}
        else:
            request = _query("pk", _tenant_pk(tenant)) | {"ConsistentRead": True}
        if waiting:
            request["KeyConditionExpression"] += " AND begins_with(sk, :waiting)"
            request["ExpressionAttributeValues"] |= to_item({":waiting": WAITING_PREFIX})
        return request

    def _is_alive(self, item: Mapping[str, Any]) -> bool:
        return "parked_id" in item and int(item["expires_at"]) * 1000 > self._now_ms()

    def _entry(self, item: Mapping[str, Any]) -> Parked:
        entry = Parked(**{name: item[name] for name in Parked.__dataclass_fields__ if name in item})
        if "body_at" not in item:
            return entry
        stored = self._objects.get_object(Bucket=self._bucket, Key=item["body_at"])
        return replace(entry, body=stored["Body"].read().decode())

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

    def wish(self, redrive: Redrive, wish_id: str) -> None:
        """Keep a wish to redrive for the schedule."""
        item = {
            "pk": _shard("REDRIVE", redrive.tenant),
            "sk": f"{redrive.tenant}#{wish_id}",
            "wish": json.dumps(asdict(redrive)),
        }
        with passing_faults(_NOT_NOW):
            self._client.put_item(TableName=self._table, Item=to_item(item))

    def wishes(self) -> Iterator[tuple[str, Redrive]]:
        """Yield the wishes to redrive, with what `fulfil` takes."""
        for item in self._marks("REDRIVE"):
            yield item["sk"], Redrive(**json.loads(item["wish"]))

    def fulfil(self, wish: str, redrive: Redrive) -> None:
        """Forget a wish that is worked off."""
        with passing_faults(_NOT_NOW):
            self._delete(_shard("REDRIVE", redrive.tenant), wish)

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


def _query(name: str, value: str) -> dict[str, Any]:
    return {"KeyConditionExpression": f"{name} = :value", "ExpressionAttributeValues": to_item({":value": value})}


def _suits(item: Mapping[str, Any], code: str | None, source: str | None, key: str | None) -> bool:
    wanted = {"code": code, "source": source, "key": key}
    return all(value is None or item.get(name) == value for name, value in wanted.items())


def _packed(start: Mapping[str, Any] | None) -> str | None:
    return base64.urlsafe_b64encode(json.dumps(from_item(start)).encode()).decode() if start else None


def _unpacked(token: str | None) -> Mapping[str, Any] | None:
    return to_item(json.loads(base64.urlsafe_b64decode(token))) if token else None
