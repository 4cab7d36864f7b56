"""What each answer of an org, or none, means for what was sent: applied, not applied, refused, or nobody knows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from ssl import SSLCertVerificationError
from ssl import SSLError as TlsError
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from causeway.errors import MissingPermission, OrgRefused, OrgUnavailable, QuotaSpent
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.salesforce.access import Access
from causeway.salesforce.calls import Collection, Lookup, Save, Saved
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, SSLError

ACCESS = Access("acme", "org", "https://acme.my.salesforce.com", "66.0", 1, 1, "token")
TWO = [Collection((Save("Contact", {"LastName": "A"}), Save("Contact", {"LastName": "B"})))]
DONE = {"id": "003000000000001AAA", "success": True, "errors": []}


BROKEN_TLS = TlsError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")


def answer(status: int, body: Any, **headers: str) -> requests.Response:
    found = requests.Response()
    found.status_code, found.encoding = status, "utf-8"
    found._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    found.headers.update(headers)
    return found


def error(code: str, message: str = "no") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


def cut_off(reason: Exception) -> requests.ConnectionError:
    """Return what requests raises when urllib3 gives up for a reason."""
    kind = requests.exceptions.SSLError if isinstance(reason, SSLError) else requests.ConnectionError
    return kind(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]  # no pool


def named(met: Any) -> str:
    """Return what a case is called."""
    if isinstance(met, requests.Response):
        return f"{met.status_code} {met.text[:60]}"
    return met.__name__ if isinstance(met, type) else type(met).__name__


class Wire:
    """A session that gives planned answers, or breaks, and notes what was sent."""

    def __init__(self, *planned: Any) -> None:
        self.planned, self.sent = list(planned), list[dict[str, Any]]()
        self.proxies: dict[str, str] = {}

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        self.sent.append({"method": method, "url": url, **options})
        found = self.planned.pop(0)
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, requests.Response)
        return found

    def subrequests(self, call: int = 0) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = json.loads(self.sent[call]["data"])["compositeRequest"]
        return asked


class Tokens:
    """Renews a token, and counts it."""

    def __init__(self) -> None:
        self.renewals = 0

    def renewed(self, stale: Access) -> Access:
        self.renewals += 1
        return stale


def calls(*planned: Any) -> tuple[OrgCalls, Wire, Tokens]:
    wire, tokens = Wire(*planned), Tokens()
    org = SalesforceOrg(ACCESS, tokens, wire, lambda: 0)  # type: ignore[arg-type]
    return OrgCalls(org), wire, tokens


def composite(*answers: tuple[int, Any]) -> requests.Response:
    return answer(200, {"compositeResponse": [{"httpStatusCode": status, "body": body} for status, body in answers]})


def certainties(saved: Sequence[Sequence[Saved]]) -> list[list[str]]:
    return [[one.certainty for one in each] for each in saved]


# --- a whole call


@pytest.mark.parametrize(
    "met",
    [
        requests.ReadTimeout(),
        requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
        requests.exceptions.ChunkedEncodingError(),
        cut_off(SSLError(BROKEN_TLS)),
        requests.exceptions.SSLError(BROKEN_TLS),
        answer(200, '{"compositeResponse": [{"httpSta'),
        answer(200, {"compositeResponse": []}),
        answer(200, {"something": "else"}),
        answer(500, "<html>"),
        answer(502, "<html>"),
        answer(503, "<html>"),
        answer(504, ""),
        answer(500, error("UNKNOWN_EXCEPTION")),
    ],
    ids=named,
)
def test_an_answer_that_proves_nothing_leaves_every_record_unknown(met: Any) -> None:
    org, wire, _ = calls(met)
    assert certainties(org.save(TWO, 5.0)) == [["unknown", "unknown"]]
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("met", "meant"),
    [
        (requests.ConnectTimeout(), OrgUnavailable),
        (cut_off(NewConnectionError(None, "refused")), OrgUnavailable),  # type: ignore[arg-type]
        (cut_off(SSLError(SSLCertVerificationError())), OrgUnavailable),
        (answer(503, error("SERVER_UNAVAILABLE")), OrgUnavailable),
        (answer(403, error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")), QuotaSpent),
        (answer(403, error("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.")), OrgUnavailable),
        (answer(403, error("API_DISABLED_FOR_ORG")), MissingPermission),
        (
            answer(401, error("INVALID_SESSION_ID", "This session is not valid for use with the REST API")),
            MissingPermission,
        ),
        (answer(400, error("MALFORMED_QUERY")), OrgRefused),
    ],
    ids=named,
)
def test_an_answer_that_proves_that_nothing_was_applied_is_raised(met: Any, meant: type[Exception]) -> None:
    org, wire, tokens = calls(met)
    with pytest.raises(meant):
        org.save(TWO, 5.0)
    assert (len(wire.sent), tokens.renewals) == (1, 0)


def test_a_call_is_repeated_once_with_a_new_token_when_the_session_had_expired() -> None:
    expired = answer(401, error("INVALID_SESSION_ID", "Session expired or invalid"))
    org, wire, tokens = calls(expired, composite((200, [DONE, DONE])))
    assert certainties(org.save(TWO, 5.0)) == [["saved", "saved"]]
    assert (len(wire.sent), tokens.renewals) == (2, 1)


def test_a_redirect_is_not_followed() -> None:
    org, wire, _ = calls(composite((200, [DONE, DONE])))
    org.save(TWO, 5.0)
    assert wire.sent[0]["allow_redirects"] is False


@pytest.mark.parametrize("status", [413, 414, 431])
def test_a_call_that_is_too_large_is_refused_as_a_whole_so_that_its_records_are_halved(status: int) -> None:
    org, _, _ = calls(answer(status, "<html>"))
    (found,) = org.save(TWO, 5.0)
    assert [(one.certainty, one.whole) for one in found] == [("refused", True)] * 2


# --- one collection of a call


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (200, [DONE], "unknown"),
        (200, [DONE, DONE, DONE], "unknown"),
        (200, {"id": "003"}, "unknown"),
        (200, ["?", "?"], "unknown"),
        (500, None, "unknown"),
        (500, error("UNKNOWN_EXCEPTION"), "unknown"),
        (502, "<html>", "unknown"),
        (503, None, "unknown"),
        (503, error("SERVER_UNAVAILABLE"), "not_applied"),
        (403, error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), "not_applied"),
        (400, error("UNABLE_TO_LOCK_ROW"), "not_applied"),
        (400, error("JSON_PARSER_ERROR"), "refused"),
        (400, None, "refused"),
        (403, error("INVALID_OPERATION_WITH_EXPIRED_PASSWORD"), "not_applied"),
        (403, error("SOMETHING_NEW"), "not_applied"),
    ],
)
def test_an_answer_about_a_collection_means_the_same_for_each_of_its_records(
    status: int, body: Any, meant: str
) -> None:
    org, _, _ = calls(composite((status, body)))
    (found,) = org.save(TWO, 5.0)
    assert [(one.certainty, one.whole) for one in found] == [(meant, meant == "refused")] * 2


def test_results_come_in_the_order_of_the_records_each_on_its_own() -> None:
    refused = {"success": False, "errors": [{"statusCode": "REQUIRED_FIELD_MISSING", "message": "no", "fields": ["X"]}]}
    org, wire, _ = calls(composite((200, [refused, DONE])))
    ((first, second),) = org.save(TWO, 5.0)
    assert (first.certainty, second.certainty, second.record_id) == ("refused", "saved", DONE["id"])
    assert first.error is not None
    assert (first.error.code, first.error.fields, first.whole) == ("REQUIRED_FIELD_MISSING", ("X",), False)
    assert (json.loads(wire.sent[0]["data"])["allOrNone"], wire.subrequests()[0]["body"]["allOrNone"]) == (False, False)


@pytest.mark.parametrize(
    ("save", "headers"),
    [
        (Save("Lead", {}, assign=True), {"allow": "false", "assign": "TRUE"}),
        (Save("Lead", {}, "00Q000000000001AAA"), {"allow": "false", "assign": "FALSE"}),
        (Save("Lead", {}, allow_duplicates=True), {"allow": "true", "assign": "FALSE"}),
    ],
)
def test_duplicate_and_assignment_rules_are_asked_for_as_the_save_says(save: Save, headers: Mapping[str, str]) -> None:
    org, wire, _ = calls(composite((200, [DONE])))
    org.save([Collection((save,))], 5.0)
    sent = wire.subrequests()[0]["httpHeaders"]
    assert sent["Sforce-Auto-Assign"] == headers["assign"]
    assert f"allowSave={headers['allow']};" in sent["Sforce-Duplicate-Rule-Header"]


# --- reads


def page(*ids: str, more: str = "") -> tuple[int, Any]:
    body: dict[str, Any] = {"records": [{"Id": found} for found in ids], "done": not more, "totalSize": len(ids)}
    return 200, {**body, "nextRecordsUrl": more} if more else body


def test_lookups_ride_five_per_call_with_further_pages_and_deleted_rows() -> None:
    lookups = [Lookup("Contact", ("Id",), (("Email", (f"{number}@example.com",)),)) for number in range(7)]
    org, wire, _ = calls(
        composite(page("1a", more="/services/data/v66.0/query/01gABC-2000"), *[page(f"{n}") for n in range(2, 6)]),
        composite(page("6"), page("7"), page("1b")),
    )
    assert [[row["Id"] for row in rows] for rows in org.read(lookups)] == [
        ["1a", "1b"],
        *[[f"{n}"] for n in range(2, 8)],
    ]
    assert [len(wire.subrequests(call)) for call in range(2)] == [5, 3]
    assert all("/queryAll?q=" in asked["url"] for asked in wire.subrequests())


def test_a_value_cannot_end_its_string_in_a_lookup() -> None:
    org, wire, _ = calls(composite(page()))
    org.read([Lookup("Contact", ("Id",), (("LastName", ("O'Hara' OR Name != '",)),))])
    assert r"'O\'Hara\' OR Name != \''" in unquote(wire.subrequests()[0]["url"])


# --- texts that a composite call would resolve

LITERAL = Collection((Save("Contact", {"LastName": "@{r0.id}"}),))


def test_a_text_that_a_composite_would_resolve_goes_by_a_plain_call() -> None:
    org, wire, _ = calls(answer(200, [DONE]))
    assert certainties(org.save([LITERAL], 5.0)) == [["saved"]]
    (sent,) = wire.sent
    assert sent["url"].endswith("/services/data/v66.0/composite/sobjects")
    assert json.loads(sent["data"])["records"][0]["LastName"] == "@{r0.id}"
    assert sent["headers"]["Sforce-Duplicate-Rule-Header"].startswith("allowSave=false")


def test_such_a_text_never_shares_a_composite_call() -> None:
    org, wire, _ = calls()
    with pytest.raises(ValueError, match="composite"):
        org.save([LITERAL, *TWO], 5.0)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("met", "certainty", "whole"),
    [
        (answer(400, error("JSON_PARSER_ERROR")), "refused", True),
        (answer(400, error("UNABLE_TO_LOCK_ROW")), "not_applied", False),
        (answer(502, "<html>"), "unknown", False),
        (answer(200, [DONE, DONE]), "unknown", False),
    ],
    ids=named,
)
def test_what_a_plain_call_meets_means_what_a_part_of_a_composite_would(met: Any, certainty: str, whole: bool) -> None:
    org, _, _ = calls(met)
    ((saved,),) = org.save([LITERAL], 5.0)
    assert (saved.certainty, saved.whole) == (certainty, whole)


def test_a_plain_call_that_the_quota_stops_is_raised() -> None:
    org, _, _ = calls(answer(403, error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")))
    with pytest.raises(QuotaSpent):
        org.save([LITERAL], 5.0)


def test_a_record_that_goes_alone_with_such_a_text_has_a_plain_call_too() -> None:
    org, wire, _ = calls(answer(201, DONE))
    alone = Collection((Save("Contact", {"LastName": "@{x}"}, alone=True),))
    assert certainties(org.save([alone], 5.0)) == [["saved"]]
    assert wire.sent[0]["url"].endswith("/sobjects/Contact")


def test_no_query_of_a_composite_holds_what_it_would_resolve() -> None:
    org, wire, _ = calls(composite((200, {"records": [], "done": True})))
    org.read([Lookup("Contact", ("Id",), (("LastName", ("@{r0.id}",)),))])
    (asked,) = wire.subrequests()
    assert "LastName IN ('\\u0040{r0.id}')" in unquote(asked["url"])
