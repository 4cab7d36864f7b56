"""
What both sides of bidirectional syncs had last, in StateTable: one item per record of the org, one attribute per column.

An attribute `c#<column>` holds the value's hash and when it was published to the product; `version` grows with every write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.batch_get import items_by_pk
from causeway.gateways.dynamodb.state.keys import pk_of
from causeway.push.memory.hashes import hashed
from causeway.push.memory.two_way import LastSynced

COLUMN = "c#"
_NOT_NOW = "The last synced values cannot be reached at the moment."


class SyncedTable:
    """The last synced values of every tenant's records."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of_records(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, LastSynced]:
        """Return what is known of these Ids; unknown ones are absent."""
        by_pk = {_pk(tenant, org_id, record_id): record_id for record_id in ids}
        items = items_by_pk(self._client, self._table, by_pk, _NOT_NOW)
        return {by_pk[pk]: _last_synced(item) for pk, item in items.items()}

    def note_published(
        self, tenant: str, org_id: str, fingerprints: Mapping[str, Mapping[str, str]], at_ms: int
    ) -> None:
        """Note what is being published to the product (record → column → fingerprint)."""

        def note(pair: tuple[str, Mapping[str, str]]) -> None:
            self._update(tenant, org_id, pair[0], _change(pair[1], at_ms))

        in_parallel(note, list(fingerprints.items()))

    def written(self, tenant: str, org_id: str, fingerprints: Mapping[str, tuple[Mapping[str, str], int]]) -> None:
        """
        Note what pushes wrote (record → fingerprints by column, and the version that they were decided against).

        A record that was published meanwhile keeps what is noted: the next pull then publishes what was written.
        """

        def note(pair: tuple[str, tuple[Mapping[str, str], int]]) -> None:
            record_id, (columns, seen) = pair
            self._update(tenant, org_id, record_id, _only_at_version(_change(columns, 0), seen))

        in_parallel(note, list(fingerprints.items()))

    def _update(self, tenant: str, org_id: str, record_id: str, change: Mapping[str, Any]) -> None:
        key = {"pk": {"S": _pk(tenant, org_id, record_id)}}
        try:
            with passing_faults(_NOT_NOW):
                self._client.update_item(TableName=self._table, Key=key, **change)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _change(columns: Mapping[str, str], at_ms: int) -> dict[str, Any]:
    """Return the parameters of UpdateItem that set these columns and let the version grow."""
    sets = ", ".join(f"#{place} = :{place}" for place in range(len(columns)))
    values = {f":{place}": {"S": f"{each}:{at_ms}"} for place, each in enumerate(columns.values())}
    return {
        "UpdateExpression": f"SET {sets} ADD version :one",
        "ExpressionAttributeNames": {f"#{place}": f"{COLUMN}{column}" for place, column in enumerate(columns)},
        "ExpressionAttributeValues": {**values, ":one": {"N": "1"}},
    }


def _only_at_version(change: Mapping[str, Any], seen: int) -> dict[str, Any]:
    """Return the change on the condition that the item still has the version that was seen; 0: that it does not exist."""
    if not seen:
        return {**change, "ConditionExpression": "attribute_not_exists(version)"}
    values = {**change["ExpressionAttributeValues"], ":seen": {"N": str(seen)}}
    return {**change, "ConditionExpression": "version = :seen", "ExpressionAttributeValues": values}


def _pk(tenant: str, org_id: str, record_id: str) -> str:
    return pk_of(tenant, hashed("synced", org_id, record_id))


def _last_synced(item: Mapping[str, Any]) -> LastSynced:
    columns: dict[str, tuple[str, int]] = {}
    for name, value in item.items():
        if name.startswith(COLUMN):
            fingerprint, _, published_ms = value["S"].rpartition(":")
            columns[name.removeprefix(COLUMN)] = (fingerprint, int(published_ms))
    return LastSynced(columns, int(item["version"]["N"]))
