"""Refreshing under a lease: one at a time, saved before used, a lost answer treated as dangerous."""

from __future__ import annotations

from dataclasses import replace

import pytest
from causeway.connections.connection import Status
from causeway.connections.oauth.flow import TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.connections.tokens.deauthorizing import deauthorize
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.keep_alive import check
from causeway.connections.tokens.refresh import Seen, refresh
from causeway.errors import CausewayError
from causeway.gateways.aws.token_encryption import NotOpened
from causeway.salesforce.answers.reading import UNKNOWN_TRIES

from tests.support.connections.broker_world import APP, MINUTE_MS, World, a_world
from tests.support.connections.factories import a_connection, a_record
from tests.support.connections.fakes import LaggingSecrets

LEASE_OVER_MS = 91_000


def kept_token(world: World) -> str:
    return world.secrets.refresh_token("acme", "1", world.record.secret_version).token


def opened(world: World) -> str:
    return world.encryption.opened("acme", world.record.sealed_token)


def test_a_refresh_keeps_the_rotated_token_and_the_new_access_token() -> None:
    world = a_world()
    assert world.refresh() == "refreshed"
    assert kept_token(world) == world.endpoint.present == "refresh-1"
    kept = world.secrets.refresh_token("acme", "1", world.record.secret_version)
    assert kept.rotation == world.record.refresh_version == 1
    assert opened(world).startswith("00DSB0000001AbC!access")
    assert (world.connection.token_version, world.record.lease_until_ms, world.record.unsure) == (2, 0, 0)


def test_the_rotated_refresh_token_is_saved_before_the_access_token_can_be_used() -> None:
    world = a_world()
    saved: list[str] = []
    save, keep = world.connections.save, world.secrets.keep_refresh_token

    def kept(tenant: str, grant: str, token: str, rotation: int) -> str:
        saved.append("refresh token")
        return keep(tenant, grant, token, rotation)

    def noted(before: ConnectionRecord, after: ConnectionRecord) -> bool:
        if after.connection.token_version > before.connection.token_version:
            saved.append("access token")
        return save(before, after)

    world.secrets.keep_refresh_token = kept  # type: ignore[method-assign]
    world.connections.save = noted  # type: ignore[method-assign]
    world.refresh()
    assert saved == ["refresh token", "access token"]


def test_a_caller_whose_token_is_old_already_gets_the_newer_one_without_a_token_call() -> None:
    world = a_world()
    seen = Seen(1, 1)
    assert refresh("acme", seen, world.ports) == "refreshed"
    assert refresh("acme", seen, world.ports) == "newer"
    assert len(world.endpoint.log) == 1


def test_while_another_holds_the_lease_no_token_call_is_made() -> None:
    world = a_world()
    world.change(replace(world.record, fence=1, lease_owner="another", lease_until_ms=world.now_ms + 1))
    assert world.refresh() == "busy"
    assert world.endpoint.log == []


def test_of_two_that_start_at_once_one_refreshes() -> None:
    world = a_world()
    answers: list[str] = []
    world.endpoint.during = lambda: answers.append(world.refresh())
    assert world.refresh() == "refreshed"
    assert answers == ["busy"]
    assert world.endpoint.asked("refresh") == ["refresh-0"]


def test_a_lost_answer_is_followed_by_nothing_until_the_lease_is_over_and_then_by_one_probe() -> None:
    world = a_world()
    world.endpoint.script = [TokenAnswerLost("lost")]
    assert world.refresh() == "unknown"
    assert (world.record.failures, world.record.due_at_ms >= world.record.lease_until_ms) == (1, True)
    assert world.refresh() == "busy"
    world.now_ms += LEASE_OVER_MS
    assert world.refresh() == "lost"
    assert world.endpoint.asked("refresh") == ["refresh-0", "refresh-0"]
    assert (world.connection.status, world.connection.cause) == (
        Status.RECONNECTION_REQUIRED,
        "refresh_response_lost",
    )
    assert world.refresh() == "ended"
    assert len(world.endpoint.log) == 2


def test_a_request_that_was_lost_before_it_took_effect_costs_only_the_wait() -> None:
    world = a_world()
    world.endpoint.script = [TokenAnswerLost("lost")]
    world.endpoint.rotates = False
    assert world.refresh() == "unknown"
    world.now_ms += LEASE_OVER_MS
    assert world.refresh() == "refreshed"
    assert (world.connection.status, world.record.unsure) == (Status.CONNECTED, 0)


def test_when_the_probe_is_lost_too_a_person_is_informed_and_the_scheduled_check_goes_on_trying() -> None:
    world = a_world()
    world.endpoint.rotates = False
    world.endpoint.script = [TokenAnswerLost("lost"), TokenAnswerLost("lost")]
    world.refresh()
    world.now_ms += LEASE_OVER_MS
    assert world.refresh() == "lost"
    assert (world.connection.cause, world.record.unsure) == ("refresh_unanswered", 2)
    world.now_ms += LEASE_OVER_MS
    assert world.refresh() == "refreshed"
    assert world.connection.status is Status.CONNECTED
    assert world.events.statuses == ["reconnection_required", "connected"]


