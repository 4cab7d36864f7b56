"""Signatures as Standard Webhooks define them (standardwebhooks.com): HMAC-SHA256 over id, time and body. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac

from causeway.subscriptions.subscription import Subscription

OVERLAP_MS = 24 * 3_600_000  # after a rotation both secrets sign, so that receivers can change over
PREFIX = "whsec_"


def secret_of(key: bytes, subscription: Subscription, version: int | None = None) -> str:
    """
    Return a subscription's secret as receivers enter it.

    It is derived from the deployment's key, so none is stored: whoever reads the tables cannot sign.
    """
    number = subscription.secret_version if version is None else version
    name = f"webhook {subscription.tenant} {subscription.id} {number}".encode()
    return PREFIX + base64.b64encode(hmac.digest(key, name, hashlib.sha256)).decode()


def signed_headers(key: bytes, subscription: Subscription, notice_id: str, body: str, now_ms: int) -> dict[str, str]:
    """Return the headers of one delivery; for a day after a rotation the earlier secret signs, too."""
    versions = [subscription.secret_version]
    if subscription.secret_version > 1 and now_ms - subscription.rotated_at_ms < OVERLAP_MS:
        versions.append(subscription.secret_version - 1)
    moment = str(now_ms // 1000)
    content = f"{notice_id}.{moment}.{body}".encode()
    secrets = (base64.b64decode(secret_of(key, subscription, each).removeprefix(PREFIX)) for each in versions)
    signatures = [base64.b64encode(hmac.digest(each, content, hashlib.sha256)).decode() for each in secrets]
    return {
        "webhook-id": notice_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
        "content-type": "application/json; charset=utf-8",
    }
