"""Salesforce's OAuth web-server flow as rules: the authorize address, the checks of a token answer, and its errors. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from causeway.connections.access.encoding import is_same
from causeway.connections.oauth.clouds import DEFAULT, STANDARD, cloud_of
from causeway.connections.oauth.hosts import is_sandbox_host, trusted_origin
from causeway.errors import CausewayError

SCOPES: Final = "api refresh_token id"
_IDENTITY: Final = r"/id/([0-9A-Za-z]{15,18})/([0-9A-Za-z]{15,18})"
_PLAIN_PARTITIONS: Final = (".develop.", ".demo.", ".patch.", ".stage.", ".pc.", ".trailblaze.", ".free.")


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The client of a connected app or External Client App. The secret never shows in a repr, log or error."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token answer holds, checked; `refresh_token` is empty when Salesforce sent none."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    instance_url: str
    identity_url: str
    org_id: str
    user_id: str
    scopes: frozenset[str]


class TokenRefused(CausewayError):
    """
    Salesforce answered a token request with a refusal.

    `reason` is our stable word for it (connections/oauth/refusals.py); `error` and `description` are Salesforce's words.
    """

    code = "token_refused"

    def __init__(self, reason: str, error: str = "", description: str = "") -> None:
        super().__init__(f"Salesforce refused the token request: {error or reason} {description}".strip())
        self.reason, self.error, self.description = reason, error, description


class TokenAnswerLost(CausewayError):
    """A token request was sent and its answer never arrived: Salesforce may or may not have acted on it."""

    code = "token_answer_lost"


class TokenEndpointUnavailable(CausewayError):
    """The token endpoint took no request, or answered that it is not available (429, 5xx)."""

    code = "token_endpoint_unavailable"


class UntrustedAnswer(CausewayError):
    """A token answer that Salesforce did not give, or gave for another app, host or org."""

    code = "untrusted_answer"


def authorize_address(
    login_origin: str, client_id: str, redirect_uri: str, state: str, challenge: str, *, sign_in_again: bool = False
) -> str:
    """Return where the browser goes to sign in and approve; `sign_in_again` asks for the login page even if a user is signed in."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | ({"prompt": "login"} if sign_in_again else {})
    return f"{login_origin}/services/oauth2/authorize?{urlencode(query)}"


def checked_grant(
    answer: Mapping[str, Any],
    app: AppCredentials,
    login_origin: str,
    loopback: tuple[str, ...],
    clouds: tuple[str, ...] = DEFAULT,
) -> Grant:
    """
    Return the grant in a token answer after checking who it comes from and whom it is for.

    Checks Salesforce's signature over `id` and `issued_at` (HMAC-SHA256 with the client secret), that `instance_url` and
    `id` are Salesforce's and fit the login host, and that token and identity name the same org.
    Raises UntrustedAnswer or UntrustedAddress.
    """
    texts = {
        name: str(answer.get(name) or "") for name in ("access_token", "refresh_token", "instance_url", "id", "scope")
    }
    _check_signature(answer, app)
    org_id, user_id = _identity(texts["id"])
    if not texts["access_token"] or not is_for_org(answer, org_id):
        raise UntrustedAnswer("Salesforce's token answer does not name one org.", "Start again.")
    _check_identity_host(trusted_origin(texts["id"], loopback, clouds), login_origin)
    return Grant(
        access_token=texts["access_token"],
        refresh_token=texts["refresh_token"],
        instance_url=trusted_origin(texts["instance_url"], loopback, clouds),
        identity_url=texts["id"],
        org_id=org_id,
        user_id=user_id,
        scopes=frozenset(texts["scope"].split()),
    )


def is_for_org(answer: Mapping[str, Any], org_id: str) -> bool:
    """
    Return whether identity and access token of an answer are of this org.

    An opaque access token begins with the org's Id and `!`; a JWT-based one cannot be read without its key.
    """
    named = re.fullmatch(_IDENTITY, urlsplit(str(answer.get("id") or "")).path)
    prefix, opaque, _ = str(answer.get("access_token") or "").partition("!")
    orgs = {named[1][:15]} if named else set()
    return orgs | ({prefix[:15]} if opaque else set()) == {org_id[:15]}


def _identity(url: str) -> tuple[str, str]:
    named = re.fullmatch(_IDENTITY, urlsplit(url).path)
    if not named:
        raise UntrustedAnswer("Salesforce's token answer names no user.", "Start again.")
    return named[1], named[2]


def _check_signature(answer: Mapping[str, Any], app: AppCredentials) -> None:
    signed = f"{answer.get('id', '')}{answer.get('issued_at', '')}".encode()
    mac = base64.b64encode(hmac.new(app.client_secret.encode(), signed, hashlib.sha256).digest()).decode()
    if not is_same(str(answer.get("signature") or ""), mac):
        raise UntrustedAnswer(
            "The token answer is not signed with this app's secret.", "Check the app's secret, then start again."
        )


def _check_identity_host(identity_origin: str, login_origin: str) -> None:
    """The identity host is the login host itself, or its cloud's login host of production or sandboxes, whichever it belongs to."""
    cloud = cloud_of(login_origin.removeprefix("https://")) or STANDARD
    expected = {login_origin, cloud.sandbox_login if is_sandbox_host(login_origin) else cloud.production_login}
    if any(part in login_origin for part in _PLAIN_PARTITIONS):
        expected.add(cloud.sandbox_login)
    if identity_origin not in expected:
        raise UntrustedAnswer("The token answer comes from another host than the one signed in at.", "Start again.")