def test_a_crash_between_saving_the_rotated_token_and_pointing_to_it_loses_nothing() -> None:
    world = a_world()
    save = world.connections.save

    def crash(before: ConnectionRecord, after: ConnectionRecord) -> bool:
        if after.connection.token_version > before.connection.token_version:
            raise SystemExit("killed")
        return save(before, after)

    world.connections.save = crash  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        world.refresh()
    world.connections.save = save  # type: ignore[method-assign]
    world.now_ms += LEASE_OVER_MS
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("refresh") == ["refresh-0", "refresh-1"]
    assert world.connection.status is Status.CONNECTED


def test_a_token_adopted_after_a_crash_counts_as_known() -> None:
    world = a_world()
    world.secrets.keep_refresh_token("acme", "1", "refresh-1", 1)
    world.change(replace(world.record, fence=1, lease_owner="dead", lease_until_ms=world.now_ms - 1, unsure=1))
    world.endpoint.alive = False
    assert world.refresh() == "lost"
    assert world.endpoint.asked("refresh") == ["refresh-1"]
    assert world.connection.cause == "grant_ended"


def test_in_calm_times_the_refresh_token_is_read_by_the_version_that_the_record_names() -> None:
    world = a_world()
    world.secrets.keep_refresh_token("acme", "1", "of a holder that lost its lease", 0)
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("refresh") == ["refresh-0"]


def lagging(world: World, lag_ms: int) -> World:
    """Let Secrets Manager know what is written from now on only after a while."""
    kept = world.secrets.refresh_token("acme", "1", world.record.secret_version)
    secrets = LaggingSecrets(APP, lambda: world.now_ms, lambda: lag[0])
    lag = [0]
    version = secrets.keep_refresh_token("acme", "1", kept.token, kept.rotation)
    lag[0] = lag_ms
    world.secrets = secrets
    world.change(replace(world.record, secret_version=version, refreshed_at_ms=world.now_ms))
    return world


def test_a_version_that_secrets_manager_does_not_know_yet_is_waited_for_and_no_older_one_is_used() -> None:
    world = lagging(a_world(), lag_ms=20_000)
    assert world.refresh() == "refreshed"
    assert world.refresh() == "later"
    assert (world.connection.status, world.record.unsure, world.record.lease_until_ms) == (Status.CONNECTED, 0, 0)
    world.now_ms += 20_001
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("refresh") == ["refresh-0", "refresh-1"]


def test_after_a_crash_an_older_newest_version_than_the_record_names_is_not_used() -> None:
    world = lagging(a_world(), lag_ms=20_000)
    world.refresh()
    crashed = replace(world.record, lease_owner="dead", lease_until_ms=world.now_ms - 1, unsure=1)
    world.change(replace(crashed, fence=world.record.fence + 1))
    assert world.refresh() == "later"
    world.now_ms += 20_001
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("refresh") == ["refresh-0", "refresh-1"]


def test_a_secret_that_stays_away_asks_a_person_after_an_hour_and_recovers_when_it_is_back() -> None:
    world = a_world()
    world.change(replace(world.record, secret_version="gone", refreshed_at_ms=world.now_ms))
    assert world.refresh() == "later"
    world.now_ms += 3_600_001
    assert world.refresh() == "lost"
    assert (world.connection.cause, world.endpoint.log) == ("secret_missing", [])
    version = world.secrets.keep_refresh_token("acme", "1", "refresh-0", 0)
    world.change(replace(world.record, secret_version=version))
    world.now_ms = world.record.due_at_ms
    check("acme", world.ports)
    assert world.connection.status is Status.CONNECTED


def test_when_secrets_manager_is_down_the_rotated_token_is_kept_encrypted_with_the_connection() -> None:
    world = a_world()
    world.endpoint.during = lambda: setattr(world.secrets, "down", True)
    assert world.refresh() == "refreshed"
    assert b"refresh-1" in world.record.sealed_refresh
    with pytest.raises(NotOpened):
        world.encryption.opened("acme", world.record.sealed_refresh, "access-token")
    world.endpoint.during, world.secrets.down = None, False
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("refresh") == ["refresh-0", "refresh-1"]
    assert (kept_token(world), world.record.sealed_refresh) == ("refresh-2", b"")


def test_when_both_stores_are_down_they_are_tried_until_the_deadline() -> None:
    world = a_world()

    def all_down() -> None:
        world.secrets.down = world.encryption.down = True

    world.endpoint.during = all_down
    with pytest.raises(CausewayError):
        world.refresh()
    assert sum(world.slept_s) >= 50
    assert world.record.unsure == 1


