"""
Notices in ConfigTable: `SUB#<id>` holds what waits, what was sent, what was given up, and which events were seen.

What waits is sorted by the time at which it may be delivered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from causeway.contract.days import DAY_S
from causeway.gateways.dynamodb.subscriptions.calls import TableCalls
from causeway.gateways.dynamodb.subscriptions.table import key_of
from causeway.subscriptions.notices import Notice
from causeway.subscriptions.ports import Pending, Tries
from causeway.subscriptions.subscription import Subscription

KEPT_S = 7 * DAY_S  # how long what was sent or given up can be replayed, and an event is known
WAITS_S = 14 * DAY_S
PENDING, SENT, REFUSED = "PENDING#", "SENT#", "REFUSED#"
_ONCE = {"ConditionExpression": "attribute_not_exists(pk)"}


class NoticeTable:
    """The notices of every subscription."""

    def __init__(self, client: Any, table: str) -> None:
        self._calls = TableCalls(client, table)

    def add(self, subscription: str, notice: Notice) -> None:
        """Keep a notice once per event; one of a digest counts."""
        event = notice.event or notice.id
        seen = {"pk": _pk(subscription), "sk": f"SEEN#{event}", "expires_at": _expiry(notice, KEPT_S)}
        once = self._calls.put_of(seen, **_ONCE)
        place, content = _key(subscription, PENDING, _name(notice)), _content(notice)
        if not notice.is_digest:
            self._calls.write(once, self._calls.put_of({**place, **content}, **_ONCE))
            return
        change = "SET notice = if_not_exists(notice, :notice), expires_at = :expires_at ADD counted :count"
        values = {f":{name}": value for name, value in content.items()} | {":count": int(notice.data.get("count", 1))}
        self._calls.write(once, self._calls.update_of(place, change, values))

    def pending(self, subscription: str, behind: str, limit: int) -> Sequence[Pending]:
        """Return what waits behind a place, in the order in which it may be delivered."""
        first = f"{behind}\x00" if behind else PENDING
        return [_pending(item) for item in self._calls.query(_pk(subscription), first, f"{PENDING}~", limit)]

    def sent(self, subscription: str, pending: Pending, at_ms: int) -> None:
        """Move a notice from what waits to what was sent."""
        self._move(subscription, pending, SENT, at_ms)

    def put_off(self, subscription: str, pending: Pending, tries: Tries) -> None:
        """Keep how often a notice was refused, and when it is to be tried again; nothing when it is not waiting any more."""
        values = {":tries": tries.number, ":next_ms": tries.next_ms}
        key = {"pk": _pk(subscription), "sk": pending.place}
        self._calls.update(key, "SET tries = :tries, next_ms = :next_ms", "attribute_exists(pk)", values)

    def refuse(self, subscription: Subscription, pending: Pending, why: str, at_ms: int) -> None:
        """Move a notice to what was given up, and count it with the reason."""
        count = self._calls.update_of(
            key_of(subscription.tenant, subscription.id),
            "SET last_refusal = :why ADD refused :one",
            {":why": why, ":one": 1},
            ConditionExpression="attribute_exists(id)",
        )
        self._move(subscription.id, pending, REFUSED, at_ms, count)

    def _move(self, subscription: str, pending: Pending, to: str, at_ms: int, *more: Mapping[str, Any]) -> None:
        key = _key(subscription, to, pending.place.removeprefix(PENDING))
        item = {**key, **_content(pending.notice), "expires_at": at_ms // 1000 + KEPT_S}
        waits = {"pk": _pk(subscription), "sk": pending.place}
        self._calls.write(self._calls.put_of(item), self._calls.delete_of(waits), *more)

    def replay(self, subscription: str, since_ms: int, now_ms: int) -> int:
        """Let what was sent since a moment wait again, in its order, and all that was given up; return how many."""
        pk = _pk(subscription)
        sent = self._calls.query(pk, f"{SENT}{since_ms:013d}", f"{SENT}~")
        refused = self._calls.query(pk, REFUSED, f"{REFUSED}~")
        for item in (*sent, *refused):
            again = {**item, "sk": PENDING + item["sk"].partition("#")[2], "expires_at": now_ms // 1000 + WAITS_S}
            if item["sk"].startswith(SENT):
                self._calls.put(again)
            else:
                self._calls.write(self._calls.put_of(again), self._calls.delete_of({"pk": pk, "sk": item["sk"]}))
        return len(sent) + len(refused)


def _pk(subscription: str) -> str:
    return f"SUB#{subscription}"


def _key(subscription: str, kind: str, name: str) -> dict[str, Any]:
    return {"pk": _pk(subscription), "sk": f"{kind}{name}"}


def _name(notice: Notice) -> str:
    return f"{notice.not_before_ms:013d}#{notice.id}"


def _expiry(notice: Notice, kept_s: int) -> int:
    return notice.not_before_ms // 1000 + kept_s


def _content(notice: Notice) -> dict[str, Any]:
    return {"notice": json.dumps(asdict(notice), ensure_ascii=False), "expires_at": _expiry(notice, WAITS_S)}


def _pending(item: Mapping[str, Any]) -> Pending:
    found = json.loads(item["notice"])
    if "counted" in item:
        found["data"] = {**found["data"], "count": item["counted"]}
    return Pending(item["sk"], Notice(**found), Tries(item.get("tries", 0), item.get("next_ms", 0)))
