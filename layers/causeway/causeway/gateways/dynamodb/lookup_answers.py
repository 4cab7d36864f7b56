"""Answers of lookups in ConfigTable, for as long as a caller allows; and the count of calls made close to the quota's limit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

MAX_BYTES = 350_000  # DynamoDB limit: 400 KB an item; a larger answer is not kept


class LookupAnswers:
    """Answers by tenant and question (a digest). DynamoDB deletes them some time after they expired: who reads one decides by its age."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def get(self, tenant: str, question: str) -> tuple[Mapping[str, Any], int] | None:
        """Return a kept answer and when it was read (epoch ms)."""
        key = _key(tenant, f"LOOKUP#{question}")
        item = self._client.get_item(TableName=self._table, Key=key).get("Item")
        if item is None:
            return None
        return json.loads(zlib.decompress(item["answer"]["B"])), int(item["at_ms"]["N"])

    def put(self, tenant: str, question: str, answer: Mapping[str, Any], at_ms: int, keep_s: int) -> None:
        """Keep an answer for some seconds, unless it is too large for an item."""
        packed = zlib.compress(json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode(), 1)
        if len(packed) > MAX_BYTES:
            return
        item = {
            **_key(tenant, f"LOOKUP#{question}"),
            "answer": {"B": packed},
            "at_ms": {"N": str(at_ms)},
            "expires_at": {"N": str(at_ms // 1000 + keep_s)},
        }
        self._client.put_item(TableName=self._table, Item=item)

    def take(self, tenant: str, window: str, most: int, until_s: int) -> bool:
        """
        Count one call in a window, which is kept until `until_s` (epoch seconds).

        Returns False once as many are taken as `most` was for the first of them: later readings of the usage know some of them already.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, f"LOOKUPS#{window}"),
                UpdateExpression=(
                    "SET taken = if_not_exists(taken, :zero) + :one, most = if_not_exists(most, :most),"
                    " expires_at = if_not_exists(expires_at, :until)"
                ),
                ConditionExpression="attribute_not_exists(taken) OR taken < most",
                ExpressionAttributeValues={
                    ":zero": {"N": "0"},
                    ":one": {"N": "1"},
                    ":most": {"N": str(most)},
                    ":until": {"N": str(until_s)},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _key(tenant: str, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"T#{tenant}"}, "sk": {"S": sort}}
