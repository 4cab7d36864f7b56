"""
What a refusal of Salesforce's OAuth endpoints means: a stable reason, and what follows from it for a grant. Pure.

Source: Salesforce Help, OAuth 2.0 flow errors, and reports of other connectors since the rules on token rotation and uninstalled apps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from causeway.salesforce.answers.meanings import Meaning

OTHER: Final = "other"
"""The reason of a refusal that no rule knows."""


@dataclass(frozen=True, slots=True)
class OAuthRule:
    """
    One row: a refusal whose error is one of `errors`, or whose description has one of `words` (all in lower case), has this reason.

    `meaning` is about a grant that is refreshed: OUTAGE passes, PERSON may recover, GONE proves that the grant has ended, and
    REFUSED ends an attempt to connect alone, so it proves nothing about a grant.
    """

    reason: str
    meaning: Meaning
    errors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


# Words come before errors, because most refusals share an error; the first row that fits decides.
OAUTH_RULES: Final = (
    OAuthRule("approval_failed", Meaning.PERSON, errors=("oauth_approval_error_generic",)),
    OAuthRule("being_processed", Meaning.OUTAGE, words=("already being processed",)),
    OAuthRule("not_pre_authorized", Meaning.PERSON, words=("admin approved",)),
    OAuthRule("grant_expired", Meaning.GONE, words=("token validity expired",)),
    OAuthRule(
        "grant_ended",
        Meaning.GONE,
        words=("expired access/refresh token", "expired refresh token", "invalid refresh token", "token revoked"),
    ),
    OAuthRule("code_expired", Meaning.REFUSED, words=("authorization code",)),
    OAuthRule("pkce_missing", Meaning.REFUSED, words=("code challenge",)),
    OAuthRule("verifier_refused", Meaning.REFUSED, words=("code verifier",)),
    OAuthRule(
        "password_expired", Meaning.PERSON, words=("password expired", "password has expired", "expired password")
    ),
    OAuthRule("user_inactive", Meaning.PERSON, words=("inactive user", "user is locked", "user is frozen")),
    OAuthRule("org_inactive", Meaning.PERSON, words=("inactive organization", "inactive org")),
    OAuthRule("login_hours", Meaning.PERSON, words=("login hours", "restricted time", "login_during_restricted_time")),
    OAuthRule(
        "ip_restricted", Meaning.PERSON, words=("ip restricted", "restricted domain", "login_during_restricted_domain")
    ),
    OAuthRule("not_preapproved_user", Meaning.PERSON, words=("hasn't approved this consumer",)),
    OAuthRule("run_as_missing", Meaning.PERSON, words=("no client credentials user",)),
    OAuthRule("app_of_another_org", Meaning.PERSON, words=("cross-org", "cross org")),
    OAuthRule("app_not_installed", Meaning.PERSON, words=("must be installed", "not installed")),
    OAuthRule("wrong_domain", Meaning.PERSON, words=("not supported on this domain",)),
    OAuthRule("too_many_logins", Meaning.OUTAGE, words=("login rate exceeded", "rate limit")),
    OAuthRule("redirect_mismatch", Meaning.PERSON, words=("redirect_uri must match",)),
    OAuthRule("app_unknown", Meaning.PERSON, words=("client identifier invalid",)),
    OAuthRule("app_secret_wrong", Meaning.PERSON, words=("invalid client credentials", "client secret")),
    OAuthRule("sign_in_refused", Meaning.PERSON, words=("authentication failure", "high assurance")),
    OAuthRule(
        "temporary",
        Meaning.OUTAGE,
        words=("retry your request", "try again", "temporarily", "unavailable", "timed out", "timeout", "maintenance"),
    ),
    OAuthRule("denied", Meaning.REFUSED, errors=("access_denied", "access-denied")),
    OAuthRule("not_pre_authorized", Meaning.PERSON, errors=("oauth_app_access_denied",)),
    OAuthRule("app_blocked", Meaning.PERSON, errors=("oauth_app_blocked", "oauth_authorization_blocked")),
    OAuthRule("app_not_installed", Meaning.PERSON, errors=("oauth_ec_app_not_found", "app_not_found")),
    OAuthRule("session_gone", Meaning.REFUSED, errors=("immediate_unsuccessful", "login_required")),
    OAuthRule("user_inactive", Meaning.PERSON, errors=("inactive_user",)),
    OAuthRule("org_inactive", Meaning.PERSON, errors=("inactive_org",)),
    OAuthRule("app_unknown", Meaning.PERSON, errors=("invalid_client_id",)),
    OAuthRule("app_secret_wrong", Meaning.PERSON, errors=("invalid_client",)),
    OAuthRule("redirect_mismatch", Meaning.PERSON, errors=("redirect_uri_mismatch",)),
    OAuthRule("scope_missing", Meaning.PERSON, errors=("invalid_scope",)),
    OAuthRule(
        "flow_disabled",
        Meaning.PERSON,
        errors=("unsupported_grant_type", "unsupported_response_type", "unauthorized_client"),
    ),
    OAuthRule("too_many_logins", Meaning.OUTAGE, errors=("rate_limit_exceeded",)),
    OAuthRule(
        "temporary",
        Meaning.OUTAGE,
        errors=("unknown_error", "server_error", "temporarily_unavailable", "service_unavailable", "internal_error"),
    ),
)

_UNKNOWN: Final = OAuthRule(OTHER, Meaning.UNKNOWN)


def oauth_rule_of(error: str, description: str) -> OAuthRule:
    """Return what a refusal means; the reason `other` for one that no rule knows."""
    name, text = error.lower(), description.lower()
    for rule in OAUTH_RULES:
        if name in rule.errors or any(words in text for words in rule.words):
            return rule
    return _UNKNOWN


def reason_of(error: str, description: str) -> str:
    """Return the stable word for a refusal; `other` for one that is not known."""
    return oauth_rule_of(error, description).reason


def meaning_of(reason: str) -> Meaning:
    """Return what a reason means for a grant that is refreshed; UNKNOWN for one that is in no rule."""
    return next((rule.meaning for rule in OAUTH_RULES if rule.reason == reason), Meaning.UNKNOWN)
