"""
Subscriptions and their notices in ConfigTable.

`SUBS#<tenant>` holds the subscriptions, `SUB#<id>` what waits, what was sent, and which ids were seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from botocore.exceptions import ClientError

from causeway.contract.days import DAY_S
from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.subscriptions.notices import Notice
from causeway.subscriptions.ports import Pending
from causeway.subscriptions.subscription import Subscription

type Subscriptions = list[Subscription]
type Items = list[dict[str, Any]]

KEPT_S = 7 * DAY_S  # how long what was sent can be replayed, and an id is known
WAITS_S = 14 * DAY_S
_STATE = ("failing_since_ms", "attempts", "next_try_ms", "disabled_because")
_NOT_NOW = "The subscriptions cannot be reached at the moment."
_CROSSED = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_TAKEN = "ConditionalCheckFailedException"


class SubscriptionTable:
    """The subscriptions of every tenant and of the deployment."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def list(self, tenant: str) -> Subscriptions:
        """Return the subscriptions of a tenant."""
        return [_subscription(item) for item in self._query(f"SUBS#{tenant}", "SUB#", "SUB#~")]

    def get(self, tenant: str, subscription: str) -> Subscription | None:
        """Return one subscription, or None."""
        with passing_faults(_NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=_key(tenant, subscription), ConsistentRead=True)
        return _subscription(from_item(answer["Item"])) if "Item" in answer else None

    def put(self, subscription: Subscription) -> None:
        """Save a subscription as a person asks for it; whoever delivers it keeps its lease."""
        values = asdict(subscription)
        names = {f"#{place}": name for place, name in enumerate(values)}
        with passing_faults(_NOT_NOW):
            self._client.update_item(
                TableName=self._table,
                Key=_key(subscription.tenant, subscription.id),
                UpdateExpression="SET " + ", ".join(f"#{place} = :{place}" for place in range(len(values))),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item({f":{place}": each for place, each in enumerate(values.values())}),
            )

    def delete(self, tenant: str, subscription: str) -> None:
        """Delete a subscription; its notices expire by themselves."""
        with passing_faults(_NOT_NOW):
            self._client.delete_item(TableName=self._table, Key=_key(tenant, subscription))

    def claim(self, tenant: str, subscription: str, until_ms: int, now_ms: int) -> Subscription | None:
        """Take the lease; None while another holds it, or when there is no such subscription."""
        values = {":until": until_ms, ":now": now_ms}
        answer = self._update(
            _key(tenant, subscription),
            "SET lease_until = :until",
            "attribute_exists(id) AND (attribute_not_exists(lease_until) OR lease_until < :now)",
            values,
        )
        return None if answer is None else _subscription(from_item(answer["Attributes"]))

    def save(self, subscription: Subscription, *, until_ms: int) -> None:
        """Save how deliveries stand, and set the lease's end; one that was deleted meanwhile stays deleted."""
        values = {f":{name}": getattr(subscription, name) for name in _STATE}
        change = ", ".join(f"{name} = :{name}" for name in _STATE)
        key = _key(subscription.tenant, subscription.id)
        self._update(key, f"SET {change}, lease_until = :until", "attribute_exists(id)", {**values, ":until": until_ms})

    def add(self, subscription: str, notice: Notice) -> None:
        """Keep a notice once per id; one of a digest counts."""
        if notice.is_digest:
            self._count(subscription, notice)
            return
        seen = {"pk": f"SUB#{subscription}", "sk": f"SEEN#{notice.id}", "expires_at": _expiry(notice, KEPT_S)}
        puts = [seen, {**_place(subscription, _name(notice)), **_content(notice)}]
        once = {"ConditionExpression": "attribute_not_exists(pk)"}
        items = [{"Put": {"TableName": self._table, "Item": to_item(item), **once}} for item in puts]
        self._write_all(items)

    def _count(self, subscription: str, notice: Notice) -> None:
        """Add a digest's notice to what was counted of it."""
        values = _content(notice)
        count = int(notice.data.get("count", 1))
        with passing_faults(_NOT_NOW):
            self._client.update_item(
                TableName=self._table,
                Key=to_item(_place(subscription, _name(notice))),
                UpdateExpression="SET notice = if_not_exists(notice, :notice), expires_at = :expires ADD counted :count",
                ExpressionAttributeValues=to_item(
                    {":notice": values["notice"], ":expires": values["expires_at"], ":count": count}
                ),
            )

    def pending(self, subscription: str, upto_ms: int, limit: int) -> Sequence[Pending]:
        """Return what waits and may be delivered by now, oldest first."""
        found = self._query(f"SUB#{subscription}", "PENDING#", f"PENDING#{upto_ms:013d}#~", limit)
        return [Pending(item["sk"], _notice(item)) for item in found]

    def next_at_ms(self, subscription: str) -> int | None:
        """Return when the first waiting notice may be delivered (epoch ms), None when nothing waits."""
        found = self._query(f"SUB#{subscription}", "PENDING#", "PENDING#~", 1)
        return int(found[0]["sk"].split("#")[1]) if found else None

    def sent(self, subscription: str, pending: Pending, at_ms: int) -> None:
        """Move a notice from what waits to what was sent."""
        key = {"pk": f"SUB#{subscription}", "sk": f"SENT#{pending.place.removeprefix('PENDING#')}"}
        item = {**key, **_content(pending.notice), "expires_at": at_ms // 1000 + KEPT_S}
        waits = to_item({"pk": f"SUB#{subscription}", "sk": pending.place})
        put = {"Put": {"TableName": self._table, "Item": to_item(item)}}
        self._write_all([put, {"Delete": {"TableName": self._table, "Key": waits}}])

    def replay(self, subscription: str, since_ms: int, now_ms: int) -> int:
        """Let what was sent since a moment wait again, in its order; return how many."""
        found = self._query(f"SUB#{subscription}", f"SENT#{since_ms:013d}", "SENT#~")
        for item in found:
            place = f"PENDING#{item['sk'].removeprefix('SENT#')}"
            again = {**item, "sk": place, "expires_at": now_ms // 1000 + WAITS_S}
            with passing_faults(_NOT_NOW):
                self._client.put_item(TableName=self._table, Item=to_item(again))
        return len(found)

    def _write_all(self, items: Items) -> None:
        """Write items in one transaction, nothing when a condition does not hold; raise StoreUnavailable when another crosses it."""
        try:
            with passing_faults(_NOT_NOW):
                self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
            if "ConditionalCheckFailed" in reasons:
                return
            if reasons & _CROSSED:
                raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.") from error
            raise

    def _query(self, pk: str, first: str, last: str, limit: int | None = None) -> Items:
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": to_item({":pk": pk, ":first": first, ":last": last}),
            "ConsistentRead": True,
        }
        if limit is not None:
            with passing_faults(_NOT_NOW):
                return [from_item(item) for item in self._client.query(**asked, Limit=limit)["Items"]]
        with passing_faults(_NOT_NOW):
            pages = self._client.get_paginator("query").paginate(**asked)
            return [from_item(item) for page in pages for item in page["Items"]]

    def _update(
        self, key: Mapping[str, Any], change: str, condition: str, values: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Write one item and return the answer, None when the condition does not hold."""
        try:
            with passing_faults(_NOT_NOW):
                answer: Mapping[str, Any] = self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_item(values),
                    ReturnValues="ALL_NEW",
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != _TAKEN:
                raise
            return None
        return answer


def _key(tenant: str, subscription: str) -> dict[str, Any]:
    return to_item({"pk": f"SUBS#{tenant}", "sk": f"SUB#{subscription}"})


def _place(subscription: str, name: str) -> dict[str, Any]:
    return {"pk": f"SUB#{subscription}", "sk": f"PENDING#{name}"}


def _name(notice: Notice) -> str:
    return f"{notice.not_before_ms:013d}#{notice.id}"


def _expiry(notice: Notice, kept_s: int) -> int:
    return notice.not_before_ms // 1000 + kept_s


def _content(notice: Notice) -> dict[str, Any]:
    return {"notice": json.dumps(asdict(notice), ensure_ascii=False), "expires_at": _expiry(notice, WAITS_S)}


def _notice(item: Mapping[str, Any]) -> Notice:
    found = json.loads(item["notice"])
    if "counted" in item:
        found["data"] = {**found["data"], "count": item["counted"]}
    return Notice(**found)


def _subscription(item: Mapping[str, Any]) -> Subscription:
    values = {name: item[name] for name in Subscription.__slots__ if name in item}
    for name in ("events", "signals"):
        values[name] = tuple(values.get(name, ()))
    return Subscription(**values)
