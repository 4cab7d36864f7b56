"""Each answer of an org becomes the error whose class says what its caller does next."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.errors import (
    CausewayError,
    MissingPermission,
    NotFound,
    OrgRefused,
    OrgUnavailable,
    OutcomeUnknown,
    PasswordExpired,
    QueryTimedOut,
    QuotaSpent,
    RecordLocked,
    RequestTooLarge,
    RetryableError,
)
from causeway.gateways.salesforce.errors import error_of


def body(code: str, message: str = "In Salesforce's words.") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (403, body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), QuotaSpent),
        (403, body("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."), OrgUnavailable),
        (400, body("UNABLE_TO_LOCK_ROW"), RecordLocked),
        (400, body("QUERY_TIMEOUT"), QueryTimedOut),
        (503, body("SERVER_UNAVAILABLE"), OrgUnavailable),
        (502, "<html>Bad Gateway</html>", OutcomeUnknown),
        (401, body("INVALID_OPERATION_WITH_EXPIRED_PASSWORD"), PasswordExpired),
        (403, body("INVALID_OPERATION_WITH_EXPIRED_PASSWORD"), PasswordExpired),
        (403, body("API_DISABLED_FOR_ORG"), MissingPermission),
        (404, body("NOT_FOUND"), NotFound),
        (414, "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>", RequestTooLarge),
        (413, None, RequestTooLarge),
        (431, "", RequestTooLarge),
        (400, body("EXCEEDED_ID_LIMIT"), RequestTooLarge),
        (405, "<html>", OrgRefused),
        (400, body("SOMETHING_NEW"), OrgRefused),
    ],
)
def test_an_answer_becomes_the_error_of_what_to_do_next(status: int, content: Any, kind: type[CausewayError]) -> None:
    assert type(error_of(status, content)) is kind


@pytest.mark.parametrize(("status", "kind"), [(403, OrgUnavailable), (302, OrgUnavailable), (500, OutcomeUnknown)])
def test_an_unknown_answer_passes_for_a_while_and_then_is_a_refusal_that_quotes_salesforce(
    status: int, kind: type[RetryableError]
) -> None:
    error = error_of(status, body("SOMETHING_NEW", "Nobody has seen this."))
    assert type(error) is kind
    assert isinstance(error, RetryableError)
    assert isinstance(error.final, OrgRefused)
    assert (error.final.org_code, error.final.message) == ("SOMETHING_NEW", "Nobody has seen this.")


def test_a_known_outage_never_becomes_a_refusal() -> None:
    error = error_of(503, body("SERVER_UNAVAILABLE"))
    assert isinstance(error, RetryableError)
    assert error.final is None


def test_a_refusal_without_words_names_the_status() -> None:
    error = error_of(405, "<html>")
    assert isinstance(error, OrgRefused)
    assert (error.org_code, error.message) == (
        "HTTP_405",
        "Salesforce refused the request with HTTP 405 and gave no reason.",
    )


def test_a_new_session_that_is_refused_at_once_waits_for_a_person_in_the_end_and_ends_no_connection() -> None:
    error = error_of(401, body("INVALID_SESSION_ID", "Session expired or invalid"))
    assert isinstance(error, OrgUnavailable)
    assert isinstance(error.final, MissingPermission)
