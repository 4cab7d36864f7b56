"""Connecting as an admin does it: link, page, Salesforce's own pages, callback, result."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
import requests
from causeway.connections.access.links import read_link
from causeway.connections.access.sessions import end_sessions
from causeway.connections.connection import Status

from local.demo.visitor import Visitor
from tests.support.connections.stack import ConnectStack, a_connect_stack, a_running_org
from tests.support.connections.walk import LOGIN, a_link, connected, get, sent_on_to


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


def test_a_link_that_was_ended_opens_and_connects_nothing_and_a_newer_one_does(stack: ConnectStack) -> None:
    link, invite, visitor = a_link(stack), a_link(stack, invite=True), Visitor()
    page = visitor.open(link)
    end_sessions("acme", stack.markers, stack.ports.now_ms(), "ada@acme.example")
    assert [get(each).status_code for each in (link, invite)] == [410, 410]
    with pytest.raises(HTTPError) as refused:
        visitor.press(page, "Continue")
    refused.value.close()
    assert (refused.value.code, stack.connections.get("acme").status) == (410, Status.DISCONNECTED)
    time.sleep(0.002)  # links carry milliseconds
    assert "Salesforce is connected" in connected(stack).words


def test_an_attempt_of_a_link_that_was_ended_connects_nothing(stack: ConnectStack) -> None:
    visitor = Visitor()
    page = visitor.press(visitor.press(visitor.open(a_link(stack)), "Continue"), "Log In", **LOGIN)
    end_sessions("acme", stack.markers, stack.ports.now_ms())
    with pytest.raises(HTTPError) as refused:
        visitor.press(page, "Allow")
    refused.value.close()
    assert (refused.value.code, stack.connections.get("acme").status) == (400, Status.PENDING)


def test_denying_at_salesforce_leaves_the_tenant_disconnected_and_says_what_to_do(stack: ConnectStack) -> None:
    visitor = Visitor()
    page = visitor.press(visitor.press(visitor.open(a_link(stack)), "Continue"), "Log In", **LOGIN)
    assert stack.connections.get("acme").status is Status.PENDING
    last = visitor.press(page, "Deny")
    assert "Access was not approved" in last.words
    assert "Start again and choose Allow" in last.words
    assert stack.connections.get("acme").status is Status.DISCONNECTED


def test_an_admin_of_another_org_may_sign_in_again_or_confirm_the_change() -> None:
    with a_running_org(seed=2) as other, a_connect_stack(other.origin) as stack:
        connected(stack)
        visitor = Visitor()
        page = visitor.press(visitor.open(a_link(stack, salesforce_url=other.origin)), "Continue")
        page = visitor.press(page, "Log In", **LOGIN)
        with pytest.raises(HTTPError) as refused:
            visitor.press(page, "Allow")
        html = refused.value.read().decode()
        refused.value.close()
        assert (refused.value.code, stack.connections.get("acme").org_id) == (409, stack.org.org_id)
        again, confirming = re.findall(r'name="link" value="([^"]+)"', html)
        for link, org_id, asked in ((again, "", "prompt=login"), (confirming, other.org.org_id, "state=")):
            carried = read_link(link, stack.ports.link_key, stack.ports.now_ms())
            assert (carried.confirmed_org, carried.tenant, carried.user) == (org_id, "acme", "ada@acme.example")
            form = {"link": link, "salesforce_url": other.origin}
            sent = requests.post(f"{stack.pages_url}/oauth/authorize", form, allow_redirects=False, timeout=10)
            assert asked in sent_on_to(sent)
