"""Single-use markers and sessions in ConfigTable: a link is spent once, a state is taken once, a session can be ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from causeway.gateways.dynamodb.items import from_item, to_item

_KEPT_AFTER_S: Final = 24 * 3600  # DynamoDB deletes late, never early; a marker outlives its subject by a day


class MarkerTable:
    """Keys are digests: what is stored neither signs in nor connects anybody."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def spend(self, link: str, expires_at_ms: int) -> bool:
        """Mark a link as used; return False when it was used before."""
        return self._put_once({"pk": f"LINK#{link}", "sk": "SPENT"}, {}, expires_at_ms)

    def is_spent(self, link: str) -> bool:
        """Return whether a link was used."""
        return self._get({"pk": f"LINK#{link}", "sk": "SPENT"}) is not None

    def keep_state(self, state: str, values: Mapping[str, Any], expires_at_ms: int) -> bool:
        """Keep what an authorization in progress needs when the browser returns."""
        return self._put_once({"pk": f"STATE#{state}", "sk": "STATE"}, values, expires_at_ms)

    def take_state(self, state: str, now_ms: int) -> Mapping[str, Any] | None:
        """Remove a state and return what was kept; None when there is none (any more) or its time has passed."""
        answer = self._client.delete_item(
            TableName=self._table, Key=to_item({"pk": f"STATE#{state}", "sk": "STATE"}), ReturnValues="ALL_OLD"
        )
        found = from_item(answer.get("Attributes", {}))
        return found if found and found["expires_at_ms"] > now_ms else None

    def keep_session(self, tenant: str, session: str, values: Mapping[str, Any], expires_at_ms: int) -> bool:
        """Keep a session under its tenant."""
        return self._put_once(_session_key(tenant, session), values, expires_at_ms)

    def session(self, tenant: str, session: str, now_ms: int) -> Mapping[str, Any] | None:
        """Return a session that has neither been ended nor run out."""
        found = self._get(_session_key(tenant, session))
        return found if found and found["expires_at_ms"] > now_ms else None

    def end_sessions(self, tenant: str, user: str | None = None) -> int:
        """End the tenant's sessions, or one user's, and return how many."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :session)",
            ExpressionAttributeValues=to_item({":pk": f"T#{tenant}", ":session": "SESSION#"}),
            ConsistentRead=True,
        )
        found = [from_item(item) for page in pages for item in page["Items"]]
        ended = [each for each in found if user is None or each["user"] == user]
        for each in ended:
            self._client.delete_item(TableName=self._table, Key=to_item({"pk": each["pk"], "sk": each["sk"]}))
        return len(ended)

    def end_links(self, tenant: str, user: str | None, at_ms: int, until_ms: int) -> None:
        """Mark the links of the tenant, or of one of its users, that were issued until `at_ms` as ended; kept until `until_ms`."""
        item = {**_ended_links_key(tenant, user), "at_ms": at_ms, "expires_at": until_ms // 1000 + _KEPT_AFTER_S}
        self._client.put_item(TableName=self._table, Item=to_item(item))

    def are_links_ended(self, tenant: str, user: str, issued_at_ms: int) -> bool:
        """Return whether the links that a person got until `issued_at_ms` were ended."""
        marks = [self._get(_ended_links_key(tenant, who)) for who in (user, None)]
        return any(mark is not None and issued_at_ms <= mark["at_ms"] for mark in marks)

    def _get(self, key: Mapping[str, str]) -> Mapping[str, Any] | None:
        answer = self._client.get_item(TableName=self._table, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def _put_once(self, key: Mapping[str, str], values: Mapping[str, Any], expires_at_ms: int) -> bool:
        expiry = {"expires_at_ms": expires_at_ms, "expires_at": expires_at_ms // 1000 + _KEPT_AFTER_S}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item({**values, **expiry, **key}),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _ended_links_key(tenant: str, user: str | None) -> dict[str, str]:
    return {"pk": f"T#{tenant}", "sk": "LINKS_ENDED" if user is None else f"LINKS_ENDED#{user}"}


def _session_key(tenant: str, session: str) -> dict[str, str]:
    return {"pk": f"T#{tenant}", "sk": f"SESSION#{session}"}
