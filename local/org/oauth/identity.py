"""Who a token belongs to and how it ends: identity URL, userinfo, introspect, revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from .errors import NO_STORE, OAuthError
from .facts import IDENTITY_SCOPES
from .ports import OAuthOrg
from .sessions import Session, bearer_token
from .token_endpoint import client, form_of

CHATTER = ("feeds", "groups", "users", "feed_items", "feed_elements")
TEXT = "text/plain;charset=UTF-8"


def revoke(call: Call[OAuthOrg]) -> Response:
    """POST or GET /services/oauth2/revoke: an access token ends alone, a refresh token with all that came from it."""
    form = form_of(call.request)
    if form.get("token_type_hint", "access_token") not in ("access_token", "refresh_token"):
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    token = form.get("token", "")
    grant = call.org.grants.of_token(token)
    if grant is not None:
        call.org.grants.revoke(grant)
    elif not call.org.sessions.end(token):
        raise OAuthError("invalid_token", "invalid token: " + token[:8])
    return Response(200, headers=dict(NO_STORE))


def introspect(call: Call[OAuthOrg]) -> Response:
    """POST /services/oauth2/introspect: whether an app's own token is active, and whose it is."""
    form = form_of(call.request)
    app = client(call, form)
    session = call.org.sessions.find(form.get("token", ""))
    grant = call.org.grants.of_token(form.get("token", ""))
    if session is not None and session.client_id == app.client_id:
        return Response(200, _of_session(call, session), dict(NO_STORE))
    if grant is not None and grant.client_id == app.client_id:
        body = _active(call, grant.scopes, grant.user_id, grant.client_id, "refresh_token", grant.created_ms)
        return Response(200, body, dict(NO_STORE))
    return Response(200, {"active": False}, dict(NO_STORE))


