"""Failures that clients meet in the field: cookies, the identity URL, the token endpoint, passwords, locators, timeouts."""

from __future__ import annotations

import json
from urllib.parse import quote_plus

import pytest

from local.org.server.query_windows import is_wider
from local.org.wire.messages import Response
from tests.support.org.edge import API, Client, error_code

WINDOW = "SELECT Id FROM Lead WHERE SystemModstamp >= {0} AND SystemModstamp < {1}"


def asked(client: Client, headers: dict[str, str], soql: str) -> Response:
    return client.send("GET", f"{API}/query", {"q": soql}, headers=headers)


def refresh(client: Client) -> Response:
    opened = client.control("POST", "sessions", {"refresh": True})
    fields = {"client_id": "3MVG9local.default.connected.app", "client_secret": "local-default-secret"}
    return client.form(
        "/services/oauth2/token", grant_type="refresh_token", refresh_token=opened["refresh_token"], **fields
    )


# --- cookies ---


def test_every_answer_sets_a_cookie_where_the_setting_says_so() -> None:
    """Source: captured answers: Set-Cookie BrowserId on REST and OAuth answers."""
    client = Client()
    headers = client.session()
    assert "Set-Cookie" not in asked(client, headers, "SELECT Id FROM Lead").headers
    client.settings(cookies=True)
    for answer in (asked(client, headers, "SELECT Id FROM Lead"), asked(client, headers, "nonsense"), refresh(client)):
        assert answer.headers["Set-Cookie"].startswith("BrowserId=")


def test_the_audit_log_shows_which_requests_carried_a_cookie() -> None:
    client = Client()
    headers = client.session()
    asked(client, headers, "SELECT Id FROM Lead")
    asked(client, {**headers, "Cookie": "BrowserId=x"}, "SELECT Id FROM Lead")
    entries = client.control("GET", "audit?kind=query")["entries"]
    assert [entry["cookie"] for entry in entries] == ["", "BrowserId=x"]


# --- the identity URL ---


def identity(client: Client) -> Response:
    opened = client.control("POST", "sessions", {})
    path = opened["id"].removeprefix(client.org.origin)
    return client.send("GET", path, headers={"Authorization": f"Bearer {opened['access_token']}"})


def test_the_identity_url_redirects() -> None:
    client = Client()
    client.fault(do="redirect", kind="identity", message="https://login.salesforce.com/id/x")
    answer = identity(client)
    assert (answer.status, answer.headers["Location"]) == (302, "https://login.salesforce.com/id/x")
    assert identity(client).status == 200


@pytest.mark.parametrize(("status", "text"), [(403, "Bad_OAuth_Token"), (404, "Bad_Id")])
def test_the_identity_url_refuses_in_plain_text(status: int, text: str) -> None:
    """Source: remembered and third-party code: one word of plain text."""
    client = Client()
    client.fault(do="text", kind="identity", status=status, message=text)
    answer = identity(client)
    assert (answer.status, answer.body, answer.content_type) == (status, text, "text/plain;charset=UTF-8")


def test_the_identity_url_answers_nothing() -> None:
    client = Client()
    client.fault(do="empty", kind="identity", status=200)
    assert (identity(client).status, client.dropped) == (200, False)
    client.fault(do="drop_before", kind="identity")
    identity(client)
    assert client.dropped


def test_a_redirect_needs_its_address() -> None:
    answer = Client().control("POST", "faults", {"do": "redirect"})
    assert answer[0]["errorCode"] == "INVALID_FAULT"


# --- the token endpoint and passwords ---


@pytest.mark.parametrize("status", [400, 500, 503])
@pytest.mark.parametrize("error", ["unknown_error", "server_error"])
def test_the_token_endpoint_fails_once_or_always(status: int, error: str) -> None:
    client = Client()
    client.fault(do="oauth_error", kind="token", code=error, message="retry your request", status=status)
    answer = refresh(client)
    assert (answer.status, answer.body) == (status, {"error": error, "error_description": "retry your request"})
    assert refresh(client).status == 200
    client.fault(do="oauth_error", kind="token", code=error, status=status, times=None)
    assert [refresh(client).status for _ in range(3)] == [status] * 3


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_password_ends_every_call(status: int) -> None:
    """Source: SOAP API guide, exception codes: INVALID_OPERATION_WITH_EXPIRED_PASSWORD; both statuses are reported."""
    client = Client()
    headers = client.session()
    client.fault(
        do="error", code="INVALID_OPERATION_WITH_EXPIRED_PASSWORD", path="/services/data", status=status, times=None
    )
    assert error_code(asked(client, headers, "SELECT Id FROM Lead")) == (
        status,
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
    )


