"""The console on loopback: its page (built when it has to be), its API and the connect pages over one API stack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.access.sessions import session_of
from causeway.wiring.clients import now_ms

from functions.console.app import lambda_handler as console_page
from local.console import build
from tests.support.api.stack import ApiStack
from tests.support.connections.stack import proxy_answer
from tests.support.gateway import served_gateway


@contextmanager
def a_console(stack: ApiStack) -> Iterator[str]:
    """Serve the console of a stack and return its address."""
    build()
    with served_gateway(lambda event: _answer(stack, event)) as origin:
        stack.connect.ports = replace(stack.connect.ports, public_url=origin)
        yield f"{origin}/console"


def _answer(stack: ApiStack, event: dict[str, Any]) -> Mapping[str, Any]:
    if re.fullmatch(r"/console(/[a-z.]+)?", event["path"]):
        asset = event["path"].removeprefix("/console").strip("/")
        return console_page({**event, "pathParameters": {"asset": asset} if asset else None}, None)
    if event["path"].startswith("/oauth/"):
        return proxy_answer(stack.connect, event)
    if not event["path"].startswith("/console/api/"):
        return {"statusCode": 404, "headers": {}, "body": ""}
    headers = {name.lower(): value for name, value in event["headers"].items()}
    session = session_of(headers.get("authorization", ""), stack.connect.markers, now_ms(), headers)
    if session is None:  # as API Gateway answers for an authorizer that denies
        return {"statusCode": 403, "headers": {}, "body": '{"Message": "Forbidden"}'}
    who = {"tenant": session.tenant, "role": session.role.value, "user": session.user}
    who |= {"origin": session.origin, "source": session.source, "acts_for": session.acts_for}
    context = {"requestId": "console", "authorizer": who}
    asked = {**event, "resource": "/console/api/{proxy+}", "requestContext": context}
    return respond(asked, ROUTES, stack.use, _raise)


def _raise(request_id: str, error: Exception) -> None:
    raise error
