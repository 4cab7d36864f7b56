"""Decides whether a tenant's changes may go to Salesforce now, by connection and quota. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from causeway.connections.connection import Connection, Status
from causeway.connections.statuses import sentence_of
from causeway.errors import (
    CausewayError,
    MissingPermission,
    NotConnected,
    QuotaSpent,
    ReconnectionRequired,
)

QUOTA_PROBE_MS = 15 * 60_000  # after this time one batch may try a spent quota: only a call reads the usage
PERMISSION_PROBE_MS = 15 * 60_000
YIELD_PERCENT = 10  # pulls stop this much of the quota before pushes do

RetryWhen = Literal["connected", "quota", "later", "person"]


class Gate(NamedTuple):
    """
    Open, or closed with the code and sentence that outcomes carry.

    `retry_when` None means that nothing waits (the tenant chose not to be connected); `not_before_ms` is the earliest replay.
    """

    is_open: bool = True
    code: str = ""
    detail: str = ""
    remedy: str = ""
    retry_when: RetryWhen | None = None
    not_before_ms: int = 0


OPEN = Gate()


def share_percent(connection: Connection, deployment_percent: int, yielded: int = 0) -> int:
    """
    Return the part of the org's daily calls that may be used up: the tenant's own where operators set one, else the deployment's.

    `yielded` of it are left to others, but never all.
    """
    own = connection.policy.quota_share_percent
    return max(1, (deployment_percent if own is None else own) - yielded)


def gate_of(connection: Connection, quota_share_percent: int, now_ms: int, *, yielded: int = 0) -> Gate:
    """Return the tenant's gate, from its connection as just read; the share is the deployment's, see `share_percent`."""
    if connection.status is Status.CONNECTED:
        return _quota_gate(connection, share_percent(connection, quota_share_percent, yielded), now_ms)
    message, remedy = sentence_of(connection)
    if connection.status is Status.DISCONNECTED:
        return Gate(False, "not_connected", message, remedy)
    code = "reconnection_required" if connection.status is Status.RECONNECTION_REQUIRED else "pending"
    return Gate(False, code, message, remedy, "connected")


def _quota_gate(connection: Connection, quota_share_percent: int, now_ms: int) -> Gate:
    usage = connection.usage
    if usage is None or not usage.allowed or now_ms - usage.read_at_ms >= QUOTA_PROBE_MS:
        return OPEN
    if usage.share * 100 < quota_share_percent:
        return OPEN
    return _quota_spent(
        f"The org has used {usage.used:,} of {usage.allowed:,} API calls of the day; Causeway may use {quota_share_percent} %.",
        usage.read_at_ms,
    )


def _quota_spent(detail: str, read_at_ms: int) -> Gate:
    remedy = (
        "The change waits and goes on by itself. To speed up, raise Causeway's share or ask Salesforce for more calls."
    )
    return Gate(False, "quota_spent", detail, remedy, "quota", read_at_ms + QUOTA_PROBE_MS)


def gate_after(error: CausewayError, now_ms: int) -> Gate | None:
    """Return the gate that an error of an org's call closes, None when it closes none (the message is redelivered)."""
    if isinstance(error, NotConnected):
        return Gate(False, "not_connected", error.message, error.remedy)
    if isinstance(error, ReconnectionRequired):
        return Gate(False, "reconnection_required", error.message, error.remedy, "connected")
    if isinstance(error, QuotaSpent):
        return _quota_spent(error.message, now_ms)
    if isinstance(error, MissingPermission):
        return Gate(False, error.code, error.message, error.remedy, "later", now_ms + PERMISSION_PROBE_MS)
    return None
