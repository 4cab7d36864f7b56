"""Each way an org refuses ends on a page that says what its admin must do, and leaves no grant behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.org.app import Org
from local.org.setup.connected_apps import ROTATING_CLIENT_ID, ConnectedApp
from tests.support.connections.stack import ConnectStack, a_connect_stack
from tests.support.connections.walk import LOGIN, connected


@pytest.fixture
def stack() -> Iterator[ConnectStack]:
    with a_connect_stack() as running:
        yield running


def app_of(org: Org) -> ConnectedApp:
    return org.settings.apps[ROTATING_CLIENT_ID]


def blocked(org: Org) -> None:
    app_of(org).blocked = True


def authorization_blocked(org: Org) -> None:
    app_of(org).authorization_blocked = True


def not_installed(org: Org) -> None:
    app_of(org).installed = False


def uninstalled_connected_app(org: Org) -> None:
    app_of(org).external_client_app = False
    app_of(org).installed = False


def not_pre_authorized(org: Org) -> None:
    app_of(org).admin_approved_only = True


def api_only_user(org: Org) -> None:
    org.settings.api_only_users = [LOGIN["username"]]


def without_the_scope_refresh_token(org: Org) -> None:
    app_of(org).scopes = ["api", "id"]


def app_from_elsewhere_only(org: Org) -> None:
    app_of(org).ip_ranges = ["203.0.113.0/24"]


def another_secret(org: Org) -> None:
    app_of(org).client_secret = "changed-in-salesforce"


def inactive_org(org: Org) -> None:
    org.settings.org_active = False


REFUSED: dict[Callable[[Org], None], tuple[str, str]] = {
    blocked: ("The app is blocked in this org", "choose Unblock"),
    authorization_blocked: ("The app is blocked in this org", "choose Unblock"),
    not_installed: ("The app is not installed in this org", "install the app"),
    uninstalled_connected_app: ("Salesforce could not approve the app", "Approve Uninstalled Connected Apps"),
    not_pre_authorized: ("Your user is not approved for this app", "add the user's profile or permission set"),
    api_only_user: ("Salesforce could not approve the app", "full Salesforce licence"),
    without_the_scope_refresh_token: (
        "Salesforce could not approve the app",
        "scopes include api, refresh_token and id",
    ),
    app_from_elsewhere_only: ("Salesforce refused the connector's address", "allow-list"),
    another_secret: ("The app's secret is wrong", "Copy the consumer secret again"),
    inactive_org: ("The Salesforce org is not active", "Salesforce support"),
}


@pytest.mark.parametrize("setting", REFUSED, ids=lambda setting: setting.__name__)
def test_the_result_page_says_what_the_salesforce_admin_must_do(
    setting: Callable[[Org], None], stack: ConnectStack
) -> None:
    title, remedy = REFUSED[setting]
    setting(stack.org)
    last = connected(stack)
    assert title in last.words
    assert remedy in last.words
    assert stack.connections.get("acme").status.value == "disconnected"
    assert all(grant.revoked for grant in stack.org.grants.all)


def test_a_refused_reconnect_leaves_the_connection_as_it_was(stack: ConnectStack) -> None:
    connected(stack)
    before = stack.connections.get("acme")
    blocked(stack.org)
    assert "The app is blocked" in connected(stack).words
    assert stack.connections.get("acme") == before


def test_reconnecting_again_and_again_never_has_more_than_one_living_grant(stack: ConnectStack) -> None:
    for _ in range(7):
        assert "Salesforce is connected" in connected(stack).words
    assert sum(not grant.revoked for grant in stack.org.grants.all) == 1
    assert len(stack.secrets.list_secrets()["SecretList"]) == 2  # the app's and the present grant's


def test_deauthorizing_ends_access_and_grant_and_reconnecting_resumes(stack: ConnectStack) -> None:
    connected(stack)
    access = stack.access.access("acme")
    ended = stack.settings.deauthorize("acme")
    assert (ended["status"], ended["cause"], ended["revoked"]) == ("disconnected", "deauthorized", True)
    assert stack.org.sessions.find(access.access_token) is None
    assert all(grant.revoked for grant in stack.org.grants.all)
    connected(stack)
    assert [entry["status"] for entry in stack.settings.view("acme")["history"]][:2] == ["connected", "pending"]
