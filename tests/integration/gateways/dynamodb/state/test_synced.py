"""The last synced values and their fake keep one contract."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.gateways.dynamodb.state.synced import SyncedTable

from tests.support.pull.factories import an_id
from tests.support.pull.two_way import MemorySynced

ORG, LEASE_MS = "00D000000000001EAA", 60_000


@pytest.fixture(params=["dynamodb", "memory"])
def synced(request: pytest.FixtureRequest, client: Any) -> Any:
    return SyncedTable(client, "state") if request.param == "dynamodb" else MemorySynced()


def test_last_synced_values_are_kept_by_column(synced: Any) -> None:
    synced.note_published("acme", ORG, {an_id(1): {"Phone": "m1", "Account.Name": "m2"}}, 5)
    synced.note_published("acme", ORG, {an_id(1): {"Phone": "m3"}}, 9)
    found = synced.of_records("acme", ORG, [an_id(1), an_id(2)])
    assert found.keys() == {an_id(1)}
    assert dict(found[an_id(1)].columns) == {"Phone": ("m3", 9), "Account.Name": ("m2", 5)}
    assert synced.of_records("other", ORG, [an_id(1)]) == {}


def test_a_push_that_was_overtaken_by_a_page_notes_nothing(synced: Any) -> None:
    synced.written("acme", ORG, {an_id(1): ({"Phone": "m1"}, 0)})
    seen = synced.of_records("acme", ORG, [an_id(1)])[an_id(1)].version
    synced.note_published("acme", ORG, {an_id(1): {"Phone": "m2"}}, 9)
    synced.written("acme", ORG, {an_id(1): ({"Phone": "m3"}, seen)})
    assert synced.of_records("acme", ORG, [an_id(1)])[an_id(1)].columns == {"Phone": ("m2", 9)}


def test_more_records_than_one_read_takes_are_read(synced: Any) -> None:
    ids = [an_id(number) for number in range(130)]
    synced.note_published("acme", ORG, {each: {"Phone": "m"} for each in ids}, 1)
    assert synced.of_records("acme", ORG, ids).keys() == set(ids)
