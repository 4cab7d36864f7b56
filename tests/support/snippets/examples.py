"""Checks JSON examples of the documents against the published schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from causeway.pull.pages.page_content import SHARED
from jsonschema import Draft202012Validator

from tests.support.documents import REPOSITORY

DOCS = REPOSITORY / "docs"
_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (?:\{PublicUrl\})?(/\S+)\n?(.*)", re.DOTALL)


def faults(text: str) -> list[str]:
    """Return what is wrong with an example, one sentence each. An example of no published shape is a fault, too."""
    try:
        given = json.loads(text)
    except ValueError as error:
        return [f"not JSON: {error}"]
    schema = _schema_of(given)
    return [f"nothing says what this is: {text[:60]}"] if schema is None else _against(schema, given)


def request_faults(text: str) -> list[str]:
    """Return what is wrong with a request: its route is not in the OpenAPI document, or its body does not fit."""
    found = _REQUEST.fullmatch(text.strip())
    if found is None:
        return ["not a request"]
    method, path, body = found.groups()
    for template, operations in openapi()["paths"].items():
        if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            if not body:
                return []
            schema = operations[method.lower()]["requestBody"]["content"]["application/json"]["schema"]
            return _against(_with_components(schema), json.loads(body))
    return [f"there is no route {method} {path}"]


def is_request(text: str) -> bool:
    """Whether a block is an HTTP request."""
    return _REQUEST.match(text.strip()) is not None


@cache
def openapi() -> dict[str, Any]:
    """Return the published OpenAPI document."""
    found: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
    return found


def _schema_of(given: Any) -> dict[str, Any] | None:
    """Return the schema of the shape that an example has, known by its keys; None when it is of no published shape."""
    keys = set(given) if isinstance(given, Mapping) else set()
    if {"version", "changes"} <= keys:
        return _published("push")
    if given.get("type") in ("outcomes", "records"):
        return _published(given["type"] if given.get("version") != SHARED else f"{given['type']}-{SHARED}")
    if "items" in keys:
        return _with_components(_body_of("/v1/tenants/{tenant}/lookups", "post"))
    if {"url", "events"} <= keys:
        return _with_components(_body_of("/v1/subscriptions", "post"))
    if "signal" in keys:  # the detail of an event, as gateways/aws/push_events.py publishes it
        names = ("id", "tenant", "source", "key", "sync", "sobject", "salesforce_id", "signal", "values", "before")
        return {
            "type": "object",
            "required": list(names),
            "properties": dict.fromkeys(names, True),
            "additionalProperties": False,
        }
    if keys & {"mappings", "push", "pull", "signals", "direction"}:
        return _part_of_a_sync()
    if "do" in keys:
        return {
            "type": "object"
        }  # a fault of the simulated org; tests/unit/local/org/test_documented.py knows its keys
    return None


def _part_of_a_sync() -> dict[str, Any]:
    """Return the schema of a sync's body, of which an example may show a part."""
    whole = _with_components(_body_of("/v1/tenants/{tenant}/syncs", "post"))
    name = whole.get("$ref", "").rpartition("/")[2]
    body = dict(whole["components"]["schemas"][name]) if name else whole
    return {**body, "required": [], "components": whole["components"]}


def _body_of(path: str, method: str) -> dict[str, Any]:
    body: dict[str, Any] = openapi()["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return body


def _with_components(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": openapi()["components"]}


def _published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _against(schema: dict[str, Any], given: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(given)]
