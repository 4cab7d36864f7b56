"""Subscriptions in memory: a store, a receiver that can fail, a queue that delays, time that moves when a test says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from causeway.errors import StoreUnavailable
from causeway.subscriptions.delivering import deliver, take_event
from causeway.subscriptions.management import Subscriptions
from causeway.subscriptions.notices import Notice
from causeway.subscriptions.ports import Answer, Pending, SubscriptionPorts, Tries
from causeway.subscriptions.subscription import Subscription

START_MS = 1_795_168_800_000
ALL = ("signal.matched", "signal.ended", "run.failed", "change.parked", "connection.status_changed")


@dataclass(slots=True)
class MemoryStore:
    """Subscriptions that are simply kept, with their leases and whether another worker came meanwhile."""

    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    leases: dict[str, int] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)

    def list(self, tenant: str) -> Sequence[Subscription]:
        return [each for (owner, _), each in self.subscriptions.items() if owner == tenant]

    def get(self, tenant: str, subscription: str) -> Subscription | None:
        return self.subscriptions.get((tenant, subscription))

    def create(self, subscription: Subscription) -> None:
        self.subscriptions[subscription.tenant, subscription.id] = subscription

    def change(self, before: Subscription, after: Subscription) -> bool:
        known = self.get(before.tenant, before.id)
        if known is None or known.revision != before.revision:
            return False
        names = [name for name in Subscription.__slots__ if getattr(after, name) != getattr(before, name)]
        self.create(replace(known, **{name: getattr(after, name) for name in names}))
        return True

    def delete(self, tenant: str, subscription: str) -> None:
        self.subscriptions.pop((tenant, subscription), None)

    def claim(self, tenant: str, subscription: str, until_ms: int, now_ms: int) -> Subscription | None:
        if self.leases.get(subscription, 0) >= now_ms:
            self.wanted.add(subscription)
            return None
        self.leases[subscription] = until_ms
        self.wanted.discard(subscription)
        return self.get(tenant, subscription)

    def keep(self, subscription: Subscription, until_ms: int) -> bool:
        known = self.get(subscription.tenant, subscription.id)
        is_mine = self.leases.get(subscription.id) == until_ms
        if known is None or not is_mine or known.revision != subscription.revision:
            return False
        self.create(replace(subscription, refused=known.refused, last_refusal=known.last_refusal))
        return True

    def release(self, subscription: Subscription, until_ms: int) -> bool:
        self.keep(subscription, until_ms)
        if self.leases.get(subscription.id) != until_ms:
            return False
        self.leases[subscription.id] = 0
        is_wanted = subscription.id in self.wanted
        self.wanted.discard(subscription.id)
        return is_wanted


@dataclass(slots=True)
class MemoryNotices:
    """Notices that are simply kept, by subscription and place."""

    store: MemoryStore
    waiting: dict[str, dict[str, Pending]] = field(default_factory=dict)
    gone: dict[str, dict[str, Pending]] = field(default_factory=dict)
    refused: dict[str, dict[str, Pending]] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def add(self, subscription: str, notice: Notice) -> None:
        event = (subscription, notice.event or notice.id)
        if event in self.seen:
            return
        self.seen.add(event)
        waiting = self.waiting.setdefault(subscription, {})
        place = f"{notice.not_before_ms:013d}#{notice.id}"
        if notice.is_digest and place in waiting:
            count = notice.data["count"] + waiting[place].notice.data["count"]
            notice = replace(notice, data={**notice.data, "count": count})
        waiting[place] = Pending(place, notice)

    def pending(self, subscription: str, behind: str, limit: int) -> Sequence[Pending]:
        found = sorted(self.waiting.get(subscription, {}).items())
        return [each for place, each in found if place > behind][:limit]

    def sent(self, subscription: str, pending: Pending, at_ms: int) -> None:
        self.gone.setdefault(subscription, {})[pending.place] = self.waiting[subscription].pop(pending.place)

    def put_off(self, subscription: str, pending: Pending, tries: Tries) -> None:
        self.waiting[subscription][pending.place] = pending._replace(tries=tries)

    def refuse(self, subscription: Subscription, pending: Pending, why: str, at_ms: int) -> None:
        waiting = self.waiting[subscription.id]
        self.refused.setdefault(subscription.id, {})[pending.place] = waiting.pop(pending.place)
        known = self.store.subscriptions[subscription.tenant, subscription.id]
        self.store.create(replace(known, refused=known.refused + 1, last_refusal=why))

    def replay(self, subscription: str, since_ms: int, now_ms: int) -> int:
        sent = self.gone.get(subscription, {})
        again = {place: each for place, each in sent.items() if each.notice.not_before_ms >= since_ms}
        again |= self.refused.pop(subscription, {})
        anew = {place: each._replace(tries=Tries()) for place, each in again.items()}
        self.waiting.setdefault(subscription, {}).update(anew)
        return len(anew)


@dataclass(slots=True)
class SubscriptionWorld:
    """One deployment's subscriptions; `broken` answers in the receiver's place: to a webhook-id, to a record, or ("") to all."""

    now_ms: int = START_MS
    store: MemoryStore = field(default_factory=MemoryStore)
    notices: MemoryNotices = field(init=False)
    received: list[tuple[dict[str, str], str]] = field(default_factory=list)
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[tuple[int, str, str]] = field(default_factory=list)
    published: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    queue: list[tuple[int, str, str]] = field(default_factory=list)
    broken: dict[str, Answer] = field(default_factory=dict)
    tries: int = 0
    numbers: int = 0

    def __post_init__(self) -> None:
        self.notices = MemoryNotices(self.store)

    @property
    def ports(self) -> SubscriptionPorts:
        return SubscriptionPorts(
            store=self.store,
            notices=self.notices,
            key=lambda: b"the key of the deployment",
            post=self._post,
            mail=self._mail,
            mail_operators=self._mail_operators,
            invite=lambda subscription, address: f"arn:{subscription}",
            uninvite=lambda arn: self.mails.append(("", "ended", arn)),
            later=lambda tenant, subscription, delay: self.queue.append(
                (self.now_ms + delay * 1000, tenant, subscription)
            ),
            publish=lambda kind, detail: self.published.append((kind, detail)),
            now_ms=lambda: self.now_ms,
            new_id=self._new_id,
        )

    @property
    def management(self) -> Subscriptions:
        return Subscriptions(self.ports)

    def _new_id(self) -> str:
        self.numbers += 1
        return f"{self.numbers:032x}"[::-1]

    def _post(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        self.tries += 1
        record = str(json.loads(body)["data"].get("salesforce_id", ""))
        broken = self.broken.get(headers["webhook-id"]) or self.broken.get(record) or self.broken.get("")
        if broken is None:
            self.received.append((dict(headers), body))
        return broken or Answer(200)

    def _mail(self, subscription: str, subject: str, text: str) -> Answer:
        self.mails.append((subscription, subject, text))
        return Answer(200)

    def _mail_operators(self, subject: str, text: str) -> Answer:
        broken = self.broken.get("operators")
        if broken is None:
            self.told.append((self.now_ms, subject, text))
        return broken or Answer(200)

    def event(self, kind: str, tenant: str = "acme", **detail: Any) -> None:
        """Let an event happen."""
        self.numbers += 1
        take_event(
            {
                "id": f"e{self.numbers}",
                "detail-type": kind,
                "time": "2026-11-20T10:00:00Z",
                "detail": {"tenant": tenant, **detail},
            },
            self.ports,
        )

    def signal(self, record: str, number: int, **more: Any) -> None:
        """Let a signal fire."""
        self.event("signal.matched", id=f"{record}-{number}", salesforce_id=record, signal="big", number=number, **more)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and deliver whatever comes due meanwhile."""
        until = self.now_ms + round(seconds * 1000)
        while self.queue and min(self.queue)[0] <= until:
            at_ms, tenant, subscription = min(self.queue)
            self.queue.remove((at_ms, tenant, subscription))
            self.now_ms = max(self.now_ms, at_ms)
            self.deliver(tenant, subscription)
        self.now_ms = until

    def deliver(self, tenant: str, subscription: str, *, has_time: bool = True) -> None:
        """Deliver for a subscription; what fails comes back as SQS brings it back."""
        try:
            deliver(tenant, subscription, self.ports, lambda: has_time)
        except StoreUnavailable:
            self.queue.append((self.now_ms + 360_000, tenant, subscription))

    def numbers_of(self, record: str) -> list[int]:
        """Return the numbers of a record's signals as they were received."""
        data = [json.loads(body)["data"] for _, body in self.received]
        return [each["number"] for each in data if each.get("salesforce_id") == record]
