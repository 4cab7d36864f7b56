"""The product's field lists in ConfigTable: per tenant and source what was registered and what was learned from messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.errors import StoreUnavailable
from causeway.syncs.discovery.product_fields import MAX_FIELDS, FieldType, ProductField


class FieldTable:
    """The product's fields per source. Remembers what it has learned, so that known names cost no call."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table
        self._known: dict[tuple[str, str], set[str]] = {}

    def get(self, tenant: str, source: str) -> list[ProductField]:
        """Return the registered fields in their order, then the learned ones by name."""
        item = self._client.get_item(TableName=self._table, Key=_key(tenant, source)).get("Item", {})
        registered = [ProductField.model_validate(row) for row in json.loads(item.get("registered", {"S": "[]"})["S"])]
        names = {field.name for field in registered}
        learned = json.loads(item.get("learned", {"S": "{}"})["S"])
        return registered + [
            ProductField(name=name, type=kind, learned=True)
            for name, kind in sorted(learned.items())
            if name not in names
        ]

    def register(self, tenant: str, source: str, fields: list[ProductField]) -> None:
        """Replace the registered fields."""
        rows = [field.model_dump(exclude={"learned"}) for field in fields]
        self._client.update_item(
            TableName=self._table,
            Key=_key(tenant, source),
            UpdateExpression="SET registered = :rows",
            ExpressionAttributeValues={":rows": {"S": json.dumps(rows)}},
        )

    def learn(self, tenant: str, source: str, seen: Mapping[str, FieldType]) -> None:
        """
        Add names seen in messages; at most MAX_FIELDS are kept per source. Raises StoreUnavailable.

        Two writers at once may drop one's names: the next message that carries them brings them back.
        """
        known = self._known.setdefault((tenant, source), set())
        if seen.keys() <= known:
            return
        try:
            if self._added(tenant, source, seen):
                known.update(seen)
        except (ClientError, BotoCoreError) as error:  # whatever it is: learning is never worth a push
            raise StoreUnavailable("The list of fields could not be read or changed.", "It is tried again.") from error

    def _added(self, tenant: str, source: str, seen: Mapping[str, FieldType]) -> bool:
        """Return whether everything seen is kept now, or has no place any more."""
        item = self._client.get_item(TableName=self._table, Key=_key(tenant, source)).get("Item", {})
        before = item.get("learned", {"S": "{}"})["S"]
        learned: dict[str, FieldType] = json.loads(before)
        new = [name for name in seen if name not in learned][: max(0, MAX_FIELDS - len(learned))]
        learned |= {name: seen[name] for name in new}
        return not new or self._replaced(tenant, source, before if "learned" in item else None, learned)

    def _replaced(self, tenant: str, source: str, before: str | None, learned: Mapping[str, FieldType]) -> bool:
        values = {":new": {"S": json.dumps(learned)}}
        condition = "attribute_not_exists(learned)"
        if before is not None:
            condition, values[":before"] = "learned = :before", {"S": before}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, source),
                UpdateExpression="SET learned = :new",
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _key(tenant: str, source: str) -> dict[str, Any]:
    return {"pk": {"S": f"T#{tenant}"}, "sk": {"S": f"FIELDS#{source}"}}
