"""Connections in ConfigTable: one item per tenant, changed only against the epoch and fence last read, and its status history."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from dataclasses import asdict, fields
from typing import Any

from botocore.exceptions import ClientError

from causeway.connections.connection import Connection, Policy, Status, Usage
from causeway.connections.forecast import SLOT_MS
from causeway.connections.tokens.grants import DUE_SHARDS, ConnectionRecord, OldGrant, due_shard
from causeway.gateways.dynamodb.batch_get import items_by_key
from causeway.gateways.dynamodb.items import from_item, to_attribute, to_item
from causeway.gateways.dynamodb.turns import shards_in_turn

_CONNECTION_FIELDS = tuple(item.name for item in fields(Connection) if item.name != "tenant")
_GRANT_FIELDS = tuple(item.name for item in fields(ConnectionRecord) if item.name != "connection")
_OF_OTHER_WRITERS = ("usage", "record_sizes", "policy")
HISTORY_LIMIT = 100
NOT_NOW = "The connections do not answer at the moment."
_SLOTS = 8  # of three hours: what was read a day before is overwritten


class ConnectionTable:
    """
    The connections of every tenant.

    There is one way to change a connection, `save`: it writes what differs and only while nobody else changed its epoch
    or took its lease, which is what makes leases, fences and status changes safe without transactions.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def get(self, tenant: str) -> Connection:
        """Return the tenant's connection as of now (strong read); one that never connected is `disconnected` with epoch 0."""
        return self.record(tenant).connection

    def record(self, tenant: str) -> ConnectionRecord:
        """Return the connection with its grant's bookkeeping as of now (strong read)."""
        answer = self._client.get_item(TableName=self._table, Key=connection_key(tenant), ConsistentRead=True)
        return _record(tenant, from_item(answer.get("Item", {})))

    def save(self, before: ConnectionRecord, after: ConnectionRecord) -> bool:
        """
        Write what `after` changes and return True, or False when another changed the epoch or took the lease since `before`.

        A write that was applied although its answer was lost (the SDK sends it again) counts as ours.
        """
        changed = _changes(before, after)
        if not changed:
            return True
        names = {f"#{number}": name for number, name in enumerate(changed)}
        values = {f":{number}": to_attribute(value) for number, value in enumerate(changed.values())}
        condition = (
            "(attribute_not_exists(epoch) OR epoch = :epoch) AND (attribute_not_exists(fence) OR fence = :fence)"
        )
        seen = {":epoch": to_attribute(before.connection.epoch), ":fence": to_attribute(before.fence)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=connection_key(before.tenant),
                UpdateExpression="SET " + ", ".join(f"#{number} = :{number}" for number in range(len(changed))),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values | seen,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            item: Any = error.response.get("Item", {})
            stored = from_item(item)
            return all(stored.get(name) == value for name, value in changed.items())
        return True

    def note_usage(self, tenant: str, usage: Usage) -> Usage | None:
        """
        Keep the newest usage of a connection (and the last of each three hours) and return the one before, None when there was none.

        A usage that is not newer is returned itself and not kept; a connection that does not exist (any more) is not created.
        """
        condition = "attribute_exists(epoch) AND (attribute_not_exists(usage_read_at_ms) OR usage_read_at_ms < :read)"
        values = {":read": usage.read_at_ms, ":usage": usage._asdict(), ":reading": [usage.used, usage.read_at_ms]}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=connection_key(tenant),
                UpdateExpression="SET #usage = :usage, usage_read_at_ms = :read, #slot = :reading",
                ConditionExpression=condition,
                ExpressionAttributeNames={"#usage": "usage", "#slot": _slot(usage.read_at_ms // SLOT_MS)},
                ExpressionAttributeValues=to_item(values),
                ReturnValues="UPDATED_OLD",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            return usage
        before = from_item(answer.get("Attributes", {})).get("usage")
        return Usage(**before) if before else None

    def earlier_usage(self, tenant: str) -> list[Usage]:
        """Return the last reading of each three hours of the last day, in no order; `allowed` is not kept and 0."""
        answer = self._client.get_item(
            TableName=self._table,
            Key=connection_key(tenant),
            ProjectionExpression=", ".join(map(_slot, range(_SLOTS))),
        )
        return [Usage(used, 0, read_at_ms) for used, read_at_ms in from_item(answer.get("Item", {})).values()]

    def note_record_sizes(self, tenant: str, org_id: str, sizes: Mapping[str, int]) -> None:
        """Keep how many records of each sObject an org bears at once; a connection to another org, or none, keeps its own."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=connection_key(tenant),
                UpdateExpression="SET record_sizes = :sizes",
                ConditionExpression="attribute_exists(epoch) AND org_id = :org",
                ExpressionAttributeValues=to_item({":sizes": {"org_id": org_id, "sizes": dict(sizes)}, ":org": org_id}),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise

    def keep_policy(self, tenant: str, policy: Policy) -> None:
        """Keep what operators set for a tenant; a connection that does not exist is not created."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=connection_key(tenant),
                UpdateExpression="SET #policy = :policy",
                ConditionExpression="attribute_exists(epoch)",
                ExpressionAttributeNames={"#policy": "policy"},
                ExpressionAttributeValues=to_item({":policy": policy._asdict()}),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise

    def due(self, now_ms: int) -> Iterator[str]:
        """Yield the tenants whose connection is due for a check, page by page through the `due` index (never a scan)."""
        for shard in shards_in_turn(DUE_SHARDS, now_ms):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": {"S": f"CONNECTION#{shard}"}, ":now": {"N": str(now_ms)}},
            )
            for page in pages:
                yield from (item["pk"]["S"].removeprefix("T#") for item in page["Items"])

    def page(self, after: str | None, limit: int) -> tuple[list[Connection], str | None]:
        """Return up to `limit` connections of all tenants and the token of the next page, None at the end."""
        shard, start = _position(after)
        found: list[Connection] = []
        while shard < DUE_SHARDS and len(found) < limit:
            answer = self._client.query(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard",
                ExpressionAttributeValues={":shard": {"S": f"CONNECTION#{shard}"}},
                Limit=limit - len(found),
                **({"ExclusiveStartKey": start} if start else {}),
            )
            found += self._named([item["pk"]["S"].removeprefix("T#") for item in answer["Items"]])
            start = answer.get("LastEvaluatedKey")
            shard += 0 if start else 1
        return found, _token(shard, start) if shard < DUE_SHARDS else None

    def _named(self, tenants: Sequence[str]) -> list[Connection]:
        keys = [{"pk": f"T#{tenant}", "sk": "CONNECTION"} for tenant in tenants]
        items = map(from_item, items_by_key(self._client, self._table, keys, NOT_NOW, consistent=True))
        stored = {str(item["pk"]).removeprefix("T#"): item for item in items}
        return [_record(tenant, stored.get(tenant, {})).connection for tenant in tenants]

    def note_status(self, connection: Connection) -> None:
        """Add the connection's present status to its history; noting it twice changes nothing."""
        item = to_item(
            {
                "pk": f"T#{connection.tenant}",
                "sk": f"STATUS#{connection.since_ms:015d}#{connection.epoch:09d}",
                "status": connection.status.value,
                "cause": connection.cause,
                "since_ms": connection.since_ms,
                "org_id": connection.org_id,
            }
        )
        self._client.put_item(TableName=self._table, Item=item)

    def history(self, tenant: str) -> list[dict[str, Any]]:
        """Return the tenant's last statuses, newest first: status, cause, since_ms, org_id."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :status)",
            ExpressionAttributeValues={":pk": {"S": f"T#{tenant}"}, ":status": {"S": "STATUS#"}},
            ScanIndexForward=False,
            Limit=HISTORY_LIMIT,
        )
        entries = [from_item(item) for item in answer["Items"]]
        return [{name: entry[name] for name in ("status", "cause", "since_ms", "org_id")} for entry in entries]


def connection_key(tenant: str) -> dict[str, Any]:
    """Return the key of a tenant's connection."""
    return to_item({"pk": f"T#{tenant}", "sk": "CONNECTION"})


def _slot(number: int) -> str:
    return f"usage_{number % _SLOTS}"


def _position(after: str | None) -> tuple[int, dict[str, Any] | None]:
    if not after:
        return 0, None
    shard, start = json.loads(base64.urlsafe_b64decode(after))
    return int(shard), start


def _token(shard: int, start: dict[str, Any] | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([shard, start]).encode()).decode()


def _attributes(record: ConnectionRecord) -> dict[str, Any]:
    """Return the record as stored; the usage is left out, it has its own writer."""
    values = {name: getattr(record.connection, name) for name in _CONNECTION_FIELDS if name not in _OF_OTHER_WRITERS}
    values |= {name: getattr(record, name) for name in _GRANT_FIELDS}
    values["status"] = record.connection.status.value
    values["old_grants"] = [asdict(grant) for grant in record.old_grants]
    values["due_at"] = values.pop("due_at_ms")
    return values


def _changes(before: ConnectionRecord, after: ConnectionRecord) -> dict[str, Any]:
    """Return the attributes that differ; the first save writes them all."""
    old, new = _attributes(before), _attributes(after)
    if before.connection.epoch == 0 and before.fence == 0:
        return new | {"due_shard": due_shard(after.tenant)}
    return {name: value for name, value in new.items() if value != old[name]}


def _record(tenant: str, stored: dict[str, Any]) -> ConnectionRecord:
    if "epoch" not in stored:
        return ConnectionRecord(Connection(tenant))
    known = {name: stored[name] for name in _CONNECTION_FIELDS if name in stored and name not in _OF_OTHER_WRITERS}
    usage = stored.get("usage")
    connection = replace(
        Connection(tenant, **known), status=Status(stored["status"]), usage=Usage(**usage) if usage else None
    )
    sizes = stored.get("record_sizes", {})
    if sizes.get("org_id") == connection.org_id:
        connection = replace(connection, record_sizes={name: int(count) for name, count in sizes["sizes"].items()})
    if policy := stored.get("policy"):
        connection = replace(connection, policy=_policy(policy))
    grant = {name: stored[name] for name in _GRANT_FIELDS if name in stored}
    grant |= {"due_at_ms": stored["due_at"], "old_grants": tuple(OldGrant(**each) for each in stored["old_grants"])}
    return ConnectionRecord(connection, **grant)


def _policy(stored: Mapping[str, Any]) -> Policy:
    templates = stored.get("templates")
    return Policy(**{**stored, "templates": None if templates is None else tuple(templates)})
