"""The token endpoint: every grant type, each refusal in OAuth's own shape."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from ..setup.connected_apps import ConnectedApp, ip_within
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Request, Response
from .errors import NO_STORE, OAuthError
from .facts import DEAD_REFRESH_TOKEN, MISSING_VERIFIER, WRONG_VERIFIER
from .grants import Grant
from .jwt_bearer import subject_of_assertion
from .ports import OAuthOrg
from .token_mint import s256, signature

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def form_of(request: Request) -> dict[str, str]:
    """Return a token request's parameters: the query's, overridden by the form's and by HTTP Basic."""
    form = {**request.query, **dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))}
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise OAuthError("invalid_client", "invalid client credentials") from error
        form["client_id"], form["client_secret"] = unquote_plus(name), unquote_plus(secret)
    return form


def client(call: Call[OAuthOrg], form: dict[str, str]) -> ConnectedApp:
    """Return the calling app after checking key, secret, installation and block."""
    app = call.org.settings.apps.get(form.get("client_id", ""))
    if app is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    given = form.get("client_secret")
    wrong = given is not None and not hmac.compare_digest(given.encode(), app.client_secret.encode())
    if wrong or (given is None and app.require_secret):
        raise OAuthError("invalid_client", "invalid client credentials")
    if app.blocked:
        raise OAuthError("OAUTH_APP_BLOCKED", "this app is blocked by admin")
    if not app.installed and app.external_client_app:
        raise OAuthError("app_not_found", "External client app is not installed in this org")
    return app


def token(call: Call[OAuthOrg]) -> Response:
    """POST /services/oauth2/token."""
    if call.request.method != "POST":
        raise OAuthError("invalid_request", "must use HTTP POST")
    form = form_of(call.request)
    kind = form.get("grant_type", "")
    if kind not in GRANT_TYPES:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    if not call.org.settings.org_active:
        raise OAuthError("invalid_grant", "inactive organization")
    with call.org.grants.processing(form.get("refresh_token") or form.get("code") or ""):
        time.sleep(call.org.settings.token_processing_s)
        return GRANT_TYPES[kind](call, form)


def exchange_code(call: Call[OAuthOrg], form: dict[str, str]) -> Response:
    """Exchange an authorization code (with its PKCE verifier) for tokens."""
    app = client(call, form)
    if not app.installed and not call.org.settings.approve_uninstalled_users:
        raise OAuthError("invalid_client", "app must be installed into org")
    if not form.get("code"):
        raise OAuthError("invalid_request", "missing required parameter: code")
    code = call.org.grants.code(form["code"], app.client_id)
    if form.get("redirect_uri") != code.redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if code.challenge and not form.get("code_verifier"):
        raise OAuthError(*MISSING_VERIFIER)
    if code.challenge and s256(form["code_verifier"]) != code.challenge:
        raise OAuthError(*WRONG_VERIFIER)
    user = active_user(call, app, code.user_id)
    code.used = True
    lasting = set(code.scopes) & {"refresh_token", "offline_access"}
    grant = call.org.grants.open_grant(app, user["Id"], code.scopes) if lasting else None
    extra = {"refresh_token": grant.refresh_token} if grant else {}
    return Response(200, {**token_body(call, app, user, code.scopes, grant), **extra}, dict(NO_STORE))


def refresh(call: Call[OAuthOrg], form: dict[str, str]) -> Response:
    """Exchange a refresh token for an access token; with rotation also for the next refresh token."""
    app = client(call, form)
    if not form.get("refresh_token"):
        raise OAuthError("invalid_request", "missing required parameter: refresh_token")
    known = call.org.grants.of_token(form["refresh_token"])
    if known is not None:
        active_user(call, app, known.user_id)
    grant, rotated = call.org.grants.refreshed(form["refresh_token"], app)
    user = call.org.users.by_id(grant.user_id)
    if user is None:
        raise OAuthError(*DEAD_REFRESH_TOKEN)
    extra = {"refresh_token": rotated} if rotated else {}
    return Response(200, {**token_body(call, app, user, grant.scopes, grant), **extra}, dict(NO_STORE))


