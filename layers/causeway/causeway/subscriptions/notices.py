"""An event of the bus as subscribers receive it, and who wants it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from causeway.salesforce.values.dates import rfc3339
from causeway.subscriptions.subscription import DEPLOYMENT, Subscription

DIGEST_MS = 900_000  # parked changes are counted for so long before they are told of
CLOCKS_MS = 10_000  # by which the clocks of two workers may differ


@dataclass(frozen=True, slots=True)
class Notice:
    """
    One event: `id` is the same however often it is delivered, `record` is what order is kept for, `at` when it happened (RFC 3339).

    `not_before_ms`: when it may be delivered; notices of a digest with one `id` are counted together until then, each `event` once.
    """

    id: str
    kind: str
    tenant: str
    record: str
    at: str
    data: Mapping[str, Any]
    not_before_ms: int
    event: str = ""

    @property
    def is_digest(self) -> bool:
        """Whether it is counted together with others of its id."""
        return self.kind == "change.parked"

    def body(self) -> str:
        """Return what is posted: the payload that Standard Webhooks recommend."""
        return json.dumps({"type": self.kind, "timestamp": self.at, "data": dict(self.data)}, ensure_ascii=False)


def notice_of(event: Mapping[str, Any], now_ms: int) -> Notice | None:
    """Return the notice of an EventBridge event, None when nobody can be told of it."""
    kind, detail = str(event.get("detail-type", "")), event.get("detail")
    if not isinstance(detail, Mapping) or not detail.get("tenant"):
        return None
    if kind == "connection.status_changed" and detail.get("status") != "reconnection_required":
        return None
    tenant, at = str(detail["tenant"]), str(event.get("time", ""))
    if kind == "change.parked":
        window = (now_ms // DIGEST_MS + 1) * DIGEST_MS
        name = f"parked-{tenant}-{detail.get('source')}-{detail.get('code')}-{window}"
        return Notice(name, kind, tenant, name, at, detail, window + CLOCKS_MS, str(event.get("id")))
    record = str(detail.get("salesforce_id") or detail.get("key") or detail.get("sync") or tenant)
    identity = str(detail.get("id") if kind.startswith("signal.") else event.get("id"))
    return Notice(identity, kind, tenant, f"{tenant} {record}", at, detail, now_ms)


def trial_notice(subscription: Subscription, notice_id: str, now_ms: int) -> Notice:
    """Return a notice that tries a subscription, whatever it is to; each stands alone in order."""
    data = {"tenant": subscription.tenant, "subscription": subscription.id}
    return Notice(notice_id, "subscription.test", subscription.tenant, notice_id, rfc3339(now_ms), data, now_ms)


def wants(subscription: Subscription, notice: Notice) -> bool:
    """Return whether a subscription is to this event."""
    if not subscription.is_active or notice.kind not in subscription.events:
        return False
    if subscription.tenant not in (DEPLOYMENT, notice.tenant):
        return False
    names = subscription.signals
    return not names or not notice.kind.startswith("signal.") or notice.data.get("signal") in names
