"""The describe cache in ConfigTable: compressed JSON per tenant, org and sObject, in chunks that stay under DynamoDB's 400 KB an item."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

CHUNK_BYTES = 350_000  # DynamoDB limit: 400 KB an item, names and the other attributes included


class CachedDescribe(NamedTuple):
    """A cached answer: its JSON, the `Last-Modified` it came with ("" when none), and when it was last known good (epoch ms)."""

    body: Any
    last_modified: str
    checked_at_ms: int


class DescribeTable:
    """
    Cached describes by (tenant, org id, name); `name` is an sObject's, in any case, or `*` for the list of all sObjects.

    Every chunk carries the digest of the whole, so that chunks of two writers never count as one answer.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def get(self, tenant: str, org_id: str, name: str) -> CachedDescribe | None:
        """Return what is cached, or None when there is nothing whole."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": f"T#{tenant}"}, ":prefix": {"S": _prefix(org_id, name)}},
        )
        items = [item for page in pages for item in page["Items"]]
        head = next((item for item in items if "chunks" in item), None)
        if head is None:
            return None
        compressed = b"".join(item["data"]["B"] for item in items[: int(head["chunks"]["N"])])
        if hashlib.sha256(compressed).hexdigest() != head["digest"]["S"]:
            return None
        return CachedDescribe(
            json.loads(zlib.decompress(compressed)), head["last_modified"]["S"], int(head["checked_at_ms"]["N"])
        )

    def put(self, tenant: str, org_id: str, name: str, body: Any, last_modified: str, checked_at_ms: int) -> None:
        """Cache an answer in place of the one before."""
        compressed = zlib.compress(json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode())
        chunks = [compressed[start : start + CHUNK_BYTES] for start in range(0, len(compressed), CHUNK_BYTES)]
        for number in reversed(range(len(chunks))):  # the head last: until then the old digest does not match
            item = {**_key(tenant, org_id, name, number), "data": {"B": chunks[number]}}
            if number == 0:
                item |= {
                    "chunks": {"N": str(len(chunks))},
                    "digest": {"S": hashlib.sha256(compressed).hexdigest()},
                    "last_modified": {"S": last_modified},
                    "checked_at_ms": {"N": str(checked_at_ms)},
                }
            self._client.put_item(TableName=self._table, Item=item)

    def note_checked(self, tenant: str, org_id: str, name: str, checked_at_ms: int) -> None:
        """Note that what is cached was still true at `checked_at_ms`; nothing happens when it is gone."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, org_id, name, 0),
                UpdateExpression="SET checked_at_ms = :now",
                ConditionExpression="attribute_exists(digest)",
                ExpressionAttributeValues={":now": {"N": str(checked_at_ms)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _prefix(org_id: str, name: str) -> str:
    return f"DESCRIBE#{org_id}#{name.lower()}#"


def _key(tenant: str, org_id: str, name: str, number: int) -> dict[str, Any]:
    return {"pk": {"S": f"T#{tenant}"}, "sk": {"S": f"{_prefix(org_id, name)}{number:04d}"}}
