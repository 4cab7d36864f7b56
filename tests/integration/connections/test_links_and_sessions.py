"""What a backend makes for people: links that work once for their time, sessions that end when they shall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.connections.access.roles import Role
from causeway.connections.access.sessions import (
    SESSION_LIFE_MS,
    Session,
    SessionRequest,
    end_sessions,
    new_session,
    session_of,
)
from causeway.errors import InvalidRequest
from causeway.gateways.dynamodb.config.markers import MarkerTable
from causeway.wiring.clients import new_secret
from moto import mock_aws

from tests.support.connections.factories import CONFIG_TABLE, NOW_MS, a_config_table
from tests.support.connections.stack import ConnectStack, a_connect_stack
from tests.support.connections.walk import a_link, get

DAY_MS = 24 * 3_600_000


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stack(clock: Clock) -> Iterator[ConnectStack]:
    with a_connect_stack(now=clock) as running:
        yield running


@pytest.mark.parametrize(("requested", "life_ms"), [({}, 15 * 60_000), ({"invite": True}, 7 * DAY_MS)])
def test_a_link_lives_15_minutes_and_an_invitation_7_days(
    stack: ConnectStack, clock: Clock, requested: dict[str, Any], life_ms: int
) -> None:
    link = a_link(stack, **requested)
    clock.now_ms += life_ms - 1
    assert get(link).status_code == 200
    clock.now_ms += 1
    assert get(link).status_code == 410


def test_the_page_names_tenant_person_and_connection_as_text(stack: ConnectStack) -> None:
    page = get(a_link(stack, user='<img src=x onerror="alert(1)">', name="A & B <b>")).text
    assert "<img" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page
    assert "A &amp; B &lt;b&gt;" in page


def test_an_address_that_is_refused_makes_no_link(stack: ConnectStack) -> None:
    with pytest.raises(InvalidRequest):
        a_link(stack, salesforce_url="https://evil.example")


def test_a_return_url_that_is_not_the_deployments_makes_no_link(stack: ConnectStack) -> None:
    with pytest.raises(InvalidRequest):
        a_link(stack, return_url="https://evil.example/settings")


def test_a_script_in_the_typed_address_stays_text(stack: ConnectStack) -> None:
    page = get(a_link(stack) + "&salesforce_url=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status_code == 400
    assert "<script" not in page.text


@pytest.fixture
def sessions() -> Iterator[MarkerTable]:
    with mock_aws():
        yield MarkerTable(a_config_table(), CONFIG_TABLE)


def a_token(sessions: MarkerTable, tenant: str = "acme", user: str = "ada", role: Role = Role.VIEWER) -> str:
    request = SessionRequest(user=user, role=role)
    made = new_session(
        tenant, request, sessions, public_url="https://c.example", now_ms=lambda: NOW_MS, new_secret=new_secret
    )
    assert made["console_url"] == f"https://c.example/console#session={made['token']}"
    token: str = made["token"]
    return token


def test_a_session_speaks_for_its_tenant_user_and_role_for_an_hour(sessions: MarkerTable) -> None:
    token = a_token(sessions, role=Role.MANAGER)
    assert session_of(f"Bearer {token}", sessions, NOW_MS) == Session("acme", "ada", Role.MANAGER)
    assert session_of(f"bearer {token}", sessions, NOW_MS + SESSION_LIFE_MS - 1)
    assert session_of(f"Bearer {token}", sessions, NOW_MS + SESSION_LIFE_MS) is None


def test_a_session_can_not_be_turned_to_another_tenant(sessions: MarkerTable) -> None:
    token = a_token(sessions)
    a_token(sessions, tenant="evil")
    assert session_of(f"Bearer {token.replace('acme', 'evil')}", sessions, NOW_MS) is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic eA==", "Bearer cws_acme." + "a" * 43, "Bearer cws_../x." + "a" * 43]
)
def test_anything_else_is_no_session(sessions: MarkerTable, header: str) -> None:
    a_token(sessions)
    assert session_of(header, sessions, NOW_MS) is None


def test_sessions_end_at_once_for_one_person_or_for_all_of_a_tenant(sessions: MarkerTable) -> None:
    ada, bob, other = a_token(sessions), a_token(sessions, user="bob"), a_token(sessions, tenant="other")
    assert end_sessions("acme", sessions, NOW_MS, "ada") == {"ended": 1}
    alive = [session_of(f"Bearer {token}", sessions, NOW_MS) is not None for token in (ada, bob, other)]
    assert alive == [False, True, True]
    assert end_sessions("acme", sessions, NOW_MS) == {"ended": 1}
    assert session_of(f"Bearer {bob}", sessions, NOW_MS) is None
    assert session_of(f"Bearer {other}", sessions, NOW_MS)


def test_ending_sessions_of_a_person_ends_the_links_issued_to_that_person_before(sessions: MarkerTable) -> None:
    end_sessions("acme", sessions, NOW_MS, "ada")
    until, later = NOW_MS, NOW_MS + 1
    asked = [("acme", "ada", until), ("acme", "ada", later), ("acme", "bob", until), ("other", "ada", until)]
    assert [sessions.are_links_ended(*each) for each in asked] == [True, False, False, False]


def test_ending_a_tenants_sessions_ends_the_links_of_all_its_people(sessions: MarkerTable) -> None:
    end_sessions("acme", sessions, NOW_MS)
    asked = [("acme", "ada", 0), ("acme", "bob", NOW_MS), ("acme", "bob", NOW_MS + 1), ("other", "ada", NOW_MS)]
    assert [sessions.are_links_ended(*each) for each in asked] == [True, True, False, False]


def test_a_link_is_used_by_the_first_of_two_who_press_at_the_same_moment(sessions: MarkerTable) -> None:
    assert not sessions.is_spent("link-1")
    assert [sessions.spend("link-1", NOW_MS + 1) for _ in range(3)] == [True, False, False]
    assert sessions.spend("link-2", NOW_MS + 1)
