"""The product's field lists in ConfigTable: registered, learned, bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.errors import StoreUnavailable
from causeway.gateways.dynamodb.config.fields import FieldTable
from causeway.syncs.discovery.product_fields import MAX_FIELDS, ProductField, seen_fields
from moto import mock_aws

from tests.support.api.factories import CONFIG_TABLE, a_config_table


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield a_config_table()


@pytest.fixture
def table(client: Any) -> FieldTable:
    return FieldTable(client, CONFIG_TABLE)


def test_learned_fields_follow_the_registered_ones(table: FieldTable) -> None:
    table.register("acme", "lead", [ProductField(name="zip", label="ZIP"), ProductField(name="age", type="number")])
    table.learn("acme", "lead", {"zip": "string", "vip": "boolean"})
    assert [(field.name, field.learned) for field in table.get("acme", "lead")] == [
        ("zip", False),
        ("age", False),
        ("vip", True),
    ]


def test_registering_again_replaces_the_list_and_keeps_what_was_learned(table: FieldTable) -> None:
    table.register("acme", "lead", [ProductField(name="old")])
    table.learn("acme", "lead", {"vip": "boolean"})
    table.register("acme", "lead", [ProductField(name="new")])
    assert [field.name for field in table.get("acme", "lead")] == ["new", "vip"]


def test_a_learned_type_stays_what_it_was_first_seen_as(table: FieldTable) -> None:
    table.learn("acme", "lead", {"vip": "boolean"})
    table.learn("acme", "lead", {"vip": "string", "age": "number"})
    assert {field.name: field.type for field in table.get("acme", "lead")} == {"vip": "boolean", "age": "number"}


def test_known_names_cost_no_call(table: FieldTable, client: Any) -> None:
    table.learn("acme", "lead", {"vip": "boolean"})
    client.delete_table(TableName=CONFIG_TABLE)  # any further call would fail
    table.learn("acme", "lead", {"vip": "boolean"})


def test_other_tenants_and_sources_learn_apart(table: FieldTable) -> None:
    table.learn("acme", "lead", {"vip": "boolean"})
    assert table.get("acme", "deal") == []
    assert table.get("other", "lead") == []


def test_the_list_of_a_source_is_bounded(table: FieldTable) -> None:
    table.learn("acme", "lead", {f"field_{number}": "string" for number in range(2 * MAX_FIELDS)})
    table.learn("acme", "lead", {"one_more": "string"})
    assert len(table.get("acme", "lead")) == MAX_FIELDS


def test_the_types_of_json_are_distinguished() -> None:
    fields = {"a": True, "b": 1.5, "c": [1], "d": {"x": 1}, "e": "x", "f": None, "": 1, "n" * 300: 1}
    assert seen_fields([fields, {"a": 5, "g": 2}]) == {
        "a": "boolean",
        "b": "number",
        "c": "list",
        "d": "object",
        "e": "string",
        "f": "string",
        "g": "number",
    }


def test_whatever_the_store_answers_learning_fails_as_something_that_passes(table: FieldTable, client: Any) -> None:
    client.delete_table(TableName=CONFIG_TABLE)
    with pytest.raises(StoreUnavailable):
        table.learn("acme", "lead", {"vip": "boolean"})
