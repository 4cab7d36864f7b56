"""
Event relays in ConfigTable: pk `RELAY#<org Id, 15 characters>`, sk `T#<tenant>` says who takes an org's hints; pk `T#<tenant>`,
sk `HINT#<sync>` holds the pull that was planned last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.relay.pacing import Planned

TAKEN = "ConditionalCheckFailedException"
KEPT_S = 7 * 86_400  # of a plan: far longer than anything is paid for
_NOT_NOW = "The table of event relays does not answer at the moment."


class RelayTable:
    """The event relays of every tenant."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def tenants_of(self, org_id: str) -> Sequence[str]:
        """Return the tenants that take hints of an org."""
        with passing_faults(_NOT_NOW):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues=to_item({":pk": f"RELAY#{org_id}"}),
            )
            return [item["sk"]["S"].removeprefix("T#") for page in pages for item in page["Items"]]

    def follow(self, org_id: str, tenant: str, source: str, now_ms: int) -> None:
        """Let a tenant take the hints of an org, which come from this partner event source."""
        self._change(
            _of_tenant(org_id, tenant),
            "SET #source = :source, since_ms = if_not_exists(since_ms, :now)",
            {":source": source, ":now": now_ms},
            {"#source": "source"},
        )

    def leave(self, org_id: str, tenant: str) -> None:
        """Let a tenant take no hints of an org any more."""
        with passing_faults(_NOT_NOW):
            self._client.delete_item(TableName=self._table, Key=to_item(_of_tenant(org_id, tenant)))

    def followed(self, org_id: str, tenant: str) -> Mapping[str, Any] | None:
        """Return `source`, `since_ms` and `heard_ms` (once an event came) of a tenant that takes the hints of an org."""
        return self._item(_of_tenant(org_id, tenant))

    def heard(self, org_id: str, tenant: str, now_ms: int) -> None:
        """Note that an event came."""
        self._change(_of_tenant(org_id, tenant), "SET heard_ms = :now", {":now": now_ms}, {}, "attribute_exists(pk)")

    def planned(self, tenant: str, sync: str) -> Planned | None:
        """Return the pull that was planned last."""
        item = self._item(_of_sync(tenant, sync))
        return Planned(item["at_ms"], item["paid_until_ms"]) if item else None

    def plan(self, tenant: str, sync: str, before: Planned | None, after: Planned | None) -> bool:
        """Replace the planned pull if it is still `before`; return False when another worker was faster."""
        seen = before.at_ms if before else 0
        expected = {":seen": seen}
        is_seen = "at_ms = :seen" if before else "attribute_not_exists(at_ms) OR at_ms = :seen"
        later = after or Planned(0, 0)
        values = {":at": later.at_ms, ":paid": later.paid_until_ms, ":until": later.at_ms // 1000 + KEPT_S}
        change = "SET at_ms = :at, paid_until_ms = :paid, expires_at = :until"
        return self._change(_of_sync(tenant, sync), change, {**values, **expected}, {}, is_seen)

    def _item(self, key: Mapping[str, str]) -> Mapping[str, Any] | None:
        with passing_faults(_NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def _change(
        self, key: Mapping[str, str], change: str, values: Mapping[str, Any], names: Mapping[str, str], given: str = ""
    ) -> bool:
        more: dict[str, Any] = {"ConditionExpression": given} if given else {}
        if names:
            more["ExpressionAttributeNames"] = dict(names)
        try:
            with passing_faults(_NOT_NOW):
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item(key),
                    UpdateExpression=change,
                    ExpressionAttributeValues=to_item(values),
                    **more,
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != TAKEN:
                raise
            return False
        return True


def _of_tenant(org_id: str, tenant: str) -> dict[str, str]:
    return {"pk": f"RELAY#{org_id}", "sk": f"T#{tenant}"}


def _of_sync(tenant: str, sync: str) -> dict[str, str]:
    return {"pk": f"T#{tenant}", "sk": f"HINT#{sync}"}
