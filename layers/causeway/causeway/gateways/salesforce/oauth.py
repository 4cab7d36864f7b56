"""Salesforce's OAuth endpoints over HTTPS: no redirects, short timeouts, and an error for each way a request can end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import requests

from causeway.connections.oauth.flow import AppCredentials, TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.gateways.salesforce.errors import never_connected
from causeway.salesforce.answers.oauth_rules import reason_of

TIMEOUT_S: Final = (5.0, 20.0)  # to connect, and for each read; well inside the lease and the function's own limit
_JSON: Final = {"Accept": "application/json"}


class TokenEndpoint:
    """
    Requests to `/services/oauth2/…` of one login or My Domain origin each.

    Raises TokenEndpointUnavailable when nothing was done (no connection, 429, 5xx), TokenAnswerLost when the request went out
    and no whole answer came back, TokenRefused when Salesforce said no.
    """

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def exchange(
        self, origin: str, app: AppCredentials, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        """Exchange an authorization code for tokens (OAuth 2.0 web server flow with PKCE and client secret)."""
        form = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        return self._token(origin, app, "authorization_code", form)

    def refresh(self, origin: str, app: AppCredentials, refresh_token: str) -> Mapping[str, Any]:
        """Exchange a refresh token for an access token and, where tokens rotate, the next refresh token."""
        return self._token(origin, app, "refresh_token", {"refresh_token": refresh_token})

    def client_credentials(self, origin: str, app: AppCredentials) -> Mapping[str, Any]:
        """Return an access token of the app's run-as user (OAuth 2.0 client credentials flow, My Domain only)."""
        return self._token(origin, app, "client_credentials", {})

    def is_active(self, origin: str, app: AppCredentials, refresh_token: str) -> bool:
        """Return whether a refresh token still lives, without using it (token introspection)."""
        form = {
            "token": refresh_token,
            "token_type_hint": "refresh_token",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        }
        return bool(self._posted(f"{origin}/services/oauth2/introspect", form).get("active"))

    def revoke(self, origin: str, token: str) -> None:
        """Revoke a refresh token with all that came from it, or one access token."""
        response = self._sent("POST", f"{origin}/services/oauth2/revoke", data={"token": token})
        if response.status_code != 200:
            raise _refusal(response)

    def identity(self, identity_url: str, access_token: str) -> Mapping[str, Any]:
        """Return the identity of an access token: `username, display_name, organization_id, …`; a redirect is a refusal."""
        headers = {**_JSON, "Authorization": f"Bearer {access_token}"}
        response = self._sent("GET", identity_url, headers=headers)
        if response.status_code != 200:
            raise TokenRefused("identity", f"HTTP {response.status_code}", response.text[:80])
        return _body(response)

    def _token(self, origin: str, app: AppCredentials, grant_type: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        client = {"client_id": app.client_id, "client_secret": app.client_secret}
        return self._posted(f"{origin}/services/oauth2/token", {"grant_type": grant_type, **client, **form})

    def _posted(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        response = self._sent("POST", url, data=form, headers=_JSON)
        if response.status_code != 200:
            raise _refusal(response)
        return _body(response)

    def _sent(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            response = self._session.request(method, url, timeout=TIMEOUT_S, allow_redirects=False, **options)
        except requests.RequestException as error:
            if isinstance(error, requests.ConnectTimeout) or never_connected(error):
                raise _unavailable() from _named(error)
            raise _lost() from _named(error)
        if response.status_code == 429 or response.status_code >= 500:
            raise _unavailable()
        return response


def _named(error: Exception) -> Exception:
    """Return an error that names the kind of a foreign one without its text, which may hold addresses or tokens."""
    return ConnectionError(type(error).__name__)


def _body(response: requests.Response) -> Mapping[str, Any]:
    """Return the JSON object of an answer; one that is cut or no JSON counts as lost."""
    try:
        body = response.json()
    except requests.JSONDecodeError as error:
        raise _lost() from _named(error)
    if not isinstance(body, dict):
        raise _lost()
    return body


def _refusal(response: requests.Response) -> TokenRefused:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        body = {}
    said = body if isinstance(body, dict) else {}
    error = str(said.get("error") or f"HTTP {response.status_code}")
    description = str(said.get("error_description") or "")
    return TokenRefused(reason_of(error, description), error[:80], description[:500])


def _lost() -> TokenAnswerLost:
    return TokenAnswerLost("Salesforce's answer to a token request was lost.", "It may or may not have been acted on.")


def _unavailable() -> TokenEndpointUnavailable:
    return TokenEndpointUnavailable(
        "Salesforce does not take token requests right now.", "It is tried again by itself."
    )
