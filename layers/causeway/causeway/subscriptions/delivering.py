"""
Deliver notices: in order per record, again with backoff while the receiver fails, until days of failure end the subscription.

One worker at a time delivers for a subscription, under a lease. Whatever is to be done later is queued before the lease ends: a worker
that dies in between leaves its own message, which comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from causeway.subscriptions.notices import CLOCKS_MS, Notice, notice_of, wants
from causeway.subscriptions.operators import MAIL, OPERATORS, mail_of
from causeway.subscriptions.ports import SubscriptionPorts
from causeway.subscriptions.rounds import MAX_DELAY_S, deliver_round, standing_after
from causeway.subscriptions.subscription import DEPLOYMENT, Subscription

LEASE_MS = 120_000


def take_event(event: Mapping[str, Any], ports: SubscriptionPorts) -> None:
    """Keep an event for every subscription that wants it, and have each delivered."""
    now_ms = ports.now_ms()
    notice = notice_of(event, now_ms)
    if notice is None:
        return
    for subscription in (*ports.store.list(notice.tenant), *ports.store.list(DEPLOYMENT)):
        if wants(subscription, notice):
            ports.notices.add(subscription.id, notice)
            ports.later(subscription.tenant, subscription.id, _delay_s(notice.not_before_ms, ports))
    _mail_operators(notice, now_ms, ports)


def _mail_operators(notice: Notice, now_ms: int, ports: SubscriptionPorts) -> None:
    """Keep the mail that an event means for the operators; one message to the queue is enough for all that are counted until then."""
    mail = mail_of(notice, now_ms)
    if mail is None:
        return
    if ports.store.get(OPERATORS, MAIL.id) is None:
        ports.store.create(MAIL)
    if mail.is_digest and not _waits_for(mail, ports):
        ports.later(OPERATORS, MAIL.id, _delay_s(mail.not_before_ms, ports))
    ports.notices.add(MAIL.id, mail)
    if not mail.is_digest:
        ports.later(OPERATORS, MAIL.id, 0)


def _waits_for(mail: Notice, ports: SubscriptionPorts) -> bool:
    """Tell whether the first mail that waits is for the same time."""
    first = ports.notices.pending(MAIL.id, "", 1)
    return bool(first) and first[0].notice.not_before_ms == mail.not_before_ms


def deliver(tenant: str, subscription_id: str, ports: SubscriptionPorts, has_time: Callable[[], bool]) -> None:
    """
    Deliver what a subscription waits for, as long as there is time; what is left is queued for later.

    Another worker that is at it learns that there is more. While the receiver seems to be away nothing is tried before its next time,
    for which a message is on its way.
    """
    if not has_time():
        ports.later(tenant, subscription_id, 0)
        return
    now_ms = ports.now_ms()
    claimed = ports.store.claim(tenant, subscription_id, now_ms + LEASE_MS, now_ms)
    if claimed is None:
        return
    after = _delivered(claimed, now_ms + LEASE_MS, ports, has_time)
    is_called = ports.store.release(after, now_ms + LEASE_MS)
    if is_called and after.is_active and after.next_try_ms <= now_ms:
        ports.later(tenant, subscription_id, 0)


def _delivered(
    claimed: Subscription, until_ms: int, ports: SubscriptionPorts, has_time: Callable[[], bool]
) -> Subscription:
    """Deliver under the lease, and return how the subscription stands afterwards."""
    if not claimed.is_active:
        return _published(claimed, ports)
    if claimed.next_try_ms > ports.now_ms():
        return _coming_back(claimed, claimed.next_try_ms, ports)
    met = deliver_round(claimed, ports, has_time)
    after = standing_after(claimed, met, ports.now_ms())
    if not after.is_active:
        return _published(after, ports) if ports.store.keep(after, until_ms) else claimed
    next_ms = after.next_try_ms or met.next_ms
    return after if next_ms is None else _coming_back(after, next_ms, ports)


def _published(subscription: Subscription, ports: SubscriptionPorts) -> Subscription:
    """Publish that a subscription was disabled, which is stored already, unless that is done."""
    if subscription.is_published:
        return subscription
    detail = {"tenant": subscription.tenant, "subscription": subscription.id, "because": subscription.disabled_because}
    ports.publish("subscription.disabled", detail)
    return replace(subscription, is_published=True)


def _coming_back(subscription: Subscription, at_ms: int, ports: SubscriptionPorts) -> Subscription:
    """
    Have a subscription delivered at a time, or as late before it as a queue can delay, unless a message is on its way for then.

    One that is due about now may be the one that this worker works on, by another clock.
    """
    now_ms = ports.now_ms()
    if now_ms + CLOCKS_MS < subscription.comes_back_ms <= at_ms:
        return subscription
    delay_s = _delay_s(at_ms, ports)
    ports.later(subscription.tenant, subscription.id, delay_s)
    return replace(subscription, comes_back_ms=now_ms + delay_s * 1000)


def _delay_s(at_ms: int, ports: SubscriptionPorts) -> int:
    return min(MAX_DELAY_S, max(0, (at_ms - ports.now_ms() + 999) // 1000))