# --- queries ---


def test_a_locator_ends_at_the_page_that_the_rule_skips_to() -> None:
    client = Client()
    headers = {**client.session(), "Sforce-Query-Options": "batchSize=200"}
    people = [{"LastName": f"P{n}", "Company": "Acme"} for n in range(900)]
    client.control("POST", "records", {"sobject": "Lead", "records": people})
    client.fault(do="error", code="INVALID_QUERY_LOCATOR", kind="query_more", skip=1)
    second = asked(client, headers, "SELECT Id FROM Lead").body["nextRecordsUrl"]
    third = client.send("GET", second, headers=headers).body["nextRecordsUrl"]
    assert error_code(client.send("GET", third, headers=headers)) == (400, "INVALID_QUERY_LOCATOR")
    assert len(client.send("GET", third, headers=headers).body["records"]) == 200


def test_only_counts_time_out() -> None:
    client = Client()
    headers = client.session()
    client.fault(do="error", code="QUERY_TIMEOUT", body=r"SELECT COUNT\(\)", times=None)
    assert error_code(asked(client, headers, "SELECT COUNT() FROM Lead")) == (400, "QUERY_TIMEOUT")
    assert asked(client, headers, "SELECT Id FROM Lead").status == 200


def test_only_wide_windows_time_out_in_parts_of_composites_too() -> None:
    client = Client()
    headers = client.session()
    wide = WINDOW.format("2026-01-01T00:00:00Z", "2026-01-01T00:00:11Z")
    narrow = WINDOW.format("2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z")
    client.fault(do="error", code="QUERY_TIMEOUT", wider_than_s=10, times=None)
    client.fault(do="error", code="QUERY_TIMEOUT", wider_than_s=10, times=None, part=True)
    assert error_code(asked(client, headers, wide)) == (400, "QUERY_TIMEOUT")
    assert asked(client, headers, narrow).status == 200
    parts = [
        {"method": "GET", "url": f"{API}/query?q={quote_plus(soql)}", "referenceId": name}
        for name, soql in (("wide", wide), ("narrow", narrow))
    ]
    body = json.dumps({"compositeRequest": parts}).encode()
    answers = client.send("POST", f"{API}/composite", body=body, headers=headers).body["compositeResponse"]
    assert [each["httpStatusCode"] for each in answers] == [400, 200]


@pytest.mark.parametrize(
    ("soql", "wide"),
    [
        (WINDOW.format("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"), False),
        (WINDOW.format("2026-01-01T00:00:00.000+0000", "2026-01-01T00:02:00Z"), True),
        ("SELECT Id FROM Lead WHERE SystemModstamp > 2026-01-01T00:00:00Z", True),
        ("SELECT Id FROM Lead", True),
        (
            "SELECT Id FROM Lead WHERE (SystemModstamp > 2026-01-01T00:00:00Z OR (SystemModstamp = 2026-01-01T00:00:00Z "
            "AND Id > '00Q')) AND SystemModstamp <= 2026-01-01T00:00:30Z",
            False,
        ),
        ('{"LastName": "Doe"}', False),
    ],
)
def test_how_wide_a_statement_reads(soql: str, wide: bool) -> None:
    assert is_wider(soql, 60) is wide


@pytest.mark.parametrize(
    ("body", "struck"),
    [
        (b'{"operation": "query", "query": "SELECT Id FROM Lead"}', True),
        (b'{"operation": "query"}', False),
        (b"not json", False),
    ],
)
def test_a_query_job_is_struck_by_the_window_of_its_statement(body: bytes, struck: bool) -> None:
    client = Client()
    client.fault(do="error", code="QUERY_TIMEOUT", wider_than_s=10, times=None)
    answer = client.send("POST", f"{API}/jobs/query", body=body, headers=client.session())
    assert (isinstance(answer.body, list) and error_code(answer) == (400, "QUERY_TIMEOUT")) is struck
