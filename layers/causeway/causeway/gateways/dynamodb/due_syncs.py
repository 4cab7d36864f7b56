"""Syncs by when their pull is due: the index `due` of ConfigTable, over a fixed number of partitions, read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.domain.pulls import DueSync
from causeway.domain.syncs import Sync
from causeway.gateways.dynamodb.pull_shards import SHARDS

PAGE = 100


class DueSyncTable:
    """The pulls that are due, of every tenant."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self, now_ms: int) -> Iterator[Sequence[DueSync]]:
        """Yield what is due, longest due first within each shard."""
        for shard in range(SHARDS):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": {"S": f"PULL#{shard}"}, ":now": {"N": str(now_ms)}},
                PaginationConfig={"PageSize": PAGE},
            )
            for page in pages:
                yield [_due(item) for item in page["Items"] if "document" in item]

    def move_on(self, due: DueSync, next_ms: int | None) -> bool:
        """Set when the sync is due next; False when another tick did, or somebody changed the sync meanwhile."""
        change = "REMOVE due_shard, due_at" if next_ms is None else "SET due_at = :next"
        values = {":seen": {"N": str(due.due_at_ms)}} | ({":next": {"N": str(next_ms)}} if next_ms else {})
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": f"T#{due.tenant}"}, "sk": {"S": f"SYNC#{due.sync}"}},
                UpdateExpression=change,
                ConditionExpression="due_at = :seen",
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _due(item: dict[str, Any]) -> DueSync:
    sync = Sync.model_validate_json(item["document"]["S"])
    return DueSync(item["pk"]["S"].removeprefix("T#"), sync.id, int(item["due_at"]["N"]), sync.pull.schedule)
