"""What the pages' door reads of a request and answers, and what every page is sent with."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from causeway.api.browser import page_answer, page_request_of
from causeway.connections.access.links import ConnectLink
from causeway.connections.oauth.login_address import LoginAddress
from causeway.connections.oauth.ports import Answer, Redirect
from causeway.connections.oauth.refusals import REFUSALS
from causeway.connections.oauth.ways_back import product_address, way_back
from causeway.connections.pages.connect_pages import (
    TO_CONSOLE,
    TO_PRODUCT,
    connect_page,
    connected_page,
    fault_page,
    leaving_page,
    other_org_page,
    problem_page,
    refused_page,
    wrong_address_page,
)
from causeway.connections.pages.html import STYLE, Back, Html, Page, filled, page, page_headers
from causeway.errors import CausewayError

from local.demo.visitor import page_of

HTTPS, LOOPBACK = "https://connect.example", "http://127.0.0.1:8080"
BACK = Back("https://app.example/settings?causeway=refused&tenant=acme", TO_PRODUCT)


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


def test_a_page_loads_nothing_but_its_own_style_and_its_forms_stay_here() -> None:
    shown = page("Title", Html("<h1>x</h1><form></form>"))
    policy = page_headers(shown, https=True)["Content-Security-Policy"]
    assert "form-action 'self';" in policy
    assert "default-src 'none'; style-src 'sha256-" in policy
    assert "form-action 'none'" in page_headers(page("Title", Html("")), https=True)["Content-Security-Policy"]
    assert f"<style>{STYLE}</style>" in shown.html
    assert not re.search(r"<script|src=|href=|url\(|@import", shown.html)


def test_values_are_escaped_once_and_html_is_not_escaped_again() -> None:
    inner = filled("<b>$name</b>", name="<i>&\"'")
    assert inner == "<b>&lt;i&gt;&amp;&quot;&#x27;</b>"
    assert filled("<p>$inner $inner</p>", inner=inner) == f"<p>{inner} {inner}</p>"
    assert filled("$text", text="$name ${x}") == "$name ${x}"


SIGN_IN = "https://login.salesforce.com/services/oauth2/authorize?a=1&b=2"


def test_the_page_on_the_way_to_salesforce_goes_on_by_itself_and_has_a_link_for_browsers_that_do_not() -> None:
    shown = leaving_page(SIGN_IN, "login.salesforce.com", BACK)
    seen = page_of("", shown.html)
    assert (seen.goes_on, seen.links["Go on to Salesforce"]) == (SIGN_IN, SIGN_IN)
    assert page_headers(shown, https=True)["Content-Security-Policy"].count("form-action 'none'") == 1


LINK = ConnectLink("id", "acme", "ada", "manager", 2**53)
PROBLEM = CausewayError("No.", "Do.")
OUTCOME = {"username": "ada", "org_id": "00D1", "known_org_id": "00D2", "other_org": False}
PAGES = {
    "first": connect_page(LINK, "text", LoginAddress(LOOPBACK), HTTPS, BACK),
    "wrong address": wrong_address_page(LINK, "text", "x", PROBLEM, HTTPS, BACK),
    "leaving": leaving_page(SIGN_IN, "login.salesforce.com", BACK),
    "refused": refused_page(REFUSALS["denied"], BACK),
    "problem": problem_page("No", PROBLEM, BACK, kind="link_refused"),
    "connected": connected_page("acme", OUTCOME, (), BACK),
    "another org": other_org_page(OUTCOME, "a", "b", LOOPBACK, HTTPS, BACK),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_way_back_and_goes_on_only_where_it_says(name: str) -> None:
    seen = page_of("", PAGES[name].html)
    assert seen.links["Back to the product"] == BACK.url
    assert bool(seen.goes_on) == (name == "leaving")


def test_the_page_of_a_fault_leads_to_the_console_wherever_it_is() -> None:
    assert page_of("", fault_page("1").html).links == {"Back to the console": "../console"}


@pytest.mark.parametrize(
    ("return_url", "url", "words"),
    [
        ("https://app.example/settings", "https://app.example/settings?causeway=refused&tenant=acme", TO_PRODUCT),
        ("https://evil.example/", f"{HTTPS}/console", TO_CONSOLE),
        ("", f"{HTTPS}/console", TO_CONSOLE),
    ],
)
def test_the_way_back_is_the_product_where_it_is_allowed_else_the_console(
    return_url: str, url: str, words: str
) -> None:
    product = product_address(return_url, "refused", "acme", ("https://app.example",))
    assert way_back(product, HTTPS) == Back(url, words)


def test_a_fault_of_ours_is_shown_as_a_number_to_quote() -> None:
    shown = fault_page("request-1")
    assert "request-1" in shown.html
    assert "Start again" in shown.html
