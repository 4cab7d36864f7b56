"""Connecting as an admin does it: link, page, Salesforce's own pages, callback, result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from causeway.domain.connections import Status
from causeway.domain.links import ConnectLinkRequest
from causeway.services.connect import new_connect_link

from local.demo.visitor import Page, Visitor
from tests.connect_stack import ConnectStack, a_connect_stack

LOGIN = {"username": "integration@northwind.example", "pw": "northwind1"}


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack() as running:
        yield running


def a_link(stack: ConnectStack, **changes: Any) -> str:
    wish = {"user": "ada@acme.example", "role": "manager", "salesforce_url": stack.org_url} | changes
    url: str = new_connect_link("acme", ConnectLinkRequest.model_validate(wish), stack.ports)["url"]
    return url


def connected(stack: ConnectStack, visitor: Visitor | None = None, **changes: Any) -> Page:
    """Walk the pages to the end and return the last one."""
    visitor = visitor or Visitor()
    page = visitor.press(visitor.open(a_link(stack, **changes)), "Continue")
    if "Log in" in page.words:
        page = visitor.press(page, "Log In", **LOGIN)
    return visitor.press(page, "Allow") if "Allow access?" in page.words else page


def get(url: str, **cookies: str) -> requests.Response:
    """Open a page without following redirects, in a browser that has only these cookies."""
    return requests.get(url, allow_redirects=False, timeout=10, cookies=cookies)


def test_an_admin_connects_by_walking_the_pages(stack: ConnectStack) -> None:
    last = connected(stack)
    assert "Salesforce is connected" in last.words
    connection = stack.connections.get("acme")
    assert connection.status is Status.CONNECTED
    assert connection.username == LOGIN["username"]
    assert connection.org_id == stack.org.org_id


def test_the_stored_access_calls_the_org(stack: ConnectStack) -> None:
    connected(stack)
    access = stack.access.access("acme")
    assert access.instance_url == stack.org_url
    assert stack.org.sessions.find(access.access_token) is not None


def test_opening_the_link_spends_nothing_and_pressing_continue_spends_it(stack: ConnectStack) -> None:
    link, visitor = a_link(stack), Visitor()
    for _ in range(3):
        page = visitor.open(link)
    visitor.press(page, "Continue")
    assert get(link).status_code == 410


def test_denying_at_salesforce_leaves_the_tenant_disconnected_and_says_what_to_do(stack: ConnectStack) -> None:
    visitor = Visitor()
    page = visitor.press(visitor.press(visitor.open(a_link(stack)), "Continue"), "Log In", **LOGIN)
    assert stack.connections.get("acme").status is Status.PENDING
    last = visitor.press(page, "Deny")
    assert "Access was not approved" in last.words
    assert "Start again and choose Allow" in last.words
    assert stack.connections.get("acme").status is Status.DISCONNECTED
