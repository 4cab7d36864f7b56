"""Syncs in ConfigTable: one item each, `pk` the tenant, `sk` the sync's id, changed only against the revision last read."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from causeway.errors import Conflict, NotFound
from causeway.gateways.dynamodb.config.pull_shards import pull_shard
from causeway.syncs.sync import Problem, Sync

type Syncs = list[Sync]

# Not in the document: the item's own attributes carry these.
_APART = {"revision"}


class SyncTable:
    """
    The syncs of every tenant.

    The revision of a deleted sync stays, so that one saved later under the same id never repeats a revision:
    what was settled under the old rules must not count as settled under the new ones.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def list(self, tenant: str) -> Syncs:
        """Return the tenant's syncs by source, position and id."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sync)",
            ExpressionAttributeValues={":pk": {"S": f"T#{tenant}"}, ":sync": {"S": "SYNC#"}},
            ConsistentRead=True,
        )
        syncs = [_sync(item) for page in pages for item in page["Items"] if "document" in item]
        return sorted(syncs, key=lambda sync: (sync.source, sync.position, sync.id))

    def of_source(self, tenant: str, source: str) -> Syncs:
        """Return the tenant's syncs of one source by position, then id."""
        return [sync for sync in self.list(tenant) if sync.source == source]

    def get(self, tenant: str, sync_id: str) -> Sync | None:
        """Return one sync, or None."""
        answer = self._client.get_item(TableName=self._table, Key=_key(tenant, sync_id), ConsistentRead=True)
        item = answer.get("Item", {})
        return _sync(item) if "document" in item else None

    def put(self, tenant: str, sync: Sync, *, expected_revision: int | None, due_at_ms: int | None = None) -> Sync:
        """
        Save a sync and return it with its new revision; `due_at_ms` is when its pull is due next, None for never.

        `expected_revision` None means that it must not exist yet. Raises Conflict when it changed meanwhile.
        """
        body = sync.model_dump_json(exclude=_APART)
        described_at = {"N": str(sync.described_at_ms)}
        values = {":body": {"S": body}, ":one": {"N": "1"}, ":zero": {"N": "0"}, ":described": described_at}
        change, more = (
            "SET document = :body, revision = if_not_exists(revision, :zero) + :one, described_at = :described",
            " REMOVE due_shard, due_at",
        )
        if due_at_ms is not None:
            more = ", due_shard = :shard, due_at = :due"
            values |= {":shard": {"S": pull_shard(tenant, sync.id)}, ":due": {"N": str(due_at_ms)}}
        condition = "attribute_not_exists(document)"
        if expected_revision is not None:
            condition = "attribute_exists(document) AND revision = :expected"
            values[":expected"] = {"N": str(expected_revision)}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, sync.id),
                UpdateExpression=change + more,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return _sync(_own_write(error, body, expected_revision, sync.id))
        return _sync(answer["Attributes"])

    def note_problems(self, tenant: str, sync: Sync, problems: tuple[Problem, ...]) -> None:
        """Show findings on a sync whose rules stay as they are: its revision does not grow; one changed meanwhile is left alone."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, sync.id),
                UpdateExpression="SET document = :body",
                ConditionExpression="attribute_exists(document) AND revision = :expected",
                ExpressionAttributeValues={
                    ":body": {"S": sync.model_copy(update={"problems": problems}).model_dump_json(exclude=_APART)},
                    ":expected": {"N": str(sync.revision)},
                },
            )
        except ClientError as error:
            _raise_unless_conditional(error)

    def delete(self, tenant: str, sync_id: str) -> None:
        """Forget a sync's rules; raise NotFound when there is none."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, sync_id),
                UpdateExpression="REMOVE document, due_shard, due_at",
                ConditionExpression="attribute_exists(document)",
            )
        except ClientError as error:
            _raise_unless_conditional(error)
            raise NotFound(f"There is no sync '{sync_id}'.") from error


def _key(tenant: str, sync_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"T#{tenant}"}, "sk": {"S": f"SYNC#{sync_id}"}}


def _sync(item: dict[str, Any]) -> Sync:
    stored = Sync.model_validate_json(item["document"]["S"])
    described_at_ms = int(item.get("described_at", {}).get("N", "0"))
    return stored.model_copy(update={"revision": int(item["revision"]["N"]), "described_at_ms": described_at_ms})


def _raise_unless_conditional(error: ClientError) -> None:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error


def _own_write(error: ClientError, body: str, expected_revision: int | None, sync_id: str) -> dict[str, Any]:
    """Return what is stored when it is this very write, repeated by the SDK after a lost answer; else raise Conflict."""
    _raise_unless_conditional(error)
    item: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # absent from the stubs
    is_next = expected_revision is None or item.get("revision", {}).get("N") == str(expected_revision + 1)
    if is_next and item.get("document", {}).get("S") == body:
        return item
    if expected_revision is None:
        raise Conflict(f"A sync '{sync_id}' exists already.", "Change it, or choose another id.") from error
    raise Conflict(
        f"The sync '{sync_id}' was changed or deleted by someone else since it was read.",
        "Read it again and repeat the change.",
    ) from error
