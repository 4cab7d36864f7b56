"""Checks connections on schedule: refreshes idle grants, detects dead ones, retries lost ones and finishes what was interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from causeway.connections.connection import Status
from causeway.connections.events import publish_status
from causeway.connections.tokens.attempts import end_attempt
from causeway.connections.tokens.deauthorizing import deauthorize
from causeway.connections.tokens.grants import NEVER_DUE_MS, ConnectionRecord
from causeway.connections.tokens.own_app import app_of
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.refresh import TOKEN_CALL_MS, Seen, refresh
from causeway.connections.tokens.revoking import revoke_old_grants
from causeway.connections.tokens.saving import present_refresh_token
from causeway.connections.tokens.usernames import save_username
from causeway.connections.transitions import (
    PENDING_LIFE_MS,
    leased,
    may_recover,
    needs_keep_alive,
    next_check_ms,
)
from causeway.errors import CausewayError

_RESERVE_MS: Final = TOKEN_CALL_MS + 5_000


def refresh_due(ports: TokenPorts) -> Mapping[str, Any]:
    """
    Check the due connections until none or no time is left; the next tick continues.

    Returns how many were checked and how many failed; one failure never holds up the others.
    """
    checked = failed = 0
    for tenant in ports.connections.due(ports.now_ms()):
        if ports.now_ms() + _RESERVE_MS > ports.deadline_ms:
            break
        try:
            check(tenant, ports)
            checked += 1
        except CausewayError:
            failed += 1
    return {"result": "checked", "checked": checked, "failed": failed}


def deauthorize_all(ports: TokenPorts) -> Mapping[str, Any]:
    """
    End every connection of the deployment, in case tokens were stolen.

    Returns how many were ended and whether some are left (`left`): invoke it again until none is. The scheduled check
    repeats revocations that Salesforce did not answer.
    """
    ended = 0
    for tenant in ports.connections.due(NEVER_DUE_MS):
        if ports.now_ms() + _RESERVE_MS > ports.deadline_ms:
            return {"result": "ended", "ended": ended, "left": True}
        record = ports.connections.record(tenant)
        if record.grant or record.sealed_token or record.connection.status is not Status.DISCONNECTED:
            deauthorize(tenant, ports)
            ended += 1
    return {"result": "ended", "ended": ended, "left": False}


def check(tenant: str, ports: TokenPorts) -> None:
    """Do what one connection's status requires, and set when to check it again."""
    record = publish_status(ports.connections.record(tenant), ports)
    record = revoke_old_grants(record, ports)
    now_ms = ports.now_ms()
    connection = record.connection
    seen = Seen(connection.epoch, connection.token_version)
    if connection.status is Status.PENDING and now_ms >= connection.since_ms + PENDING_LIFE_MS:
        end_attempt(tenant, "connect_abandoned", ports)
    elif may_recover(record, now_ms) or (connection.status is Status.CONNECTED and needs_keep_alive(record, now_ms)):
        refresh(tenant, seen, ports)
    elif connection.status is Status.CONNECTED and not _is_alive(record, ports):
        refresh(tenant, seen, ports)  # its answer says why, and is the only proof
    elif connection.status is Status.CONNECTED and not connection.username:
        record = ports.connections.record(tenant)
        save_username(record, ports.encryption.opened(tenant, record.sealed_token), ports)
    _look_again(tenant, ports)


def _is_alive(record: ConnectionRecord, ports: TokenPorts) -> bool:
    """Return whether Salesforce calls the grant active (introspection uses up no token); under the lease, so that no rotation runs."""
    if record.connection.flow == "client_credentials" or record.lease_until_ms > ports.now_ms():
        return True
    lease = replace(leased(record, ports.new_id(), ports.now_ms()), unsure=record.unsure)
    if not ports.connections.save(record, lease):
        return True
    alive = True
    try:
        app = app_of(record, record.connection.app, ports)
        token, lease = present_refresh_token(lease, ports)
        alive = ports.endpoint.is_active(record.connection.instance_url, app, token)
    except CausewayError:
        alive = True  # no answer says nothing about the grant; the next check asks again
    after = replace(lease, lease_until_ms=0)
    ports.connections.save(lease, replace(after, due_at_ms=next_check_ms(after, ports.now_ms(), ports.jitter())))
    return alive


def _look_again(tenant: str, ports: TokenPorts) -> None:
    """Make sure that a connection that was just checked is not due again at once."""
    record = ports.connections.record(tenant)
    if record.due_at_ms <= ports.now_ms():
        due_at_ms = next_check_ms(record, ports.now_ms(), ports.jitter())
        ports.connections.save(record, replace(record, due_at_ms=due_at_ms))
