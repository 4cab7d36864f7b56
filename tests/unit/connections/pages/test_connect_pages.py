"""What the pages' door reads of a request and answers, and what every page is sent with."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from causeway.api.browser import page_answer, page_request_of
from causeway.connections.oauth.ports import Answer, Redirect
from causeway.connections.pages.connect_pages import fault_page
from causeway.connections.pages.html import STYLE, Html, Page, filled, page, page_headers

HTTPS, LOOPBACK = "https://connect.example", "http://127.0.0.1:8080"


def an_event(**parts: Any) -> dict[str, Any]:
    return {"httpMethod": "GET", "headers": {}, "queryStringParameters": None, "body": None} | parts


def test_cookies_are_read_whatever_case_the_header_has_and_whatever_else_the_domain_sets() -> None:
    odd = 'prefs={"a": "b"}; x; =y; __Host-causeway-1=value; also[bad]=1'
    for headers in ({"Cookie": odd}, {"cookie": odd}):
        assert page_request_of(an_event(headers=headers)).cookies["__Host-causeway-1"] == "value"
    several = {"cookie": ["a=1", "__Host-causeway-1=value"]}
    assert page_request_of(an_event(multiValueHeaders=several)).cookies == {"a": "1", "__Host-causeway-1": "value"}


def test_a_form_is_read_plain_or_in_base64_and_broken_ones_count_as_empty() -> None:
    body = "link=a.b&salesforce_url=https%3A%2F%2Facme.my.salesforce.com"
    plain = page_request_of(an_event(httpMethod="POST", body=body))
    coded = page_request_of(an_event(body=base64.b64encode(body.encode()).decode(), isBase64Encoded=True))
    assert plain.form == coded.form == {"link": "a.b", "salesforce_url": "https://acme.my.salesforce.com"}
    assert page_request_of(an_event(body="%%%", isBase64Encoded=True)).form == {}
    assert page_request_of({}).form == {}


def test_a_redirect_is_a_303_with_its_cookies_each_in_a_header_of_its_own() -> None:
    answer = page_answer(Redirect("https://login.salesforce.com/x", ("a=1", "b=2")), HTTPS)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, "https://login.salesforce.com/x")
    assert answer["multiValueHeaders"] == {"Set-Cookie": ["a=1", "b=2"]}
    assert answer["headers"]["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["shown", "mistyped", "attempt_unknown", "other_org", "link_refused", "not_ready"])
def test_every_kind_of_page_has_a_status_and_nothing_is_kept(kind: Any) -> None:
    answer = page_answer(Answer(Page("<h1>x</h1>", kind)), HTTPS)
    assert 200 <= answer["statusCode"] <= 503
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_flags_follow_the_scheme() -> None:
    assert "Strict-Transport-Security" in page_headers(Page(""), https=True)
    assert "Strict-Transport-Security" not in page_headers(Page(""), https=False)


def test_a_page_loads_nothing_but_its_own_style_and_leads_only_where_it_says() -> None:
    shown = page("Title", Html("<h1>x</h1>"), form_origins=(HTTPS, "https://acme.my.salesforce.com"))
    policy = page_headers(shown, https=True)["Content-Security-Policy"]
    assert f"form-action {HTTPS} https://acme.my.salesforce.com;" in policy
    assert "default-src 'none'; style-src 'sha256-" in policy
    assert "form-action 'none'" in page_headers(page("Title", Html("")), https=True)["Content-Security-Policy"]
    assert f"<style>{STYLE}</style>" in shown.html
    assert not re.search(r"<script|src=|href=|url\(|@import", shown.html)


def test_values_are_escaped_once_and_html_is_not_escaped_again() -> None:
    inner = filled("<b>$name</b>", name="<i>&\"'")
    assert inner == "<b>&lt;i&gt;&amp;&quot;&#x27;</b>"
    assert filled("<p>$inner $inner</p>", inner=inner) == f"<p>{inner} {inner}</p>"
    assert filled("$text", text="$name ${x}") == "$name ${x}"


def test_a_fault_of_ours_is_shown_as_a_number_to_quote() -> None:
    shown = fault_page("request-1")
    assert "request-1" in shown.html
    assert "Start again" in shown.html
