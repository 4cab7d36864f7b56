"""Whatever arrives, the API answers in its one shape and never fails inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.api.answers import HEADERS
from causeway.api.routing import Route, Scope, respond
from causeway.api.table import ROUTES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api.events import backend_event, browser_event
from tests.support.api.stack import ApiStack, an_api_stack

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "..", "'; DROP", "\x00", "${jndi}", "a" * 300, "<script>", "003000000000001AAA", "lead-contact"]
    ),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
KEYS = (
    *("id", "source", "sobject", "direction", "enabled", "position", "revision", "push", "pull", "email", "mappings"),
    *("signals", "problems", "key", "fields", "occurred_at", "conversation", "about", "user", "role", "code"),
    *("salesforce_url", "environment", "name", "return_url", "invite"),
)
# Routes that would ask Salesforce's token endpoint for something at every example.
SLOW = {"connection/client-credentials", "connection/app", "connection"}
BODIES = [route for route in ROUTES if route.body and route.path not in SLOW]
OTHERS = [route for route in ROUTES if not route.body and route.path not in SLOW and route.scope is not Scope.PUBLIC]


@pytest.fixture(scope="module")
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.walk()
        running.backend("POST", "syncs", {"source": "lead", "sobject": "Contact"})
        yield running


def place(route: Route, filling: str) -> str:
    """Return the route's path with `filling` in its places, encoded as a browser would."""
    from urllib.parse import quote

    parts = [quote(filling, safe="") if part.startswith("{") else part for part in route.path.split("/")]
    return "/".join(parts)


def answered_status(stack: ApiStack, event: dict[str, Any]) -> int:
    """Return the status; a fault inside fails the test."""
    answer = respond(event, ROUTES, stack.use, _fail)
    assert answer["headers"].keys() >= HEADERS.keys()
    status: int = answer["statusCode"]
    if status >= 400:
        error = json.loads(answer["body"])["error"]
        assert error.keys() >= {"code", "message", "remedy", "fields", "request_id"}
        assert error["message"]
    return status


def _fail(request_id: str, error: Exception) -> None:
    raise AssertionError(f"the API failed inside: {error!r}") from error


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.sampled_from(BODIES), body=JSON, filling=TEXTS)
def test_any_body_is_answered(stack: ApiStack, route: Route, body: Any, filling: str) -> None:
    path = place(route, filling)
    assert answered_status(stack, backend_event(route.method, "acme", path, body)) < 500
    assert answered_status(stack, browser_event(route.method, path, body, role="operator")) < 500


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(BODIES),
    keys=st.dictionaries(
        st.sampled_from(KEYS),
        JSON,
        max_size=6,
    ),
)
def test_known_keys_with_any_value_are_answered(stack: ApiStack, route: Route, keys: dict[str, Any]) -> None:
    assert answered_status(stack, backend_event(route.method, "acme", place(route, "lead-contact"), keys)) < 500


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(OTHERS),
    filling=TEXTS,
    query=st.dictionaries(
        st.sampled_from(["next", "limit", "code", "source", "key", "tenant", "user", "x"]), TEXTS, max_size=3
    ),
)
def test_any_path_and_query_is_answered(stack: ApiStack, route: Route, filling: str, query: dict[str, str]) -> None:
    if route.method == "DELETE":
        return
    assert answered_status(stack, backend_event(route.method, "acme", place(route, filling), query=query)) < 500
    assert (
        answered_status(stack, browser_event(route.method, place(route, filling), role="operator", query=query)) < 500
    )
