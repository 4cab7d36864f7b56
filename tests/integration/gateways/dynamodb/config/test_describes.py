"""The describe cache in ConfigTable: large answers, torn writes, isolation."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.gateways.dynamodb.config.describes import CachedDescribe, DescribeTable
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield a_config_table()


@pytest.fixture
def table(client: Any) -> DescribeTable:
    return DescribeTable(client, CONFIG_TABLE)


def put(table: DescribeTable, cached: CachedDescribe, name: str = "Contact") -> None:
    table.put("acme", "00D1", name, cached.body, cached.last_modified, cached.checked_at_ms)


def incompressible(seed: int, size: int = 900_000) -> str:
    """Return text that zlib can hardly shrink, so that it takes several chunks."""
    return "".join(random.Random(seed).choices(string.printable, k=size))


def test_a_cached_answer_reads_back_whatever_the_case_of_the_name(table: DescribeTable) -> None:
    cached = CachedDescribe({"name": "Contact"}, "Fri, 20 Nov 2026 10:00:00 GMT", 1000)
    put(table, cached)
    assert table.get("acme", "00D1", "contact") == cached


def test_a_large_answer_takes_several_items_under_the_limit(table: DescribeTable, client: Any) -> None:
    cached = CachedDescribe(incompressible(1), "", 1000)
    put(table, cached)
    assert client.scan(TableName=CONFIG_TABLE)["Count"] > 1
    assert table.get("acme", "00D1", "Contact") == cached


def test_chunks_of_two_writers_are_never_read_as_one_answer(table: DescribeTable, client: Any) -> None:
    put(table, CachedDescribe(incompressible(1), "", 1000))
    key = {"pk": {"S": "T#acme"}, "sk": {"S": "DESCRIBE#00D1#contact#0001"}}
    client.put_item(TableName=CONFIG_TABLE, Item={**key, "data": {"B": b"of another writer"}})
    assert table.get("acme", "00D1", "Contact") is None


def test_a_smaller_answer_after_a_larger_one_reads_back(table: DescribeTable) -> None:
    put(table, CachedDescribe(incompressible(1), "", 1000))
    small = CachedDescribe(["small"], "", 2000)
    put(table, small)
    assert table.get("acme", "00D1", "Contact") == small


def test_other_tenants_orgs_and_names_have_their_own_cache(table: DescribeTable) -> None:
    put(table, CachedDescribe(1, "", 1), "Lead")
    assert table.get("other", "00D1", "Lead") is None
    assert table.get("acme", "00D2", "Lead") is None
    assert table.get("acme", "00D1", "Lead__c") is None
    assert table.get("acme", "00D1", "*") is None


def test_noting_a_check_keeps_the_answer(table: DescribeTable) -> None:
    put(table, CachedDescribe([1], "then", 1), "Lead")
    table.note_checked("acme", "00D1", "Lead", 99)
    assert table.get("acme", "00D1", "Lead") == CachedDescribe([1], "then", 99)


def test_noting_a_check_of_what_is_gone_stores_nothing(table: DescribeTable) -> None:
    table.note_checked("acme", "00D1", "Lead", 99)
    assert table.get("acme", "00D1", "Lead") is None
