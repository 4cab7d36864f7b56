"""Parked entries are written many at a time: each once, and what a throttled table left over again."""

from __future__ import annotations

from copy import replace
from typing import Any

import pytest
from causeway.errors import StoreUnavailable
from causeway.gateways.dynamodb.parked.store import ParkedTable
from causeway.parked.entries import Parked

NOW_MS = 1_800_000_000_000


class Table:
    """A table that takes at most so many writes of each request; `marked` is how many entries it had at each mark."""

    def __init__(self, takes: int) -> None:
        self.takes, self.sizes, self.bodies = takes, list[int](), dict[str, str]()
        self.marked: list[int] = []

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:
        requests = RequestItems["parked"]
        self.sizes.append(len(requests))
        for request in requests[: self.takes]:
            if "PutRequest" in request:
                item = request["PutRequest"]["Item"]
                self.bodies[item["sk"]["S"]] = item.get("body", {}).get("S", "")
            else:
                del self.bodies[request["DeleteRequest"]["Key"]["sk"]["S"]]
        left = requests[self.takes :]
        return {"UnprocessedItems": {"parked": left} if left else {}}

    def put_item(self, TableName: str, Item: dict[str, Any]) -> None:
        self.marked.append(len(self.bodies))


def parked_table(table: Table) -> ParkedTable:
    return ParkedTable(table, "parked", None, "bucket", lambda: NOW_MS, 90)


def entry(name: str, body: str = "{}") -> Parked:
    return Parked("acme", name, "missing_required_field", "why", "what to do", NOW_MS, body, source="lead", key=name)


def test_entries_are_written_and_dropped_25_at_a_time() -> None:
    table = Table(25)
    parked_table(table).put([entry(f"e{number}") for number in range(60)])
    assert (len(table.bodies), sorted(table.sizes)) == (60, [10, 25, 25])
    parked_table(table).drop("acme", [f"e{number}" for number in range(60)])
    assert table.bodies == {}


def test_an_entry_that_is_named_twice_is_written_once_as_it_was_last() -> None:
    table = Table(25)
    parked_table(table).put([entry("same", "first"), entry("same", "second")])
    parked_table(table).drop("acme", ["same", "same"])
    assert (table.bodies, table.sizes) == ({}, [1, 1])


def test_what_was_left_over_is_written_again() -> None:
    table = Table(10)
    parked_table(table).put([entry(f"e{number}") for number in range(25)])
    assert (len(table.bodies), table.sizes) == (25, [25, 15, 5])


def test_a_table_that_takes_nothing_is_reported() -> None:
    with pytest.raises(StoreUnavailable):
        parked_table(Table(0)).put([entry("e1")])


def test_a_tenant_is_marked_as_waiting_once_what_waits_is_kept() -> None:
    table, full = Table(25), Table(0)
    waits = replace(entry("w1"), code="quota_spent", retry_when="quota")
    parked_table(table).put([waits, entry("r1")])
    assert table.marked == [2]
    with pytest.raises(StoreUnavailable):
        parked_table(full).put([waits])
    assert full.marked == []
