"""
One round of deliveries: what is due is tried in order, each record on its own, until nothing is left or the receiver seems to be away.

A record whose notice was refused holds back its later ones; others go on. A notice that is refused for hours while others are taken is
given up, and its record goes on with the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from causeway.contract.days import DAY_MS
from causeway.salesforce.values.dates import rfc3339
from causeway.subscriptions.notices import Notice
from causeway.subscriptions.operators import OPERATORS, mail_text
from causeway.subscriptions.ports import Answer, Pending, SubscriptionPorts, Tries
from causeway.subscriptions.signing import signed_headers
from causeway.subscriptions.subscription import Subscription

ROUND = 50  # notices read at once
MOST_FAILURES, MOST_REFUSALS = 3, 20  # in a row: then the receiver is taken to be away
MAX_DELAY_S = 900  # SQS limit: DelaySeconds
BACKOFF_S = (5, 30, 120, 300, MAX_DELAY_S)
HOUR_MS = 3_600_000
GIVE_UP_MS, GIVE_UP_TRIES = (
    6 * HOUR_MS,
    6,
)  # of one notice, while the receiver takes others: at least one within an hour
DISABLED_AFTER_MS = 5 * DAY_MS
GONE = 410  # HTTP: the receiver wants no more of this

NO_ANSWER = Answer(0)


@dataclass(slots=True)
class Round:
    """
    What a round met: when something was taken last, how many failed since then and the last answer of those, where it stopped.

    `held` are the records that are not tried any more; `next_ms` is when the first of them may be, None when nothing is left.
    """

    taken_at_ms: int = 0
    failures: int = 0
    answer: Answer = NO_ANSWER
    place: str = ""
    held: set[str] = field(default_factory=set)
    next_ms: int | None = None

    @property
    def is_away(self) -> bool:
        """Whether the receiver is taken to be away."""
        most = MOST_REFUSALS if self.answer.is_refusal else MOST_FAILURES
        return self.failures >= most or self.answer.status == GONE

    def hold(self, record: str, until_ms: int) -> None:
        """Hold a record back until a time."""
        self.held.add(record)
        self.come_back(until_ms)

    def come_back(self, at_ms: int) -> None:
        """Note that something is left for a time."""
        self.next_ms = at_ms if self.next_ms is None else min(self.next_ms, at_ms)


def deliver_round(subscription: Subscription, ports: SubscriptionPorts, has_time: Callable[[], bool]) -> Round:
    """Deliver what is due; after a round that stopped, those behind its place come first."""
    met = Round()
    while found := ports.notices.pending(subscription.id, met.place, ROUND):
        for pending in found:
            not_before_ms = pending.notice.not_before_ms
            if not_before_ms > ports.now_ms() or not has_time():  # so are all behind it
                met.come_back(not_before_ms)
                return met
            met.place = pending.place
            if pending.place <= subscription.tried_upto:
                met.held.add(pending.notice.record)
            elif pending.notice.record not in met.held:
                _try(subscription, pending, met, ports)
            if met.is_away:
                return met
    if subscription.tried_upto:
        met.come_back(ports.now_ms())
    return met


def _try(subscription: Subscription, pending: Pending, met: Round, ports: SubscriptionPorts) -> None:
    if pending.tries.next_ms > ports.now_ms():
        met.hold(pending.notice.record, pending.tries.next_ms)
        return
    answer = _send(subscription, pending.notice, ports)
    if 200 <= answer.status < 300:
        met.taken_at_ms, met.failures = ports.now_ms(), 0
        ports.notices.sent(subscription.id, pending, met.taken_at_ms)
        return
    met.failures, met.answer = met.failures + 1, answer
    number, now_ms = pending.tries.number + 1, ports.now_ms()
    if _is_given_up(pending, number, met.taken_at_ms or subscription.taken_at_ms, now_ms):
        ports.notices.refuse(subscription, pending, _refusal(pending.notice, answer, number, now_ms), now_ms)
        return
    tries = Tries(number, now_ms + _backoff_ms(number))
    ports.notices.put_off(subscription.id, pending, tries)
    met.hold(pending.notice.record, tries.next_ms)


def _send(subscription: Subscription, notice: Notice, ports: SubscriptionPorts) -> Answer:
    if subscription.tenant == OPERATORS:
        return ports.mail_operators(*mail_text(notice))
    body = notice.body()
    if subscription.email:
        return ports.mail(subscription.id, f"Causeway: {notice.kind} of {notice.tenant}", body)
    headers = signed_headers(ports.key(), subscription, notice.id, body, ports.now_ms())
    return ports.post(subscription.url, headers, body)


def _is_given_up(pending: Pending, number: int, taken_at_ms: int, now_ms: int) -> bool:
    """Tell whether a notice alone is what the receiver refuses: for hours and many tries, while it takes others."""
    is_old = now_ms - pending.notice.not_before_ms >= GIVE_UP_MS
    return is_old and number >= GIVE_UP_TRIES and now_ms - taken_at_ms <= HOUR_MS


def _refusal(notice: Notice, answer: Answer, number: int, now_ms: int) -> str:
    why = answer.why or f"it answered {answer.status}"
    return f"{rfc3339(now_ms)}: the receiver refused {notice.kind} with webhook-id {notice.id} {number} times: {why}."


def standing_after(subscription: Subscription, met: Round, now_ms: int) -> Subscription:
    """Return how a subscription stands after a round."""
    after = replace(subscription, tried_upto="", next_try_ms=0)
    if met.taken_at_ms:
        after = replace(after, taken_at_ms=met.taken_at_ms, failing_since_ms=0, attempts=0)
    if not met.failures:
        return after
    after = replace(after, failing_since_ms=after.failing_since_ms or now_ms)
    because = _because(met.answer, now_ms - after.failing_since_ms)
    if because and subscription.tenant != OPERATORS:
        return replace(after, disabled_because=because, is_published=False)
    if not met.is_away:
        return after
    attempts = after.attempts + 1
    return replace(after, attempts=attempts, next_try_ms=now_ms + _backoff_ms(attempts), tried_upto=met.place)


def _because(answer: Answer, failing_ms: int) -> str:
    """Return why a subscription ends, "" when it goes on."""
    if answer.status == GONE:
        return "The receiver answered 410 Gone: it wants no more events."
    if failing_ms >= DISABLED_AFTER_MS:
        days = DISABLED_AFTER_MS // DAY_MS
        return f"The receiver took nothing for {days} days. Last answer: {answer.why or answer.status}."
    return ""


def _backoff_ms(tries: int) -> int:
    return BACKOFF_S[min(tries, len(BACKOFF_S)) - 1] * 1000
