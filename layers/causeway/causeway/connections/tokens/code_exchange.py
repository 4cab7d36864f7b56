"""Gets a new grant from Salesforce, by a code or by client credentials, and checks it before it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from causeway.connections.tokens.own_app import app_of
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.usernames import username_of
from causeway.salesforce.answers.meanings import Meaning
from causeway.salesforce.answers.oauth_rules import meaning_of

_TRIES: Final = 3
_PAUSE_S: Final = 1.0  # three tries stay far below the time that a browser waits
_NEEDED_SCOPES: Final = {"web": {"api", "refresh_token"}, "client_credentials": {"api"}}


def exchange_code(
    login: Login, code: str, verifier: str, redirect_uri: str, client_id: str, ports: TokenPorts
) -> Mapping[str, Any]:
    """
    Exchange a code at the host that was signed in at and store the connection.

    Returns `{"result": "connected", …}`, `{"result": "refused", "reason", "error", "description"}` or `{"result": "other_org", …}`.
    """
    app = app_of(ports.connections.record(login.tenant), login.app, ports)
    if app.client_id != client_id:
        return _refused("app_unknown")

    def ask() -> Mapping[str, Any]:
        return ports.endpoint.exchange(login.login_origin, app, code, verifier, redirect_uri)

    return _asked(ask, login, app, ports)


def connect_with_client_credentials(login: Login, ports: TokenPorts) -> Mapping[str, Any]:
    """Connect as the app's run-as user; answers like `exchange_code`."""
    app = app_of(ports.connections.record(login.tenant), login.app, ports)
    return _asked(lambda: ports.endpoint.client_credentials(login.login_origin, app), login, app, ports)


def _asked(
    ask: Callable[[], Mapping[str, Any]], login: Login, app: AppCredentials, ports: TokenPorts
) -> Mapping[str, Any]:
    """Ask for a grant, again where Salesforce says that it was not able to answer; an answer that was lost is final."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return _connected(login, app, ask(), ports)
        except TokenRefused as refused:
            if tries_left < _TRIES - 1 and refused.reason == "code_expired":
                return _refused("no_answer")  # the code was used up by the try that Salesforce did not answer
            if meaning_of(refused.reason) is not Meaning.OUTAGE or not tries_left:
                return _refused(refused.reason, refused.error, refused.description)
        except TokenEndpointUnavailable:
            if not tries_left:
                return _refused("no_answer")
        except TokenAnswerLost:
            return _refused("no_answer")
        ports.sleep(_PAUSE_S)
    raise AssertionError("the last try returns")


def _connected(login: Login, app: AppCredentials, answer: Mapping[str, Any], ports: TokenPorts) -> Mapping[str, Any]:
    """Check the answer and store the grant; revoke it when it cannot be used."""
    try:
        grant = checked_grant(answer, app, login.login_origin, ports.loopback, ports.clouds)
    except (UntrustedAnswer, UntrustedAddress):
        return _refused("untrusted_answer")
    problem = _missing(login, grant)
    if problem:
        revoke_unused(login, grant, ports)
        return _refused(problem)
    username = username_of(grant.identity_url, grant.instance_url, grant.access_token, ports)
    known = ports.connections.record(login.tenant).connection.org_id
    if known and known[:15] != grant.org_id[:15] and login.confirmed_org[:15] != grant.org_id[:15]:
        revoke_unused(login, grant, ports)
        return {"result": "other_org", "org_id": grant.org_id, "known_org_id": known, "username": username}
    return store_grant(login, grant, username, ports)


def _missing(login: Login, grant: Grant) -> str:
    """Return `scope_missing` when the grant lacks a scope or its refresh token, else an empty text."""
    if not _NEEDED_SCOPES[login.flow] <= grant.scopes and "full" not in grant.scopes:
        return "scope_missing"
    return "scope_missing" if login.flow == "web" and not grant.refresh_token else ""


def _refused(reason: str, error: str = "", description: str = "") -> Mapping[str, Any]:
    return {"result": "refused", "reason": reason, "error": error, "description": description}
