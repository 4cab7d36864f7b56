"""Requests find their route, only for whom it is, and every answer has one shape."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from causeway.api.answers import MAX_ANSWER_BYTES
from causeway.api.bodies.shared import Answer
from causeway.api.requests import MAX_BODY_BYTES
from causeway.api.routing import Call, Route, Scope, respond
from causeway.connections.access.roles import Role
from causeway.contract.names import Strict
from causeway.errors import BrokenDeployment, CausewayError, Conflict, NotConnected, OrgUnavailable, QuotaSpent
from causeway.wiring.api import UseCases
from pydantic import Field

from tests.support.api.events import backend_event, browser_event, public_event


class Thing(Strict):
    name: str = Field(max_length=10)
    count: int = 1


class Filter(Strict):
    code: str | None = None
    limit: int = Field(default=10, le=100)


class Echo(Answer):
    tenant: str
    user: str
    path: dict[str, str]
    request: Thing | None = None
    filter: Filter | None = None


def echo(call: Call, use: UseCases) -> Echo:
    """Tell what arrived."""
    return Echo(tenant=call.tenant, user=call.caller.user, path=dict(call.path), request=call.body, filter=call.query)


def nothing(call: Call, use: UseCases) -> None:
    """Answer nothing."""


def huge(call: Call, use: UseCases) -> Echo:
    """Answer more than Lambda can."""
    return Echo(tenant="x" * (MAX_ANSWER_BYTES + 1), user="", path={})


def broken(call: Call, use: UseCases) -> None:
    """Fail as no one expected."""
    raise ValueError("ada@example.com is secret")


def throttled(call: Call, use: UseCases) -> None:
    """Meet a table that has no capacity just now."""
    response: Any = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "ada@example.com"}}
    raise ClientError(response, "GetItem")


def denied(call: Call, use: UseCases) -> None:
    """Miss a right, which does not pass."""
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "ada@example.com"}}, "GetItem")


def failing(error: CausewayError) -> Any:
    def handler(call: Call, use: UseCases) -> None:
        """Fail as configured."""
        raise error

    return handler


ROUTES = (
    Route("GET", "things/special", nothing, least=Role.VIEWER, status=204),
    Route(
        "GET", "things/{thing}", echo, least=Role.VIEWER, query=Filter, answers=Echo, patterns={"thing": r"[a-z0-9-]+"}
    ),
    Route("POST", "things", echo, least=Role.INTEGRATOR, body=Thing, answers=Echo, status=201),
    Route("GET", "records/{source}/{key+}", echo, least=Role.VIEWER, answers=Echo),
    Route("POST", "secrets", echo, answers=Echo),
    Route("GET", "mine", echo, least=Role.VIEWER, browser_only=True, answers=Echo),
    Route("GET", "everybody", echo, least=Role.OPERATOR, scope=Scope.DEPLOYMENT, answers=Echo),
    Route("GET", "health", nothing, scope=Scope.PUBLIC, status=204),
    Route("GET", "huge", huge, least=Role.VIEWER, answers=Echo),
    Route("GET", "broken", broken, least=Role.VIEWER),
    Route("GET", "throttled", throttled, least=Role.VIEWER),
    Route("GET", "denied", denied, least=Role.VIEWER),
)

FAULTS: list[tuple[str, Exception]] = []


def call(event: dict[str, Any], *routes: Route) -> tuple[int, Any]:
    """Return status and decoded body of one event."""
    answer = respond(event, routes or ROUTES, UseCases(), lambda request_id, error: FAULTS.append((request_id, error)))
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def error_of(event: dict[str, Any], *routes: Route) -> tuple[int, dict[str, Any]]:
    status, body = call(event, *routes)
    return status, body["error"]


def test_a_backend_names_its_tenant_in_the_path() -> None:
    status, body = call(backend_event("GET", "acme", "things/a-1"))
    assert (status, body["tenant"], body["path"]) == (200, "acme", {"thing": "a-1"})


def test_a_browsers_tenant_and_user_come_from_its_session_alone() -> None:
    status, body = call(browser_event("GET", "things/a-1", tenant="acme", user="u-1"))
    assert (status, body["tenant"], body["user"]) == (200, "acme", "u-1")


def test_a_browser_can_not_name_a_tenant() -> None:
    assert call(browser_event("GET", "tenants/other/things/a-1"))[0] == 404


def test_a_fixed_path_wins_over_a_name() -> None:
    assert call(backend_event("GET", "acme", "things/special")) == (204, None)


@pytest.mark.parametrize("path", ["things/a%2F1", "records/interaction%3Aquiz-42/a%2Fb%20c", "records/lead/x/y"])
def test_encoded_paths_are_decoded_once(path: str) -> None:
    status, body = call(backend_event("GET", "acme", path))
    expected = {
        "things/a%2F1": (404, None),
        "records/interaction%3Aquiz-42/a%2Fb%20c": (200, {"source": "interaction:quiz-42", "key": "a/b c"}),
        "records/lead/x/y": (200, {"source": "lead", "key": "x/y"}),
    }[path]
    assert (status, body.get("path")) == expected


def test_a_custom_domains_base_path_does_not_confuse_routing() -> None:
    event = backend_event("GET", "acme", "things/a-1")
    event["path"] = "/connect" + event["path"]
    assert call(event)[0] == 200


def test_a_closing_slash_is_no_other_place() -> None:
    assert call(backend_event("GET", "acme", "things/a-1/"))[0] == 200


@pytest.mark.parametrize("tenant", ["", "a b", "a/b", "x" * 65, "acme%0A", "..", "T#acme"])
def test_what_can_not_be_a_tenant_is_not_found(tenant: str) -> None:
    assert call(backend_event("GET", tenant, "things/a-1"))[0] == 404


def test_roles_include_the_ones_before_them() -> None:
    statuses = [call(browser_event("POST", "things", {"name": "x"}, role=role))[0] for role in Role]
    assert statuses == [403, 201, 201, 201]


def test_what_only_backends_may_is_closed_to_every_session() -> None:
    assert {call(browser_event("POST", "secrets", {}, role=role))[0] for role in Role} == {403}
    assert call(backend_event("POST", "acme", "secrets", {}))[0] == 200


def test_what_only_browsers_may_is_closed_to_backends() -> None:
    assert call(backend_event("GET", "acme", "mine"))[0] == 403
    assert call(browser_event("GET", "mine"))[0] == 200


def test_a_role_that_does_not_exist_may_nothing() -> None:
    assert call(browser_event("GET", "things/a-1", role="admin"))[0] == 403


def test_a_session_without_a_tenant_may_nothing() -> None:
    assert call(browser_event("GET", "things/a-1", tenant=""))[0] == 403
    event = browser_event("GET", "things/a-1")
    del event["requestContext"]["authorizer"]
    assert call(event)[0] == 403


def test_a_session_on_a_backends_path_counts_by_the_resource_that_was_authorized() -> None:
    event = browser_event("POST", "secrets", {}, role=Role.OPERATOR)
    event["path"] = "/v1/tenants/other/secrets"
    assert call(event)[0] == 404


def test_missing_and_not_allowed_read_the_same() -> None:
    _, missing = error_of(backend_event("GET", "acme", "nowhere", request_id="r"))
    _, refused = error_of(browser_event("POST", "secrets", {}, request_id="r"))
    _, foreign = error_of(browser_event("GET", "tenants/other/things/a-1", request_id="r"))
    assert missing == refused == foreign


def test_the_deployments_routes_are_the_operators() -> None:
    assert call(backend_event("GET", None, "everybody"))[0] == 200
    assert call(browser_event("GET", "everybody", role=Role.OPERATOR))[0] == 200
    assert call(browser_event("GET", "everybody", role=Role.MANAGER))[0] == 403


def test_public_routes_need_nobody() -> None:
    assert call(public_event("health")) == (204, None)


def test_a_private_route_is_not_reached_through_a_public_resource() -> None:
    assert call(public_event("everybody"))[0] == 404


def test_a_body_is_checked_against_its_model_and_never_repeated() -> None:
    status, error = error_of(backend_event("POST", "acme", "things", {"name": "ada@example.com", "cuont": 2}))
    assert (status, error["code"], sorted(error["fields"])) == (400, "invalid_request", ["cuont", "name"])
    assert "ada@" not in json.dumps(error)
    assert "not known" in error["message"]


@pytest.mark.parametrize("count", ["2", 2.5, True, None])
def test_json_types_are_taken_as_they_are(count: Any) -> None:
    assert call(backend_event("POST", "acme", "things", {"name": "x", "count": count}))[0] == 400


@pytest.mark.parametrize("body", ["{", "", "[]", "null", "\ud800", '{"name": NaN}', "[" * 100_000])
def test_what_is_no_json_object_is_refused(body: str) -> None:
    event = backend_event("POST", "acme", "things")
    event["body"] = body
    assert call(event)[0] == 400


def test_a_base64_body_is_decoded() -> None:
    event = backend_event("POST", "acme", "things")
    event |= {"body": base64.b64encode(b'{"name": "x"}').decode(), "isBase64Encoded": True}
    assert call(event)[1]["request"]["name"] == "x"


def test_a_broken_base64_body_is_refused() -> None:
    event = backend_event("POST", "acme", "things")
    event |= {"body": "***", "isBase64Encoded": True}
    assert call(event)[0] == 400


def test_a_body_over_six_megabytes_is_refused() -> None:
    event = backend_event("POST", "acme", "things")
    event["body"] = '{"name": "' + "x" * MAX_BODY_BYTES + '"}'
    assert error_of(event)[0] == 413
    event["body"], event["isBase64Encoded"] = base64.b64encode(event["body"].encode()).decode(), True
    assert error_of(event)[0] == 413


def test_an_answer_over_six_megabytes_says_so() -> None:
    assert error_of(backend_event("GET", "acme", "huge"))[0] == 413


def test_query_parameters_are_checked_too() -> None:
    assert call(backend_event("GET", "acme", "things/a", query={"limit": "5"}))[1]["filter"]["limit"] == 5
    status, error = error_of(backend_event("GET", "acme", "things/a", query={"limit": "500"}))
    assert (status, error["fields"]) == (400, ["limit"])
    assert call(backend_event("GET", "acme", "things/a", query={"cod": "x"}))[0] == 400


def test_an_unexpected_fault_says_nothing_of_itself() -> None:
    FAULTS.clear()
    status, error = error_of(backend_event("GET", "acme", "broken", request_id="r-9"))
    assert (status, error["code"], error["request_id"]) == (500, "internal", "r-9")
    assert "ada" not in json.dumps(error)
    assert [(request_id, type(fault)) for request_id, fault in FAULTS] == [("r-9", ValueError)]


def test_a_throttled_table_is_no_fault_of_the_deployment_and_the_caller_tries_again() -> None:
    FAULTS.clear()
    made = respond(backend_event("GET", "acme", "throttled"), ROUTES, UseCases(), lambda *fault: FAULTS.append(fault))
    error = json.loads(made["body"])["error"]
    assert (made["statusCode"], error["code"], made["headers"]["Retry-After"]) == (503, "store_unavailable", "1")
    assert "ada" not in made["body"]
    assert not FAULTS


def test_a_missing_right_is_one() -> None:
    FAULTS.clear()
    status, error = error_of(backend_event("GET", "acme", "denied"))
    assert (status, error["code"], len(FAULTS)) == (500, "internal", 1)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict("It changed.", "Read it again."), 409),
        (NotConnected("Not connected.", "Connect."), 409),
        (OrgUnavailable("Down.", "Wait."), 503),
        (QuotaSpent("Spent.", "Wait."), 429),
        (BrokenDeployment("The app has no secret.", "Fill it in."), 500),
    ],
)
def test_errors_say_what_happened_and_what_to_do(error: CausewayError, status: int) -> None:
    route = Route("GET", "fail", failing(error), least=Role.VIEWER)
    found, body = error_of(backend_event("GET", "acme", "fail", request_id="r"), route)
    assert found == status
    assert body == {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "fields": [],
        "request_id": "r",
    }


def test_a_wait_that_makes_sense_is_named() -> None:
    route = Route("GET", "fail", failing(OrgUnavailable("Down.", retry_after_s=30)), least=Role.VIEWER)
    answer = respond(backend_event("GET", "acme", "fail"), (route,), UseCases(), lambda *_: None)
    assert answer["headers"]["Retry-After"] == "30"


def test_answers_are_never_cached_or_sniffed() -> None:
    answer = respond(backend_event("GET", "acme", "things/a"), ROUTES, UseCases(), lambda *_: None)
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
