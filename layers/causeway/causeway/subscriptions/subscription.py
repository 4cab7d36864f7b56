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
    `rotated_at_ms`. `failing_since_ms` and `attempts` say since when, and how often in a row, nothing was taken; 0 when all is well.
    `disabled_because` is a sentence, "" while it is active.
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
    failing_since_ms: int = 0
    attempts: int = 0
    next_try_ms: int = 0
    disabled_because: str = ""
    mail_subscription: str = ""

    @property
    def is_active(self) -> bool:
        """Whether events are delivered."""
        return not self.disabled_because
