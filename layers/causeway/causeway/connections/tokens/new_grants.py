"""Stores a new grant as the tenant's connection, and revokes the grant before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from causeway.connections.connection import Status
from causeway.connections.events import publish_status
from causeway.connections.oauth.flow import Grant
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.revoking import revoke_old_grants, revoke_token
from causeway.connections.transitions import with_status, without_grant
from causeway.connections.updates import Meanwhile, changed
from causeway.errors import CausewayError


@dataclass(frozen=True, slots=True)
class Login:
    """Where and how a person connects; `confirmed_org` is the Id of another org whose use was confirmed."""

    tenant: str
    login_origin: str
    app: str = "deployment"
    flow: str = "web"
    environment: str = "production"
    name: str = ""
    confirmed_org: str = ""


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """Where a new grant is stored: the name and version of its secret ("" without a refresh token), and the encrypted access token."""

    name: str
    version: str
    sealed_token: bytes = field(repr=False)


def store_grant(login: Login, grant: Grant, username: str, ports: TokenPorts) -> Mapping[str, Any]:
    try:
        before, after = _saved(login, grant, username, ports)
    except CausewayError:
        revoke_unused(login, grant, ports)  # a grant that was not stored must not stay valid
        raise
    moved = _is_other_org(before, grant)
    after = revoke_old_grants(publish_status(after, ports), ports)
    return {
        "result": "connected",
        "org_id": grant.org_id,
        "username": username,
        "instance_url": grant.instance_url,
        "other_org": moved,
        "reconnected": bool(before.connection.org_id),
    }


def revoke_unused(login: Login, grant: Grant, ports: TokenPorts) -> None:
    """Revoke a grant that is not stored: it must not stay valid, nor count towards the five that Salesforce allows."""
    revoke_token(login.login_origin, grant.refresh_token or grant.access_token, ports)


def _saved(login: Login, grant: Grant, username: str, ports: TokenPorts) -> tuple[ConnectionRecord, ConnectionRecord]:
    """Save the refresh token under a new name, point the connection to it, and return the record before and after."""
    name, version = "", ""
    if login.flow == "web":
        name = f"{ports.connections.record(login.tenant).connection.epoch + 1}-{ports.new_id()}"
        version = ports.secrets.keep_refresh_token(login.tenant, name, grant.refresh_token, 0)
    kept = KeptGrant(name, version, ports.encryption.sealed(login.tenant, grant.access_token))

    def change(record: ConnectionRecord) -> ConnectionRecord:
        if _is_other_org(record, grant):
            ports.on_org_change(login.tenant)
        return _with_grant(record, login, grant, username, kept, ports.now_ms())

    try:
        return changed(ports.connections, login.tenant, change)
    except Meanwhile:
        if name:
            ports.secrets.forget(login.tenant, name)
        raise


def _is_other_org(record: ConnectionRecord, grant: Grant) -> bool:
    return bool(record.connection.org_id) and record.connection.org_id[:15] != grant.org_id[:15]


def _with_grant(
    record: ConnectionRecord, login: Login, grant: Grant, username: str, kept: KeptGrant, now_ms: int
) -> ConnectionRecord:
    """Return the record connected by a new grant; the previous grant is listed for revocation."""
    connected = with_status(
        without_grant(record, now_ms),
        Status.CONNECTED,
        "",
        now_ms,
        token_version=record.connection.token_version + 1,
        org_id=grant.org_id,
        user_id=grant.user_id,
        username=username,
        instance_url=grant.instance_url,
        login_url=login.login_origin,
        environment=login.environment,
        name=login.name or record.connection.name,
        app=login.app,
        flow=login.flow,
    )
    return replace(
        connected,
        grant=kept.name,
        secret_version=kept.version,
        sealed_token=kept.sealed_token,
        refreshed_at_ms=now_ms,
    )
