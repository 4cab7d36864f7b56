"""One table says what each answer means, whoever asked; what no row knows is never taken for an outage for ever."""

from __future__ import annotations

import pytest
from causeway.salesforce.answers.meanings import Blames, Meaning
from causeway.salesforce.answers.reading import RULES, codes, rule_of

EXPIRED = "Session expired or invalid"
SPENT = "TotalRequests Limit exceeded."
LONG = "ConcurrentPerOrgLongTxn Limit exceeded."


@pytest.mark.parametrize(
    ("status", "code", "message", "meaning"),
    [
        (401, "INVALID_SESSION_ID", EXPIRED, Meaning.SESSION),
        (401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API", Meaning.PERSON),
        (401, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "", Meaning.PERSON),
        (403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "", Meaning.PERSON),
        (403, "REQUEST_LIMIT_EXCEEDED", SPENT, Meaning.QUOTA),
        (403, "REQUEST_LIMIT_EXCEEDED", LONG, Meaning.OUTAGE),
        (400, "UNABLE_TO_LOCK_ROW", "", Meaning.LOCKED),
        (400, "QUERY_TIMEOUT", "", Meaning.SMALLER),
        (400, "OPERATION_TOO_LARGE", "", Meaning.SMALLER),
        (500, "UNKNOWN_EXCEPTION", "", Meaning.UNSURE),
        (400, "REQUIRED_FIELD_MISSING", "", Meaning.REFUSED),
        (405, "METHOD_NOT_ALLOWED", "", Meaning.OURS),
    ],
)
def test_a_known_code_means_what_the_table_says(status: int, code: str, message: str, meaning: Meaning) -> None:
    assert rule_of(status, code, message).meaning is meaning


@pytest.mark.parametrize("status", [400, 404, 405, 406, 410, 415, 422, 428])
@pytest.mark.parametrize("code", ["", "SOMETHING_NEW"])
def test_a_request_that_is_wrong_is_refused_at_once(status: int, code: str) -> None:
    assert rule_of(status, code).meaning in (Meaning.REFUSED, Meaning.OURS)


@pytest.mark.parametrize("status", [413, 414, 431])
@pytest.mark.parametrize("code", ["", "SOMETHING_NEW"])
def test_a_request_that_is_too_long_is_sent_in_smaller_parts_and_never_unchanged(status: int, code: str) -> None:
    rule = rule_of(status, code)
    assert (rule.meaning, rule.passes) == (Meaning.SMALLER, False)


@pytest.mark.parametrize("status", [408, 420, 429, 500, 502, 503, 504, 599])
def test_an_edge_that_is_down_passes_and_may_have_applied_the_request(status: int) -> None:
    assert rule_of(status, "").meaning is Meaning.UNSURE


@pytest.mark.parametrize(
    ("status", "code"), [(403, ""), (403, "SOMETHING_NEW"), (401, ""), (302, ""), (409, ""), (500, "SOMETHING_NEW")]
)
def test_what_no_row_knows_is_unknown(status: int, code: str) -> None:
    assert rule_of(status, code).meaning is Meaning.UNKNOWN


def test_the_answer_about_one_record_is_final_even_when_its_code_is_new() -> None:
    assert rule_of(0, "SOMETHING_NEW", "no").meaning is Meaning.REFUSED


def test_every_row_can_be_met_and_says_what_happened_and_what_to_do() -> None:
    for rule in RULES:
        assert rule_of(400, rule.code, rule.words) is rule
        assert rule.sentence.endswith(".")
        assert rule.remedy.endswith(".")


def test_an_expired_password_has_a_word_and_a_remedy_of_its_own() -> None:
    rule = rule_of(403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD")
    assert rule.own_code == "password_expired"
    assert "set a new password, or use an integration user whose password never expires" in rule.remedy


def test_codes_are_found_by_what_they_blame() -> None:
    values = codes(blames=frozenset({Blames.VALUE}))
    assert "STRING_TOO_LONG" in values
    assert "INVALID_CROSS_REFERENCE_KEY" not in values
    assert codes(meaning=Meaning.LOCKED) == {"UNABLE_TO_LOCK_ROW"}
