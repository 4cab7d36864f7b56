"""Every reason for which Salesforce refuses an OAuth request (salesforce/answers/oauth_rules.py), and what its admin must do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from causeway.connections.statuses import RECONNECT


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    What a result page says; `cause` is the connection's cause when a refresh gets this refusal ("" when only a connect can).

    `quotes` shows Salesforce's own words as well, because the sentence alone may not say enough; `quote` are these words.
    """

    title: str
    message: str
    remedy: str
    cause: str = "not_permitted"
    quotes: bool = False
    quote: str = ""


QUOTED: Final = 200
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
        quotes=True,
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
    "temporary": Refusal(
        "Salesforce could not answer just now",
        "Salesforce met an error of its own and asks to try again.",
        "Wait a minute and start again; nothing was stored.",
        "",
        quotes=True,
    ),
    "grant_expired": Refusal(
        "The grant has expired",
        "The app's policy in Salesforce ends refresh tokens after a certain time, and that time is over.",
        f"{RECONNECT} To keep it from ending again, set the app's refresh token policy to 'valid until revoked'.",
        "grant_expired",
    ),
    "password_expired": Refusal(
        "The Salesforce user's password has expired",
        "Salesforce lets the user in again only with a new password.",
        "In Salesforce set a new password, or use an integration user whose password never expires; then start again.",
        "password_expired",
    ),
    "login_hours": Refusal(
        "Signing in is not allowed at this hour",
        "The user's profile allows signing in only at certain hours, and it is outside of them.",
        "In Salesforce Setup → Profiles open the user's profile and lift its Login Hours: the connector works around the clock.",
        "login_hours",
    ),
    "app_of_another_org": Refusal(
        "The app lives in another org",
        "The External Client App was created in another Salesforce org and may be used only there.",
        "In the org in which the app was created set its Distribution State to Packaged, package it and install the package "
        "in this org; or create an app of your own in this org and enter its consumer key and secret in the product. "
        "Then start again.",
        "app_not_installed",
        quotes=True,
    ),
    "wrong_domain": Refusal(
        "Salesforce does not allow this at the address that was used",
        "Salesforce takes the request only at the org's own My Domain.",
        "Start again with your My Domain, such as acme.my.salesforce.com: in Salesforce open Setup and search for My Domain.",
        quotes=True,
    ),
    "sign_in_refused": Refusal(
        "Salesforce did not let the user sign in",
        "Salesforce reports a failed authentication: a locked or expired user, login hours, an IP range, or a session "
        "level that the org asks for.",
        "Look in Salesforce Setup → Login History at the user's last entries, which name the reason; then start again.",
        "sign_in_refused",
        quotes=True,
    ),
    "other": Refusal(
        "Salesforce refused to connect",
        "Salesforce answered with an error that the connector does not know: {error}.",
        "Look in Salesforce Setup → Login History for the failed sign-in and its reason; then start again. If it happens "
        "again, give the product's support what Salesforce says.",
        "not_permitted",
        quotes=True,
    ),
}


def refusal_of(reason: str, *, callback: str = "", error: str = "", description: str = "") -> Refusal:
    """Return the texts for a refusal, with the callback URL and Salesforce's own words filled in where they help."""
    found = REFUSALS.get(reason, REFUSALS["other"])
    return replace(
        found,
        message=found.message.replace("{error}", error or reason),
        remedy=found.remedy.replace("{callback}", callback),
        quote=quoted(description) if found.quotes else "",
    )


def quoted(description: str) -> str:
    """Return Salesforce's own words as they may be shown: on one line, without control characters, cut."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in description).split())
    return plain if len(plain) <= QUOTED else f"{plain[: QUOTED - 1]}…"
