"""Subscriptions and their notices in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError
from causeway.errors import StoreUnavailable
from causeway.gateways.dynamodb.subscriptions.notices import NoticeTable
from causeway.gateways.dynamodb.subscriptions.table import SubscriptionTable
from causeway.subscriptions.notices import Notice
from causeway.subscriptions.ports import Pending, Tries
from causeway.subscriptions.subscription import Subscription
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table

NOW_MS = 1_795_168_800_000
ONE = Subscription("a" * 16, "acme", ("signal.matched",), url="https://hooks.example.com", created_at_ms=NOW_MS)


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield a_config_table()


@pytest.fixture
def table(client: Any) -> SubscriptionTable:
    return SubscriptionTable(client, CONFIG_TABLE)


@pytest.fixture
def notices(client: Any) -> NoticeTable:
    return NoticeTable(client, CONFIG_TABLE)


def a_notice(number: int, kind: str = "signal.matched", at_ms: int = NOW_MS, event: str = "") -> Notice:
    return Notice(f"n{number}", kind, "acme", "003A", "2026-11-20T10:00:00Z", {"count": 2}, at_ms + number, event)


def waiting(notices: NoticeTable) -> list[Pending]:
    return list(notices.pending(ONE.id, "", 10))


def test_subscriptions_are_saved_listed_and_deleted_per_tenant(table: SubscriptionTable) -> None:
    table.create(ONE)
    table.create(replace(ONE, tenant="*"))
    assert (table.list("acme"), table.get("acme", ONE.id), table.list("other")) == ([ONE], ONE, [])
    table.delete("acme", ONE.id)
    assert (table.list("acme"), len(table.list("*"))) == ([], 1)


def test_one_worker_holds_the_lease_and_learns_that_another_came(table: SubscriptionTable) -> None:
    table.create(ONE)
    until = NOW_MS + 10
    assert table.claim("acme", ONE.id, until, NOW_MS) == ONE
    assert not table.release(replace(ONE, attempts=3, url="ignored"), until)
    assert table.claim("acme", ONE.id, until, NOW_MS) == replace(ONE, attempts=3)
    assert table.claim("acme", ONE.id, NOW_MS + 99, NOW_MS + 5) is None
    assert table.release(ONE, until)
    assert table.claim("acme", ONE.id, until, NOW_MS) == ONE
    assert not table.release(ONE, until), "whoever came before this lease is served by it"


def test_a_lease_that_was_lost_writes_nothing_and_a_deleted_subscription_stays_deleted(
    table: SubscriptionTable,
) -> None:
    table.create(ONE)
    table.claim("acme", ONE.id, NOW_MS + 10, NOW_MS)
    assert table.claim("acme", ONE.id, NOW_MS + 99, NOW_MS + 11) == ONE
    assert not table.keep(replace(ONE, attempts=1), NOW_MS + 10)
    assert not table.release(replace(ONE, attempts=1), NOW_MS + 10)
    assert table.claim("acme", ONE.id, NOW_MS + 200, NOW_MS + 12) is None, "the second worker holds it still"
    assert table.keep(replace(ONE, attempts=2), NOW_MS + 99)
    assert table.get("acme", ONE.id) == replace(ONE, attempts=2)
    table.delete("acme", ONE.id)
    assert not table.keep(ONE, NOW_MS + 99)
    assert not table.release(ONE, NOW_MS + 99)
    assert table.get("acme", ONE.id) is None
    assert table.claim("acme", ONE.id, NOW_MS, NOW_MS) is None


def test_of_two_people_who_change_a_subscription_the_second_changes_nothing(table: SubscriptionTable) -> None:
    table.create(ONE)
    assert table.change(ONE, replace(ONE, secret_version=2, revision=1))
    assert not table.change(ONE, replace(ONE, secret_version=2, revision=1))
    assert table.get("acme", ONE.id) == replace(ONE, secret_version=2, revision=1)
    table.delete("acme", ONE.id)
    assert not table.change(replace(ONE, revision=1), replace(ONE, revision=2))
    assert table.get("acme", ONE.id) is None


def test_a_change_leaves_alone_what_the_worker_writes_and_takes_precedence_over_it(table: SubscriptionTable) -> None:
    table.create(ONE)
    table.claim("acme", ONE.id, NOW_MS + 10, NOW_MS)
    table.keep(replace(ONE, attempts=4), NOW_MS + 10)
    assert table.change(ONE, replace(ONE, secret_version=2, revision=1))
    assert table.get("acme", ONE.id) == replace(ONE, secret_version=2, revision=1, attempts=4)
    assert not table.keep(replace(ONE, disabled_because="of old"), NOW_MS + 10)
    table.release(replace(ONE, disabled_because="of old"), NOW_MS + 10)
    after = table.claim("acme", ONE.id, NOW_MS + 20, NOW_MS)
    assert after == replace(ONE, secret_version=2, revision=1, attempts=4)


def test_a_subscription_of_an_earlier_version_can_be_changed_and_delivered(
    table: SubscriptionTable, client: Any
) -> None:
    table.create(ONE)
    key = {"pk": {"S": "SUBS#acme"}, "sk": {"S": f"SUB#{ONE.id}"}}
    change = "REMOVE revision, taken_at_ms, tried_upto, is_published, refused, last_refusal"
    client.update_item(TableName=CONFIG_TABLE, Key=key, UpdateExpression=change)
    found = table.claim("acme", ONE.id, NOW_MS + 10, NOW_MS)
    assert found == ONE
    assert table.keep(ONE, NOW_MS + 10)
    assert table.change(ONE, replace(ONE, secret_version=2, revision=1))


def test_a_notice_waits_once_is_sent_in_order_and_can_be_replayed(notices: NoticeTable) -> None:
    for number in (2, 1, 2):
        notices.add(ONE.id, a_notice(number))
    assert [each.notice.id for each in waiting(notices)] == ["n1", "n2"]
    assert [each.notice.id for each in notices.pending(ONE.id, "", 1)] == ["n1"]
    first, second = waiting(notices)
    assert [each.notice.id for each in notices.pending(ONE.id, first.place, 10)] == ["n2"]
    assert notices.pending(ONE.id, second.place, 10) == []
    for each in (first, second):
        notices.sent(ONE.id, each, NOW_MS)
    notices.add(ONE.id, a_notice(1, at_ms=NOW_MS + 500))
    assert waiting(notices) == []
    assert notices.replay(ONE.id, NOW_MS + 2, NOW_MS) == 1
    assert [each.notice for each in waiting(notices)] == [a_notice(2)]


def test_a_refused_notice_keeps_its_tries_and_one_that_is_given_up_is_counted_and_comes_back_by_replay(
    table: SubscriptionTable, notices: NoticeTable
) -> None:
    table.create(ONE)
    notices.add(ONE.id, a_notice(1))
    (pending,) = waiting(notices)
    notices.put_off(ONE.id, pending, Tries(3, NOW_MS + 77))
    (pending,) = waiting(notices)
    assert pending.tries == (3, NOW_MS + 77)
    notices.refuse(ONE, pending, "it answered 400", NOW_MS)
    notices.put_off(ONE.id, pending, Tries(4, NOW_MS))
    assert waiting(notices) == []
    assert table.get("acme", ONE.id) == replace(ONE, refused=1, last_refusal="it answered 400")
    assert notices.replay(ONE.id, NOW_MS + 10**9, NOW_MS) == 1
    assert waiting(notices) == [Pending(pending.place, a_notice(1))]
    assert notices.replay(ONE.id, NOW_MS + 10**9, NOW_MS) == 0


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_notice_that_meets_another_writer_is_tried_again(client: Any, notices: NoticeTable, reason: str) -> None:
    notices.add(ONE.id, a_notice(1))
    (pending,) = waiting(notices)
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": "None"}, {"Code": reason}],
    }
    met = NoticeTable(Mock(**{"transact_write_items.side_effect": ClientError(answer, "Write")}), CONFIG_TABLE)
    with pytest.raises(StoreUnavailable):
        met.sent(ONE.id, pending, NOW_MS)
    with pytest.raises(StoreUnavailable):
        met.add(ONE.id, a_notice(2))


def test_notices_of_a_digest_are_counted_together_each_event_once(notices: NoticeTable) -> None:
    for event in ("e1", "e2", "e2", "e3", "e1"):
        notices.add(ONE.id, a_notice(1, "change.parked", event=event))
    (pending,) = waiting(notices)
    assert pending.notice.data == {"count": 6}
    notices.add(ONE.id, a_notice(500, "change.parked", event="e3"))
    assert len(waiting(notices)) == 1, "an event that comes again in the next window is known, too"
