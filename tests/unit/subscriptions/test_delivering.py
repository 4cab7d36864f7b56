"""What a subscriber receives: everything, in order per record, signed, however long the receiver fails."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from causeway.errors import Conflict, InvalidRequest, NotFound
from causeway.subscriptions.ports import Answer
from causeway.subscriptions.signing import secret_of
from causeway.subscriptions.subscription import MAX_SUBSCRIPTIONS, Subscription
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.support.subscriptions.world import ALL, SubscriptionWorld

URL = "https://hooks.example.com/causeway"
DAY_S = 86_400


@pytest.fixture
def w() -> SubscriptionWorld:
    return SubscriptionWorld()


def is_signed_with(secret: str, headers: dict[str, str], body: str) -> bool:
    """Tell whether the independent package of Standard Webhooks takes a delivery, whatever the time is now."""
    moment = int(headers["webhook-timestamp"])
    signed = Webhook(secret).sign(headers["webhook-id"], datetime.fromtimestamp(moment, UTC), body)
    return signed in headers["webhook-signature"].split(" ")


def test_an_event_is_posted_once_and_verified_by_an_independent_package(w: SubscriptionWorld) -> None:
    _, secret = w.management.create("acme", URL, "", ALL, ())
    w.signal("003A", 1)
    w.signal("003A", 1)
    w.pass_time(1)
    ((headers, body),) = w.received
    assert secret.startswith("whsec_")
    assert is_signed_with(secret, headers, body)
    assert headers["webhook-id"] == "003A-1"
    assert json.loads(body)["type"] == "signal.matched"
    assert not is_signed_with(w.management.create("acme", URL, "", ALL, ())[1], headers, body)


def test_a_delivery_of_now_passes_the_whole_check_of_that_package(w: SubscriptionWorld) -> None:
    w.now_ms = time.time_ns() // 1_000_000
    _, secret = w.management.create("acme", URL, "", ALL, ())
    w.signal("003A", 1)
    w.pass_time(0)
    ((headers, body),) = w.received
    assert Webhook(secret).verify(body, headers)["data"]["number"] == 1
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("003A", "003B"), headers)


def test_a_receiver_that_fails_for_an_hour_gets_everything_afterwards_in_order_per_record(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ALL, ())
    w.broken[""] = Answer(503, "it answered 503")
    for number in range(60):
        for record in ("003A", "003B", "003C", "003D"):
            w.signal(record, number)
        w.pass_time(60)
    assert w.received == []
    assert w.tries < 100, "a receiver that is away is not hammered"
    w.broken.clear()
    w.pass_time(900)
    for record in ("003A", "003B", "003C", "003D"):
        assert w.numbers_of(record) == list(range(60))


def test_a_record_that_is_not_taken_holds_back_its_own_notices_alone(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ALL, ())
    w.broken["003A"] = Answer(500, "it answered 500")
    for number in range(3):
        w.signal("003A", number)
        w.signal("003B", number)
    w.pass_time(1)
    assert (w.numbers_of("003A"), w.numbers_of("003B")) == ([], [0, 1, 2])
    w.broken.clear()
    w.pass_time(60)
    assert w.numbers_of("003A") == [0, 1, 2]


def test_days_of_failure_end_a_subscription_and_are_an_event_and_a_replay_brings_all_back(w: SubscriptionWorld) -> None:
    made, _ = w.management.create("acme", URL, "", ALL, ())
    w.signal("003A", 0)
    w.pass_time(1)
    since = w.now_ms - 10_000
    w.broken[""] = Answer(0, "it did not answer")
    w.signal("003A", 1)
    w.pass_time(5.1 * DAY_S)
    (listed,) = w.management.list("acme")
    assert "5 days" in listed.disabled_because
    assert w.published == [
        ("subscription.disabled", {"tenant": "acme", "subscription": made.id, "because": listed.disabled_because})
    ]
    w.broken.clear()
    assert w.management.replay("acme", made.id, since) == 1
    w.pass_time(1)
    assert w.numbers_of("003A") == [0, 0, 1]
    assert w.management.list("acme")[0].is_active


def test_a_test_is_signed_and_sent_whatever_the_subscription_is_to_and_not_to_a_disabled_one(
    w: SubscriptionWorld,
) -> None:
    made, secret = w.management.create("acme", URL, "", ("run.failed",), ())
    tested = w.management.test("acme", made.id)
    w.pass_time(1)
    ((headers, body),) = w.received
    assert (headers["webhook-id"], json.loads(body)["type"]) == (tested, "subscription.test")
    assert json.loads(body)["data"] == {"tenant": "acme", "subscription": made.id}
    assert is_signed_with(secret, headers, body)
    w.ports.store.change(made, replace(made, disabled_because="It took nothing.", revision=made.revision + 1))
    with pytest.raises(Conflict, match="disabled"):
        w.management.test("acme", made.id)
    with pytest.raises(NotFound):
        w.management.test("another", made.id)


def test_a_receiver_that_is_gone_ends_its_subscription_at_once(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ALL, ())
    w.broken[""] = Answer(410)
    w.signal("003A", 1)
    w.pass_time(1)
    assert "410" in w.management.list("acme")[0].disabled_because


def test_after_a_rotation_both_secrets_verify_for_a_day(w: SubscriptionWorld) -> None:
    made, before = w.management.create("acme", URL, "", ALL, ())
    _, after = w.management.rotate("acme", made.id)
    w.signal("003A", 1)
    w.pass_time(DAY_S)
    w.signal("003A", 2)
    w.pass_time(1)
    first, second = w.received
    assert [is_signed_with(secret, *first) for secret in (before, after)] == [True, True]
    assert [is_signed_with(secret, *second) for secret in (before, after)] == [False, True]


def test_subscribers_get_what_they_asked_for_and_nothing_of_other_tenants(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ("signal.matched",), ("big",))
    w.management.create("", "https://ops.example.com/all", "", ("run.failed", "connection.status_changed"), ())
    w.signal("003A", 1)
    w.event("signal.matched", id="s2", salesforce_id="003A", signal="other", number=2)
    w.event("signal.matched", tenant="other", id="s3", salesforce_id="003X", signal="big", number=3)
    w.event("run.failed", tenant="other", sync="people")
    w.event("connection.status_changed", tenant="other", status="connected")
    w.event("connection.status_changed", tenant="other", status="reconnection_required")
    w.pass_time(1)
    kinds = [json.loads(body)["type"] for _, body in w.received]
    assert sorted(kinds) == ["connection.status_changed", "run.failed", "signal.matched"]


def test_parked_changes_are_a_digest_by_reason(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ALL, ())
    for code, count in (("missing_required_field", 3), ("shared_email", 1), ("missing_required_field", 4)):
        w.event("change.parked", source="lead", code=code, count=count)
    w.pass_time(1)
    assert w.received == []
    w.pass_time(1_800)
    data = [json.loads(body)["data"] for _, body in w.received]
    assert sorted((each["code"], each["count"]) for each in data) == [
        ("missing_required_field", 7),
        ("shared_email", 1),
    ]


def test_mail_goes_to_the_address_that_was_invited(w: SubscriptionWorld) -> None:
    made, secret = w.management.create("acme", "", "ada@example.com", ("run.failed",), ())
    w.event("run.failed", sync="people")
    w.pass_time(1)
    ((subscription, subject, text),) = w.mails
    assert (subscription, subject, secret) == (made.id, "Causeway: run.failed of acme", "")
    assert json.loads(text)["data"]["sync"] == "people"
    w.management.delete("acme", made.id)
    assert w.mails[-1] == ("", "ended", f"arn:{made.id}")


def test_a_worker_that_is_at_it_is_left_alone(w: SubscriptionWorld) -> None:
    made, _ = w.management.create("acme", URL, "", ALL, ())
    w.store.leases[made.id] = w.now_ms + 1
    w.signal("003A", 1)
    w.pass_time(1)
    assert w.tries == 0


def test_there_are_no_subscriptions_of_others_and_not_too_many(w: SubscriptionWorld) -> None:
    made, _ = w.management.create("acme", URL, "", ALL, ())
    with pytest.raises(NotFound):
        w.management.delete("other", made.id)
    for number in range(MAX_SUBSCRIPTIONS - 1):
        w.store.create(replace(made, id=f"{number:016x}"))
    with pytest.raises(Conflict):
        w.management.create("acme", URL, "", ALL, ())
    with pytest.raises(InvalidRequest):
        w.management.create("other", "http://hooks.example.com", "", ALL, ())


def test_while_the_first_event_of_a_record_is_not_taken_its_next_ones_are_not_even_sent(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ALL, ())
    w.broken["003A"] = Answer(503, "it answered 503")
    w.signal("003A", 1)
    w.signal("003A", 2)
    w.signal("003B", 1)
    w.pass_time(1)
    assert w.tries == 2
    assert w.numbers_of("003B") == [1]


def test_subscriptions_of_two_tenants_with_one_id_have_two_secrets() -> None:
    mine, theirs = (Subscription("a", tenant, ALL, URL) for tenant in ("acme", "other"))
    assert secret_of(b"the key", mine) != secret_of(b"the key", theirs)
    assert secret_of(b"the key", mine) == secret_of(b"the key", replace(mine, url="https://elsewhere.example.com"))


def test_a_receiver_that_is_away_is_left_alone_until_its_next_time_though_more_happens(w: SubscriptionWorld) -> None:
    w.management.create("acme", URL, "", ALL, ())
    w.broken[""] = Answer(0, "it did not answer")
    for record in ("003A", "003B", "003C"):
        w.signal(record, 1)
    w.pass_time(1)
    tried = w.tries
    w.signal("003D", 1)
    w.pass_time(1)
    assert w.tries == tried >= 3
    w.broken.clear()
    w.pass_time(3_600)
    assert [w.numbers_of(record) for record in ("003A", "003B", "003C", "003D")] == [[1]] * 4
