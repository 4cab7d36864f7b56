"""A subscription: which events go where, and how its deliveries stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DEPLOYMENT = "*"  # stands for the tenant of a subscription to every tenant's events

EventKind = Literal[
    "run.failed",
    "sync.drift_detected",
    "connection.status_changed",
    "quota.threshold",
    "change.parked",
    "signal.matched",
    "signal.ended",
    "subscription.disabled",
]
MAX_SUBSCRIPTIONS = 20  # of a tenant, and of the deployment


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    One subscription of a tenant, or of the deployment (`tenant` is DEPLOYMENT).

    It has a `url` or an `email`. `signals` limits signal events to these names; empty: all. `secret_version` grows with every rotation, at
    `rotated_at_ms`; `revision`, with everything that a person changes.

    How deliveries stand: a notice was taken last at `taken_at_ms`. `failing_since_ms` says since when nothing was taken, 0 when all is
    well. While the receiver seems to be away, `attempts` counts the rounds in a row, `next_try_ms` is the time of the next one, and
    `tried_upto` the place behind which it begins. A message that brings it back is on its way for `comes_back_ms`. `disabled_because` is
    a sentence, "" while it is active; `is_published`: its event left.
    `refused` counts the notices that were given up since the last replay, and `last_refusal` says why the last one was.
    """

    id: str
    tenant: str
    events: tuple[str, ...]
    url: str = ""
    email: str = ""
    signals: tuple[str, ...] = ()
    created_at_ms: int = 0
    secret_version: int = 1
    rotated_at_ms: int = 0
    mail_subscription: str = ""
    revision: int = 0
    taken_at_ms: int = 0
    failing_since_ms: int = 0
    attempts: int = 0
    next_try_ms: int = 0
    tried_upto: str = ""
    comes_back_ms: int = 0
    disabled_because: str = ""
    is_published: bool = False
    refused: int = 0
    last_refusal: str = ""

    @property
    def is_active(self) -> bool:
        """Whether events are delivered."""
        return not self.disabled_because
