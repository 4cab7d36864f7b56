"""The parked store over time: what is kept too long is not shown any more, though the table may still have it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import replace
from typing import Any

import pytest
from causeway.gateways.dynamodb.parked.store import ParkedTable
from causeway.parked.entries import Parked
from moto import mock_aws

from tests.support.api.factories import PARKED_BUCKET, PARKED_TABLE, a_parked_table

NOW_MS, DAY_MS = 1_800_000_000_000, 86_400_000
REFUSED = Parked("acme", "r1", "missing_required_field", "why", "what", NOW_MS, "{}", source="lead", key="k1")
WAITS = replace(REFUSED, parked_id="w1", code="quota_spent", retry_when="quota")


class Store:
    """The parked store and its clock."""

    def __init__(self, dynamodb: Any, objects: Any) -> None:
        self.now_ms = NOW_MS
        self.table = ParkedTable(dynamodb, PARKED_TABLE, objects, PARKED_BUCKET, lambda: self.now_ms, 90)

    def shown(self) -> tuple[list[str], list[str], int]:
        """Return the kinds of entries in a list, in the list of a code, and the count of those that wait."""
        lists = (self.table.page("acme"), self.table.page("acme", code="quota_spent"))
        everything, of_code = ([entry.parked_id[0] for entry in page.entries] for page in lists)
        return everything, of_code, self.table.count_waiting("acme")


@pytest.fixture
def store() -> Iterator[Store]:
    with mock_aws():
        yield Store(*a_parked_table())


def test_entries_are_kept_for_as_many_days_as_said_and_not_shown_after_them(store: Store) -> None:
    store.table.put([REFUSED, WAITS])
    store.now_ms += 90 * DAY_MS - 1_000
    assert store.shown() == (["r", "w"], ["w"], 1)
    store.now_ms += 1_000
    assert store.shown() == ([], [], 0)


@pytest.mark.parametrize("body", ["{}", "x" * 300_000], ids=["in the item", "in the bucket"])
def test_one_change_that_waits_for_a_person_is_woken_by_itself(store: Store, body: str) -> None:
    later = NOW_MS + 600_000
    one, other = (
        replace(WAITS, parked_id=f"w{later:014d}-0000-{name}", code="person_unknown", retry_when="person", body=body)
        for name in ("one", "other")
    )
    store.table.put([replace(each, not_before_ms=later) for each in (one, other)])
    store.table.wake("acme", [one.parked_id, "w00000000000001-0000-gone"])
    due, waiting = store.table.page("acme", waiting=True).entries
    assert (due.parked_id, due.not_before_ms, due.body) == (f"w{NOW_MS:014d}-0000-one", 0, body)
    assert (waiting.parked_id, waiting.not_before_ms) == (other.parked_id, later)
    store.table.drop("acme", [due.parked_id, waiting.parked_id])
    assert store.table.count_waiting("acme") == 0
