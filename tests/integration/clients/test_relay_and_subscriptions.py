"""`causeway relay` and `causeway subscriptions`: what they ask of the API, and what a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.credentials import Credentials
from causeway_client import CausewayApi

from tests.support.clients.deployment import CliStack, Typed, a_deployment, with_api
from tests.support.clients.http import Answer, Asked, session_to

STATUS = {
    "state": "running",
    "source": "aws.partner/salesforce.com/00D/0YL",
    "sobjects": ["Contact", "Lead"],
    "left_out": [{"sobject": "Attachment", "message": "Salesforce says: not supported."}],
    "steps": [{"name": "channel", "state": "done", "message": "The org has the channel Causeway__chn."}],
    "last_relayed_at": "2026-11-20T10:00:00.000+0000",
    "last_heard_at": None,
    "error": None,
}
ID = "a" * 16
LINE = {
    "id": ID,
    "url": "https://hooks.example.com",
    "email": None,
    "events": ["run.failed"],
    "signals": [],
    "created_at": "2026-11-20T10:00:00Z",
    "failing_since": None,
    "refused": 0,
    "last_refusal": None,
    "disabled_because": None,
}
ANSWERS: dict[tuple[str, str], tuple[int, Any]] = {
    ("GET", "relay"): (200, STATUS),
    ("POST", "relay"): (200, STATUS),
    ("DELETE", "relay"): (204, None),
    ("GET", "subscriptions"): (200, {"subscriptions": [LINE]}),
    ("POST", "subscriptions"): (201, {**LINE, "secret": "whsec_x"}),
    ("DELETE", ID): (204, None),
    ("POST", "rotate-secret"): (200, {**LINE, "secret": "whsec_y"}),
    ("POST", "replay"): (202, {"count": 1_200}),
}


@dataclass
class Typing:
    """A command line whose API answers as set and remembers what it was asked."""

    stack: CliStack
    asked: list[Asked] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=lambda: dict(ANSWERS))

    def __call__(self, *arguments: str) -> Typed:
        key = Credentials("test", "test")
        api = CausewayApi("http://api.test", credentials=key, region="eu-central-1", session=session_to(self._answer))
        own = self.stack.deployment
        self.stack.deployment = with_api(own, api)
        try:
            return self.stack.type(*arguments, "--tenant", "acme")
        finally:
            self.stack.deployment = own

    def _answer(self, call: Asked) -> Answer:
        self.asked.append(call)
        return Answer(*self.answers[call.method, call.path.rpartition("/")[2]])

    def calls(self) -> list[tuple[str, str]]:
        """Return method and path of what was asked since the last time."""
        asked, self.asked = self.asked, []
        return [(call.method, call.path) for call in asked]


@pytest.fixture(scope="module")
def stack() -> Iterator[CliStack]:
    with pytest.MonkeyPatch.context() as environment, a_deployment(environment) as running:
        yield running


@pytest.fixture
def run(stack: CliStack) -> Typing:
    return Typing(stack)


def test_a_relay_is_set_up_looked_at_and_removed(run: Typing) -> None:
    typed = run("relay", "setup")
    assert (typed.code, run.calls()) == (0, [("POST", "/v1/tenants/acme/relay")])
    assert "The org has the channel" in typed.out
    assert "Contact, Lead" in typed.out
    assert "Attachment waits for its schedule." in typed.err
    assert json.loads(run("relay", "status", "--json").out)["state"] == "running"
    assert (run("relay", "remove").code, run.calls()) == (2, [("GET", "/v1/tenants/acme/relay")])
    assert (run("relay", "remove", "--yes").code, run.calls()) == (0, [("DELETE", "/v1/tenants/acme/relay")])


def test_a_relay_that_fails_is_an_exit_code_with_salesforces_words(run: Typing) -> None:
    run.answers["GET", "relay"] = (200, {**STATUS, "state": "failing", "error": "AWS_ERROR: gone"})
    typed = run("relay", "status")
    assert (typed.code, "Salesforce says: AWS_ERROR: gone" in typed.err) == (1, True)


@pytest.mark.parametrize(("option", "mount"), [((), "/v1/tenants/acme"), (("--deployment",), "/v1")])
def test_subscriptions_are_added_listed_rotated_replayed_and_ended(
    run: Typing, option: tuple[str, ...], mount: str
) -> None:
    one = f"{mount}/subscriptions/{ID}"
    typed = run("subscriptions", "add", "https://hooks.example.com", "--event", "run.failed", *option)
    assert "whsec_x" in typed.out
    assert run.asked[0].body == {"url": "https://hooks.example.com", "events": ["run.failed"], "signals": []}
    assert run.calls() == [("POST", f"{mount}/subscriptions")]
    assert "https://hooks.example.com" in run("subscriptions", "list", *option).out
    assert json.loads(run("subscriptions", "rotate", ID, "--json", *option).out)["secret"] == "whsec_y"
    moment = "2026-11-20T10:00:00Z"
    assert "1,200 notices" in run("subscriptions", "replay", ID, "--since", moment, *option).out
    assert run("subscriptions", "remove", ID, *option).code == 0
    assert run.calls() == [
        ("GET", f"{mount}/subscriptions"),
        ("POST", f"{one}/rotate-secret"),
        ("POST", f"{one}/replay"),
        ("DELETE", one),
    ]


def test_a_mail_address_is_subscribed_to_signals(run: Typing) -> None:
    arguments = ("--event", "signal.matched", "--signal", "big_account")
    assert run("subscriptions", "add", "ops@example.com", *arguments).code == 0
    assert run.asked[0].body == {"email": "ops@example.com", "events": ["signal.matched"], "signals": ["big_account"]}


def test_a_moment_without_a_zone_is_not_sent(run: Typing) -> None:
    assert run("subscriptions", "replay", ID, "--since", "2026-11-20").code == 2
    assert run.asked == []
