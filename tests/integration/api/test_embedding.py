"""A session for embedding: short, bound to the page that embeds the console, and to one source where the product says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import replace
from typing import Any

import pytest
from causeway.api.requests import Caller
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.access.roles import Role
from causeway.connections.access.sessions import session_of
from causeway.wiring.clients import now_ms

from tests.support.api.events import browser_event
from tests.support.api.factories import a_sync
from tests.support.api.stack import ApiStack, an_api_stack

APP = "https://app.example.com"
HEADER = {"x-causeway-embed-origin": APP}
TENANT = "acme"


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.use.settings = replace(running.use.settings, embed_origins=(APP,))
        for sync in (a_sync(), a_sync(id="quiz-contact", source="interaction:quiz-42")):
            running.use.sync_table.put(TENANT, sync, expected_revision=None)
        yield running


def session(stack: ApiStack, role: str = "integrator", **embed: str) -> dict[str, Any]:
    body = {"user": "ada", "role": role, "embed": {"origin": APP, **embed}}
    status, answer = stack.backend("POST", "sessions", body, tenant=TENANT)
    assert status == 201, answer
    made: dict[str, Any] = answer
    return made


def test_it_lasts_a_quarter_of_an_hour_and_stands_in_no_address(stack: ApiStack) -> None:
    made = session(stack)
    assert made["token"] not in made["console_url"]
    assert made["console_url"].endswith("/console?embed=1#section=overview")
    header, now = f"Bearer {made['token']}", now_ms()
    assert session_of(header, stack.connect.markers, now + 14 * 60_000, HEADER) is not None
    assert session_of(header, stack.connect.markers, now + 15 * 60_000 + 1_000, HEADER) is None


def test_it_works_in_the_page_that_it_was_made_for_alone(stack: ApiStack) -> None:
    header, now = f"Bearer {session(stack)['token']}", now_ms()
    assert session_of(header, stack.connect.markers, now, HEADER) is not None
    assert session_of(header, stack.connect.markers, now) is None
    assert session_of(header, stack.connect.markers, now, {"x-causeway-embed-origin": "https://evil.example"}) is None


def test_a_session_of_the_whole_console_works_in_no_frame(stack: ApiStack) -> None:
    _, made = stack.backend("POST", "sessions", {"user": "ada", "role": "manager"}, tenant=TENANT)
    header, now = f"Bearer {made['token']}", now_ms()
    assert session_of(header, stack.connect.markers, now) is not None
    assert session_of(header, stack.connect.markers, now, HEADER) is None


@pytest.mark.parametrize("source", ["", "interaction:quiz-42"])
def test_it_connects_at_once_and_makes_no_invitation_that_outlives_it(stack: ApiStack, source: str) -> None:
    panel = Panel(stack, "manager", source)
    assert panel.ask("POST", "connection/connect-link", {})[0] == 201
    status, refused = panel.ask("POST", "connection/connect-link", {"invite": True})
    assert (status, refused["error"]["fields"]) == (400, ["invite"])


@pytest.mark.parametrize(
    "body",
    [
        {"role": "manager", "embed": {"origin": "https://evil.example"}},
        {"role": "operator", "embed": {"origin": APP}},
        {"role": "manager", "embed": {"origin": APP + "/path"}},
        {"role": "manager", "embed": {"origin": APP, "source": "not a source"}},
        {"role": "manager", "embed": {}},
    ],
)
def test_no_session_for_pages_that_are_not_listed_or_for_operators(stack: ApiStack, body: dict[str, Any]) -> None:
    status, answer = stack.backend("POST", "sessions", {"user": "ada", **body}, tenant=TENANT)
    assert (status, bool(answer["error"]["remedy"])) == (400, True)


class Panel:
    """A session of one source, at the browser."""

    def __init__(self, stack: ApiStack, role: str = "integrator", source: str = "interaction:quiz-42") -> None:
        self._stack, token = stack, session(stack, role, **({"source": source} if source else {}))["token"]
        found = session_of(f"Bearer {token}", stack.connect.markers, now_ms(), HEADER)
        assert found is not None
        self._session = found

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        found = self._session
        event = browser_event(
            method, path, body, tenant=found.tenant, role=found.role, user=found.user, query=query or None
        )
        event["requestContext"]["authorizer"] |= {"origin": found.origin, "source": found.source}
        answer = respond(event, ROUTES, self._stack.use, _fail)
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def _fail(request_id: str, error: Exception) -> None:
    raise error


def test_a_panel_says_what_it_is_bound_to(stack: ApiStack) -> None:
    status, own = Panel(stack).ask("GET", "session")
    assert (status, own["origin"], own["source"], own["acts_for"]) == (200, APP, "interaction:quiz-42", None)


def test_a_panel_sees_and_changes_the_syncs_of_its_source_alone(stack: ApiStack) -> None:
    panel = Panel(stack)
    assert [sync["id"] for sync in panel.ask("GET", "syncs")[1]["syncs"]] == ["quiz-contact"]
    assert panel.ask("GET", "syncs/quiz-contact")[0] == 200
    rows = {"mappings": [{"product": "first_name", "salesforce": "FirstName"}], "enabled": False}
    assert panel.ask("PUT", "syncs/quiz-contact", rows)[0] in (200, 409)
    assert panel.ask("GET", "sources/interaction:quiz-42/fields")[0] == 200
    assert panel.ask("GET", "syncs/proposed", source="interaction:quiz-42", sobject="Contact")[0] == 200
    for method, path, body in (
        ("GET", "syncs/lead-contact", None),
        ("PUT", "syncs/lead-contact", rows),
        ("PUT", "syncs/quiz-contact", {"source": "lead", **rows}),
        ("POST", "syncs/lead-contact/dry-run", {"key": "k", "fields": {}}),
        ("POST", "syncs", {"id": "new", "source": "lead", "sobject": "Lead"}),
        ("POST", "syncs", {"id": "lead-contact", "source": "interaction:quiz-42", "sobject": "Contact"}),
        ("POST", "syncs/check", {"source": "lead", "sobject": "Lead"}),
        ("POST", "syncs/check", {"id": "lead-contact", "source": "interaction:quiz-42"}),
        (
            "POST",
            "syncs/dry-run",
            {"sync": {"source": "lead", "sobject": "Lead"}, "change": {"key": "k", "fields": {}}},
        ),
        ("GET", "sources/lead/fields", None),
        ("PUT", "sources/lead/fields", {"fields": []}),
    ):
        assert panel.ask(method, path, body)[0] in (403, 404), (method, path)
    assert panel.ask("GET", "syncs/proposed", source="lead")[0] == 403
    kept = stack.use.sync_table.get(TENANT, "lead-contact")
    assert kept is not None
    assert kept.revision == 1


def test_a_panel_reaches_nothing_else_of_its_tenant(stack: ApiStack) -> None:
    panel = Panel(stack, role="manager")
    for method, path in (
        ("GET", "overview"),
        ("GET", "parked"),
        ("GET", "parked/groups"),
        ("GET", "records"),
        ("GET", "records/lead/k1"),
        ("GET", "runs"),
        ("DELETE", "connection"),
        ("PUT", "connection/app"),
        ("DELETE", "syncs/quiz-contact"),
        ("POST", "syncs/quiz-contact/runs"),
        ("GET", "connections"),
    ):
        assert panel.ask(method, path, {}, q="k1")[0] == 403, path


def test_a_viewers_panel_changes_nothing(stack: ApiStack) -> None:
    panel = Panel(stack, role="viewer")
    assert panel.ask("GET", "syncs/quiz-contact")[0] == 200
    assert panel.ask("PUT", "syncs/quiz-contact", {"enabled": False})[0] == 403


# Written down twice on purpose: a route that is missing here is closed to sessions of one source.
PANEL_ROUTES = {
    "GET session",
    "GET connection",
    "POST connection/connect-link",
    "GET syncs",
    "POST syncs",
    "POST syncs/check",
    "GET syncs/proposed",
    "GET syncs/{sync}",
    "PUT syncs/{sync}",
    "POST syncs/dry-run",
    "POST syncs/{sync}/dry-run",
    "GET sobjects",
    "GET sobjects/{name}",
    "GET sources/{source}/fields",
    "PUT sources/{source}/fields",
}


def test_the_routes_of_a_panel_are_written_down_and_an_embedded_console_is_never_an_operators() -> None:
    panel = Caller(Role.MANAGER, TENANT, "ada", origin=APP, source="lead")
    assert {f"{route.method} {route.path}" for route in ROUTES if route.allows(panel)} == PANEL_ROUTES
    framed = Caller(Role.OPERATOR, TENANT, "ada", origin=APP)
    assert not any(route.allows(framed) for route in ROUTES if route.least is Role.OPERATOR)
