"""The example events of connecting do what their names say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from causeway.connections.access.encoding import digest

import functions.session_authorizer.app as session_authorizer
import functions.token_broker.app as token_broker
from local.demo.visitor import page_of
from tests.support.connections.stack import ConnectStack, a_connect_stack, a_lambda_context, proxy_answer

EVENTS = Path(__file__).parents[3] / "events"

PAGES = {
    "oauth_authorize/browser_opens_a_link": (200, "Sign in at</dt><dd>login.salesforce.com"),
    "oauth_authorize/browser_enters_an_address": (200, "acme.my.salesforce.com"),
    "oauth_authorize/browser_enters_a_wrong_address": (400, "not of your org"),
    "oauth_authorize/browser_continues": (200, "On to Salesforce"),
    "oauth_authorize/browser_opens_a_forged_link": (410, "This link is not valid"),
    "oauth_callback/salesforce_sends_a_code": (400, "no sign-in under way"),
    "oauth_callback/salesforce_denies": (400, "no sign-in under way"),
}
BROKER = {
    "token_broker/caller_met_an_expired_session": "ended",
    "token_broker/schedule_checks_connections": "checked",
    "token_broker/admin_begins_to_connect": "begun",
    "token_broker/admin_deauthorizes": "ended",
    "token_broker/admin_enters_own_app": "kept",
    "token_broker/operator_ends_every_connection": "ended",
    "token_broker/admin_connects_with_client_credentials": "failed",
}
SESSIONS = {
    "session_authorizer/browser_with_a_session": "Allow",
    "session_authorizer/browser_in_a_frame": "Allow",
    "session_authorizer/browser_without_a_session": "Deny",
}


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack() as running:
        yield running


def an_event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str, stack: ConnectStack) -> None:
    status, said = PAGES[name]
    answer = proxy_answer(stack, an_event(name))
    assert (answer["statusCode"], said in answer["body"]) == (status, True)


def test_continuing_goes_to_salesforce_with_one_cookie(stack: ConnectStack) -> None:
    answer = proxy_answer(stack, an_event("oauth_authorize/browser_continues"))
    address = page_of("", answer["body"]).goes_on
    assert address.startswith("https://login.salesforce.com/services/oauth2/authorize?")
    assert len(answer["multiValueHeaders"]["Set-Cookie"]) == 1


@pytest.mark.parametrize("name", BROKER)
def test_the_broker(name: str, stack: ConnectStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_broker, "token_ports", lambda deadline_ms: stack.broker.ports)
    assert token_broker.lambda_handler(an_event(name), a_lambda_context())["result"] == BROKER[name]


@pytest.mark.parametrize("name", SESSIONS)
def test_sessions(name: str, stack: ConnectStack, monkeypatch: pytest.MonkeyPatch) -> None:
    event = an_event(name)
    token = event["headers"].get("authorization", "").removeprefix("Bearer ")
    monkeypatch.setattr(session_authorizer, "marker_table", lambda: stack.markers)
    bound = {"origin": event["headers"].get("X-Causeway-Embed-Origin", "")}
    kept = {"user": "ada", "role": "integrator", **bound}
    stack.markers.keep_session("acme", digest(token), kept, stack.ports.now_ms() + 60_000)
    policy = session_authorizer.lambda_handler(event, a_lambda_context())
    statement = policy["policyDocument"]["Statement"][0]
    assert (statement["Effect"], statement["Resource"]) == (SESSIONS[name], event["methodArn"])
    who = {**kept, "tenant": "acme", "source": "", "acts_for": ""}
    assert policy["context"] == (who if SESSIONS[name] == "Allow" else {})


def test_every_example_event_is_tried() -> None:
    folders = ("oauth_authorize", "oauth_callback", "token_broker", "session_authorizer")
    found = {f"{path.parent.name}/{path.stem}" for folder in folders for path in (EVENTS / folder).glob("*.json")}
    assert found == {*PAGES, *BROKER, *SESSIONS}
