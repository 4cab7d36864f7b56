"""What operators are mailed: each cause of a tenant once an hour, counted, whatever number of events there was."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.subscriptions.operators import HOUR_MS
from causeway.subscriptions.ports import Answer
from causeway.subscriptions.rounds import DISABLED_AFTER_MS

from tests.support.subscriptions.world import START_MS, SubscriptionWorld

HOUR_S = HOUR_MS // 1000


@pytest.fixture
def w() -> SubscriptionWorld:
    return SubscriptionWorld(now_ms=START_MS // HOUR_MS * HOUR_MS + 60_000)


def subjects(w: SubscriptionWorld) -> list[str]:
    return [subject for _, subject, _ in w.told]


def test_parked_changes_of_one_tenant_and_cause_are_one_mail_an_hour_with_their_count(w: SubscriptionWorld) -> None:
    for _ in range(300):
        w.event("change.parked", code="duplicate_blocked", source="lead", count=2)
        w.pass_time(1)
    w.event("change.parked", code="duplicate_blocked", source="other", count=7)
    assert w.told == []
    w.pass_time(HOUR_S)
    assert subjects(w) == ["Causeway, acme: 607 changes parked, duplicate_blocked"]
    assert "duplicate rule" in w.told[0][2]
    w.event("change.parked", code="duplicate_blocked", source="lead", count=1)
    w.pass_time(HOUR_S)
    assert subjects(w)[1:] == ["Causeway, acme: 1 change parked, duplicate_blocked"]
    assert len(w.queue) == 0


def test_three_hundred_events_do_not_keep_three_hundred_messages_going(w: SubscriptionWorld) -> None:
    for _ in range(300):
        w.event("change.parked", code="crashed", source="lead", count=1)
    assert len(w.queue) == 1


def test_another_tenant_or_cause_has_a_mail_of_its_own(w: SubscriptionWorld) -> None:
    for tenant, code in (("acme", "crashed"), ("acme", "salesforce:STORAGE_LIMIT_EXCEEDED"), ("other", "crashed")):
        w.event("change.parked", tenant, code=code, source="lead", count=1)
    w.pass_time(HOUR_S)
    assert sorted(subjects(w)) == [
        "Causeway, acme: 1 change parked, crashed",
        "Causeway, acme: 1 change parked, salesforce:STORAGE_LIMIT_EXCEEDED",
        "Causeway, other: 1 change parked, crashed",
    ]


def test_a_connection_that_needs_a_person_is_mailed_at_once_and_once_an_hour(w: SubscriptionWorld) -> None:
    lost = {
        "status": "reconnection_required",
        "cause": "grant_ended",
        "message": "The grant ended.",
        "remedy": "Reconnect.",
    }
    for _ in range(5):
        w.event("connection.status_changed", **lost)
        w.pass_time(60)
    (told,) = w.told
    assert told[0] < w.now_ms - 200_000
    assert told[1:] == ("Causeway, acme: the connection needs a person", told[2])
    assert "The grant ended. Reconnect." in told[2]
    w.pass_time(HOUR_S)
    w.event("connection.status_changed", **lost)
    w.pass_time(1)
    assert len(w.told) == 2


def test_drift_of_a_sync_that_is_on_and_a_quota_are_mailed(w: SubscriptionWorld) -> None:
    problems = [{"message": "Phone is gone."}]
    w.event("sync.drift_detected", sync="a", enabled=True, problems=problems)
    w.event("sync.drift_detected", sync="b", enabled=False, problems=problems)
    w.event("quota.threshold", used=12_000, allowed=15_000, share=0.8)
    w.pass_time(1)
    assert subjects(w) == [
        "Causeway, acme: the org has changed under the sync a",
        "Causeway, acme: 80 % of the API calls are used",
    ]
    assert "Phone is gone." in w.told[0][2]
    assert "12,000 of its 15,000" in w.told[1][2]


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("change.parked", {"code": "missing_required_field", "count": 3}),
        ("connection.status_changed", {"status": "connected"}),
        ("signal.matched", {"id": "1", "signal": "big"}),
        ("run.failed", {"sync": "a"}),
    ],
)
def test_what_is_no_fault_of_the_deployment_is_not_mailed(
    w: SubscriptionWorld, kind: str, detail: dict[str, Any]
) -> None:
    w.event(kind, **detail)
    w.pass_time(2 * HOUR_S)
    assert w.told == []


def test_a_topic_that_takes_nothing_for_weeks_is_tried_again(w: SubscriptionWorld) -> None:
    w.broken["operators"] = Answer(0, "SNS did not take it")
    w.event("quota.threshold", used=12_000, allowed=15_000)
    w.pass_time(2 * DISABLED_AFTER_MS / 1000)
    w.broken.clear()
    w.pass_time(HOUR_S)
    assert subjects(w) == ["Causeway, acme: 80 % of the API calls are used"]


def test_no_tenant_sees_the_operators_mail_among_its_subscriptions(w: SubscriptionWorld) -> None:
    w.event("quota.threshold", used=12_000, allowed=15_000)
    assert w.management.list("acme") == []
    assert w.management.list("*") == []
