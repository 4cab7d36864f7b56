"""Each record of a batch stands for itself: what is wrong with one does not bring back the others."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from causeway.subscriptions.ports import Answer, SubscriptionPorts

from functions.notices import app
from tests.support.subscriptions.world import ALL, SubscriptionWorld

URL = "https://hooks.example.com/causeway"


@dataclass
class Invocation:
    """What Lambda says about one invocation."""

    left_ms: int = 60_000
    function_name = function_version = invoked_function_arn = aws_request_id = "notices"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


def handled(
    ports: SubscriptionPorts, bodies: list[Any], monkeypatch: pytest.MonkeyPatch, left_ms: int = 60_000
) -> list[str]:
    """Return which of the bodies come back, by their place."""
    monkeypatch.setattr(app, "subscription_ports", lambda: ports)
    records = [
        {"messageId": str(place), "body": each if isinstance(each, str) else json.dumps(each)}
        for place, each in enumerate(bodies)
    ]
    context: Any = Invocation(left_ms)
    failures = app.lambda_handler({"Records": records}, context)["batchItemFailures"]
    return sorted(each["itemIdentifier"] for each in failures)


def due(tenant: str, subscription: str) -> dict[str, Any]:
    return {"deliver": {"tenant": tenant, "subscription": subscription}}


def test_a_fault_of_one_record_brings_that_record_back_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    w = SubscriptionWorld()
    bad, _ = w.management.create("acme", "https://bad.example.com", "", ALL, ())
    good, _ = w.management.create("other", URL, "", ALL, ())
    for tenant in ("acme", "other"):
        w.event("signal.matched", tenant, id=f"{tenant}-1", salesforce_id="003A", signal="big", number=1)

    def post(url: str, headers: Any, body: str) -> Any:
        if url == URL:
            return w.ports.post(url, headers, body)
        raise UnicodeEncodeError("idna", url, 0, 1, "label empty or too long")

    bodies = [due("acme", bad.id), "no JSON", due("other", good.id), due("acme", "f" * 16)]
    assert handled(replace(w.ports, post=post), bodies, monkeypatch) == ["0", "1"]
    assert w.numbers_of("003A") == [1]


def test_a_queue_that_refuses_brings_only_its_record_back(monkeypatch: pytest.MonkeyPatch) -> None:
    w = SubscriptionWorld()
    w.management.create("acme", URL, "", ALL, ())

    def later(tenant: str, subscription: str, delay_s: int) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SendMessage")

    events = [
        {"id": name, "detail-type": "run.failed", "time": "", "detail": {"tenant": name, "sync": "people"}}
        for name in ("acme", "other")
    ]
    assert handled(replace(w.ports, later=later), events, monkeypatch) == ["0"]


def test_messages_of_one_subscription_are_one_delivery_and_share_its_fate(monkeypatch: pytest.MonkeyPatch) -> None:
    w = SubscriptionWorld()
    made, _ = w.management.create("acme", URL, "", ALL, ())
    claims: list[str] = []
    known = w.store.claim

    def claim(tenant: str, subscription: str, until_ms: int, now_ms: int) -> Any:
        claims.append(subscription)
        return known(tenant, subscription, until_ms, now_ms)

    monkeypatch.setattr(type(w.store), "claim", lambda store, *given: claim(*given))
    assert handled(w.ports, [due("acme", made.id)] * 5, monkeypatch) == []
    assert claims == [made.id]


def test_what_has_no_time_left_is_put_off_and_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    w = SubscriptionWorld()
    made, _ = w.management.create("acme", URL, "", ALL, ())
    w.signal("003A", 1)
    w.queue.clear()
    assert handled(w.ports, [due("acme", made.id)], monkeypatch, left_ms=20_000) == []
    assert (w.tries, w.queue) == (0, [(w.now_ms, "acme", made.id)])


def test_a_slow_receiver_takes_no_more_than_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    w = SubscriptionWorld()
    made = [w.management.create("acme", f"https://r{number}.example.com", "", ALL, ())[0] for number in range(3)]
    for number in range(9):
        w.signal(f"003{number}", number)
    w.queue.clear()
    clock = Invocation(60_000)
    posts: list[str] = []

    def post(url: str, headers: Any, body: str) -> Answer:
        clock.left_ms -= 10_000 if url == "https://r0.example.com" else 1_000
        posts.append(url[8:10])
        return Answer(200)

    monkeypatch.setattr(app, "subscription_ports", lambda: replace(w.ports, post=post))
    records = [{"messageId": each.id, "body": json.dumps(due("acme", each.id))} for each in made]
    given: Any = clock
    assert app.lambda_handler({"Records": records}, given)["batchItemFailures"] == []
    assert Counter(posts) == {"r0": 2, "r1": 8, "r2": 7}
    assert [subscription for _, _, subscription in w.queue] == [each.id for each in made]
