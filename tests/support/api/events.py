"""Proxy events of API Gateway (REST API, payload 1.0) as the API function receives them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote


def _event(
    method: str, path: str, resource: str, body: Any, query: dict[str, str] | None, request_id: str
) -> dict[str, Any]:
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": "application/json"},
        "queryStringParameters": query or None,
        "pathParameters": {"proxy": unquote(path.partition("/")[2])} if "proxy" in resource else None,
        "requestContext": {"requestId": request_id, "resourcePath": resource, "stage": "live", "identity": {}},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def backend_event(
    method: str,
    tenant: str | None,
    path: str,
    body: Any = None,
    *,
    query: dict[str, str] | None = None,
    request_id: str = "request-1",
) -> dict[str, Any]:
    """Return the event of an IAM caller; without a tenant, of a route of the whole deployment."""
    below = path if tenant is None else f"tenants/{tenant}/{path}"
    return _event(method, f"/v1/{below}", "/v1/{proxy+}", body, query, request_id)


def browser_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    tenant: str = "acme",
    role: str = "viewer",
    user: str = "user-1",
    query: dict[str, str] | None = None,
    request_id: str = "request-1",
) -> dict[str, Any]:
    """Return the event of a browser whose session the authorizer accepted."""
    event = _event(method, f"/console/api/{path}", "/console/api/{proxy+}", body, query, request_id)
    event["requestContext"]["authorizer"] = {"tenant": tenant, "role": str(role), "user": user, "principalId": user}
    return event


def public_event(path: str, *, request_id: str = "request-1") -> dict[str, Any]:
    """Return the event of a route that anyone may call."""
    return _event("GET", f"/v1/{path}", f"/v1/{path}", None, None, request_id)