def test_without_rotation_the_refresh_token_stays() -> None:
    world = a_world()
    world.endpoint.rotates = False
    assert world.refresh() == "refreshed"
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("refresh") == ["refresh-0", "refresh-0"]


def test_a_token_request_that_is_being_processed_is_waited_for() -> None:
    world = a_world()
    busy = TokenRefused("being_processed", "invalid_grant", "token request is already being processed")
    world.endpoint.script = [busy, busy]
    assert world.refresh() == "refreshed"
    assert len(world.slept_s) == 2


def test_one_that_stays_being_processed_is_tried_again_later_and_ends_nothing() -> None:
    world = a_world()
    busy = TokenRefused("being_processed", "invalid_grant", "token request is already being processed")
    world.endpoint.script = [busy] * 3
    assert world.refresh() == "later"
    assert (world.connection.status, world.record.lease_until_ms) == (Status.CONNECTED, 0)


def test_an_endpoint_that_takes_no_requests_ends_nothing_and_frees_the_lease() -> None:
    world = a_world()
    world.endpoint.script = [TokenEndpointUnavailable("503")]
    assert world.refresh() == "later"
    assert (world.record.unsure, world.record.lease_until_ms, world.record.failures) == (0, 0, 1)
    assert world.refresh() == "refreshed"
    assert world.record.failures == 0


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("grant_ended", "grant_ended"),
        ("user_inactive", "user_inactive"),
        ("org_inactive", "org_inactive"),
        ("ip_restricted", "ip_restricted"),
        ("app_secret_wrong", "app_secret_wrong"),
        ("app_unknown", "app_secret_wrong"),
        ("app_not_installed", "app_not_installed"),
        ("not_pre_authorized", "not_permitted"),
        ("grant_expired", "grant_expired"),
        ("password_expired", "password_expired"),
        ("login_hours", "login_hours"),
        ("sign_in_refused", "sign_in_refused"),
        ("app_of_another_org", "app_not_installed"),
    ],
)
def test_each_refusal_is_reported_with_its_own_cause(reason: str, cause: str) -> None:
    world = a_world()
    world.endpoint.script = [TokenRefused(reason)]
    assert world.refresh() == "lost"
    assert (world.connection.status, world.connection.cause) == (Status.RECONNECTION_REQUIRED, cause)
    assert world.events.sent[-1][1]["cause"] == cause
    assert (world.record.lease_until_ms, world.record.unsure, world.record.failures) == (0, 0, 0)


@pytest.mark.parametrize("reason", ["too_many_logins", "temporary", "being_processed"])
def test_a_refusal_that_asks_to_try_again_ends_nothing_however_often_it_comes(reason: str) -> None:
    world = a_world()
    world.endpoint.script = [TokenRefused(reason) for _ in range(40)]
    assert {world.refresh() for _ in range(12)} == {"later"}
    assert world.connection.status is Status.CONNECTED
    world.endpoint.script = []
    assert world.refresh() == "refreshed"


UNKNOWN = TokenRefused("other", "something_new", "Nobody has\nseen this.")


def test_an_unknown_refusal_passes_a_few_times_and_then_asks_a_person_in_salesforces_words() -> None:
    world = a_world()
    world.endpoint.script = [UNKNOWN] * UNKNOWN_TRIES
    assert [world.refresh() for _ in range(UNKNOWN_TRIES)] == ["later"] * (UNKNOWN_TRIES - 1) + ["lost"]
    assert (world.connection.cause, world.connection.said) == ("not_permitted", "something_new: Nobody has seen this.")
    assert "Salesforce says: something_new: Nobody has seen this." in world.events.sent[-1][1]["message"]
    world.now_ms = world.record.due_at_ms
    check("acme", world.ports)
    assert (world.connection.status, world.connection.said) == (Status.CONNECTED, "")


def test_a_success_in_between_forgets_unknown_refusals() -> None:
    world = a_world()
    world.endpoint.script = [UNKNOWN] * (UNKNOWN_TRIES - 1)
    for _ in range(UNKNOWN_TRIES - 1):
        world.refresh()
    assert world.refresh() == "refreshed"
    world.endpoint.script = [UNKNOWN]
    assert world.refresh() == "later"


def test_what_can_end_only_an_attempt_to_connect_proves_nothing_about_a_grant() -> None:
    world = a_world()
    world.endpoint.script = [TokenRefused("denied", "access_denied")]
    assert world.refresh() == "later"
    assert world.connection.status is Status.CONNECTED


def test_a_grant_ended_while_it_was_refreshed_leaves_no_valid_token() -> None:
    world = a_world()
    world.endpoint.during = lambda: deauthorize("acme", world.ports)
    assert world.refresh() == "ended"
    assert world.endpoint.asked("revoke") == ["refresh-0", "refresh-1"]
    assert (world.connection.status, world.record.sealed_token) == (Status.DISCONNECTED, b"")
    assert world.secrets.names == set()


