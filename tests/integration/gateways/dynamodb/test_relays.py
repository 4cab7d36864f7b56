"""Event relays in DynamoDB: who follows an org, and the pull that was planned last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from causeway.gateways.dynamodb.relays import RelayTable
from causeway.relay.pacing import Planned
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table
from tests.support.relay import NOW_MS, ORG

SOURCE = f"aws.partner/salesforce.com/{ORG}ECA/0YL000000000001AAA"


@pytest.fixture
def table() -> Iterator[RelayTable]:
    with mock_aws():
        yield RelayTable(a_config_table(), CONFIG_TABLE)


def test_tenants_follow_and_leave_an_org(table: RelayTable) -> None:
    for tenant in ("acme", "beta"):
        table.follow(ORG, tenant, SOURCE, NOW_MS)
    assert table.tenants_of(ORG) == ["acme", "beta"]
    table.leave(ORG, "acme")
    assert table.tenants_of(ORG) == ["beta"]
    assert table.followed(ORG, "acme") is None


def test_what_was_heard_is_kept_while_somebody_follows(table: RelayTable) -> None:
    table.heard(ORG, "acme", NOW_MS)
    assert table.followed(ORG, "acme") is None
    table.follow(ORG, "acme", SOURCE, NOW_MS)
    table.heard(ORG, "acme", NOW_MS + 1)
    table.follow(ORG, "acme", SOURCE, NOW_MS + 2)
    found = table.followed(ORG, "acme") or {}
    assert (found["source"], found["since_ms"], found["heard_ms"]) == (SOURCE, NOW_MS, NOW_MS + 1)


def test_a_plan_is_replaced_only_by_who_saw_it(table: RelayTable) -> None:
    first, second = Planned(NOW_MS, NOW_MS + 5), Planned(NOW_MS + 9, NOW_MS + 14)
    assert table.planned("acme", "people") is None
    assert table.plan("acme", "people", None, first)
    assert not table.plan("acme", "people", None, second)
    assert table.plan("acme", "people", first, second)
    assert table.planned("acme", "people") == second


def test_a_plan_that_was_undone_can_be_made_anew(table: RelayTable) -> None:
    first = Planned(NOW_MS, NOW_MS + 5)
    table.plan("acme", "people", None, first)
    assert table.plan("acme", "people", first, None)
    assert table.plan("acme", "people", table.planned("acme", "people"), first)
