"""The browser's part of the web-server flow: authorize, log in, approve or deny."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..setup.connected_apps import KNOWN_SCOPES, ConnectedApp, ip_within
from ..wire.call import Call, Route
from ..wire.messages import Request, Response
from .errors import NO_STORE, OAuthError, redirect_to
from .facts import MISSING_CHALLENGE
from .grants import Pending
from .login_pages import approval_page, login_page, page, problem_page
from .ports import OAuthOrg

APPROVAL_PAGE = "/setup/secur/RemoteAccessAuthorizationPage.apexp"
COOKIE = "simulated_org_sid"  # its own name: cookies of 127.0.0.1 are shared by all ports
GENERIC_ERROR = (
    "OAUTH_APPROVAL_ERROR_GENERIC",
    "An unexpected error has occurred during authentication. Please try again.",
)
WRONG_LOGIN = (
    "Please check your username and password. If you still can't log in, contact your Salesforce administrator."
)
STALE_PAGE = "This page has expired. Start again from the app that sent you here."


def authorize(call: Call[OAuthOrg]) -> Response:
    """GET /services/oauth2/authorize: check the request, then show the page that is needed next."""
    query = {**call.request.query, **_form(call.request)}
    app = call.org.settings.apps.get(query.get("client_id", ""))
    if app is None:
        return problem_page("invalid_client_id", "client identifier invalid")
    redirect_uri = query.get("redirect_uri") or (app.redirect_uris[0] if app.redirect_uris else "")
    if not app.allows_redirect(redirect_uri):
        return problem_page("redirect_uri_mismatch", "redirect_uri must match configuration")
    try:
        check_request(call, app, query)
        pending = _remember(call, app, redirect_uri, query)
        return _answer_without_asking(call, pending, _logged_in(call)) or _local(f"{APPROVAL_PAGE}?source={pending.id}")
    except OAuthError as refusal:
        return refusal.redirect(redirect_uri, query.get("state"))


def check_request(call: Call[OAuthOrg], app: ConnectedApp, query: dict[str, str]) -> None:
    """Raise the OAuth error of a request that no user could approve."""
    if query.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    if app.blocked:
        raise OAuthError("OAUTH_APP_BLOCKED", "this app is blocked by admin")
    if app.authorization_blocked:
        raise OAuthError("OAUTH_AUTHORIZATION_BLOCKED", "authorization of this app is blocked")
    if not app.installed and app.external_client_app:
        raise OAuthError("OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org")
    if set(query.get("scope", "").split()) - KNOWN_SCOPES:
        raise OAuthError("invalid_scope", "the requested scope is not allowed")
    if set(query.get("scope", "").split()) - set(app.scopes):
        raise OAuthError(*GENERIC_ERROR)
    if query.get("code_challenge_method", "S256") != "S256":
        raise OAuthError("invalid_request", "unsupported code challenge method")
    if not query.get("code_challenge") and app.require_pkce:
        raise OAuthError(*MISSING_CHALLENGE)
    if not query.get("code_challenge") and call.org.settings.require_pkce:
        raise OAuthError(*GENERIC_ERROR)


def _remember(call: Call[OAuthOrg], app: ConnectedApp, redirect_uri: str, query: dict[str, str]) -> Pending:
    prompt = set(query.get("prompt", "").split())
    if query.get("immediate") == "true":
        prompt.add("none")
    pending = Pending(
        id=call.org.mint.name(),
        app=app,
        redirect_uri=redirect_uri,
        state=query.get("state"),
        scopes=app.grants(query.get("scope", "")),
        challenge=query.get("code_challenge", ""),
        prompt=prompt,
        login_hint=query.get("login_hint", ""),
    )
    call.org.pending[pending.id] = pending
    return pending


def _answer_without_asking(call: Call[OAuthOrg], pending: Pending, user: dict[str, Any] | None) -> Response | None:
    """Return the redirect to the login page or back to the app; None when the user must decide."""
    silent = "none" in pending.prompt
    automatic = call.org.settings.auto_approve
    if automatic and not pending.prompt & {"login", "select_account"}:
        user = call.org.users.named(automatic)
    if user is None or pending.prompt & {"login", "select_account"}:
        if silent:
            raise OAuthError("immediate_unsuccessful", "the user must log in first")
        return _to_login(pending)
    check_user(call, pending.app, user)
    known = call.org.grants.approved.get((user["Id"], pending.app.client_id), set())
    if (
        automatic
        or (set(pending.scopes) <= known and "consent" not in pending.prompt)
        or pending.app.admin_approved_only
    ):
        return _back_with_code(call, pending, user)
    if silent:
        raise OAuthError("immediate_unsuccessful", "the user must approve first")
    return None


def check_user(call: Call[OAuthOrg], app: ConnectedApp, user: dict[str, Any]) -> None:
    """Raise the OAuth error of a user who may not use the app in a browser."""
    settings, username = call.org.settings, user["Username"]
    if username in settings.api_only_users:
        raise OAuthError(*GENERIC_ERROR)
    if not app.installed and username not in settings.approve_uninstalled_users:
        raise OAuthError(*GENERIC_ERROR)
    if app.admin_approved_only and username not in app.approved_users:
        raise OAuthError("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app")
    if not app.allows_ip(call.request.headers.get("x-forwarded-for", "")):
        raise OAuthError("access_denied", "ip restricted by app developer")


def _back_with_code(call: Call[OAuthOrg], pending: Pending, user: dict[str, Any]) -> Response:
    del call.org.pending[pending.id]
    grants = call.org.grants
    code = grants.issue_code(pending.app, user["Id"], pending.redirect_uri, pending.scopes, pending.challenge)
    return redirect_to(pending.redirect_uri, {"code": code.code}, pending.state)


def approval(call: Call[OAuthOrg]) -> Response:
    """GET the approval page of a pending authorization, unless the user must log in first, or already approved."""
    pending, user = call.org.pending.get(call.request.query.get("source", "")), _logged_in(call)
    if pending is None:
        return _expired()
    try:
        answer = _answer_without_asking(call, pending, user)
    except OAuthError as refusal:
        return refusal.redirect(pending.redirect_uri, pending.state)
    if answer is not None or user is None:
        return answer or _to_login(pending)
    switch = f"/?{urlencode({'ec': '302', 'startURL': f'{APPROVAL_PAGE}?source={pending.id}'})}"
    return approval_page(pending.id, pending.app.name, user["Username"], pending.scopes, switch)


def log_in_form(call: Call[OAuthOrg]) -> Response:
    """GET /login or /?startURL=...: the login page; `un` fills in the username."""
    query = call.request.query
    return _login(call, query.get("startURL", "").partition("source=")[2], query.get("un", ""), "")


def log_in(call: Call[OAuthOrg]) -> Response:
    """POST /login: check username and password, then continue with the pending approval."""
    form = _form(call.request)
    pending, username = call.org.pending.get(form.get("pending", "")), form.get("username", "")
    problem, user = _login_problem(call, username, form.get("pw", ""))
    if user is None or problem:
        return _login(call, form.get("pending", ""), username, problem)
    browser = call.org.mint.name()
    call.org.browsers[browser] = user["Id"]
    if pending is not None:
        pending.prompt -= {"login", "select_account"}
    answer = _local(f"{APPROVAL_PAGE}?source={pending.id}" if pending else "/")
    answer.headers["Set-Cookie"] = f"{COOKIE}={browser}; Path=/; HttpOnly; SameSite=Lax"
    return answer


def _login_problem(call: Call[OAuthOrg], username: str, password: str) -> tuple[str, dict[str, Any] | None]:
    user = call.org.users.named(username)
    if user is None or password != call.org.settings.password or not call.org.users.is_active(user):
        return WRONG_LOGIN, None
    if not ip_within(call.request.headers.get("x-forwarded-for", ""), call.org.settings.login_ip_ranges):
        return "You can't log in from this network. Ask your administrator which networks are trusted.", None
    return "", user


def approve(call: Call[OAuthOrg]) -> Response:
    """POST /services/oauth2/approve: remember the approval and send the code, or report the denial to the app."""
    form = _form(call.request)
    pending, user = call.org.pending.get(form.get("pending", "")), _logged_in(call)
    if pending is None or user is None:
        return _expired()
    if form.get("decision") != "allow":
        del call.org.pending[pending.id]
        denied = OAuthError("access_denied", "end-user denied authorization")
        return denied.redirect(pending.redirect_uri, pending.state)
    call.org.grants.approved.setdefault((user["Id"], pending.app.client_id), set()).update(pending.scopes)
    return _back_with_code(call, pending, user)


def _expired() -> Response:
    return page("Expired", f'<h1>Expired</h1><p class="problem" role="alert">{STALE_PAGE}</p>', status=400)


def _local(path: str) -> Response:
    return Response(302, headers={"Location": path, **NO_STORE})


def _to_login(pending: Pending) -> Response:
    """Send the browser to the login page, where Salesforce's own address has the same parameters."""
    wanted = {"ec": "302", "startURL": f"{APPROVAL_PAGE}?source={pending.id}"}
    return _local("/?" + urlencode({**wanted, "un": pending.login_hint} if pending.login_hint else wanted))


def _login(call: Call[OAuthOrg], pending_id: str, username: str, problem: str) -> Response:
    names = [row["Username"] for row in call.org.users.all() if call.org.users.is_active(row)]
    return login_page(pending_id, username, problem, call.org.settings.password, names)


def _logged_in(call: Call[OAuthOrg]) -> dict[str, Any] | None:
    try:
        cookie = SimpleCookie(call.request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    user_id = call.org.browsers.get(cookie.value) if cookie else None
    user = call.org.users.by_id(user_id) if user_id else None
    return user if user and call.org.users.is_active(user) else None


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


ROUTES: list[Route[OAuthOrg]] = [
    ("GET", "/services/oauth2/authorize", authorize),
    ("POST", "/services/oauth2/authorize", authorize),
    ("GET", "/login", log_in_form),
    ("POST", "/login", log_in),
    ("GET", APPROVAL_PAGE, approval),
    ("POST", "/services/oauth2/approve", approve),
]
