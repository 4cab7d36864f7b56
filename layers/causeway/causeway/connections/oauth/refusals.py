"""
Every way Salesforce refuses an OAuth request, with what the Salesforce admin must do. Pure.

Source: Salesforce Help, OAuth 2.0 flow errors, and reports of other connectors since the rules on token rotation and uninstalled apps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from causeway.connections.statuses import RECONNECT


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a result page says; `cause` is the connection's cause when a refresh gets this refusal ("" when only a connect can)."""

    title: str
    message: str
    remedy: str
    cause: str = "not_permitted"


_APP_MANAGER: Final = "In Salesforce Setup open External Client App Manager (older apps: Connected Apps OAuth Usage)"

REFUSALS: Final[dict[str, Refusal]] = {
    "denied": Refusal(
        "Access was not approved",
        "You, or somebody at this browser, chose Deny on Salesforce's page.",
        "Start again and choose Allow. To decide what the connector may do, give its user a permission set with only that.",
        "",
    ),
    "not_pre_authorized": Refusal(
        "Your user is not approved for this app",
        "The org allows this app only to users whom an admin has approved, and the signed-in user is not one of them.",
        f"{_APP_MANAGER}, open the app's policies, and add the user's profile or permission set; then start again.",
    ),
    "app_blocked": Refusal(
        "The app is blocked in this org",
        "A Salesforce admin has blocked the app.",
        f"{_APP_MANAGER}, find the app and choose Unblock; then start again.",
        "app_not_installed",
    ),
    "approval_failed": Refusal(
        "Salesforce could not approve the app",
        "Salesforce reported an unexpected error during approval. Since September 2025 this mostly means that the app is not "
        "installed in the org; it can also mean a user with an API-only or integration licence, a missing scope, "
        "or a PKCE rule that the app does not meet.",
        f"{_APP_MANAGER}, install the app (or give the user the permission Approve Uninstalled Connected Apps), check that "
        "its scopes include api, refresh_token and id, and sign in with a full Salesforce licence; then start again.",
        "app_not_installed",
    ),
    "app_not_installed": Refusal(
        "The app is not installed in this org",
        "Salesforce does not know the app in this org.",
        f"{_APP_MANAGER}, install the app from its package or the OAuth usage page; then start again.",
        "app_not_installed",
    ),
    "pkce_missing": Refusal(
        "Salesforce asked for PKCE",
        "Salesforce says that the request carried no code challenge, which the connector always sends: "
        "a proxy or browser extension may have cut the address.",
        "Start again in another browser without extensions; if it happens again tell the product's support.",
        "",
    ),
    "code_expired": Refusal(
        "Signing in took too long",
        "The approval's code was used before or older than 15 minutes.",
        "Start again and finish signing in within a few minutes.",
        "",
    ),
    "verifier_refused": Refusal(
        "The approval belongs to another attempt",
        "Salesforce's answer does not fit the request that this browser made.",
        "Close other tabs in which you began to connect, and start again.",
        "",
    ),
    "user_inactive": Refusal(
        "The Salesforce user is inactive",
        "The user that signed in is deactivated or frozen.",
        "In Salesforce Setup → Users activate or unfreeze the user, or start again as another user.",
        "user_inactive",
    ),
    "org_inactive": Refusal(
        "The Salesforce org is not active",
        "The org is locked, suspended or closed.",
        "Ask Salesforce support to unlock the org; then start again.",
        "org_inactive",
    ),
    "ip_restricted": Refusal(
        "Salesforce refused the connector's address",
        "The app or the user's profile allows tokens only from certain IP addresses, and the connector's is not one of them.",
        "In Salesforce Setup add the connector's egress IP address (the product's support names it) to the app's IP "
        "allow-list and to the profile's login IP ranges; then start again.",
        "ip_restricted",
    ),
    "app_unknown": Refusal(
        "Salesforce does not know the app",
        "The app's client id (consumer key) is wrong, or the app was made only minutes ago.",
        "Compare the consumer key with the app's in Salesforce Setup; after creating an app wait 10 minutes. Then start again.",
        "app_secret_wrong",
    ),
    "app_secret_wrong": Refusal(
        "The app's secret is wrong",
        "Salesforce does not accept the app's client secret (consumer secret).",
        "Copy the consumer secret again from the app in Salesforce Setup and enter it in the product; then start again.",
        "app_secret_wrong",
    ),
    "redirect_mismatch": Refusal(
        "The app's callback URL does not fit",
        "The app in Salesforce lists another callback URL than this connector's.",
        "In Salesforce Setup open the app's OAuth settings and add the callback URL {callback} exactly; "
        "then wait 10 minutes and start again.",
    ),
    "scope_missing": Refusal(
        "The app lacks a scope",
        "Salesforce granted fewer rights than the connector needs: api, refresh_token (offline access) and id.",
        "In Salesforce Setup open the app's OAuth settings, add the missing scopes, wait 10 minutes and start again.",
    ),
    "not_preapproved_user": Refusal(
        "The user has not approved the app",
        "The org asks for an approval by an admin beforehand.",
        f"{_APP_MANAGER}, open the app's policies and pre-authorize the user's profile or permission set; then start again.",
    ),
    "run_as_missing": Refusal(
        "The app has no run-as user",
        "The client credentials flow needs a run-as user, and the app names none.",
        "In Salesforce Setup open the External Client App's policies, enable the client credentials flow and choose a run-as "
        "user with the API Enabled permission; then try again.",
        "run_as_missing",
    ),
    "flow_disabled": Refusal(
        "The app does not allow this way of connecting",
        "The flow is turned off in the app or in the org.",
        "In Salesforce Setup open the app's OAuth settings and enable the flow (authorization code with PKCE, or client "
        "credentials); then start again.",
    ),
    "too_many_logins": Refusal(
        "Too many sign-ins",
        "Salesforce allows a user 3,600 sign-ins an hour, and they are spent.",
        "Wait an hour, find what else signs in as this user, and start again.",
        "",
    ),
    "being_processed": Refusal(
        "Salesforce is still at work",
        "Salesforce is processing another token request of this connection.",
        "Wait a minute and start again.",
        "",
    ),
    "grant_ended": Refusal(
        "Salesforce has ended the grant",
        "It was revoked, expired, or replaced by a newer one.",
        RECONNECT,
        "grant_ended",
    ),
    "session_gone": Refusal(
        "Sign-in was not finished",
        "Salesforce says that the user is not signed in or has not approved yet.",
        "Start again and finish signing in.",
        "",
    ),
    "untrusted_answer": Refusal(
        "The answer could not be trusted",
        "What came back was not signed with the app's secret, or not for the Salesforce address that was signed in at.",
        "Compare the app's consumer secret with the one entered in the product; then start again from the product.",
        "",
    ),
    "no_answer": Refusal(
        "Salesforce did not answer",
        "The approval reached the connector, but Salesforce did not answer its next question in time.",
        "Wait a minute and start again; nothing was stored.",
        "",
    ),
    "other": Refusal(
        "Salesforce refused to connect",
        "Salesforce answered with an error that the connector does not know: {error}.",
        "Look in Salesforce Setup → Login History for the failed sign-in and its reason; then start again.",
    ),
}

