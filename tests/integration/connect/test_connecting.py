"""Connecting as an admin does it: link, page, Salesforce's own pages, callback, result."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from causeway.domain.connections import Status

from local.demo.visitor import Visitor
from tests.connect_stack import ConnectStack, a_connect_stack
from tests.connect_walk import LOGIN, a_link, connected, get


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack() as running:
        yield running


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
