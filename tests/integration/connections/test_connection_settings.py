"""The connection as the API shows and changes it: own app, client credentials, change of org, syncs that go off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from causeway.connections.management import ClientCredentialsRequest, OwnAppRequest
from causeway.connections.org_change import switch_syncs_off
from causeway.errors import BrokenDeployment, Conflict, InvalidRequest
from causeway.gateways.dynamodb.config.syncs import SyncTable
from causeway.syncs.sync import Sync

from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from tests.support.connections.factories import CONFIG_TABLE, an_aws_client
from tests.support.connections.stack import ConnectStack, a_connect_stack, a_running_org
from tests.support.connections.walk import connected


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack() as running:
        yield running


def credentials(stack: ConnectStack, **changes: Any) -> ClientCredentialsRequest:
    request = {
        "salesforce_url": stack.org_url,
        "client_id": DEFAULT_CLIENT_ID,
        "client_secret": DEFAULT_CLIENT_SECRET,
        "name": "Run-as",
    }
    return ClientCredentialsRequest.model_validate(request | changes)


def test_a_tenant_that_never_connected_reads_what_to_do(stack: ConnectStack) -> None:
    view = stack.settings.view("acme")
    assert (view["status"], view["cause"], view["since"]) == ("disconnected", "never_connected", None)
    assert "press Connect" in view["remedy"]
    assert view["history"] == []


def test_client_credentials_connect_without_a_browser_and_renew_by_themselves(stack: ConnectStack) -> None:
    view = stack.settings.connect_with_client_credentials("acme", credentials(stack))
    assert (view["status"], view["flow"], view["app"]) == ("connected", "client_credentials", "tenant")
    assert (view["own_app"], DEFAULT_CLIENT_SECRET in str(view)) == ({"client_id": DEFAULT_CLIENT_ID}, False)
    stale = stack.access.access("acme")
    stack.org.sessions.end_all()
    renewed = stack.access.renewed(stale)
    assert stack.org.sessions.find(renewed.access_token) is not None


def test_the_own_app_serves_the_web_flow_too(stack: ConnectStack) -> None:
    request = OwnAppRequest(client_id=DEFAULT_CLIENT_ID, client_secret=DEFAULT_CLIENT_SECRET)
    assert stack.settings.keep_own_app("acme", request)["own_app"] == {"client_id": DEFAULT_CLIENT_ID}
    connected(stack)
    assert [grant.client_id for grant in stack.org.grants.all] == [DEFAULT_CLIENT_ID]
    assert stack.connections.get("acme").app == "tenant"


@pytest.mark.parametrize("url", ["login.salesforce.com", "https://test.salesforce.com/"])
def test_client_credentials_need_the_my_domain(stack: ConnectStack, url: str) -> None:
    with pytest.raises(InvalidRequest, match="My Domain"):
        stack.settings.connect_with_client_credentials("acme", credentials(stack, salesforce_url=url))


def test_half_of_the_credentials_is_refused(stack: ConnectStack) -> None:
    with pytest.raises(InvalidRequest, match="Only one"):
        stack.settings.connect_with_client_credentials("acme", credentials(stack, client_secret=None))


def test_without_an_own_app_the_admin_is_asked_to_enter_it(stack: ConnectStack) -> None:
    with pytest.raises(BrokenDeployment, match="own Salesforce app"):
        stack.settings.connect_with_client_credentials("acme", credentials(stack, client_id=None, client_secret=None))


def test_salesforces_refusal_is_reported_with_its_remedy(stack: ConnectStack) -> None:
    stack.org.settings.apps[DEFAULT_CLIENT_ID].run_as = ""
    with pytest.raises(InvalidRequest) as refused:
        stack.settings.connect_with_client_credentials("acme", credentials(stack))
    assert "run-as user" in refused.value.remedy
    assert stack.connections.get("acme").status.value == "disconnected"


def test_another_org_needs_its_id_as_confirmation() -> None:
    with a_running_org(seed=9) as other, a_connect_stack(other.origin) as stack:
        stack.settings.connect_with_client_credentials("acme", credentials(stack))
        request = credentials(stack, salesforce_url=other.origin)
        with pytest.raises(Conflict, match=other.org.org_id):
            stack.settings.connect_with_client_credentials("acme", request)
        assert stack.connections.get("acme").org_id == stack.org.org_id
        confirmed = request.model_copy(update={"confirmed_org": other.org.org_id})
        view = stack.settings.connect_with_client_credentials("acme", confirmed)
        assert view["org_id"] == other.org.org_id


def a_sync(sync_id: str, *, enabled: bool) -> Sync:
    return Sync(id=sync_id, source="lead", sobject="Contact", enabled=enabled)


def test_a_change_of_org_switches_syncs_off_with_a_problem_that_says_so(stack: ConnectStack) -> None:
    table = SyncTable(an_aws_client("dynamodb"), CONFIG_TABLE)
    for sync in (a_sync("on", enabled=True), a_sync("off", enabled=False)):
        table.put("acme", sync, expected_revision=None)
    table.put("other", a_sync("on", enabled=True), expected_revision=None)
    stack.settings.connect_with_client_credentials("acme", credentials(stack))
    with a_running_org(seed=9) as other:
        stack.broker.ports = replace(
            stack.broker.ports,
            loopback=(other.origin,),
            on_org_change=lambda tenant: switch_syncs_off(tenant, table),
        )
        request = {"login_origin": other.origin}
        assert stack.broker.ask("client_credentials", "acme", **request)["result"] == "other_org"
        assert [sync.enabled for sync in table.list("acme")] == [False, True]
        confirmed = stack.broker.ask("client_credentials", "acme", confirmed_org=other.org.org_id, **request)
        assert (confirmed["result"], confirmed["other_org"]) == ("connected", True)
    off = {sync.id: [problem.code for problem in sync.problems] for sync in table.list("acme")}
    assert off == {"off": [], "on": ["org_changed"]}
    assert [sync.enabled for sync in table.list("acme")] == [False, False]
    assert [sync.enabled for sync in table.list("other")] == [True]


def test_syncs_that_others_keep_changing_are_reported_as_a_conflict() -> None:
    class Busy:
        def list(self, tenant: str) -> list[Sync]:
            return [a_sync("on", enabled=True)]

        def put(self, tenant: str, sync: Sync, *, expected_revision: int | None) -> Sync:
            raise Conflict("changed meanwhile")

    with pytest.raises(Conflict, match="right now"):
        switch_syncs_off("acme", Busy())
