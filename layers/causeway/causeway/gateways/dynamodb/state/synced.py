"""
What both sides of bidirectional syncs had last, in StateTable: one item per record of the org, one attribute per column.

An attribute `c#<column>` holds the value's hash and when the product was told of it; `version` grows with every write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.state.claims import MAX_BATCH_GET, pk_of
from causeway.push.memory.hashes import hashed
from causeway.push.memory.two_way import LastSynced

ROUNDS = 8  # BatchGetItem may leave keys unprocessed
COLUMN = "c#"
_NOT_NOW = "The last synced values can not be reached at the moment."


class SyncedTable:
    """The last synced values of every tenant's records."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of_records(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, LastSynced]:
        """Return what is known of these Ids; unknown ones are absent."""
        by_pk = {_pk(tenant, org_id, record_id): record_id for record_id in ids}
        keys = list(by_pk)
        chunks = [keys[start : start + MAX_BATCH_GET] for start in range(0, len(keys), MAX_BATCH_GET)]
        found: dict[str, LastSynced] = {}
        for items in in_parallel(self._chunk, chunks):
            found.update((by_pk[item["pk"]["S"]], _last(item)) for item in items)
        return found

    def _chunk(self, keys: Sequence[str]) -> list[Mapping[str, Any]]:
        pending: list[Any] = [{"pk": {"S": key}} for key in keys]
        found: list[Mapping[str, Any]] = []
        for _ in range(ROUNDS):
            if not pending:
                return found
            request = {self._table: {"Keys": pending, "ConsistentRead": True}}
            with passing_faults(_NOT_NOW):
                answer = self._client.batch_get_item(RequestItems=request)
            found += answer["Responses"].get(self._table, ())
            pending = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        raise StoreUnavailable(_NOT_NOW, "It is tried again.")

    def note_published(self, tenant: str, org_id: str, marks: Mapping[str, Mapping[str, str]], at_ms: int) -> None:
        """Note what the product is being told (record → column → mark)."""
        in_parallel(lambda pair: self._put(tenant, org_id, pair[0], pair[1], at_ms, None), list(marks.items()))

    def written(self, tenant: str, org_id: str, marks: Mapping[str, tuple[Mapping[str, str], int]]) -> None:
        """
        Note what pushes wrote (record → marks by column, and the version that they were weighed against).

        A record about which the product was told meanwhile keeps what is noted: the next pull then tells what was written.
        """
        in_parallel(lambda pair: self._put(tenant, org_id, pair[0], pair[1][0], 0, pair[1][1]), list(marks.items()))

    def _put(
        self, tenant: str, org_id: str, record_id: str, marks: Mapping[str, str], at_ms: int, seen: int | None
    ) -> None:
        names = {f"#{place}": f"{COLUMN}{column}" for place, column in enumerate(marks)}
        values: dict[str, Any] = {f":{place}": {"S": f"{mark}:{at_ms}"} for place, mark in enumerate(marks.values())}
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": {"pk": {"S": _pk(tenant, org_id, record_id)}},
            "UpdateExpression": "SET "
            + ", ".join(f"#{place} = :{place}" for place in range(len(marks)))
            + " ADD version :one",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {**values, ":one": {"N": "1"}},
        }
        if seen is not None:
            request["ConditionExpression"] = "version = :seen" if seen else "attribute_not_exists(version)"
            if seen:
                request["ExpressionAttributeValues"][":seen"] = {"N": str(seen)}
        try:
            with passing_faults(_NOT_NOW):
                self._client.update_item(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _pk(tenant: str, org_id: str, record_id: str) -> str:
    return pk_of(tenant, hashed("synced", org_id, record_id))


def _last(item: Mapping[str, Any]) -> LastSynced:
    columns: dict[str, tuple[str, int]] = {}
    for name, value in item.items():
        if name.startswith(COLUMN):
            mark, _, told_ms = value["S"].rpartition(":")
            columns[name.removeprefix(COLUMN)] = (mark, int(told_ms))
    return LastSynced(columns, int(item["version"]["N"]))