def client_credentials(call: Call[OAuthOrg], form: dict[str, str]) -> Response:
    """Give an access token for the app's run-as user."""
    app = client(call, form)
    if not call.org.settings.client_credentials_enabled:
        raise OAuthError("unsupported_grant_type", "client credentials flow not enabled")
    user = call.org.users.named(app.run_as) if app.run_as else None
    if user is None:
        raise OAuthError("invalid_grant", "no client credentials user enabled")
    return _without_refresh(call, app, active_user(call, app, user["Id"]))


def password(call: Call[OAuthOrg], form: dict[str, str]) -> Response:
    """Log in with username and password, for apps that still may."""
    app = client(call, form)
    user = call.org.users.named(form.get("username", ""))
    if user is None or not app.password_flow or not form.get("password", "").startswith(call.org.settings.password):
        raise OAuthError("invalid_grant", "authentication failure")
    return _without_refresh(call, app, active_user(call, app, user["Id"]))


def jwt_bearer(call: Call[OAuthOrg], form: dict[str, str]) -> Response:
    """Log in with an assertion that the app signed."""
    app, username = subject_of_assertion(call, form.get("assertion", ""))
    user = call.org.users.named(username)
    approved = user is not None and (
        username in app.approved_users or (user["Id"], app.client_id) in call.org.grants.approved
    )
    if user is None or not approved:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    return _without_refresh(call, app, active_user(call, app, user["Id"]))


def _without_refresh(call: Call[OAuthOrg], app: ConnectedApp, user: dict[str, Any]) -> Response:
    scopes = [each for each in app.scopes if each not in ("refresh_token", "offline_access")]
    return Response(200, token_body(call, app, user, scopes, None), dict(NO_STORE))


def active_user(call: Call[OAuthOrg], app: ConnectedApp, user_id: str) -> dict[str, Any]:
    """Return the user if they may get a token from this address now; raise the OAuth error otherwise."""
    user = call.org.users.by_id(user_id)
    if user is None or not call.org.users.is_active(user):
        raise OAuthError("invalid_grant", "inactive user")
    client_ip = call.request.headers.get("x-forwarded-for", "")
    if not app.allows_ip(client_ip):
        raise OAuthError("invalid_grant", "ip restricted by app developer")
    if not ip_within(client_ip, call.org.settings.login_ip_ranges):
        raise OAuthError("invalid_grant", "ip restricted")
    try:
        call.org.logins.use(user_id)
    except OrgError as error:
        raise OAuthError("rate_limit_exceeded", "login rate exceeded") from error
    return user


def token_body(
    call: Call[OAuthOrg], app: ConnectedApp, user: dict[str, Any], scopes: list[str], grant: Grant | None
) -> dict[str, Any]:
    """Start a session and return the token response (help, remoteaccess_oauth_web_server_flow); it has no expires_in."""
    org = call.org
    timeout_s = app.session_timeout_s or org.settings.session_timeout_s
    session = org.sessions.start(
        user["Id"], user["Username"], app.client_id, scopes, timeout_s, grant.id if grant else ""
    )
    identity, issued_at = org.identity_url(user["Id"]), str(org.clock.now_ms())
    return {
        "access_token": session.token,
        "signature": signature(app.client_secret, identity, issued_at),
        "scope": " ".join(scopes),
        "instance_url": org.origin,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }


GRANT_TYPES: dict[str, Callable[[Call[OAuthOrg], dict[str, str]], Response]] = {
    "authorization_code": exchange_code,
    "refresh_token": refresh,
    "client_credentials": client_credentials,
    "password": password,
    JWT_BEARER: jwt_bearer,
}

ROUTES: list[Route[OAuthOrg]] = [("POST", "/services/oauth2/token", token), ("GET", "/services/oauth2/token", token)]
