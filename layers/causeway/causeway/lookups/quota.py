"""Whether a lookup may spend an API call now; near the limit each call is counted before it is made. Pure."""

from __future__ import annotations

from typing import Protocol

from causeway.connections.connection import Connection
from causeway.connections.gates import QUOTA_PROBE_MS, gate_of, share_percent
from causeway.errors import CausewayError, NotConnected, QuotaSpent, ReconnectionRequired

NEAR_CALLS = 200  # how many askers at once may pass on one reading of the usage


class Taking(Protocol):
    """Counts calls in a window (ports.py)."""

    def take(self, tenant: str, window: str, most: int, until_s: int) -> bool: ...


def check_connected(connection: Connection, quota_share_percent: int, now_ms: int) -> None:
    """Raise NotConnected or ReconnectionRequired for a tenant whose connection does not allow calls, whatever is kept of it."""
    gate = gate_of(connection, quota_share_percent, now_ms)
    if gate.is_open or gate.code == "quota_spent":
        return
    raise _closed(gate.code)(gate.detail, gate.remedy)


def _closed(code: str) -> type[CausewayError]:
    return ReconnectionRequired if code == "reconnection_required" else NotConnected


def check_quota(connection: Connection, quota_share_percent: int, now_ms: int, answers: Taking) -> None:
    """
    Raise QuotaSpent, with when to come back, rather than spend the last calls.

    What many ask at once is not yet in the usage that was last read: within NEAR_CALLS of the limit every call is taken from what
    was left at the first of them, and one call in QUOTA_PROBE_MS finds out whether a spent quota has recovered.
    """
    usage = connection.usage
    if usage is None or not usage.allowed:
        return
    percent = share_percent(connection, quota_share_percent)
    left = usage.allowed * percent // 100 - usage.used
    if left >= NEAR_CALLS:
        return
    until_s = (now_ms + 2 * QUOTA_PROBE_MS) // 1000
    is_old = now_ms - usage.read_at_ms >= QUOTA_PROBE_MS
    number = now_ms // QUOTA_PROBE_MS
    window, most = (f"probe#{number}", 1) if left <= 0 else (f"near#{number}", left)
    if (left > 0 or is_old) and answers.take(connection.tenant, window, most, until_s):
        return
    next_window_ms = (number + 1) * QUOTA_PROBE_MS
    again_ms = next_window_ms if left > 0 or is_old else usage.read_at_ms + QUOTA_PROBE_MS
    wait_s = max(1.0, (again_ms - now_ms) / 1000)
    raise QuotaSpent(
        f"The org has used {usage.used:,} of {usage.allowed:,} API calls of the day; Causeway may use {percent} %.",
        f"Ask again in {max(1, round(wait_s / 60))} minutes, allow an older answer (max_age_s), or raise the share that Causeway may use.",
        retry_after_s=wait_s,
    )