_BY_ERROR: Final = {
    "access_denied": "denied",
    "access-denied": "denied",
    "oauth_app_access_denied": "not_pre_authorized",
    "oauth_app_blocked": "app_blocked",
    "oauth_authorization_blocked": "app_blocked",
    "oauth_approval_error_generic": "approval_failed",
    "oauth_ec_app_not_found": "app_not_installed",
    "app_not_found": "app_not_installed",
    "immediate_unsuccessful": "session_gone",
    "login_required": "session_gone",
    "inactive_user": "user_inactive",
    "inactive_org": "org_inactive",
    "invalid_client_id": "app_unknown",
    "invalid_client": "app_secret_wrong",
    "redirect_uri_mismatch": "redirect_mismatch",
    "invalid_scope": "scope_missing",
    "unsupported_grant_type": "flow_disabled",
    "unsupported_response_type": "flow_disabled",
    "unauthorized_client": "flow_disabled",
    "rate_limit_exceeded": "too_many_logins",
}
# Several refusals differ only in their description; the first match wins, before the error's own word.
_BY_DESCRIPTION: Final = (
    ("already being processed", "being_processed"),
    ("admin approved", "not_pre_authorized"),
    ("expired access/refresh token", "grant_ended"),
    ("authorization code", "code_expired"),
    ("code challenge", "pkce_missing"),
    ("code verifier", "verifier_refused"),
    ("inactive user", "user_inactive"),
    ("inactive organization", "org_inactive"),
    ("ip restricted", "ip_restricted"),
    ("hasn't approved this consumer", "not_preapproved_user"),
    ("no client credentials user", "run_as_missing"),
    ("must be installed", "app_not_installed"),
    ("not installed", "app_not_installed"),
    ("login rate exceeded", "too_many_logins"),
    ("redirect_uri must match", "redirect_mismatch"),
)


def reason_of(error: str, description: str) -> str:
    """Return the stable word for a refusal; `other` for one that is not known."""
    text = description.lower()
    for part, reason in _BY_DESCRIPTION:
        if part in text:
            return reason
    return _BY_ERROR.get(error.lower(), "other")


def refusal_of(reason: str, *, callback: str = "", error: str = "") -> Refusal:
    """Return the texts for a refusal, with the callback URL or Salesforce's word filled in."""
    found = REFUSALS.get(reason, REFUSALS["other"])
    shown = error or reason
    return Refusal(
        found.title,
        found.message.replace("{error}", shown),
        found.remedy.replace("{callback}", callback),
        found.cause,
    )
