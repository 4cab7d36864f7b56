"""Syncs by the time their next pull is due: the index `due` of ConfigTable, in a fixed number of partitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.config.pull_shards import SHARDS
from causeway.gateways.dynamodb.turns import shards_in_turn
from causeway.pull.jobs import DueSync
from causeway.syncs.schedules import schedule_of
from causeway.syncs.sync import Sync

PAGE = 100


class DueSyncTable:
    """The pulls that are due, of every tenant."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self, now_ms: int) -> Iterator[Sequence[DueSync]]:
        """Yield what is due, longest due first within each shard."""
        for shard in shards_in_turn(SHARDS, now_ms):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": {"S": f"PULL#{shard}"}, ":now": {"N": str(now_ms)}},
                PaginationConfig={"PageSize": PAGE},
            )
            for page in pages:
                yield [_due(item) for item in page["Items"] if "document" in item]

    def move_on(self, moves: Sequence[tuple[DueSync, int | None]]) -> None:
        """Set when each sync is due next, unless another tick did, or somebody changed the sync meanwhile."""
        in_parallel(lambda move: self._move(*move), moves)

    def _move(self, due: DueSync, next_ms: int | None) -> None:
        change = "REMOVE due_shard, due_at" if next_ms is None else "SET due_at = :next"
        values = {":seen": due.due_at_ms} | ({":next": next_ms} if next_ms else {})
        self._change(due.tenant, due.sync, change, "due_at = :seen", values)

    def bring_forward(self, tenant: str, sync: str, at_ms: int) -> None:
        """Let the sync be due at `at_ms` if that is earlier; one that is paused stays so."""
        self._change(tenant, sync, "SET due_at = :at", "due_at > :at", {":at": at_ms})

    def _change(self, tenant: str, sync: str, change: str, condition: str, values: Mapping[str, int]) -> None:
        try:
            with passing_faults("The schedule of pulls cannot be changed at the moment."):
                self._client.update_item(
                    TableName=self._table,
                    Key={"pk": {"S": f"T#{tenant}"}, "sk": {"S": f"SYNC#{sync}"}},
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _due(item: dict[str, Any]) -> DueSync:
    sync = Sync.model_validate_json(item["document"]["S"])
    return DueSync(item["pk"]["S"].removeprefix("T#"), sync.id, int(item["due_at"]["N"]), schedule_of(sync))
