"""Begin and end grants: exchange a code, connect with client credentials, keep an own app, deauthorize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from causeway.connections.connection import Status
from causeway.connections.events import Meanwhile, announced, changed
from causeway.connections.oauth.flow import (
    AppCredentials,
    Grant,
    TokenAnswerLost,
    TokenEndpointUnavailable,
    TokenRefused,
    UntrustedAnswer,
    checked_grant,
)
from causeway.connections.oauth.hosts import UntrustedAddress
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.revoking import revoke_old_grants, revoke_token
from causeway.connections.transitions import with_status, without_grant
from causeway.errors import CausewayError

_NEEDED_SCOPES: Final = {"web": {"api", "refresh_token"}, "client_credentials": {"api"}}


@dataclass(frozen=True, slots=True)
class Login:
    """Where and how somebody connects: `confirmed_org` is the other org that a change to was confirmed for."""

    tenant: str
    login_origin: str
    app: str = "deployment"
    flow: str = "web"
    environment: str = "production"
    name: str = ""
    confirmed_org: str = ""


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """Where a new grant lies: its secret's name and version ("" without a refresh token), its access token sealed."""

    name: str
    version: str
    sealed_token: bytes = field(repr=False)


def begin(tenant: str, ports: TokenPorts) -> Mapping[str, Any]:
    """
    Say which app a tenant connects with: `app` (deployment or tenant) and its `client_id`; the secret stays here.

    A tenant without a connection is `pending` from now on, so that its changes wait; one that is or was connected keeps
    its status until the attempt succeeds.
    """
    app = "tenant" if ports.connections.record(tenant).own_client_id else "deployment"
    client_id = ports.secrets.app(tenant, app).client_id

    def change(record: ConnectionRecord) -> ConnectionRecord | None:
        if record.connection.status is not Status.DISCONNECTED:
            return None
        return with_status(record, Status.PENDING, "connecting", ports.now_ms())

    _, after = changed(ports.connections, tenant, change)
    announced(after, ports)
    return {"result": "begun", "app": app, "client_id": client_id}


def end_attempt(tenant: str, cause: str, ports: TokenPorts) -> Mapping[str, Any]:
    """End an attempt that was denied or never finished; a tenant that is connected stays so."""

    def change(record: ConnectionRecord) -> ConnectionRecord | None:
        if record.connection.status is not Status.PENDING:
            return None
        return with_status(record, Status.DISCONNECTED, cause, ports.now_ms())

    _, after = changed(ports.connections, tenant, change)
    announced(after, ports)
    return {"result": "ended"}


def exchange_code(
    login: Login, code: str, verifier: str, redirect_uri: str, client_id: str, ports: TokenPorts
) -> Mapping[str, Any]:
    """
    Exchange a code at the host that was signed in at and store the connection.

    Returns `{"result": "connected", …}`, `{"result": "refused", "reason", "error"}` or `{"result": "other_org", …}`.
    """
    app = ports.secrets.app(login.tenant, login.app)
    if app.client_id != client_id:
        return _refused("app_unknown")
    try:
        answer = ports.endpoint.exchange(login.login_origin, app, code, verifier, redirect_uri)
    except (TokenRefused, TokenAnswerLost, TokenEndpointUnavailable) as error:
        return _refused_by(error)
    return _connected(login, app, answer, ports)


def connect_with_client_credentials(login: Login, ports: TokenPorts) -> Mapping[str, Any]:
    """Connect as the app's run-as user; answers like `exchange_code`."""
    app = ports.secrets.app(login.tenant, login.app)
    try:
        answer = ports.endpoint.client_credentials(login.login_origin, app)
    except (TokenRefused, TokenAnswerLost, TokenEndpointUnavailable) as error:
        return _refused_by(error)
    return _connected(login, app, answer, ports)


def keep_own_app(tenant: str, app: AppCredentials, ports: TokenPorts) -> Mapping[str, Any]:
    """
    Keep the tenant's own app for its next connect.

    A new secret of the same app serves the present grant at once; another app can not refresh it, so a connection made
    through the former own app then asks to be reconnected.
    """
    ports.secrets.keep_app(tenant, app)

    def change(record: ConnectionRecord) -> ConnectionRecord:
        after = replace(record, own_client_id=app.client_id)
        replaced = record.connection.app == "tenant" and record.own_client_id != app.client_id
        if replaced and record.connection.status is Status.CONNECTED:
            return with_status(after, Status.RECONNECTION_REQUIRED, "app_changed", ports.now_ms())
        if record.connection.status is Status.RECONNECTION_REQUIRED:
            return replace(after, due_at_ms=ports.now_ms())
        return after

    _, after = changed(ports.connections, tenant, change)
    announced(after, ports)
    return {"result": "kept", "client_id": app.client_id}


