"""What a refusal of the OAuth endpoints proves about a grant: only a few prove that it is gone."""

from __future__ import annotations

import pytest
from causeway.salesforce.answers.meanings import Meaning
from causeway.salesforce.answers.oauth_rules import OAUTH_RULES, meaning_of, oauth_rule_of


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("unknown_error", "retry your request"),
        ("unknown_error", ""),
        ("server_error", "An internal error occurred"),
        ("temporarily_unavailable", ""),
        ("invalid_request", "Please try again later"),
        ("invalid_grant", "token request is already being processed"),
        ("rate_limit_exceeded", "login rate exceeded"),
    ],
)
def test_what_asks_to_try_again_is_an_outage_whatever_its_error_is_called(error: str, description: str) -> None:
    assert oauth_rule_of(error, description).meaning is Meaning.OUTAGE


def test_an_approval_that_failed_is_no_outage_though_it_asks_to_try_again() -> None:
    said = "An unexpected error has occurred during authentication. Please try again."
    assert oauth_rule_of("OAUTH_APPROVAL_ERROR_GENERIC", said).reason == "approval_failed"


def test_a_grant_is_gone_only_where_salesforce_says_so_of_its_token() -> None:
    gone = {rule.reason for rule in OAUTH_RULES if rule.meaning is Meaning.GONE}
    assert gone == {"grant_ended", "grant_expired"}
    for description in ("expired access/refresh token", "token validity expired"):
        assert oauth_rule_of("invalid_grant", description).meaning is Meaning.GONE
    assert oauth_rule_of("invalid_grant", "").meaning is Meaning.UNKNOWN


def test_a_reason_has_one_meaning_however_salesforce_words_it() -> None:
    for rule in OAUTH_RULES:
        assert meaning_of(rule.reason) is rule.meaning
    assert meaning_of("other") is Meaning.UNKNOWN
