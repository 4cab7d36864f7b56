"""Gets a new grant from Salesforce, by a code or by client credentials, and checks it before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
from causeway.connections.tokens.new_grants import Login, revoke_unused, store_grant
from causeway.connections.tokens.ports import TokenPorts

_NEEDED_SCOPES: Final = {"web": {"api", "refresh_token"}, "client_credentials": {"api"}}


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


def _connected(login: Login, app: AppCredentials, answer: Mapping[str, Any], ports: TokenPorts) -> Mapping[str, Any]:
    """Check the answer and store the grant; revoke it when it cannot be used."""
    try:
        grant = checked_grant(answer, app, login.login_origin, ports.loopback)
    except (UntrustedAnswer, UntrustedAddress):
        return _refused("untrusted_answer")
    username, problem = _identity(grant, ports)
    problem = problem or _missing(login, grant)
    if problem:
        revoke_unused(login, grant, ports)
        return _refused(problem)
    known = ports.connections.record(login.tenant).connection.org_id
    if known and known[:15] != grant.org_id[:15] and login.confirmed_org[:15] != grant.org_id[:15]:
        revoke_unused(login, grant, ports)
        return {"result": "other_org", "org_id": grant.org_id, "known_org_id": known, "username": username}
    return store_grant(login, grant, username, ports)


def _identity(grant: Grant, ports: TokenPorts) -> tuple[str, str]:
    """Return the user's name, and why it was refused; a missing answer is no problem, because the name is only shown."""
    try:
        return str(ports.endpoint.identity(grant.identity_url, grant.access_token).get("username") or ""), ""
    except TokenRefused as refused:
        return "", refused.reason
    except (TokenAnswerLost, TokenEndpointUnavailable):
        return "", ""


def _missing(login: Login, grant: Grant) -> str:
    """Return `scope_missing` when the grant lacks a scope or its refresh token, else an empty text."""
    if not _NEEDED_SCOPES[login.flow] <= grant.scopes and "full" not in grant.scopes:
        return "scope_missing"
    return "scope_missing" if login.flow == "web" and not grant.refresh_token else ""


def _refused_by(error: TokenRefused | TokenAnswerLost | TokenEndpointUnavailable) -> Mapping[str, Any]:
    if isinstance(error, TokenRefused):
        return _refused(error.reason, error.error)
    return _refused("no_answer")


def _refused(reason: str, error: str = "") -> Mapping[str, Any]:
    return {"result": "refused", "reason": reason, "error": error}
