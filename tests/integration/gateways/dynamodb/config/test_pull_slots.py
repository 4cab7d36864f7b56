"""The slots of pull runs and their fake keep one contract."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.gateways.dynamodb.config.pull_slots import SlotTable

from tests.support.pull.fakes import MemorySlots
from tests.support.pull.tables import Time

ORG, LEASE_MS = "00D000000000001EAA", 60_000


@pytest.fixture(params=["dynamodb", "memory"])
def slots(request: pytest.FixtureRequest, client: Any, time: Time) -> Any:
    return SlotTable(client, "config", time) if request.param == "dynamodb" else MemorySlots(time)


def test_a_tenant_has_so_many_places_and_no_more(slots: Any, time: Time) -> None:
    taken = [slots.take("acme", 2, LEASE_MS, f"w{number}") for number in range(3)]
    assert [slot is not None for slot in taken] == [True, True, False]
    assert slots.take("other", 2, LEASE_MS, "w9") is not None
    slots.release("acme", taken[0])
    assert slots.take("acme", 2, LEASE_MS, "w4") is not None
    assert slots.take("acme", 2, LEASE_MS, "w5") is None
    time.now_ms += LEASE_MS + 1
    assert slots.take("acme", 2, LEASE_MS, "w6") is not None


def test_a_place_that_passed_on_is_not_freed_by_its_former_holder(slots: Any, time: Time) -> None:
    mine = slots.take("acme", 1, LEASE_MS, "w1")
    time.now_ms += LEASE_MS + 1
    assert slots.take("acme", 1, LEASE_MS, "w2") is not None
    slots.release("acme", mine)
    assert slots.take("acme", 1, LEASE_MS, "w3") is None
