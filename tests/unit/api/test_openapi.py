"""The OpenAPI document and the JSON Schemas agree with the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from causeway.api.openapi import document, mounted
from causeway.api.routing import Scope
from causeway.api.table import ROUTES
from causeway.connections.access.roles import Role

from local.documents import documents, text_of

DOCUMENT = document(ROUTES)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def test_the_files_in_docs_are_what_the_code_says() -> None:
    stale = [
        path.name for path, content in documents().items() if not path.exists() or path.read_text() != text_of(content)
    ]
    assert stale == [], "run `python -m local.documents`"


def test_every_route_is_documented_and_every_documented_route_is_routed() -> None:
    routed = {(mount.replace("+}", "}"), route.method) for route in ROUTES for mount in mounted(route)}
    assert {(path, method) for path, method, _ in operations()} == routed
    assert len(routed) == sum(len(mounted(route)) for route in ROUTES), "two routes share one place"


def test_every_operation_has_a_name_of_its_own_and_a_sentence() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    assert [name for name, (_, _, operation) in zip(names, operations(), strict=True) if not operation["summary"]] == []


def test_every_path_parameter_is_documented_with_what_it_may_be() -> None:
    for path, _, operation in operations():
        named = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert named == re.findall(r"{(\w+)}", path)


def test_every_reference_leads_somewhere() -> None:
    for kind, name in re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(DOCUMENT)):
        assert name in DOCUMENT["components"][kind]


def test_backends_sign_browsers_show_a_session_and_the_rest_is_open() -> None:
    for path, _, operation in operations():
        expected: list[dict[str, list[str]]] = [{"iam": []}]
        if path.startswith("/console/"):
            expected = [{"session": []}]
        elif path in ("/v1/health", "/v1/openapi.json"):
            expected = []
        assert operation["security"] == expected


def test_nothing_that_changes_is_open_to_viewers() -> None:
    allowed = {(route.method, route.path) for route in ROUTES if route.least is Role.VIEWER and route.method != "GET"}
    assert allowed == {("POST", "lookups")}, "a lookup only reads: test_nothing_is_written_anywhere"


def test_what_is_about_the_whole_deployment_is_the_operators() -> None:
    assert {route.least for route in ROUTES if route.scope is Scope.DEPLOYMENT} <= {Role.OPERATOR, None}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_that_answers_names_its_shape(route: Any) -> None:
    is_file = route.media_type != "application/json"
    assert route.status == 204 or route.answers or is_file or route.path == "openapi.json"
