"""API versions. Source: REST API guide, Versions and API end-of-life policy."""

from __future__ import annotations

import pytest

from tests.support.org.edge import Client, error_code


def test_versions_are_listed_oldest_first_without_session_and_without_counting() -> None:
    client = Client()
    answer = client.send("GET", "/services/data")
    assert answer.body[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    assert answer.body[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"} in answer.body
    assert "Sforce-Limit-Info" not in answer.headers
    assert client.control("GET", "stats")["api_calls"] == 0


@pytest.mark.parametrize("version", ["31.0", "45.0", "66.0", "68.0"])
def test_every_live_version_answers(version: str) -> None:
    client = Client()
    answer = client.send("GET", f"/services/data/v{version}/", headers=client.session())
    assert answer.body["query"] == f"/services/data/v{version}/query"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("30.0", (410, "UNSUPPORTED_API_VERSION")),
        ("21.0", (410, "UNSUPPORTED_API_VERSION")),
        ("69.0", (404, "NOT_FOUND")),
        ("66.5", (404, "NOT_FOUND")),
    ],
)
def test_retired_and_unknown_versions_are_errors(version: str, expected: tuple[int, str]) -> None:
    client = Client()
    assert error_code(client.send("GET", f"/services/data/v{version}/limits", headers=client.session())) == expected


def test_unknown_resources_and_methods_have_their_own_errors() -> None:
    """Source: REST API guide, Status codes and error responses; C the last message, in a client's run log."""
    client = Client()
    headers = client.session()
    assert error_code(client.get("/nothing/here", headers)) == (404, "NOT_FOUND")
    wrong = client.send("DELETE", "/services/data/v66.0/limits", headers=headers)
    assert error_code(wrong) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.body[0]["message"] == "HTTP Method 'DELETE' not allowed. Allowed are GET,HEAD"
    wrong = client.send("PATCH", "/services/data/v66.0/sobjects/Lead", headers=headers)
    assert wrong.body[0]["message"] == "HTTP Method 'PATCH' not allowed. Allowed are GET,HEAD,POST"


def test_a_body_of_a_foreign_content_type_is_refused() -> None:
    client = Client()
    headers = {**client.session(), "Content-Type": "image/png"}
    answer = client.send("POST", "/services/data/v66.0/sobjects/Lead", body=b"x", headers=headers)
    assert error_code(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Accept": "application/xml"}, b"", 400),
        ({"Accept": "text/xml; q=0.9"}, b"", 400),
        ({"Accept": "application/xml, application/json"}, b"", 200),
        ({"Accept": "text/html, application/xml, */*"}, b"", 200),
        ({"Accept": "application/json"}, b"", 200),
        ({}, b"", 200),
        ({"Content-Type": "application/xml"}, b"", 200),
        ({"Content-Type": "application/xml"}, b"<a/>", 400),
    ],
)
def test_xml_is_refused_instead_of_answered_in_json(headers: dict[str, str], body: bytes, status: int) -> None:
    """README: never a guess. Salesforce answers XML (REST API guide, using cURL: Accept), this org does not."""
    client = Client()
    answer = client.send("GET", "/services/data/v66.0/limits", body=body, headers={**client.session(), **headers})
    assert answer.status == status
    if status == 400:
        assert error_code(answer) == (400, "FUNCTIONALITY_NOT_ENABLED")


def test_a_post_may_stand_for_another_method() -> None:
    """Source: REST API guide, using HTTP methods: _HttpMethod."""
    client = Client()
    headers = client.session()
    path = "/services/data/v66.0/sobjects/Lead"
    record_id = client.send("POST", path, body=b'{"LastName": "Doe", "Company": "Acme"}', headers=headers).body["id"]
    changed = client.send("POST", f"{path}/{record_id}", {"_HttpMethod": "PATCH"}, b'{"Title": "CEO"}', headers)
    assert changed.status == 204
    assert client.send("GET", f"{path}/{record_id}", headers=headers).body["Title"] == "CEO"


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"a": 1}}', b"\xff"])
def test_a_body_that_is_no_json_is_a_parser_error(body: bytes) -> None:
    client = Client()
    answer = client.send("POST", "/services/data/v66.0/sobjects/Lead", body=body, headers=client.session())
    assert error_code(answer) == (400, "JSON_PARSER_ERROR")
