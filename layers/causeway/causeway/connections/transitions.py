"""How a connection's record changes with its status, grant and refreshes, and when it is checked again. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from causeway.connections.connection import Status
from causeway.connections.statuses import CAUSES
from causeway.connections.tokens.grants import NEVER_DUE_MS, ConnectionRecord, OldGrant
from causeway.contract.days import DAY_MS

LEASE_MS: Final = 90_000  # longer than the longest token call (30 s) and the retries under one lease
PENDING_LIFE_MS: Final = 10 * 60 * 1000
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
KEEP_ALIVE_MS: Final = 7 * DAY_MS  # Salesforce ends a grant after 30 idle days; this leaves three weeks for retries
GIVE_UP_MS: Final = 30 * DAY_MS
SECRET_LAG_MS: Final = (
    _HOUR_MS  # Secrets Manager is eventually consistent, within seconds; after this a secret is missing
)
LOST_ANSWERS_LIMIT: Final = 2  # the lost one, and the one probe after it


def with_status(record: ConnectionRecord, status: Status, cause: str, now_ms: int, **changes: Any) -> ConnectionRecord:
    """Return the record with a new status, epoch and `since`, due soon so that the status is surely published."""
    old = record.connection
    now: dict[str, Any] = {"status": status, "cause": cause, "since_ms": now_ms, "epoch": old.epoch + 1, "said": ""}
    connection = replace(old, **(now | changes))
    return replace(record, connection=connection, previous=old.status.value, due_at_ms=now_ms + _MINUTE_MS)


def without_grant(record: ConnectionRecord, now_ms: int) -> ConnectionRecord:
    """Return the record without tokens, and its grant listed for revocation."""
    return replace(
        record,
        old_grants=record.old_grants + ((old,) if (old := old_grant(record, now_ms)) else ()),
        grant="",
        secret_version="",
        refresh_version=0,
        sealed_token=b"",
        sealed_refresh=b"",
        unsure=0,
        failures=0,
        lease_until_ms=0,
        fence=record.fence + 1,
    )


def old_grant(record: ConnectionRecord, now_ms: int) -> OldGrant | None:
    """Return the record's grant as one to revoke, or None when it has none."""
    if not record.grant and not record.sealed_token:
        return None
    return OldGrant(
        grant=record.grant,
        origin=record.connection.instance_url,
        app=record.connection.app,
        leased_until_ms=record.lease_until_ms,
        unsure=record.unsure > 0,
        rotation=record.refresh_version,
        listed_at_ms=now_ms,
        sealed_token=record.sealed_token if record.connection.flow == "client_credentials" else b"",
        sealed_refresh=record.sealed_refresh,
    )


def leased(record: ConnectionRecord, owner: str, now_ms: int) -> ConnectionRecord:
    """
    Return the record under a new lease, marked unsure beforehand.

    The mark is the write-ahead record of a refresh: the next holder of a lease that was never released knows that the
    current refresh token may have been used.
    """
    return replace(
        record,
        fence=record.fence + 1,
        lease_owner=owner,
        lease_until_ms=now_ms + LEASE_MS,
        unsure=record.unsure + 1,
    )


def next_check_ms(record: ConnectionRecord, now_ms: int, jitter: float) -> int:
    """
    Return when to check a connection again; `jitter` in 0…1 spreads the checks.

    Connected: daily, or more often while refreshes fail. Lost for a cause that may recover: after 1, 2, 4 … 24 hours,
    for 30 days. Pending: when the attempt has expired. With a grant to revoke: in five minutes.
    """
    connection = record.connection
    if record.old_grants:
        return now_ms + 5 * _MINUTE_MS
    if connection.status is Status.PENDING:
        return connection.since_ms + PENDING_LIFE_MS
    if connection.status is Status.CONNECTED and not record.failures and not record.unsure:
        return now_ms + _spread(DAY_MS, jitter)
    if connection.status is Status.CONNECTED:
        return now_ms + _spread(min(DAY_MS, 5 * _MINUTE_MS << min(record.failures, 8)), jitter)
    if may_recover(record, now_ms):
        return now_ms + _spread(min(DAY_MS, _HOUR_MS << min(record.failures, 5)), jitter)
    return NEVER_DUE_MS


def needs_keep_alive(record: ConnectionRecord, now_ms: int) -> bool:
    """Return whether to refresh a connected grant now: it was idle for a week, or the last try failed."""
    idle_ms = now_ms - record.refreshed_at_ms
    return bool(record.failures or record.unsure or not record.sealed_token) or idle_ms >= KEEP_ALIVE_MS


def may_recover(record: ConnectionRecord, now_ms: int) -> bool:
    """Return whether to try a lost connection again: its cause may recover and is at most 30 days old."""
    connection = record.connection
    if connection.status is not Status.RECONNECTION_REQUIRED or connection.cause not in CAUSES:
        return False
    return CAUSES[connection.cause].may_recover and now_ms - connection.since_ms < GIVE_UP_MS


def _spread(span_ms: int, jitter: float) -> int:
    return int(span_ms * (0.75 + 0.5 * jitter))
