"""The API of an in-process stack over HTTP on this machine, for clients that call an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from causeway.api.routing import respond
from causeway.api.table import ROUTES

from tests.support.api.stack import ApiStack
from tests.support.gateway import served_gateway

PUBLIC = ("/v1/health", "/v1/openapi.json")
SIGNED = "/execute-api/aws4_request"


@contextmanager
def served(stack: ApiStack) -> Iterator[str]:
    """Serve the routes for backends at the address that is yielded; calls that are not signed are refused as IAM would."""
    with served_gateway(lambda event: api_answer(stack, event)) as origin:
        yield origin


def api_answer(stack: ApiStack, event: dict[str, Any]) -> dict[str, Any]:
    """Answer a proxy event of a backend through the real routes."""
    if event["path"] not in PUBLIC and SIGNED not in event["headers"].get("authorization", ""):
        return {"statusCode": 403, "headers": {}, "body": '{"message": "Missing Authentication Token"}'}
    query = event["queryStringParameters"] or {}
    asked = proxied(event["httpMethod"], event["path"], query, event["headers"], event["body"])
    return respond(asked, ROUTES, stack.use, _raise)


def proxied(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> dict[str, Any]:
    """Return the proxy event of a backend's call, as API Gateway makes it for the routes below /v1."""
    resource = path if path in PUBLIC else "/v1/{proxy+}"
    context: dict[str, Any] = {"requestId": "request-1", "resourcePath": resource, "stage": "live", "identity": {}}
    return {
        "httpMethod": method,
        "path": path,
        "resource": resource,
        "pathParameters": {"proxy": unquote(path.removeprefix("/v1/"))},
        "queryStringParameters": query or None,
        "headers": headers,
        "requestContext": context,
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def _raise(request_id: str, error: Exception) -> None:
    raise error