def deauthorize(tenant: str, ports: TokenPorts) -> Mapping[str, Any]:
    """
    End the connection: no call to the org begins after the first write; then revoke at Salesforce and delete the tokens.

    Configuration, history and links stay. Ending what is ended changes nothing. `revoked` false means that Salesforce
    did not answer yet and the revocation is repeated by itself.
    """

    def change(record: ConnectionRecord) -> ConnectionRecord | None:
        if record.connection.status is Status.DISCONNECTED and not record.grant:
            return None
        return with_status(without_grant(record), Status.DISCONNECTED, "deauthorized", ports.now_ms())

    _, after = changed(ports.connections, tenant, change)
    after = revoke_old_grants(announced(after, ports), ports)
    return {"result": "ended", "revoked": not after.old_grants}


def _connected(login: Login, app: AppCredentials, answer: Mapping[str, Any], ports: TokenPorts) -> Mapping[str, Any]:
    """Check the answer, store grant and connection, tell, and only then revoke the grant before."""
    try:
        grant = checked_grant(answer, app, login.login_origin, ports.loopback)
    except (UntrustedAnswer, UntrustedAddress):
        return _refused("untrusted_answer")
    username, problem = _identity(grant, ports)
    problem = problem or _missing(login, grant)
    if problem:
        _drop(login, grant, ports)
        return _refused(problem)
    known = ports.connections.record(login.tenant).connection.org_id
    if known and known[:15] != grant.org_id[:15] and login.confirmed_org[:15] != grant.org_id[:15]:
        _drop(login, grant, ports)
        return {"result": "other_org", "org_id": grant.org_id, "known_org_id": known, "username": username}
    return _stored(login, grant, username, ports)


def _identity(grant: Grant, ports: TokenPorts) -> tuple[str, str]:
    """Return the user's name and why it can not be read; no answer is no problem: the name is only shown."""
    try:
        return str(ports.endpoint.identity(grant.identity_url, grant.access_token).get("username") or ""), ""
    except TokenRefused as refused:
        return "", refused.reason
    except (TokenAnswerLost, TokenEndpointUnavailable):
        return "", ""


def _missing(login: Login, grant: Grant) -> str:
    """Return `scope_missing` when the grant can not do the work, else an empty text."""
    if not _NEEDED_SCOPES[login.flow] <= grant.scopes and "full" not in grant.scopes:
        return "scope_missing"
    return "scope_missing" if login.flow == "web" and not grant.refresh_token else ""


def _stored(login: Login, grant: Grant, username: str, ports: TokenPorts) -> Mapping[str, Any]:
    try:
        before, after = _saved(login, grant, username, ports)
    except CausewayError:
        _drop(login, grant, ports)  # what could not be kept must not stay alive
        raise
    moved = _is_other_org(before, grant)
    after = revoke_old_grants(announced(after, ports), ports)
    return {
        "result": "connected",
        "org_id": grant.org_id,
        "username": username,
        "instance_url": grant.instance_url,
        "other_org": moved,
        "reconnected": bool(before.connection.org_id),
    }


def _saved(login: Login, grant: Grant, username: str, ports: TokenPorts) -> tuple[ConnectionRecord, ConnectionRecord]:
    """Keep the refresh token under a name of its own, make it the connection's, and return the record before and after."""
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
    """Return the record connected by a new grant; the one before waits to be revoked."""
    connected = with_status(
        without_grant(record),
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


def _drop(login: Login, grant: Grant, ports: TokenPorts) -> None:
    """A grant that is not kept must not stay alive, nor count towards the five that Salesforce allows."""
    revoke_token(login.login_origin, grant.refresh_token or grant.access_token, ports)


def _refused_by(error: TokenRefused | TokenAnswerLost | TokenEndpointUnavailable) -> Mapping[str, Any]:
    if isinstance(error, TokenRefused):
        return _refused(error.reason, error.error)
    return _refused("no_answer")


def _refused(reason: str, error: str = "") -> Mapping[str, Any]:
    return {"result": "refused", "reason": reason, "error": error}
