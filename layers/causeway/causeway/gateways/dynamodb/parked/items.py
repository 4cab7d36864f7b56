"""Parked entries and batches as items; large bodies go to the bucket and are read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from causeway.contract.days import DAY_S
from causeway.gateways.dynamodb.items import Item, to_item
from causeway.gateways.dynamodb.parked.batches import WaitingBatch, unbatched
from causeway.gateways.dynamodb.parked.queries import code_pk, group_sk, groups_pk, record_pk, tenant_pk
from causeway.parked.entries import Parked, due_id
from causeway.push.memory.hashes import hashed

MAX_BODY_IN_ITEM = 200_000  # bytes; DynamoDB takes 400 KB an item


class ParkedItems:
    """Writes entries as items and reads items as entries. An item expires `retention_days` after it was parked."""

    def __init__(self, objects: Any, bucket: str, now_ms: Callable[[], int], retention_days: int) -> None:
        self._objects, self._bucket, self._now_ms, self._retention_days = objects, bucket, now_ms, retention_days

    def of_entry(self, entry: Parked) -> Item:
        """Return the item of one entry."""
        values = {name: value for name, value in entry._asdict().items() if value is not None}
        if entry.source is not None and entry.key is not None:
            values["record_pk"] = record_pk(entry.tenant, entry.source, entry.key)
        return self._keyed(entry.parked_id, values, "body", entry.body.encode())

    def of_batch(self, batch: WaitingBatch) -> Item:
        """Return the item of a batch."""
        values = {**batch.shared, "content": batch.content, "changes": batch.changes}
        return self._keyed(batch.batch_id, values, "content", batch.content)

    def _keyed(self, parked_id: str, values: dict[str, Any], name: str, stored: bytes) -> Item:
        """Return an item of these values under its keys; what is `stored` under `name` goes to the bucket when it is large."""
        tenant = values["tenant"]
        if len(stored) > MAX_BODY_IN_ITEM:
            values |= {name: "", "stored_at": f"{hashed(tenant)}/{parked_id}"}
            self._objects.put_object(Bucket=self._bucket, Key=values["stored_at"], Body=stored)
        expires_at = self.expires_at(values["parked_at_ms"])
        keys = {"pk": tenant_pk(tenant), "sk": parked_id, "code_pk": code_pk(tenant, values["code"])}
        keys |= {"group_pk": groups_pk(tenant), "group_sk": group_sk(values, expires_at)}
        return to_item({**values, **keys, "expires_at": expires_at})

    def due_now(self, item: Mapping[str, Any]) -> Item:
        """Return the item of an entry that waited for a time to come as one that is due; what is in the bucket stays there."""
        parked_id = due_id(str(item["sk"]), self._now_ms())
        return to_item({**item, "sk": parked_id, "parked_id": parked_id, "not_before_ms": 0})

    def expires_at(self, parked_at_ms: int) -> int:
        """Return the second after which what was parked then counts as gone."""
        return parked_at_ms // 1000 + self._retention_days * DAY_S

    def entries_in(self, item: Mapping[str, Any]) -> list[Parked]:
        """Return the entries of an item: those of a batch, or the one that it is; none when it has expired."""
        if int(item["expires_at"]) * 1000 <= self._now_ms():
            return []
        stored = self._stored_body(item)
        fields = {name: item[name] for name in Parked._fields if name in item}
        if "changes" in item:
            content = item["content"] if stored is None else stored
            return list(unbatched(WaitingBatch(item["sk"], fields, content, item["changes"])))
        return [Parked(**fields | ({} if stored is None else {"body": stored.decode()}))]

    def _stored_body(self, item: Mapping[str, Any]) -> bytes | None:
        """Return what of the item is in the bucket, None when all of it is in the item."""
        if not item.get("stored_at"):
            return None
        body: bytes = self._objects.get_object(Bucket=self._bucket, Key=item["stored_at"])["Body"].read()
        return body
