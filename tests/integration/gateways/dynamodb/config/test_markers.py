"""A link connects once, and a state returns once, also when two browsers come at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.config.markers import MarkerTable
from moto import mock_aws

LATER_MS = 9_000_000_000_000


@pytest.fixture
def markers(monkeypatch: pytest.MonkeyPatch) -> Iterator[MarkerTable]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name="eu-central-1")
        client.create_table(
            TableName="config",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield MarkerTable(client, "config")


def test_of_those_who_use_a_link_at_the_same_moment_one_connects(markers: MarkerTable) -> None:
    assert sorted(in_parallel(lambda _: markers.spend("link", LATER_MS), range(8))) == [False] * 7 + [True]
    assert markers.is_spent("link")
    assert not markers.spend("link", LATER_MS)


def test_of_those_who_return_with_a_state_at_the_same_moment_one_gets_what_was_kept(markers: MarkerTable) -> None:
    assert markers.keep_state("state", {"tenant": "acme"}, LATER_MS)
    found = in_parallel(lambda _: markers.take_state("state", 0), range(8))
    assert [each["tenant"] for each in found if each] == ["acme"]
