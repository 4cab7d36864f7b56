"""Subscriptions in ConfigTable: `SUBS#<tenant>` holds those of a tenant, each with the lease of whoever delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from causeway.gateways.dynamodb.subscriptions.calls import TableCalls, unavailable
from causeway.subscriptions.subscription import Subscription

type Subscriptions = list[Subscription]

# What the worker that holds the lease writes.
_STANDING = (
    *("taken_at_ms", "failing_since_ms", "attempts", "next_try_ms", "tried_upto", "comes_back_ms"),
    *("disabled_because", "is_published"),
)
_MINE = "lease_until = :until"
_UNCHANGED = "(revision = :revision OR (attribute_not_exists(revision) AND :revision = :zero))"
_CLAIM_TRIES = 3


class SubscriptionTable:
    """The subscriptions of every tenant and of the deployment."""

    def __init__(self, client: Any, table: str) -> None:
        self._calls = TableCalls(client, table)

    def list(self, tenant: str) -> Subscriptions:
        """Return the subscriptions of a tenant."""
        return [_subscription(item) for item in self._calls.query(f"SUBS#{tenant}", "SUB#", "SUB#~")]

    def get(self, tenant: str, subscription: str) -> Subscription | None:
        """Return one subscription, or None."""
        found = self._calls.get(key_of(tenant, subscription))
        return None if found is None else _subscription(found)

    def create(self, subscription: Subscription) -> None:
        """Save a new subscription."""
        self._calls.put({**key_of(subscription.tenant, subscription.id), **asdict(subscription)})

    def change(self, before: Subscription, after: Subscription) -> bool:
        """Write what differs as a person asks for it; return False when another was faster or it is gone."""
        known = asdict(before)
        new = {name: value for name, value in asdict(after).items() if name != "revision" and value != known[name]}
        change = "SET revision = :next" + "".join(f", {name} = :{name}" for name in new)
        values = {":next": after.revision, ":revision": before.revision, ":zero": 0}
        values |= {f":{name}": value for name, value in new.items()}
        key, condition = key_of(before.tenant, before.id), f"attribute_exists(id) AND {_UNCHANGED}"
        return self._calls.update(key, change, condition, values) is not None

    def delete(self, tenant: str, subscription: str) -> None:
        """Delete a subscription; its notices expire by themselves."""
        self._calls.delete(key_of(tenant, subscription))

    def claim(self, tenant: str, subscription: str, until_ms: int, now_ms: int) -> Subscription | None:
        """
        Take the lease; None when there is no such subscription, or another worker holds it.

        That worker is told in the item itself, so `release` cannot miss it.
        """
        key, is_free = key_of(tenant, subscription), "(attribute_not_exists(lease_until) OR lease_until < :now)"
        for _ in range(_CLAIM_TRIES):
            mine = {":until": until_ms, ":now": now_ms}
            change = "SET lease_until = :until REMOVE wanted"
            found = self._calls.update(key, change, f"attribute_exists(id) AND {is_free}", mine)
            if found is not None:
                return _subscription(found)
            held = "attribute_exists(id) AND lease_until >= :now"
            if self._calls.update(key, "SET wanted = :yes", held, {":yes": True, ":now": now_ms}) is not None:
                return None
            if self._calls.get(key) is None:
                return None
        raise unavailable()  # its lease ended and began anew between the calls

    def keep(self, subscription: Subscription, until_ms: int) -> bool:
        """Write how deliveries stand; return False when the lease is lost or a person changed anything meanwhile."""
        return self._stand(subscription, until_ms, until_ms, "") is not None

    def release(self, subscription: Subscription, until_ms: int) -> bool:
        """
        Write how deliveries stand, unless a person changed anything meanwhile, and end the lease.

        Return whether another worker came while it was held.
        """
        before = self._stand(subscription, until_ms, 0, " REMOVE wanted")
        if before is None:
            key, values = key_of(subscription.tenant, subscription.id), {":until": until_ms, ":after": 0}
            change = "SET lease_until = :after REMOVE wanted"
            before = self._calls.update(key, change, _MINE, values, answers="ALL_OLD")
        return before is not None and bool(before.get("wanted"))

    def _stand(self, subscription: Subscription, until_ms: int, after_ms: int, more: str) -> dict[str, Any] | None:
        """Write how deliveries stand under the lease; return what was stored before, None when that cannot be."""
        values = {f":{name}": getattr(subscription, name) for name in _STANDING}
        change = ", ".join(f"{name} = :{name}" for name in _STANDING)
        values |= {":until": until_ms, ":after": after_ms, ":revision": subscription.revision, ":zero": 0}
        key = key_of(subscription.tenant, subscription.id)
        change = f"SET {change}, lease_until = :after{more}"
        return self._calls.update(key, change, f"{_MINE} AND {_UNCHANGED}", values, answers="ALL_OLD")


def key_of(tenant: str, subscription: str) -> dict[str, Any]:
    """Return the key of a subscription's item."""
    return {"pk": f"SUBS#{tenant}", "sk": f"SUB#{subscription}"}


def _subscription(item: Mapping[str, Any]) -> Subscription:
    values = {name: item[name] for name in Subscription.__slots__ if name in item}
    for name in ("events", "signals"):
        values[name] = tuple(values.get(name, ()))
    return Subscription(**values)
