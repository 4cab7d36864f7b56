"""The OpenAPI document, made of the route table and the models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from causeway.api.bodies.shared import ErrorAnswer
from causeway.api.routing import Route, Scope
from causeway.contract.names import TENANT

type Refs = Mapping[Any, Mapping[str, Any]]

VERSION = "1"
_DESCRIPTION = (
    "The HTTP API of Causeway. Backends call `/v1` with AWS Signature Version 4; browsers call `/console/api` with a session, "
    "which names the tenant and the role."
)
_SECURITY = {
    "iam": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"},
    "session": {"type": "http", "scheme": "bearer"},
}
_MEANINGS = {
    400: "The request does not fit; `fields` names the places.",
    403: "The caller's role does not allow it.",
    404: "There is nothing here for this caller.",
    409: "It collides with the present state, or a person must change something first.",
    413: "The body is larger than 6 MB.",
    429: "The org's API quota is spent.",
    500: "Something went wrong inside Causeway.",
    503: "The org or a service behind Causeway is not available; try again.",
}


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the routes, under both of their mounts."""
    routes = tuple(routes)
    refs, definitions = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        for mount in mounted(route):
            paths.setdefault(mount.replace("+}", "}"), {})[route.method.lower()] = _operation(route, mount, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Causeway", "version": VERSION, "description": _DESCRIPTION},
        "paths": paths,
        "components": {"schemas": definitions, "responses": _errors(refs), "securitySchemes": _SECURITY},
    }


def mounted(route: Route) -> list[str]:
    """Return the whole paths of a route: for backends, for browsers, or for anyone."""
    if route.scope is Scope.PUBLIC:
        return [f"/v1/{route.path}"]
    backend = "/v1/tenants/{tenant}/" if route.scope is Scope.TENANT else "/v1/"
    for_backends = [] if route.browser_only else [backend + route.path]
    return for_backends + ([f"/console/api/{route.path}"] if route.least else [])


def _operation(route: Route, mount: str, refs: Refs) -> dict[str, Any]:
    is_browser = mount.startswith("/console/")
    operation: dict[str, Any] = {
        "operationId": f"{'browser' if is_browser else 'backend'}_{route.handler.__name__}",
        "summary": " ".join((route.handler.__doc__ or "").split()),
        "parameters": [*_path_parameters(route, mount), *_query_parameters(route)],
        "responses": _responses(route, refs),
        "security": [] if route.scope is Scope.PUBLIC else [{"session" if is_browser else "iam": []}],
    }
    if is_browser:
        operation["description"] = f"Least role: {route.least}."
    if route.body:
        operation["requestBody"] = {"required": True, "content": _json(refs[route.body, "validation"])}
    return operation


def _path_parameters(route: Route, mount: str) -> list[dict[str, Any]]:
    patterns = {"tenant": TENANT, **route.patterns}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": patterns.get(name, ".+")},
        }
        for name in re.findall(r"{(\w+)\+?}", mount)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema["properties"].items()
    ]


def _responses(route: Route, refs: Refs) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if route.media_type != "application/json":
        done["content"] = {route.media_type: {"schema": {"type": "string"}}}
    elif route.status != 204:
        done["content"] = _json(refs[route.answers, "serialization"] if route.answers else {"type": "object"})
    if route.scope is Scope.PUBLIC:
        return {str(route.status): done}
    return {str(route.status): done} | {
        str(status): {"$ref": f"#/components/responses/Error{status}"} for status in _MEANINGS
    }


def _errors(refs: Refs) -> dict[str, Any]:
    content = _json(refs[ErrorAnswer, "serialization"])
    return {f"Error{status}": {"description": meaning, "content": content} for status, meaning in _MEANINGS.items()}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _schemas(routes: Iterable[Route]) -> tuple[Refs, Mapping[str, Any]]:
    wanted: set[tuple[type[BaseModel], JsonSchemaMode]] = {(ErrorAnswer, "serialization")}
    for route in routes:
        wanted |= {(route.body, "validation")} if route.body else set()
        wanted |= {(route.answers, "serialization")} if route.answers else set()
    in_order = sorted(wanted, key=lambda pair: (pair[0].__name__, pair[1]))
    refs, definitions = models_json_schema(in_order, ref_template="#/components/schemas/{model}")
    return refs, definitions["$defs"]
