"""What operators set for one tenant: its share of the quota, its pull rules and its templates; everybody can see who did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.connection import Policy, Usage
from causeway.connections.gates import YIELD_PERCENT, gate_of
from causeway.wiring.clients import now_ms

from tests.support.api.events import browser_event
from tests.support.api.stack import ApiStack, an_api_stack


@pytest.fixture
def stack() -> Iterator[ApiStack]:
    with an_api_stack() as running:
        running.walk("acme")
        yield running


def asked(stack: ApiStack, method: str, path: str, body: Any = None, role: str = "operator", **query: str) -> Any:
    event = browser_event(method, path, body, tenant="acme", role=role, user="grace", query=query)
    answer = respond(event, ROUTES, stack.use, _fail)
    return answer["statusCode"], json.loads(answer["body"] or "null")


def _fail(request_id: str, error: Exception) -> None:
    raise error


def test_the_share_of_the_quota_is_the_tenants_own_once_an_operator_set_it(stack: ApiStack) -> None:
    stack.use.connections.note_usage("acme", Usage(6_000, 10_000, now_ms()))
    assert asked(stack, "GET", "overview")[1]["usage"]["share_percent"] == 80
    status, set_now = asked(stack, "PUT", "policy", {"quota_share_percent": 55})
    assert (status, set_now["quota_share_percent"], set_now["deployment"]["quota_share_percent"]) == (200, 55, 80)
    usage = asked(stack, "GET", "overview")[1]["usage"]
    assert (usage["share_percent"], usage["pauses_at"]) == (55, 5_500)
    gate = gate_of(stack.use.connections.get("acme"), 80, now_ms())
    assert (gate.code, "55 %" in gate.detail) == ("quota_spent", True)
    asked(stack, "PUT", "policy", {})
    assert gate_of(stack.use.connections.get("acme"), 80, now_ms()).is_open


def test_pulls_yield_to_pushes_within_the_tenants_own_share(stack: ApiStack) -> None:
    stack.use.connections.note_usage("acme", Usage(4_600, 10_000, now_ms()))
    asked(stack, "PUT", "policy", {"quota_share_percent": 55})
    connection = stack.use.connections.get("acme")
    assert gate_of(connection, 80, now_ms()).is_open
    assert not gate_of(connection, 80, now_ms(), yielded=YIELD_PERCENT).is_open


def test_what_is_set_survives_a_new_status_of_the_connection(stack: ApiStack) -> None:
    asked(stack, "PUT", "policy", {"quota_share_percent": 55, "templates": ["people"]})
    stack.backend("DELETE", "connection", tenant="acme")
    stack.walk("acme")
    assert stack.use.connections.get("acme").policy == Policy(55, None, ("people",))


def test_admins_set_pull_rules_where_an_operator_lets_them_and_not_where_not(stack: ApiStack) -> None:
    draft = {"source": "lead", "sobject": "Contact", "direction": "pull", "pull": {"schedule": {"every_minutes": 15}}}
    assert asked(stack, "POST", "syncs", draft, role="integrator")[0] == 403
    asked(stack, "PUT", "policy", {"admins_may_set_pull_rules": True})
    assert asked(stack, "GET", "session", role="integrator")[1]["may_set_pull_rules"] is True
    assert asked(stack, "GET", "session", role="viewer")[1]["may_set_pull_rules"] is False
    assert asked(stack, "POST", "syncs", draft, role="integrator")[0] == 201
    asked(stack, "PUT", "policy", {"admins_may_set_pull_rules": False})
    assert asked(stack, "POST", "syncs", draft, role="integrator")[0] == 403


def test_a_tenants_people_are_offered_the_templates_that_an_operator_chose(stack: ApiStack) -> None:
    asked(stack, "PUT", "policy", {"templates": ["people", "deals", "people"]})
    offered = asked(stack, "GET", "templates", role="integrator")[1]["templates"]
    assert [each["name"] for each in offered] == ["people", "deals"]
    assert asked(stack, "GET", "syncs/proposed", role="integrator", template="tickets")[0] == 403
    assert asked(stack, "GET", "syncs/proposed", role="integrator", template="deals")[0] == 200
    assert asked(stack, "GET", "syncs/proposed", template="tickets")[0] == 200  # operators have all


def test_each_change_is_published_with_who_made_it_and_what_was_before(stack: ApiStack) -> None:
    asked(stack, "PUT", "policy", {"quota_share_percent": 55})
    before = len(stack.connect.events.sent)
    asked(stack, "PUT", "policy", {"quota_share_percent": 55})  # changes nothing
    asked(stack, "PUT", "policy", {"quota_share_percent": 30})
    ((kind, event),) = stack.connect.events.sent[before:]
    assert (kind, event["tenant"], event["operator"]) == ("tenant.policy_changed", "acme", "grace")
    assert (event["before"]["quota_share_percent"], event["after"]["quota_share_percent"]) == (55, 30)


def test_only_operators_and_backends_set_it_and_for_tenants_that_are_there(stack: ApiStack) -> None:
    assert asked(stack, "PUT", "policy", {"quota_share_percent": 55}, role="manager")[0] == 403
    assert asked(stack, "GET", "policy", role="manager")[0] == 403
    assert asked(stack, "PUT", "policy", {"quota_share_percent": 101})[0] == 400
    assert stack.backend("PUT", "policy", {"quota_share_percent": 55}, tenant="never-seen")[0] == 404
    assert stack.backend("PUT", "policy", {"quota_share_percent": 55}, tenant="acme")[0] == 200


def test_people_at_a_browser_are_sent_to_no_schema(stack: ApiStack) -> None:
    at_browser = asked(stack, "PUT", "policy", {"quota_share_percent": 101})[1]["error"]
    assert ("quota_share_percent" in at_browser["message"], "openapi" in at_browser["remedy"]) == (True, False)
    of_program = stack.backend("PUT", "policy", {"quota_share_percent": 101}, tenant="acme")[1]["error"]
    assert "GET /v1/openapi.json" in of_program["remedy"]
