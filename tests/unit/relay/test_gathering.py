"""Hints of an org bring forward the pulls of the tenants that follow it, once for what comes together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Status, Usage
from causeway.errors import StoreUnavailable
from causeway.relay.gathering import take_hints
from causeway.relay.hints import Hint

from tests.support.relay import NOW_MS, ORG, TENANT, RelayWorld, a_connection, a_sync

CONTACT, LEAD = Hint(ORG, "contact"), Hint(ORG, "lead")


def test_a_change_queues_the_pull_of_its_sobject_for_in_a_few_seconds() -> None:
    world = RelayWorld(of={TENANT: [a_sync(), a_sync("leads", "Lead")]})
    assert take_hints(ORG, [CONTACT, CONTACT], world.ports()) == 1
    ((job, delay_s),) = world.queued
    assert (job.tenant, job.sync, job.trigger, job.due_ms, delay_s) == (TENANT, "people", "relay", NOW_MS + 5_000, 5)
    assert world.heard_of == [(ORG, TENANT)]


def test_what_comes_while_a_pull_is_planned_adds_none_and_what_it_cannot_read_adds_one() -> None:
    world = RelayWorld()
    for now in (NOW_MS, NOW_MS + 3_000, NOW_MS + 3_001, NOW_MS + 4_000):
        world.now = now
        take_hints(ORG, [CONTACT], world.ports())
    assert [job.due_ms - NOW_MS for job, _ in world.queued] == [5_000, 8_001]


def test_every_tenant_of_the_org_is_served_and_no_tenant_of_another() -> None:
    other = "other"
    world = RelayWorld(
        connections={TENANT: a_connection(), other: a_connection(other, "00DXX0000000001EAA")},
        of={TENANT: [a_sync()], other: [a_sync()]},
        followers={ORG: [TENANT, other]},
    )
    assert take_hints(ORG, [CONTACT], world.ports()) == 1
    assert [job.tenant for job, _ in world.queued] == [TENANT]
    assert take_hints("00DYY0000000001", [CONTACT], world.ports()) == 0


def test_own_writes_are_no_hints() -> None:
    world = RelayWorld()
    assert take_hints(ORG, [replace(CONTACT, is_own=True)], world.ports()) == 0
    assert (world.queued, world.heard_of) == ([], [])


@pytest.mark.parametrize(
    "parts",
    [{"enabled": False}, {"direction": "push"}, {"pull": {"schedule": {"every_minutes": 15, "paused": True}}}],
)
def test_a_sync_that_does_not_pull_by_itself_is_left_alone(parts: dict[str, Any]) -> None:
    world = RelayWorld(of={TENANT: [a_sync(**parts)]})
    assert take_hints(ORG, [CONTACT], world.ports()) == 0


@pytest.mark.parametrize(
    "parts",
    [{"status": Status.RECONNECTION_REQUIRED}, {"usage": Usage(750_000, 1_000_000, NOW_MS)}],
)
def test_behind_a_closed_gate_nothing_is_planned(parts: dict[str, Any]) -> None:
    world = RelayWorld(connections={TENANT: a_connection(**parts)})
    assert take_hints(ORG, [CONTACT], world.ports()) == 0
    assert world.plans == {}


def test_with_few_calls_left_a_few_pulls_run_and_the_rest_is_left_to_the_schedule() -> None:
    world = RelayWorld(connections={TENANT: a_connection(usage=Usage(690, 1_000, NOW_MS))})
    for second in range(0, 3_600, 10):
        world.now = NOW_MS + second * 1_000
        take_hints(ORG, [CONTACT], world.ports())
    assert (len(world.queued), world.forward) == (4, [])


def test_a_pull_that_is_paid_for_in_minutes_goes_by_the_clock_of_the_schedule() -> None:
    world = RelayWorld(connections={TENANT: a_connection(usage=Usage(6_000, 15_000, NOW_MS))})
    for second in range(0, 600, 5):
        world.now = NOW_MS + second * 1_000
        take_hints(ORG, [CONTACT], world.ports())
    assert world.forward
    assert all(at_ms > NOW_MS for _, _, at_ms in world.forward)


def test_a_hint_whose_pull_could_not_be_queued_is_taken_again() -> None:
    world = RelayWorld(queue_fails=1)
    with pytest.raises(StoreUnavailable):
        take_hints(ORG, [CONTACT], world.ports())
    assert take_hints(ORG, [CONTACT], world.ports()) == 1


def test_a_worker_that_loses_the_race_plans_only_what_the_other_does_not_read() -> None:
    world = RelayWorld()

    class Racing(RelayWorld):
        def plan(self, *arguments: object) -> bool:
            if not world.queued:
                take_hints(ORG, [CONTACT], world.ports())
                return False
            raise AssertionError("the other's pull reads this change, too")

    racing = Racing(plans=world.plans)
    assert take_hints(ORG, [CONTACT], racing.ports()) == 0
    assert len(world.queued) == 1
