"""The benchmark of push counts DynamoDB's units by the size of the items, and dollars by a price table with its source."""

from __future__ import annotations

import string
from typing import Any

import pytest
from causeway.push.memory.packing import packed

from benchmarks.costs import MeteredClaims, dollars_per_million, item_bytes, owner_index_bytes, prices, stored, units
from tests.support.push.memory import ClaimItem, StateItems


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"pk": {"S": "abc"}}, 5),
        ({"n": {"N": "1795168800000"}}, 9),
        ({"b": {"B": b"12345"}}, 6),
        ({"é": {"S": "é"}}, 4),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(item: dict[str, Any], size: int) -> None:
    assert item_bytes(item) == size


def test_a_started_kilobyte_is_a_unit() -> None:
    assert [units(size, 1024) for size in (0, 1, 1024, 1025)] == [1, 1, 1, 2]


def test_a_claim_is_counted_by_the_larger_of_before_and_after() -> None:
    shared = StateItems()
    claims = MeteredClaims(shared, "w", lambda: 1_795_168_800_000, 720_000)
    claims.acquire("acme", ["e"])
    assert claims.write_units == 1
    claims.complete("acme", {"e": (1, "{" + "x" * 3_000 + "}")})
    assert claims.write_units == 1 + 4 - (3_000 + 200 < 3 * 1024)
    claims.acquire("acme", ["e"])
    assert claims.write_units > 6
    assert claims.look("acme", ["e", "f"]).keys() == {"e"}
    assert claims.read_units == 2


def test_units_are_counted_by_what_they_are_written_for() -> None:
    claims = MeteredClaims(StateItems(), "w", lambda: 1_795_168_800_000, 720_000)
    claims.acquire("acme", ["e", "f"])
    claims.point("acme", {"k": "e"})
    claims.own("acme", "00D", {f"003D8qlF00001{each}": "e" for each in ("0A", "0B", "1A")})
    claims.complete("acme", {"e": (1, "{}")}, keep=True)
    claims.complete("acme", {"e": (1, "{}")})
    claims.release("acme", {"f": 1})
    written = {"claims": 2, "pointers": 1, "owner_index": 2, "notes": 1, "memory": 1, "releases": 1}
    assert dict(claims.written) == written
    assert claims.write_units == sum(written.values())


def test_an_owner_index_is_as_large_as_the_attributes_that_are_stored() -> None:
    whole = [f"003D8qlF000010{each}" for each in string.ascii_letters + string.digits]
    assert owner_index_bytes(whole) == 47 + 62 * (16 + 22)
    assert units(owner_index_bytes(whole), 1024) == 3


def test_packed_items_count_as_bytes() -> None:
    text = "{" + "salesforce_account_owner_name" * 100 + "}"
    plain, small = ClaimItem(state=text), ClaimItem(state=packed(text))
    assert stored(small) < 300 < 2_900 < stored(plain)


def test_dollars_come_from_the_price_table_which_names_its_source_and_date() -> None:
    table = prices()
    assert table["as_of"]
    assert all(source.startswith("https://aws.amazon.com/") for source in table["sources"])
    only_writes = dollars_per_million(2, 0, 0, 10**9)
    assert only_writes == pytest.approx(2 * table["dollars_per_million"]["dynamodb_write_units"])
