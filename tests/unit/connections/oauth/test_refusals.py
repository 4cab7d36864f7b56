"""Every refusal of Salesforce's has a reason of its own, and each says what the Salesforce admin must do."""

from __future__ import annotations

import pytest
from causeway.connections.connection import Connection, Status
from causeway.connections.oauth.refusals import REFUSALS, refusal_of
from causeway.connections.statuses import CAUSES, sentence_of
from causeway.salesforce.answers.oauth_rules import reason_of

# Error and description as Salesforce sends them: Salesforce Help, OAuth 2.0 flow errors, and what connectors have met.
MET = [
    ("invalid_grant", "expired access/refresh token", "grant_ended"),
    ("invalid_grant", "expired authorization code", "code_expired"),
    ("invalid_grant", "invalid authorization code", "code_expired"),
    ("invalid_grant", "inactive user", "user_inactive"),
    ("inactive_user", "", "user_inactive"),
    ("invalid_grant", "inactive organization", "org_inactive"),
    ("inactive_org", "", "org_inactive"),
    ("invalid_grant", "ip restricted", "ip_restricted"),
    ("invalid_grant", "ip restricted by app developer", "ip_restricted"),
    ("access_denied", "ip restricted by app developer", "ip_restricted"),
    ("invalid_grant", "user hasn't approved this consumer", "not_preapproved_user"),
    ("invalid_grant", "no client credentials user enabled", "run_as_missing"),
    ("invalid_grant", "token request is already being processed", "being_processed"),
    ("invalid_grant", "invalid code verifier", "verifier_refused"),
    ("invalid_request", "invalid code verifier", "verifier_refused"),
    ("invalid_request", "missing required code challenge", "pkce_missing"),
    ("invalid_client_id", "client identifier invalid", "app_unknown"),
    ("invalid_client", "invalid client credentials", "app_secret_wrong"),
    ("invalid_client", "app must be installed into org", "app_not_installed"),
    ("app_not_found", "External client app is not installed in this org", "app_not_installed"),
    ("OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org", "app_not_installed"),
    ("redirect_uri_mismatch", "redirect_uri must match configuration", "redirect_mismatch"),
    ("unsupported_grant_type", "grant type not supported", "flow_disabled"),
    ("unsupported_response_type", "response type not supported", "flow_disabled"),
    ("invalid_scope", "the requested scope is not allowed", "scope_missing"),
    ("rate_limit_exceeded", "login rate exceeded", "too_many_logins"),
    ("access_denied", "end-user denied authorization", "denied"),
    ("access-denied", "end-user denied authorization", "denied"),
    ("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app", "not_pre_authorized"),
    ("OAUTH_APP_BLOCKED", "this app is blocked by admin", "app_blocked"),
    ("OAUTH_AUTHORIZATION_BLOCKED", "", "app_blocked"),
    (
        "OAUTH_APPROVAL_ERROR_GENERIC",
        "An unexpected error has occurred during authentication. Please try again.",
        "approval_failed",
    ),
    ("immediate_unsuccessful", "", "session_gone"),
    ("unknown_error", "retry your request", "temporary"),
    ("invalid_grant", "retry your request", "temporary"),
    ("server_error", "", "temporary"),
    ("temporarily_unavailable", "", "temporary"),
    ("invalid_request", "Cross-org OAuth flows are not supported for this external client app", "app_of_another_org"),
    ("invalid_grant", "token validity expired", "grant_expired"),
    ("invalid_grant", "authentication failure", "sign_in_refused"),
    ("invalid_grant", "user is outside of the login hours", "login_hours"),
    ("invalid_grant", "request not supported on this domain", "wrong_domain"),
    ("invalid_grant", "user password has expired", "password_expired"),
    ("something_new", "that nobody has seen", "other"),
    ("", "", "other"),
]


@pytest.mark.parametrize(("error", "description", "reason"), MET)
def test_what_salesforce_says_has_one_reason(error: str, description: str, reason: str) -> None:
    assert reason_of(error, description) == reason


def test_every_reason_that_can_be_met_is_explained_and_none_is_explained_in_vain() -> None:
    own = {"untrusted_answer", "no_answer"}
    assert {reason for _, _, reason in MET} | own == set(REFUSALS)


@pytest.mark.parametrize("reason", sorted(REFUSALS))
def test_each_says_what_happened_and_what_to_do(reason: str) -> None:
    refusal = refusal_of(reason, callback="https://c.example/oauth/callback", error="strange_error")
    assert refusal.title
    assert refusal.message.endswith(".")
    assert refusal.remedy.endswith(".")
    assert "{" not in refusal.title + refusal.message + refusal.remedy
    assert refusal.cause in {*CAUSES, ""}


def test_an_unknown_refusal_quotes_salesforce_on_one_line_and_cut() -> None:
    quote = refusal_of("other", error="x", description="a line\nand\x00 another " + "x" * 300).quote
    assert quote.startswith("a line and another xxx")
    assert len(quote) == 200
    assert refusal_of("denied", description="end-user denied authorization").quote == ""


def test_a_cause_is_followed_by_salesforces_own_words() -> None:
    lost = Connection("acme", status=Status.RECONNECTION_REQUIRED, cause="not_permitted", said="something_new: no")
    assert sentence_of(lost)[0].endswith("Salesforce says: something_new: no")


def test_a_callback_that_does_not_fit_is_named_and_an_unknown_error_quoted() -> None:
    assert (
        "https://c.example/oauth/callback"
        in refusal_of("redirect_mismatch", callback="https://c.example/oauth/callback").remedy
    )
    assert "strange_error" in refusal_of("other", error="strange_error").message
    assert refusal_of("never heard of", error="x").title == REFUSALS["other"].title


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_each_cause_has_a_sentence_and_a_remedy_for_admins(cause: str) -> None:
    message, remedy = sentence_of(Connection("acme", status=Status.RECONNECTION_REQUIRED, cause=cause))
    assert message.endswith(".")
    assert remedy.endswith(".")


def test_a_connected_tenant_needs_no_explanation() -> None:
    assert sentence_of(Connection("acme", status=Status.CONNECTED)) == ("", "")
