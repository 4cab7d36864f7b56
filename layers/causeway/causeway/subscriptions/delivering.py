"""
Deliver notices: in order per record, again with backoff while the receiver fails, until days of failure end the subscription.

One worker at a time delivers for a subscription, under a lease. A record whose notice was not taken holds back its later ones;
others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from causeway.contract.days import DAY_MS
from causeway.subscriptions.notices import Notice, notice_of, wants
from causeway.subscriptions.operators import MAIL, OPERATORS, mail_of, mail_text
from causeway.subscriptions.ports import Answer, SubscriptionPorts
from causeway.subscriptions.signing import signed_headers
from causeway.subscriptions.subscription import DEPLOYMENT, Subscription

LEASE_MS = 120_000
ROUND = 50  # notices read at once
MOST_FAILURES = 3  # of one attempt: then the receiver is taken to be away
BACKOFF_S = (5, 30, 120, 300, 900)  # the queue delays by 15 minutes at most
DISABLED_AFTER_MS = 5 * DAY_MS
COUNTED_S = 5  # after its hour a mail that counts has counted
GONE = 410  # HTTP: the receiver wants no more of this


def take_event(event: Mapping[str, Any], ports: SubscriptionPorts) -> None:
    """Keep an event for every subscription that wants it, and have each delivered."""
    now_ms = ports.now_ms()
    notice = notice_of(event, now_ms)
    if notice is None:
        return
    for subscription in (*ports.store.list(notice.tenant), *ports.store.list(DEPLOYMENT)):
        if wants(subscription, notice):
            ports.store.add(subscription.id, notice)
            ports.later(subscription.tenant, subscription.id, max(0, (notice.not_before_ms - now_ms + 999) // 1000))
    _mail_operators(notice, now_ms, ports)


def _mail_operators(notice: Notice, now_ms: int, ports: SubscriptionPorts) -> None:
    """Keep the mail that an event means for the operators; one message to the queue is enough for all that are counted until then."""
    mail = mail_of(notice, now_ms)
    if mail is None:
        return
    if ports.store.get(OPERATORS, MAIL.id) is None:
        ports.store.put(MAIL)
    if mail.is_digest and ports.store.next_at_ms(MAIL.id) != mail.not_before_ms:
        ports.later(OPERATORS, MAIL.id, (mail.not_before_ms - now_ms) // 1000 + COUNTED_S)
    ports.store.add(MAIL.id, mail)
    if not mail.is_digest:
        ports.later(OPERATORS, MAIL.id, 0)


def deliver(tenant: str, subscription_id: str, ports: SubscriptionPorts, has_time: Callable[[], bool]) -> bool:
    """
    Deliver what a subscription waits for; return False when another worker is at it, so that this is to be tried again.

    While a receiver fails nothing is tried before its next time, for which a message is on its way.
    """
    now_ms = ports.now_ms()
    claimed = ports.store.claim(tenant, subscription_id, now_ms + LEASE_MS, now_ms)
    if claimed is None:
        return ports.store.get(tenant, subscription_id) is None
    if not claimed.is_active or claimed.next_try_ms > now_ms:
        ports.store.save(claimed, until_ms=0)
        return True
    failed = _deliver_pending(claimed, ports, has_time)
    after = _after(claimed, failed, ports.now_ms())
    ports.store.save(after, until_ms=0)
    if claimed.is_active and not after.is_active:
        _publish_disabled(after, ports)
    elif failed is not None:
        ports.later(tenant, subscription_id, _backoff_s(after.attempts))
    elif (next_ms := ports.store.next_at_ms(subscription_id)) is not None:
        ports.later(tenant, subscription_id, min(BACKOFF_S[-1], max(0, (next_ms - ports.now_ms() + 999) // 1000)))
    return True


def _deliver_pending(
    subscription: Subscription, ports: SubscriptionPorts, has_time: Callable[[], bool]
) -> Answer | None:
    """Deliver in order until nothing is left or the receiver fails; return its last failure."""
    held_back: set[str] = set()
    failed: Answer | None = None
    tried: set[str] = set()
    while has_time():
        found = ports.store.pending(subscription.id, ports.now_ms(), ROUND + len(tried))
        waiting = [each for each in found if each.place not in tried]
        if not waiting:
            return failed
        for pending in waiting:
            if pending.notice.record in held_back:
                tried.add(pending.place)
                continue
            answer = _send(subscription, pending.notice, ports)
            if 200 <= answer.status < 300:
                ports.store.sent(subscription.id, pending, ports.now_ms())
                continue
            tried.add(pending.place)
            held_back.add(pending.notice.record)
            failed = answer
            if len(held_back) >= MOST_FAILURES or answer.status == GONE or not has_time():
                return failed
    return failed


def _send(subscription: Subscription, notice: Notice, ports: SubscriptionPorts) -> Answer:
    if subscription.tenant == OPERATORS:
        return ports.mail_operators(*mail_text(notice))
    body = notice.body()
    if subscription.email:
        return ports.mail(subscription.id, f"Causeway: {notice.kind} of {notice.tenant}", body)
    headers = signed_headers(ports.key(), subscription, notice.id, body, ports.now_ms())
    return ports.post(subscription.url, headers, body)


def _after(subscription: Subscription, failed: Answer | None, now_ms: int) -> Subscription:
    if failed is None:
        return replace(subscription, failing_since_ms=0, attempts=0, next_try_ms=0)
    since_ms, attempts = subscription.failing_since_ms or now_ms, subscription.attempts + 1
    because = ""
    if failed.status == GONE:
        because = "The receiver answered 410 Gone: it wants no more events."
    elif now_ms - since_ms >= DISABLED_AFTER_MS and subscription.tenant != OPERATORS:
        days = DISABLED_AFTER_MS // DAY_MS
        because = f"The receiver took nothing for {days} days. Last answer: {failed.why or failed.status}."
    return replace(
        subscription,
        failing_since_ms=since_ms,
        attempts=attempts,
        next_try_ms=now_ms + _backoff_s(attempts) * 1000,
        disabled_because=because,
    )


def _backoff_s(attempts: int) -> int:
    return BACKOFF_S[min(max(attempts, 1), len(BACKOFF_S)) - 1]


def _publish_disabled(subscription: Subscription, ports: SubscriptionPorts) -> None:
    detail = {"tenant": subscription.tenant, "subscription": subscription.id, "because": subscription.disabled_because}
    ports.publish("subscription.disabled", detail)
