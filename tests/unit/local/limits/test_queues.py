"""A fair queue: who waits behind whom."""

from __future__ import annotations

from typing import Any

from local.limits.queues import NOISY_FROM, fair_order

NOW = 1_000.0


def waiting(tenant: str, count: int) -> list[dict[str, Any]]:
    """Return messages that nobody received."""
    return [{"id": f"{tenant}{n}", "group_id": tenant, "visible_at": 0.0, "receive_count": 0} for n in range(count)]


def in_flight(tenant: str, count: int) -> list[dict[str, Any]]:
    """Return messages that consumers work on."""
    return [{**each, "visible_at": NOW + 60, "receive_count": 1} for each in waiting(tenant, count)]


def order(*messages: dict[str, Any]) -> list[str]:
    """Return the groups of what is waiting, in the order of delivery."""
    return [str(each["group_id"]) for each in fair_order(messages, NOW) if each["visible_at"] <= NOW]


def test_a_quiet_tenant_overtakes_one_that_keeps_the_consumers_busy() -> None:
    assert order(*in_flight("loud", NOISY_FROM), *waiting("loud", 2), *waiting("quiet", 1)) == ["quiet", "loud", "loud"]


def test_below_thirty_in_flight_nobody_is_noisy() -> None:
    messages = [*in_flight("loud", NOISY_FROM - 1), *waiting("loud", 1), *waiting("quiet", 1)]
    assert order(*messages) == ["loud", "quiet"]


def test_a_tenth_of_what_is_in_flight_is_nobodys_noise() -> None:
    others = [message for number in range(300) for message in in_flight(f"other{number}", 1)]
    assert order(*others, *in_flight("loud", NOISY_FROM), *waiting("loud", 1), *waiting("quiet", 1)) == [
        "loud",
        "quiet",
    ]


def test_of_noisy_tenants_the_one_with_fewer_in_flight_comes_first() -> None:
    messages = [*in_flight("loud", 60), *in_flight("louder", 80), *waiting("louder", 1), *waiting("loud", 1)]
    assert order(*messages) == ["loud", "louder"]


def test_a_tenants_messages_keep_their_order_and_those_of_nobody_are_tenants_of_their_own() -> None:
    alone = [{"id": str(n), "group_id": None, "visible_at": NOW + 9, "receive_count": 1} for n in range(NOISY_FROM)]
    lone = {"id": "lone", "group_id": None, "visible_at": 0.0, "receive_count": 0}
    found = fair_order([*alone, *waiting("a", 3), lone], NOW)
    assert [each["id"] for each in found if each["visible_at"] <= NOW] == ["a0", "a1", "a2", "lone"]
