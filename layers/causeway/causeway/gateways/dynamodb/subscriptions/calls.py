"""The calls to one table that subscriptions and notices share, with passing faults as StoreUnavailable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import from_item, to_item

type Items = list[dict[str, Any]]

NOT_NOW = "The subscriptions cannot be reached at the moment."
_CROSSED = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_REFUSED = "ConditionalCheckFailedException"


def unavailable() -> StoreUnavailable:
    """Return the error for what may succeed later."""
    return StoreUnavailable(NOT_NOW, "Nothing needs to be done; it is tried again.")


class TableCalls:
    """Reads and writes of one table."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def get(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return one item, or None."""
        with passing_faults(NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def put(self, item: Mapping[str, Any]) -> None:
        """Write one item."""
        with passing_faults(NOT_NOW):
            self._client.put_item(TableName=self._table, Item=to_item(item))

    def delete(self, key: Mapping[str, Any]) -> None:
        """Delete one item."""
        with passing_faults(NOT_NOW):
            self._client.delete_item(TableName=self._table, Key=to_item(key))

    def query(self, pk: str, first: str, last: str, limit: int | None = None) -> Items:
        """Return the items between two sort keys, both of them included; all of them, or the first `limit`."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": to_item({":pk": pk, ":first": first, ":last": last}),
            "ConsistentRead": True,
        }
        with passing_faults(NOT_NOW):
            if limit is not None:
                return [from_item(item) for item in self._client.query(**asked, Limit=limit)["Items"]]
            pages = self._client.get_paginator("query").paginate(**asked)
            return [from_item(item) for page in pages for item in page["Items"]]

    def update(
        self,
        key: Mapping[str, Any],
        change: str,
        condition: str,
        values: Mapping[str, Any],
        answers: str = "ALL_NEW",
    ) -> dict[str, Any] | None:
        """Change one item and return it, None when the condition does not hold."""
        try:
            with passing_faults(NOT_NOW):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=to_item(key),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_item(values),
                    ReturnValues=answers,
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != _REFUSED:
                raise
            return None
        return from_item(answer["Attributes"])

    def write(self, *writes: Mapping[str, Any]) -> bool:
        """
        Write items in one transaction; return False, with nothing written, when a condition does not hold.

        Raises StoreUnavailable when another transaction crosses it.
        """
        try:
            with passing_faults(NOT_NOW):
                self._client.transact_write_items(TransactItems=list(writes))
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
            if "ConditionalCheckFailed" in reasons:
                return False
            if reasons & _CROSSED:
                raise unavailable() from error
            raise
        return True

    def put_of(self, item: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Return a put for a transaction."""
        return {"Put": {"TableName": self._table, "Item": to_item(item), **more}}

    def delete_of(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """Return a delete for a transaction."""
        return {"Delete": {"TableName": self._table, "Key": to_item(key)}}

    def update_of(self, key: Mapping[str, Any], change: str, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Return an update for a transaction."""
        given = {"Key": to_item(key), "UpdateExpression": change, "ExpressionAttributeValues": to_item(values)}
        return {"Update": {"TableName": self._table, **given, **more}}
