"""The read-only pages: a newcomer can see what arrived, and nothing in a record can break a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.support.org.edge import API, Client

VOID = {"meta", "input", "br", "hr", "img", "link"}


class Checker(HTMLParser):
    """Collects what an accessible page needs and fails on tags that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.labels: set[str] = set()
        self.inputs: set[str] = set()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "label":
            self.labels.add(given["for"] or "")
        if tag == "input" and given.get("type") != "hidden":
            self.inputs.add(given["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: str) -> Checker:
    """Parse a page; it has a language, a title, one main and one h1, and every input a label."""
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert '<html lang="en">' in page
    assert re.search("<title>[^<]+</title>", page)
    assert checker.seen.count("main") == 1
    assert checker.seen.count("h1") == 1
    assert checker.inputs <= checker.labels
    return checker


def busy_client() -> Client:
    client = Client()
    headers = client.session()
    for name in ("Doe", "<script>alert(1)</script>"):
        body = f'{{"LastName": "{name}", "Company": "Acme & Söhne"}}'.encode()
        assert client.send("POST", API + "/sobjects/Lead", body=body, headers=headers).status == 201
    return client


@pytest.mark.parametrize(
    "path", ["/", "/view/records/Lead", "/view/records/User", "/view/audit", "/view/audit/1", "/login"]
)
def test_every_page_is_well_formed_and_accessible(path: str) -> None:
    answer = busy_client().send("GET", path)
    assert answer.status == 200
    check(answer.body)


def test_login_and_approval_pages_are_accessible_and_document_the_users() -> None:
    client = Client()
    login = client.authorize()
    check(login.body)
    for expected in ("admin@northwind.example", "integration@northwind.example", "northwind1"):
        assert expected in login.body
    assert "former@northwind.example" not in login.body
    assert check(client.log_in(login).body).seen.count("button") == 2


def test_the_start_page_counts_records_and_links_to_them() -> None:
    body = busy_client().send("GET", "/").body
    assert '<a href="/view/records/Lead">Leads</a></td><td>2</td>' in body


def test_values_of_records_are_escaped() -> None:
    client = busy_client()
    for path in ("/view/records/Lead", "/view/audit", "/view/audit/2"):
        body = client.send("GET", path).body
        assert "<script>" not in body
    assert "&lt;script&gt;" in client.send("GET", "/view/records/Lead").body


def test_a_record_shows_its_fields_and_the_requests_that_changed_it() -> None:
    client = busy_client()
    record_id = client.control("GET", "records/Lead")["records"][0]["Id"]
    body = client.send("GET", f"/view/record/{record_id}").body
    check(body)
    assert "<td>Doe</td>" in body
    assert '<a href="/view/audit/1">1</a>' in body


def test_long_lists_come_in_pages() -> None:
    client = Client()
    rows = [{"LastName": f"Name{number:03}"} for number in range(120)]
    client.control("POST", "records", {"sobject": "Lead", "records": rows})
    first = client.send("GET", "/view/records/Lead").body
    assert "Name119" in first
    assert "Name069" not in first
    assert 'href="/view/records/Lead?start=50"' in first
    last = client.send("GET", "/view/records/Lead", {"start": "100"}).body
    assert "Name000" in last
    assert "Older" not in last


@pytest.mark.parametrize("path", ["/view/records/Nothing", "/view/record/00Q000000000000AAA", "/view/audit/99"])
def test_what_is_not_there_is_a_404_page(path: str) -> None:
    answer = Client().send("GET", path)
    assert answer.status == 404
    check(answer.body)


@pytest.mark.parametrize("path", ["/", "/view/audit", "/login"])
def test_pages_run_no_script_and_cannot_be_framed(path: str) -> None:
    policy = Client().send("GET", path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_looking_around_is_neither_audited_nor_counted() -> None:
    client = busy_client()
    before = client.control("GET", "stats")
    for path in ("/", "/view/records/Lead", "/view/audit", "/view/audit/1"):
        client.send("GET", path)
    assert client.control("GET", "stats") == before
    assert len(client.control("GET", "audit")["entries"]) == 2