def test_a_refresh_that_dies_while_the_grant_is_ended_leaves_nothing_either() -> None:
    world = a_world()
    world.endpoint.during = lambda: deauthorize("acme", world.ports)
    save = world.connections.save

    def crash(before: ConnectionRecord, after: ConnectionRecord) -> bool:
        if after.connection.token_version > before.connection.token_version:
            raise SystemExit("killed")
        return save(before, after)

    world.connections.save = crash  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        world.refresh()
    assert world.secrets.names == {("acme", "1")}
    world.connections.save, world.endpoint.during = save, None  # type: ignore[method-assign]
    world.now_ms = world.record.due_at_ms
    check("acme", world.ports)
    assert world.secrets.names == set()
    assert world.endpoint.asked("revoke") == ["refresh-0", "refresh-1", "refresh-2"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": "00DXX0000009ZzZ!stolen"},
        {"access_token": ""},
        {"id": "https://login.salesforce.com/id/00DXX0000009ZzZAAA/005SB0000001AbCYAU"},
        {"instance_url": "https://acme.my.salesforce.com.evil.example"},
        {"instance_url": "http://acme.my.salesforce.com"},
    ],
)
def test_an_answer_for_another_org_or_host_keeps_the_refresh_token_and_gives_nobody_access(
    wrong: dict[str, str],
) -> None:
    world = a_world()
    world.endpoint.script = [wrong]
    assert world.refresh() == "later"
    assert (kept_token(world), world.record.sealed_token) == ("refresh-1", b"")
    assert world.connection.instance_url == "https://acme.my.salesforce.com"


def test_a_jwt_based_access_token_is_known_by_its_identity() -> None:
    world = a_world()
    world.endpoint.script = [{"access_token": "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"}]
    assert world.refresh() == "refreshed"
    assert opened(world).startswith("eyJ")


def test_a_moved_instance_url_is_followed() -> None:
    world = a_world()
    world.endpoint.script = [{"instance_url": "https://renamed.my.salesforce.com"}]
    world.refresh()
    assert world.connection.instance_url == "https://renamed.my.salesforce.com"


def test_no_token_call_begins_that_could_not_end_in_time() -> None:
    world = a_world()
    world.time_left_ms = 20_000
    assert world.refresh() == "later"
    assert world.endpoint.log == []


def test_a_client_credentials_connection_asks_for_a_new_token_and_loses_nothing_by_a_lost_answer() -> None:
    world = a_world(a_record(a_connection(flow="client_credentials", app="tenant"), grant=""))
    world.secrets.keep_app("acme", APP)
    world.endpoint.script = [TokenAnswerLost("lost")]
    assert world.refresh() == "unknown"
    assert (world.record.unsure, world.record.lease_until_ms) == (0, 0)
    assert world.refresh() == "refreshed"
    assert world.endpoint.asked("client_credentials") == ["https://acme.my.salesforce.com"] * 2
    assert world.connection.status is Status.CONNECTED


def test_a_lease_that_was_never_given_back_can_be_taken_when_it_is_over() -> None:
    world = a_world()
    world.change(replace(world.record, fence=1, lease_owner="dead", lease_until_ms=world.now_ms + MINUTE_MS, unsure=1))
    assert world.refresh() == "busy"
    world.now_ms += MINUTE_MS
    assert world.refresh() == "refreshed"


def test_a_token_saved_by_the_former_holder_just_before_our_lease_is_used_and_the_lease_given_back() -> None:
    world = a_world()
    world.change(replace(world.record, fence=1, lease_owner="late", lease_until_ms=world.now_ms - 1, unsure=1))
    save = world.connections.save

    def overtaken(before: ConnectionRecord, after: ConnectionRecord) -> bool:
        world.connections.save = save  # type: ignore[method-assign]
        newer = replace(before.connection, token_version=2)
        assert save(
            before,
            replace(before, connection=newer, sealed_token=world.encryption.sealed("acme", "00D!late"), unsure=0),
        )
        return save(before, after)

    world.connections.save = overtaken  # type: ignore[method-assign]
    assert world.refresh() == "newer"
    assert world.endpoint.log == []
    assert (opened(world), world.record.lease_until_ms, world.record.unsure) == ("00D!late", 0, 0)


def test_while_the_refresh_token_can_not_be_read_nothing_is_asked_and_the_lease_is_free() -> None:
    world = a_world()
    world.secrets.down = True
    assert world.refresh() == "later"
    assert (world.endpoint.log, world.record.unsure, world.record.lease_until_ms) == ([], 0, 0)
    assert world.record.failures == 1
    world.secrets.down = False
    assert world.refresh() == "refreshed"