def _of_session(call: Call[OAuthOrg], session: Session) -> dict[str, Any]:
    body = _active(call, sorted(session.scopes), session.user_id, session.client_id, "access_token", session.created_ms)
    return {**body, "exp": session.last_used_ms // 1000 + session.timeout_s}


def _active(
    call: Call[OAuthOrg], scopes: list[str], user_id: str, client_id: str, token_type: str, created_ms: int
) -> dict[str, Any]:
    user = call.org.users.by_id(user_id) or {}
    return {
        "active": True,
        "scope": " ".join(scopes),
        "client_id": client_id,
        "username": user.get("Username"),
        "sub": call.org.identity_url(user_id),
        "token_type": token_type,
        "iat": created_ms // 1000,
        "nbf": created_ms // 1000,
    }


def _user_of(call: Call[OAuthOrg]) -> dict[str, Any] | str:
    """Return the user whose token it is, or the plain text that refuses it."""
    header = call.request.headers.get("authorization")
    token = call.request.query.get("oauth_token") or call.request.query.get("access_token")
    if not header and not token:
        return "Missing_OAuth_Token"
    try:
        session = call.org.sessions.find(token or bearer_token(header))
    except OrgError:
        return "Bad_OAuth_Token"
    if session is None or not session.scopes & IDENTITY_SCOPES:
        return "Bad_OAuth_Token"
    user = call.org.users.by_id(session.user_id)
    return user if user and call.org.users.is_active(user) else "Inactive_User"


def identity(call: Call[OAuthOrg], org_id: str, user_id: str) -> Response:
    """GET /id/<org>/<user>: the identity; failures are 403 with one word of plain text."""
    user = _user_of(call)
    if isinstance(user, str):
        return Response(403, user, content_type=TEXT)
    if org_id[:15] != call.org.org_id[:15]:
        return Response(403, "Wrong_Org", content_type=TEXT)
    if user_id[:15] != user["Id"][:15]:
        return Response(403, "Bad_Id", content_type=TEXT)
    return Response(200, identity_body(call, user))


def identity_body(call: Call[OAuthOrg], user: dict[str, Any]) -> dict[str, Any]:
    """Return the identity of a user; its URLs hold a literal `{version}`."""
    return {
        "id": call.org.identity_url(user["Id"]),
        "asserted_user": True,
        "user_id": user["Id"],
        "organization_id": call.org.org_id,
        "username": user["Username"],
        "nick_name": user.get("CommunityNickname"),
        "display_name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        "first_name": user.get("FirstName"),
        "last_name": user.get("LastName"),
        "timezone": user.get("TimeZoneSidKey"),
        "photos": _photos(call),
        "addr_street": user.get("Street"),
        "addr_city": user.get("City"),
        "addr_state": user.get("State"),
        "addr_country": user.get("Country"),
        "addr_zip": user.get("PostalCode"),
        "mobile_phone": user.get("MobilePhone"),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(call, user),
        "active": bool(user.get("IsActive")),
        "user_type": "STANDARD",
        "language": user.get("LanguageLocaleKey"),
        "locale": user.get("LocaleSidKey"),
        "utcOffset": _offset_ms(call, user),
        "last_modified_date": _second(user.get("LastModifiedDate")),
        "is_app_installed": True,
    }


def userinfo(call: Call[OAuthOrg]) -> Response:
    """GET or POST /services/oauth2/userinfo: the OpenID Connect claims of the token's user."""
    user = _user_of(call)
    if isinstance(user, str):
        return Response(403, user, content_type=TEXT)
    return Response(
        200,
        {
            "sub": call.org.identity_url(user["Id"]),
            "user_id": user["Id"],
            "organization_id": call.org.org_id,
            "preferred_username": user["Username"],
            "nickname": user.get("CommunityNickname"),
            "name": user.get("Name"),
            "email": user.get("Email"),
            "email_verified": True,
            "given_name": user.get("FirstName"),
            "family_name": user.get("LastName"),
            "zoneinfo": user.get("TimeZoneSidKey"),
            "photos": _photos(call),
            "profile": f"{call.org.origin}/{user['Id']}",
            "picture": _photos(call)["picture"],
            "address": _address(user),
            "is_salesforce_integration_user": False,
            "urls": _urls(call, user),
            "active": bool(user.get("IsActive")),
            "user_type": "STANDARD",
            "language": user.get("LanguageLocaleKey"),
            "locale": user.get("LocaleSidKey"),
            "utcOffset": _offset_ms(call, user),
            "updated_at": _second(user.get("LastModifiedDate")),
        },
    )


def _urls(call: Call[OAuthOrg], user: dict[str, Any]) -> dict[str, str]:
    origin = call.org.origin
    rest = f"{origin}/services/data/v{{version}}/"
    return {
        "enterprise": f"{origin}/services/Soap/c/{{version}}/{call.org.org_id[:15]}",
        "metadata": f"{origin}/services/Soap/m/{{version}}/{call.org.org_id[:15]}",
        "partner": f"{origin}/services/Soap/u/{{version}}/{call.org.org_id[:15]}",
        "rest": rest,
        "sobjects": rest + "sobjects/",
        "search": rest + "search/",
        "query": rest + "query/",
        "recent": rest + "recent/",
        "tooling_soap": f"{origin}/services/Soap/T/{{version}}/{call.org.org_id[:15]}",
        "tooling_rest": rest + "tooling/",
        "profile": f"{origin}/{user['Id']}",
        **{name: f"{rest}chatter/{name.replace('_', '-')}" for name in CHATTER},
        "custom_domain": origin,
    }


def _photos(call: Call[OAuthOrg]) -> dict[str, str]:
    """Return the pictures of a user without a picture of their own (captured userinfo)."""
    return {"picture": f"{call.org.origin}/profilephoto/005/F", "thumbnail": f"{call.org.origin}/profilephoto/005/T"}


def _address(user: dict[str, Any]) -> dict[str, str]:
    """Return the address claim (OpenID Connect core), without what the user does not have."""
    claims = {"street_address": "Street", "locality": "City", "region": "State"}
    claims |= {"postal_code": "PostalCode", "country": "Country"}
    return {claim: user[name] for claim, name in claims.items() if user.get(name)}


def _offset_ms(call: Call[OAuthOrg], user: dict[str, Any]) -> int:
    """Return how far the user's zone is from UTC without its summer time: -28,800,000 in Los Angeles, in May too (captured)."""
    zone = ZoneInfo(user.get("TimeZoneSidKey") or "UTC")
    now = call.org.clock.now().astimezone(zone)
    standard = (now.utcoffset() or timedelta()) - (now.dst() or timedelta())
    return round(standard.total_seconds() * 1000)


def _second(stamp: str | None) -> str | None:
    """Return a stamp as these answers spell it: `2026-05-06T09:49:19Z` (captured)."""
    return stamp and stamp[:19] + "Z"


ROUTES: list[Route[OAuthOrg]] = [
    ("POST", "/services/oauth2/revoke", revoke),
    ("GET", "/services/oauth2/revoke", revoke),
    ("POST", "/services/oauth2/introspect", introspect),
    ("GET", "/services/oauth2/userinfo", userinfo),
    ("POST", "/services/oauth2/userinfo", userinfo),
    ("GET", "/id/(?P<org_id>[^/]+)/(?P<user_id>[^/]+)", identity),
]
