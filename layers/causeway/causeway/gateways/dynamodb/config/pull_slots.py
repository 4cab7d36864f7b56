"""The slots for a tenant's pull runs in ConfigTable: pk `T#<tenant>`, sk `PULLSLOT#<n>`, each with a lease."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import to_item
from causeway.pull.jobs import Slot

TAKEN = "ConditionalCheckFailedException"
_NOT_NOW = "The table of pull runs does not answer at the moment."


class SlotTable:
    """The slots of every tenant."""

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int]) -> None:
        self._client, self._table, self._now_ms = client, table, now_ms

    def take(self, tenant: str, places: int, lease_ms: int, owner: str) -> Slot | None:
        """Take one of so many places, or None while others hold them all; a place is free again when its lease ran out."""
        now_ms = self._now_ms()
        free = "attribute_not_exists(lease_until) OR lease_until < :now OR #owner = :owner"
        values = {":owner": owner, ":until": now_ms + lease_ms, ":now": now_ms}
        change = "SET #owner = :owner, lease_until = :until"
        numbers = (number for number in range(places) if self._changed(tenant, number, change, free, values))
        number = next(numbers, None)
        return None if number is None else Slot(number, owner)

    def release(self, tenant: str, slot: Slot) -> None:
        """Free a place that is still ours."""
        self._changed(
            tenant, slot.number, "SET lease_until = :zero", "#owner = :owner", {":zero": 0, ":owner": slot.owner}
        )

    def _changed(self, tenant: str, number: int, change: str, condition: str, values: dict[str, Any]) -> bool:
        try:
            with passing_faults(_NOT_NOW):
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"pk": f"T#{tenant}", "sk": f"PULLSLOT#{number}"}),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#owner": "owner"},
                    ExpressionAttributeValues=to_item(values),
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != TAKEN:
                raise
            return False
        return True
