"""An operator opens a tenant: works as that tenant, is marked as who they are, and everybody can see that it happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.access.sessions import session_of
from causeway.gateways.dynamodb.parked import groups
from causeway.wiring.clients import now_ms

from tests.support.api.events import browser_event
from tests.support.api.stack import ApiStack, an_api_stack
from tests.support.parked.entries import a_parked_entry, a_waiting_entry


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.walk("acme")
        yield running


def opened(stack: ApiStack, tenant: str, role: str = "operator") -> tuple[int, Any]:
    event = browser_event("POST", f"connections/{tenant}/session", tenant="operations", role=role, user="grace")
    answer = respond(event, ROUTES, stack.use, _fail)
    return answer["statusCode"], json.loads(answer["body"])


def _fail(request_id: str, error: Exception) -> None:
    raise error


def test_an_operator_works_as_the_tenant_and_is_marked(stack: ApiStack) -> None:
    status, made = opened(stack, "acme")
    assert status == 201
    session = session_of(f"Bearer {made['token']}", stack.connect.markers, now_ms())
    assert session is not None
    assert (session.tenant, session.user, session.role, session.acts_for) == ("acme", "grace", "operator", "grace")


def test_each_opening_is_published(stack: ApiStack) -> None:
    before = len(stack.connect.events.sent)
    opened(stack, "acme")
    assert stack.connect.events.sent[before:] == [("tenant.opened", {"tenant": "acme", "operator": "grace"})]


def test_nobody_else_opens_a_tenant_and_no_tenant_is_made_by_opening(stack: ApiStack) -> None:
    assert opened(stack, "acme", role="manager")[0] == 403
    assert opened(stack, "never-seen")[0] == 404


def test_the_tenants_own_people_are_not_marked(stack: ApiStack) -> None:
    _, made = stack.backend("POST", "sessions", {"user": "ada", "role": "manager"}, tenant="acme")
    session = session_of(f"Bearer {made['token']}", stack.connect.markers, now_ms())
    assert session is not None
    assert session.acts_for == ""


def test_the_list_of_tenants_counts_what_is_refused_and_waits_by_one_small_read_each(
    stack: ApiStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.walk("quiet-tenant")
    stack.use.parked.put([a_parked_entry(number, tenant="acme") for number in range(4)])
    stack.use.parked.put([a_waiting_entry(number, "acme") for number in range(7)])  # one batch, one key
    old = a_parked_entry(99, tenant="acme", parked_at_ms=1_000)
    stack.use.parked.put([old])
    lines = {line["tenant"]: line for line in stack.backend("GET", "connections", tenant=None)[1]["connections"]}
    counted = {tenant: (line["refused"], line["waiting"], line["is_counted"]) for tenant, line in lines.items()}
    assert counted == {"acme": (4, 7, True), "quiet-tenant": (0, 0, True)}
    monkeypatch.setattr(groups, "MOST_TALLIED", 3)
    lines = {line["tenant"]: line for line in stack.backend("GET", "connections", tenant=None)[1]["connections"]}
    assert (lines["acme"]["is_counted"], lines["quiet-tenant"]["is_counted"]) == (False, True)


def test_the_connections_of_a_page_are_read_together(stack: ApiStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(stack.use.connections), "record", _one_by_one)
    status, answer = stack.backend("GET", "connections", tenant=None)
    assert (status, "acme" in [line["tenant"] for line in answer["connections"]]) == (200, True)


def _one_by_one(self: object, tenant: str) -> None:
    raise AssertionError(f"{tenant} was read alone.")
