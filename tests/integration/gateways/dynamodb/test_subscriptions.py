"""Subscriptions and their notices in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError
from causeway.errors import StoreUnavailable
from causeway.gateways.dynamodb.subscriptions import SubscriptionTable
from causeway.subscriptions.notices import Notice
from causeway.subscriptions.subscription import Subscription
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table

NOW_MS = 1_795_168_800_000
ONE = Subscription("a" * 16, "acme", ("signal.matched",), url="https://hooks.example.com", created_at_ms=NOW_MS)


@pytest.fixture
def table() -> Iterator[SubscriptionTable]:
    with mock_aws():
        yield SubscriptionTable(a_config_table(), CONFIG_TABLE)


def a_notice(number: int, kind: str = "signal.matched", at_ms: int = NOW_MS) -> Notice:
    return Notice(f"n{number}", kind, "acme", "003A", "2026-11-20T10:00:00Z", {"count": 2}, at_ms + number)


def test_subscriptions_are_saved_listed_and_deleted_per_tenant(table: SubscriptionTable) -> None:
    table.put(ONE)
    table.put(replace(ONE, tenant="*"))
    assert (table.list("acme"), table.get("acme", ONE.id), table.list("other")) == ([ONE], ONE, [])
    table.delete("acme", ONE.id)
    assert (table.list("acme"), len(table.list("*"))) == ([], 1)


def test_one_worker_holds_the_lease_and_a_deleted_subscription_stays_deleted(table: SubscriptionTable) -> None:
    table.put(ONE)
    assert table.claim("acme", ONE.id, NOW_MS + 10, NOW_MS) == ONE
    assert table.claim("acme", ONE.id, NOW_MS + 10, NOW_MS + 5) is None
    table.save(replace(ONE, attempts=3, url="ignored"), until_ms=0)
    assert table.claim("acme", ONE.id, NOW_MS + 10, NOW_MS) == replace(ONE, attempts=3)
    table.delete("acme", ONE.id)
    table.save(ONE, until_ms=0)
    assert table.get("acme", ONE.id) is None
    assert table.claim("acme", ONE.id, NOW_MS, NOW_MS) is None


def test_a_notice_waits_once_is_sent_in_order_and_can_be_replayed(table: SubscriptionTable) -> None:
    for number in (2, 1, 2):
        table.add(ONE.id, a_notice(number))
    assert [each.notice.id for each in table.pending(ONE.id, NOW_MS + 9, 10)] == ["n1", "n2"]
    assert [each.notice.id for each in table.pending(ONE.id, NOW_MS + 1, 10)] == ["n1"]
    assert table.next_at_ms(ONE.id) == NOW_MS + 1
    for each in table.pending(ONE.id, NOW_MS + 9, 10):
        table.sent(ONE.id, each, NOW_MS)
    table.add(ONE.id, a_notice(1, at_ms=NOW_MS + 500))
    assert (table.pending(ONE.id, NOW_MS + 999, 10), table.next_at_ms(ONE.id)) == ([], None)
    assert table.replay(ONE.id, NOW_MS + 2, NOW_MS) == 1
    assert [each.notice for each in table.pending(ONE.id, NOW_MS + 9, 10)] == [a_notice(2)]


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_notice_that_meets_another_writer_is_tried_again(
    table: SubscriptionTable, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    table.add(ONE.id, a_notice(1))
    (pending,) = table.pending(ONE.id, NOW_MS + 9, 10)
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": "None"}, {"Code": reason}],
    }
    monkeypatch.setattr(table, "_client", Mock(**{"transact_write_items.side_effect": ClientError(answer, "Write")}))
    with pytest.raises(StoreUnavailable):
        table.sent(ONE.id, pending, NOW_MS)
    with pytest.raises(StoreUnavailable):
        table.add(ONE.id, a_notice(2))


def test_notices_of_a_digest_are_counted_together(table: SubscriptionTable) -> None:
    for _ in range(3):
        table.add(ONE.id, a_notice(1, "change.parked"))
    (pending,) = table.pending(ONE.id, NOW_MS + 9, 10)
    assert pending.notice.data == {"count": 6}
