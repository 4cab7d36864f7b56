"""Exchange, own app, client credentials, deauthorize: what is stored, what is refused, what is revoked and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.connection import Status
from causeway.connections.oauth.flow import AppCredentials, TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.connections.tokens.broker import answered
from causeway.connections.tokens.code_exchange import exchange_code
from causeway.connections.tokens.deauthorizing import deauthorize
from causeway.connections.tokens.new_grants import Login
from causeway.connections.tokens.own_app import keep_own_app

from tests.support.connections.broker_world import APP, World, a_world
from tests.support.connections.factories import ORG_ID, OTHER_ORG_ID, USER_ID

LOGIN = Login("acme", "https://login.salesforce.com", name="Acme org")


def a_new_world() -> World:
    """Return a world in which nobody has connected yet."""
    return World()


def exchanged(world: World, login: Login = LOGIN) -> Mapping[str, Any]:
    return exchange_code(login, "code-1", "v" * 43, "https://c.example/oauth/callback", APP.client_id, world.ports)


def of_org(org_id: str) -> dict[str, Any]:
    return {
        "access_token": f"{org_id[:15]}!other",
        "id": f"https://login.salesforce.com/id/{org_id}/{USER_ID}",
    }


def test_a_code_becomes_a_connection_and_its_event() -> None:
    world = a_new_world()
    answer = exchanged(world)
    assert (answer["result"], answer["other_org"], answer["reconnected"]) == ("connected", False, False)
    assert world.switched_off == []
    connection = world.connection
    assert (connection.status, connection.org_id, connection.epoch) == (Status.CONNECTED, ORG_ID, 1)
    assert connection.username == "integration@acme.example"
    assert world.secrets.refresh_token("acme", world.record.grant, world.record.secret_version).token == "refresh-0"
    assert world.events.statuses == ["connected"]
    assert [entry["status"] for entry in world.connections.history("acme")] == ["connected"]


def test_the_grant_before_is_revoked_only_after_the_new_one_is_stored() -> None:
    world = a_world()
    world.secrets.keep_refresh_token("acme", "1", "refresh-old", 1)
    seen: list[int] = []
    revoke = world.endpoint.revoke

    def noted(origin: str, token: str) -> None:
        seen.append(world.connection.epoch)
        revoke(origin, token)

    world.endpoint.revoke = noted  # type: ignore[method-assign]
    assert exchanged(world)["reconnected"] is True
    assert seen == [2]
    assert world.endpoint.asked("revoke") == ["refresh-old"]
    assert world.secrets.names == {("acme", world.record.grant)}


def test_a_grant_that_can_not_be_revoked_now_is_revoked_by_the_scheduled_check() -> None:
    world = a_world()
    world.endpoint.revoke_fails = True
    exchanged(world)
    assert world.secrets.names == {("acme", "1"), ("acme", world.record.grant)}
    world.endpoint.revoke_fails = False
    world.now_ms = world.record.due_at_ms
    assert answered({"action": "refresh_due"}, world.ports)["checked"] == 1
    assert world.secrets.names == {("acme", world.record.grant)}
    assert world.record.old_grants == ()


def test_another_org_is_refused_and_its_grant_dropped_unless_the_change_is_confirmed() -> None:
    world = a_world()
    before = world.record
    world.endpoint.script = [of_org(OTHER_ORG_ID)]
    answer = exchanged(world)
    assert (answer["result"], answer["org_id"], answer["known_org_id"]) == ("other_org", OTHER_ORG_ID, ORG_ID)
    assert world.record == before
    assert world.endpoint.asked("revoke") == ["refresh-0"]
    assert world.switched_off == []


def test_a_confirmed_change_of_org_switches_the_syncs_off_before_anything_flows() -> None:
    world = a_world()
    world.endpoint.script = [of_org(OTHER_ORG_ID)]
    answer = exchanged(world, replace(LOGIN, confirmed_org=OTHER_ORG_ID))
    assert (answer["result"], answer["other_org"]) == ("connected", True)
    assert (world.connection.org_id, world.switched_off) == (OTHER_ORG_ID, ["acme"])


def test_a_confirmation_counts_for_the_org_it_named_alone() -> None:
    world = a_world()
    world.endpoint.script = [of_org(OTHER_ORG_ID)]
    answer = exchanged(world, replace(LOGIN, confirmed_org="00DSB0000003QqQMAU"))
    assert answer["result"] == "other_org"


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": "c29tZWJvZHkgZWxzZQ=="},
        {"signature": ""},
        {"id": f"https://login.salesforce.com.evil.example/id/{ORG_ID}/{USER_ID}"},
        {"id": f"https://test.salesforce.com/id/{ORG_ID}/{USER_ID}"},
        {"id": "https://login.salesforce.com/secur/frontdoor"},
        {"instance_url": "https://evil.example"},
        {"instance_url": "https://acme.my.salesforce.com:8443"},
        {"access_token": f"{OTHER_ORG_ID[:15]}!token"},
        {"access_token": ""},
    ],
)
def test_an_answer_that_is_not_salesforces_for_this_host_and_org_is_refused(wrong: dict[str, str]) -> None:
    world = a_new_world()
    world.endpoint.script = [wrong]
    assert exchanged(world)["reason"] == "untrusted_answer"
    assert world.connection.status is Status.DISCONNECTED
    assert world.secrets.names == set()


def test_a_jwt_based_access_token_connects_too() -> None:
    world = a_new_world()
    world.endpoint.script = [{"access_token": "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"}]
    assert exchanged(world)["result"] == "connected"


@pytest.mark.parametrize("lacking", [{"refresh_token": ""}, {"scope": "refresh_token id"}, {"scope": "api id"}])
def test_a_grant_that_can_not_do_the_work_is_refused_and_revoked(lacking: dict[str, str]) -> None:
    world = a_new_world()
    world.endpoint.script = [lacking]
    assert exchanged(world)["reason"] == "scope_missing"
    assert len(world.endpoint.asked("revoke")) == 1
    assert world.connection.status is Status.DISCONNECTED


def test_a_grant_that_can_not_be_kept_is_revoked_and_nothing_of_it_stays() -> None:
    world = a_new_world()
    world.encryption.down = True
    answer = answered(
        {
            "action": "exchange",
            "tenant": "acme",
            "login_origin": LOGIN.login_origin,
            "client_id": APP.client_id,
        },
        world.ports,
    )
    assert (answer["result"], answer["code"]) == ("failed", "vault_unavailable")
    assert world.endpoint.asked("revoke") == ["refresh-0"]
    assert world.connection.status is Status.DISCONNECTED


def test_of_two_who_connect_at_once_one_grant_stays_and_the_other_is_revoked() -> None:
    world = a_new_world()
    keep, again = world.secrets.keep_refresh_token, [True]

    def overtaken(tenant: str, grant: str, token: str, rotation: int) -> str:
        if again.pop() if again else False:
            world.endpoint.present = "refresh-of-the-first"
            assert exchanged(world)["result"] == "connected"
        return keep(tenant, grant, token, rotation)

    world.secrets.keep_refresh_token = overtaken  # type: ignore[method-assign]
    assert exchanged(world)["result"] == "connected"
    assert world.endpoint.asked("revoke") == ["refresh-of-the-first"]
    assert world.secrets.names == {("acme", world.record.grant)}
    assert world.secrets.refresh_token("acme", world.record.grant, None).token == "refresh-0"


def test_after_a_lost_answer_nothing_is_stored_and_the_admin_starts_again() -> None:
    world = a_new_world()
    world.endpoint.script = [TokenAnswerLost("lost")]
    assert exchanged(world) == {"result": "refused", "reason": "no_answer", "error": "", "description": ""}
    assert len(world.endpoint.log) == 1


RETRY = TokenRefused("temporary", "unknown_error", "retry your request")


@pytest.mark.parametrize("fault", [TokenEndpointUnavailable("503"), RETRY])
def test_a_passing_refusal_of_the_code_is_tried_again_and_the_admin_notices_nothing(fault: Exception) -> None:
    world = a_new_world()
    world.endpoint.script = [fault, fault]
    assert exchanged(world)["result"] == "connected"
    assert world.endpoint.asked("exchange") == ["code-1"] * 3


@pytest.mark.parametrize(("fault", "reason"), [(TokenEndpointUnavailable("503"), "no_answer"), (RETRY, "temporary")])
def test_one_that_stays_is_reported_after_three_tries(fault: Exception, reason: str) -> None:
    world = a_new_world()
    world.endpoint.script = [fault] * 3
    assert exchanged(world)["reason"] == reason
    assert len(world.endpoint.log) == 3


def test_a_code_that_was_used_up_by_an_unanswered_try_is_not_called_too_old() -> None:
    world = a_new_world()
    world.endpoint.script = [TokenEndpointUnavailable("500"), TokenRefused("code_expired", "invalid_grant")]
    assert exchanged(world)["reason"] == "no_answer"


@pytest.mark.parametrize("said", [TokenRefused("identity", "HTTP 302"), TokenAnswerLost("lost"), ""])
def test_an_identity_that_nobody_says_costs_only_the_shown_name_until_the_next_refresh(said: Exception | str) -> None:
    world = a_new_world()
    world.endpoint.identities = [said, said]
    assert exchanged(world)["result"] == "connected"
    assert (world.connection.status, world.connection.username) == (Status.CONNECTED, "")
    assert world.endpoint.asked("revoke") == []
    assert world.refresh() == "refreshed"
    assert world.connection.username == "integration@acme.example"


def test_the_orgs_own_host_is_asked_for_the_name_when_the_login_host_refuses() -> None:
    world = a_new_world()
    world.endpoint.identities = [TokenRefused("identity", "HTTP 403")]
    assert exchanged(world)["username"] == "integration@acme.example"
    hosts = [url.split("/id/")[0] for url in world.endpoint.asked("identity")]
    assert hosts == ["https://login.salesforce.com", "https://acme.my.salesforce.com"]


def test_the_scheduled_check_reads_a_name_that_is_missing() -> None:
    world = a_new_world()
    world.endpoint.identities = [TokenRefused("identity", "HTTP 404")] * 2
    exchanged(world)
    world.now_ms = world.record.due_at_ms
    answered({"action": "refresh_due"}, world.ports)
    assert world.connection.username == "integration@acme.example"


def test_a_code_for_another_app_is_not_exchanged() -> None:
    world = a_new_world()
    answer = exchange_code(LOGIN, "code-1", "v" * 43, "https://c.example/cb", "another-client", world.ports)
    assert (answer["result"], world.endpoint.log) == ("refused", [])


def test_deauthorizing_ends_the_connection_first_then_revokes_then_deletes() -> None:
    world = a_world()
    order: list[str] = []
    world.endpoint.revoke = lambda origin, token: order.append(f"revoke while {world.connection.status}")  # type: ignore[method-assign]
    forget = world.secrets.forget

    def forgotten(tenant: str, grant: str) -> None:
        order.append("delete")
        forget(tenant, grant)

    world.secrets.forget = forgotten  # type: ignore[method-assign]
    assert deauthorize("acme", world.ports) == {"result": "ended", "revoked": True}
    assert order == ["revoke while disconnected", "delete"]
    assert (world.record.sealed_token, world.record.grant, world.secrets.names) == (b"", "", set())
    assert world.events.statuses == ["disconnected"]


def test_a_grant_whose_living_token_was_lost_is_ended_by_using_the_one_that_is_left() -> None:
    world = a_world()
    world.endpoint.script = [TokenAnswerLost("lost")]
    assert world.refresh() == "unknown"
    assert deauthorize("acme", world.ports) == {"result": "ended", "revoked": False}
    assert world.endpoint.alive
    world.now_ms = world.record.due_at_ms
    answered({"action": "refresh_due"}, world.ports)
    assert not world.endpoint.alive
    assert (world.record.old_grants, world.secrets.names) == ((), set())


def test_deauthorizing_twice_changes_nothing() -> None:
    world = a_world()
    deauthorize("acme", world.ports)
    record = world.record
    assert deauthorize("acme", world.ports)["result"] == "ended"
    assert world.record == record


def test_what_identifies_the_org_and_the_own_app_outlives_deauthorizing() -> None:
    world = a_world()
    keep_own_app("acme", AppCredentials("own-consumer-key", "own-secret"), world.ports)
    deauthorize("acme", world.ports)
    assert (world.connection.org_id, world.record.own_client_id) == (ORG_ID, "own-consumer-key")


def test_another_own_app_asks_to_reconnect_and_a_new_secret_of_the_same_one_does_not() -> None:
    world = a_world()
    world.change(
        replace(
            world.record,
            own_client_id="own-consumer-key",
            connection=replace(world.connection, app="tenant", epoch=1),
        )
    )
    keep_own_app("acme", AppCredentials("own-consumer-key", "newer-secret"), world.ports)
    assert world.connection.status is Status.CONNECTED
    keep_own_app("acme", AppCredentials("another-consumer-key", "its-secret"), world.ports)
    assert (world.connection.status, world.connection.cause) == (Status.RECONNECTION_REQUIRED, "app_changed")
    assert world.events.statuses == ["reconnection_required"]


def test_an_app_that_secrets_manager_does_not_know_yet_ends_no_connection() -> None:
    world = a_world()
    keep_own_app("acme", AppCredentials("own-consumer-key", "its-secret"), world.ports)
    world.change(replace(world.record, connection=replace(world.connection, app="tenant")))
    world.secrets.keep_app("acme", AppCredentials("the-one-before", "its-secret"))
    assert world.refresh() == "later"
    assert (world.connection.status, world.endpoint.log) == (Status.CONNECTED, [])


def test_a_grant_whose_newest_token_is_not_known_yet_is_revoked_later_and_not_forgotten() -> None:
    world = a_world()
    world.change(replace(world.record, refresh_version=1))  # rotation 1 was written, and rotation 0 is what readers see
    assert deauthorize("acme", world.ports) == {"result": "ended", "revoked": False}
    assert world.secrets.names == {("acme", "1")}
    world.secrets.keep_refresh_token("acme", "1", "refresh-1", 1)
    world.now_ms = world.record.due_at_ms
    answered({"action": "refresh_due"}, world.ports)
    assert world.endpoint.asked("revoke") == ["refresh-1"]
    assert world.secrets.names == set()


def test_a_corrected_secret_is_tried_at_the_next_check() -> None:
    world = a_world()
    own = replace(world.record, own_client_id=APP.client_id, connection=replace(world.connection, app="tenant"))
    world.change(own)
    world.secrets.keep_app("acme", APP)
    world.endpoint.script = [TokenRefused("app_secret_wrong")]
    world.refresh()
    assert world.connection.cause == "app_secret_wrong"
    keep_own_app("acme", APP, world.ports)
    assert world.record.due_at_ms == world.now_ms
    answered({"action": "refresh_due"}, world.ports)
    assert world.connection.status.value == "connected"


def test_the_own_app_serves_the_next_connect_and_its_secret_is_answered_to_nobody() -> None:
    world = a_new_world()
    answer = answered(
        {"action": "keep_app", "tenant": "acme", "client_id": "own-consumer-key", "client_secret": "own-secret"},
        world.ports,
    )
    begun = answered({"action": "begin", "tenant": "acme"}, world.ports)
    assert (begun["app"], begun["client_id"]) == ("tenant", "own-consumer-key")
    assert "own-secret" not in str(answer) + str(begun)


def test_client_credentials_connect_without_a_refresh_token() -> None:
    world = a_new_world()
    keep_own_app("acme", APP, world.ports)
    request = {"action": "client_credentials", "tenant": "acme", "login_origin": "https://acme.my.salesforce.com"}
    assert answered(request, world.ports)["result"] == "connected"
    assert (world.connection.flow, world.record.grant, world.secrets.names) == ("client_credentials", "", set())
    deauthorize("acme", world.ports)
    assert world.endpoint.asked("revoke") == [f"{ORG_ID[:15]}!access-1"]


def test_a_missing_run_as_user_is_reported_as_such() -> None:
    world = a_new_world()
    keep_own_app("acme", APP, world.ports)
    world.endpoint.script = [TokenRefused("run_as_missing", "invalid_grant", "no client credentials user enabled")]
    request = {"action": "client_credentials", "tenant": "acme", "login_origin": "https://acme.my.salesforce.com"}
    assert answered(request, world.ports)["reason"] == "run_as_missing"


def test_an_attempt_under_way_makes_a_new_tenant_pending_and_leaves_a_connected_one_connected() -> None:
    world = a_new_world()
    answered({"action": "begin", "tenant": "acme"}, world.ports)
    assert world.connection.status is Status.PENDING
    answered({"action": "denied", "tenant": "acme"}, world.ports)
    assert (world.connection.status, world.connection.cause) == (Status.DISCONNECTED, "connect_denied")
    assert world.events.statuses == ["pending", "disconnected"]
    other = a_world()
    answered({"action": "begin", "tenant": "acme"}, other.ports)
    assert other.connection.status is Status.CONNECTED
