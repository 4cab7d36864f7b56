"""Every route × every role × foreign tenants: what is not allowed is refused, with one body, before anything is looked up."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from causeway.api.openapi import mounted
from causeway.api.requests import BACKEND, BROWSER
from causeway.api.routing import Route, Scope, respond
from causeway.api.table import ROUTES
from causeway.connections.access.roles import Role
from causeway.wiring.api import UseCases

from tests.support.api.events import backend_event, browser_event

# contracts: who may what. A route that is missing here fails the test below: rights are written down twice on purpose.
EXPECTED = {
    "POST connect-links": "backend",
    "POST sessions": "backend",
    "DELETE sessions": "backend",
    "GET session": "browser viewer",
    "POST connection/connect-link": "browser integrator",
    "GET connection": "viewer",
    "DELETE connection": "integrator",
    "POST connection/test": "integrator",
    "GET policy": "operator",
    "PUT policy": "operator",
    "PUT connection/app": "integrator",
    "POST connection/client-credentials": "integrator",
    "GET connections": "operator",
    "POST connections/{tenant}/session": "browser operator",
    "GET syncs": "viewer",
    "POST syncs": "integrator",
    "POST syncs/check": "integrator",
    "POST syncs/dry-run": "integrator",
    "GET syncs/proposed": "viewer",
    "GET templates": "viewer",
    "GET syncs/{sync}": "viewer",
    "PUT syncs/{sync}": "integrator",
    "DELETE syncs/{sync}": "integrator",
    "POST syncs/{sync}/dry-run": "integrator",
    "POST syncs/{sync}/runs": "integrator",
    "POST syncs/{sync}/imports": "integrator",
    "GET sobjects": "viewer",
    "GET sobjects/{name}": "viewer",
    "GET sources/{source}/fields": "viewer",
    "PUT sources/{source}/fields": "integrator",
    "GET runs": "viewer",
    "GET runs/{run}": "viewer",
    "POST runs/{run}/cancel": "integrator",
    "GET usage": "viewer",
    "GET overview": "viewer",
    "GET parked": "viewer",
    "GET parked/groups": "viewer",
    "GET parked/export": "viewer",
    "GET parked/redrives": "viewer",
    "POST parked/redrive": "integrator",
    "GET /parked": "backend",
    "GET records": "viewer",
    "GET records/{source}/{key+}": "viewer",
    "GET timeline/{source}/{key+}": "viewer",
    "POST records/send-again": "integrator",
    "POST lookups": "viewer",
    "GET subscriptions": "integrator",
    "POST subscriptions": "integrator",
    "DELETE subscriptions/{subscription}": "integrator",
    "POST subscriptions/{subscription}/rotate-secret": "integrator",
    "POST subscriptions/{subscription}/replay": "integrator",
    "POST subscriptions/{subscription}/test": "integrator",
    "GET relay": "viewer",
    "POST relay": "integrator",
    "DELETE relay": "integrator",
    "GET /subscriptions": "backend",
    "POST /subscriptions": "backend",
    "DELETE /subscriptions/{subscription}": "backend",
    "POST /subscriptions/{subscription}/rotate-secret": "backend",
    "POST /subscriptions/{subscription}/replay": "backend",
    "POST /subscriptions/{subscription}/test": "backend",
    "GET health": "public",
    "GET openapi.json": "public",
}


class Untouched(UseCases):
    """Use cases that must not be reached: whatever is asked of them fails."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used for a caller who may not")


def named(route: Route) -> str:
    shared = route.scope is Scope.DEPLOYMENT and route.path.startswith(("parked", "subscriptions"))  # as a tenant's
    return f"{route.method} {'/' if shared else ''}{route.path}"


def filled(path: str) -> str:
    """Return a path with something in each of its places."""
    return re.sub(r"{(\w+)\+?}", lambda place: {"tenant": "other", "subscription": "0" * 16}.get(place[1], "x1"), path)


def refused(event: dict[str, Any]) -> tuple[int, str]:
    answer = respond(event, ROUTES, Untouched(), _fail)
    return answer["statusCode"], answer["body"]


def _fail(request_id: str, error: Exception) -> None:
    raise error


def may(route: Route, role: Role | None) -> bool:
    """Return what the table above says; no role is a backend."""
    who = EXPECTED[named(route)].split()
    if role is None:
        return who[0] != "browser"
    return who[0] != "backend" and role.includes(Role(who[-1]))


PRIVATE = [route for route in ROUTES if route.scope is not Scope.PUBLIC]
NOT_ALLOWED = [
    (route, role)
    for route in PRIVATE
    for role in (*Role, None)
    if not may(route, role) and " /" not in named(route)  # browsers reach their tenant's list at this place
]


def test_the_rights_of_every_route_are_written_down() -> None:
    assert {named(route) for route in ROUTES} <= set(EXPECTED)


@pytest.mark.parametrize("route", PRIVATE, ids=named)
def test_the_table_of_routes_grants_what_is_written_down_and_no_more(route: Route) -> None:
    from causeway.api.requests import Caller

    granted = {
        role: route.allows(Caller(role or Role.OPERATOR, None if role is None else "acme")) for role in (*Role, None)
    }
    assert granted == {role: may(route, role) for role in (*Role, None)}


@pytest.mark.parametrize(
    ("route", "role"), NOT_ALLOWED, ids=lambda each: named(each) if isinstance(each, Route) else str(each)
)
def test_what_a_role_may_not_is_refused_before_anything_is_looked_up(route: Route, role: Role | None) -> None:
    path = filled(route.path)
    event = (
        backend_event(
            route.method,
            None if route.scope is Scope.DEPLOYMENT else "acme",
            path,
            {"any": "thing"},
            request_id="r",
        )
        if role is None
        else browser_event(route.method, path, {"any": "thing"}, role=role, request_id="r")
    )
    assert refused(event) == (403, THE_BODY)


@pytest.mark.parametrize("route", PRIVATE, ids=named)
@pytest.mark.parametrize("role", list(Role))
def test_a_browser_reaches_no_foreign_tenant(route: Route, role: Role) -> None:
    for mount in mounted(route):
        below = filled(mount).removeprefix(BACKEND).removeprefix(BROWSER)
        if route.scope is Scope.DEPLOYMENT or mount.startswith(BROWSER):
            below = f"tenants/other/{below}"
        assert refused(browser_event(route.method, below, {}, role=role, request_id="r")) == (404, THE_BODY)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_what_is_no_route_is_not_found(method: str) -> None:
    for path in ("", "nowhere", "syncs/a/b/c", "syncs/../connection", "tenants", "tenants/other", "%2e%2e/x"):
        assert refused(browser_event(method, path, role=Role.OPERATOR, request_id="r")) == (404, THE_BODY)
        assert refused(backend_event(method, None, path, request_id="r")) == (404, THE_BODY)


THE_BODY = json.dumps(
    {
        "error": {
            "code": "not_found",
            "message": "There is nothing here for this caller: it does not exist, or the caller's role does not allow it.",
            "remedy": "Check the address and the ids in it, and which role the task needs.",
            "fields": [],
            "request_id": "r",
        }
    },
    ensure_ascii=False,
)
