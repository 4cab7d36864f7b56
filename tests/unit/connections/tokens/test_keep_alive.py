"""The scheduled check: keeps grants alive, detects dead ones, recovers what may recover, publishes and finishes what was interrupted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.connections.oauth.flow import TokenEndpointUnavailable, TokenRefused
from causeway.connections.tokens.attempts import begin
from causeway.connections.tokens.broker import answered
from causeway.connections.transitions import next_check_ms

from tests.support.connections.broker_world import DAY_MS, MINUTE_MS, World, a_world
from tests.support.connections.factories import a_connection, a_record


def tick(world: World) -> dict[str, Any]:
    """Run one scheduled check."""
    return dict(answered({"action": "refresh_due"}, world.ports))


def run_days(world: World, days: float) -> None:
    """Let the schedule run, jumping from one due time to the next."""
    end_ms = world.now_ms + round(days * DAY_MS)
    while world.record.due_at_ms <= end_ms:
        world.now_ms = max(world.now_ms + 1, world.record.due_at_ms)
        tick(world)
    world.now_ms = end_ms


def test_an_idle_connection_is_refreshed_weekly_and_never_idle_for_long() -> None:
    world = a_world()
    run_days(world, 60)
    assert 6 <= len(world.endpoint.asked("refresh")) <= 9
    assert world.connection.status is Status.CONNECTED


def test_between_refreshes_the_grant_is_asked_after_without_using_it_up() -> None:
    world = a_world()
    run_days(world, 5)
    assert world.endpoint.asked("refresh") == []
    assert 3 <= len(world.endpoint.asked("introspect")) <= 7


def test_a_dead_grant_is_spotted_within_two_days_without_any_push() -> None:
    world = a_world()
    world.endpoint.alive = False
    run_days(world, 2)
    assert (world.connection.status, world.connection.cause) == (Status.RECONNECTION_REQUIRED, "grant_ended")
    assert world.events.statuses == ["reconnection_required"]


def test_a_grant_that_is_gone_for_good_is_not_tried_again() -> None:
    world = a_world()
    world.endpoint.alive = False
    run_days(world, 2)
    asked = len(world.endpoint.log)
    run_days(world, 60)
    assert len(world.endpoint.log) == asked


@pytest.mark.parametrize("reason", ["user_inactive", "org_inactive", "ip_restricted", "app_secret_wrong"])
def test_a_cause_that_ends_by_itself_lets_the_connection_recover(reason: str) -> None:
    world = a_world()
    world.endpoint.script = [TokenRefused(reason)]
    world.refresh()
    assert world.connection.status.value == "reconnection_required"
    run_days(world, 1)
    assert world.connection.status is Status.CONNECTED
    assert world.events.statuses == ["reconnection_required", "connected"]


def test_recovery_is_tried_less_and_less_often_and_given_up_after_30_days() -> None:
    world = a_world()
    world.endpoint.script = [TokenRefused("user_inactive")] * 1_000
    world.refresh()
    run_days(world, 90)
    assert 30 <= len(world.endpoint.asked("refresh")) <= 50
    assert world.events.statuses == ["reconnection_required"]


def test_failed_refreshes_are_tried_again_soon() -> None:
    world = a_world()
    world.endpoint.script = [TokenEndpointUnavailable("503")] * 3
    world.refresh()
    run_days(world, 0.2)
    assert len(world.endpoint.asked("refresh")) == 4
    assert world.record.failures == 0


def test_an_attempt_to_connect_that_nobody_finishes_ends_after_ten_minutes() -> None:
    world = World()
    begin("acme", world.ports)
    world.now_ms += 9 * MINUTE_MS
    tick(world)
    assert world.connection.status is Status.PENDING
    world.now_ms += 2 * MINUTE_MS
    tick(world)
    assert (world.connection.status, world.connection.cause) == (Status.DISCONNECTED, "connect_abandoned")


def test_a_status_that_could_not_be_published_is_published_by_the_next_check() -> None:
    world = a_world()
    publish = world.events.publish

    def down(kind: str, detail: object) -> None:
        raise TokenEndpointUnavailable("the bus is down")

    world.events.publish = down  # type: ignore[method-assign]
    world.endpoint.script = [TokenRefused("user_inactive")]
    with pytest.raises(TokenEndpointUnavailable):
        world.refresh()
    assert world.connection.status.value == "reconnection_required"
    world.events.publish = publish  # type: ignore[method-assign]
    world.now_ms += 2 * MINUTE_MS
    tick(world)
    assert world.events.statuses[0] == "reconnection_required"
    assert world.record.announced_epoch == world.connection.epoch


def test_one_connection_that_fails_keeps_no_other_waiting() -> None:
    world = a_world()
    bad = a_record(a_connection(tenant="bad"), due_at_ms=world.now_ms, grant="7", announced_epoch=0)
    assert world.connections.save(world.connections.record("bad"), bad)
    world.change(replace(world.record, due_at_ms=world.now_ms, refreshed_at_ms=0))
    publish = world.events.publish

    def picky(kind: str, detail: Any) -> None:
        if detail["tenant"] == "bad":
            raise TokenEndpointUnavailable("the bus is down")
        publish(kind, detail)

    world.events.publish = picky  # type: ignore[method-assign]
    assert tick(world) == {"result": "checked", "checked": 1, "failed": 1}
    assert world.endpoint.asked("refresh") == ["refresh-0"]


def test_a_check_leaves_the_rest_to_the_next_tick_when_time_runs_out() -> None:
    world = a_world()
    world.change(replace(world.record, due_at_ms=world.now_ms))
    world.time_left_ms = 30_000
    assert tick(world)["checked"] == 0


def test_checks_are_spread_by_their_jitter() -> None:
    record = a_record()
    assert next_check_ms(record, 0, 0.0) == 0.75 * DAY_MS
    assert next_check_ms(record, 0, 1.0) == 1.25 * DAY_MS


def test_every_connection_of_the_deployment_can_be_ended_at_once() -> None:
    world = a_world()
    for name in ("lost", "never"):
        connection = a_connection(tenant=name, status=Status.DISCONNECTED if name == "never" else Status.CONNECTED)
        grant = "" if name == "never" else "1"
        record = a_record(connection, grant=grant, sealed_token=b"")
        assert world.connections.save(world.connections.record(name), record)
    world.secrets.keep_refresh_token("lost", "1", "refresh-lost", 0)
    assert answered({"action": "deauthorize_all"}, world.ports) == {"result": "ended", "ended": 2, "left": False}
    assert sorted(world.endpoint.asked("revoke")) == ["refresh-0", "refresh-lost"]
    assert world.secrets.names == set()


def test_ending_them_all_goes_on_in_the_next_invocation_when_time_runs_out() -> None:
    world = a_world()
    world.time_left_ms = 30_000
    assert answered({"action": "deauthorize_all"}, world.ports) == {"result": "ended", "ended": 0, "left": True}
