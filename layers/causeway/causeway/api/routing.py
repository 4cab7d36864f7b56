"""Finds the route of a request, checks role, query and body, and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from causeway.api.answers import INTERNAL, NOT_NOW, answer, error_answer, invalid, text_answer
from causeway.api.bound_sessions import Within, check_source
from causeway.api.requests import ANYONE, BACKEND, BROWSER, Caller, Request, request_of
from causeway.connections.access.roles import Role
from causeway.contract.names import TENANT
from causeway.errors import CausewayError, Forbidden, NotFound
from causeway.gateways.aws.faults import passes

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


class Scope(StrEnum):
    """What a route is about: one tenant, the whole deployment, or nothing that needs a caller."""

    TENANT = "tenant"
    DEPLOYMENT = "deployment"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets: the caller, the verified tenant ("" beyond tenants), and the checked parts of the request."""

    caller: Caller
    tenant: str
    path: Mapping[str, str]
    query: Any
    body: Any


@dataclass(frozen=True, slots=True)
class Text:
    """An answer that is a file and not JSON, with headers of its own; its route names the media type."""

    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


type Fault = Callable[[str, Exception], None]
type Handler = Callable[[Call, UseCases], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """
    One route below its mount: `/v1/tenants/{tenant}/<path>` and `/console/api/<path>` for a tenant's, `/v1/<path>` else.

    `least` is the least role of a browser session; None keeps the route to backends. `browser_only` keeps it from them.
    `within_source` says whether a session that is bound to one source may use it, and where the route names the source.
    `{name}` stands for one segment, `{name+}` for the rest. The handler's docstring is what the OpenAPI document says.
    """

    method: str
    path: str
    handler: Handler
    least: Role | None = None
    browser_only: bool = False
    within_source: Within = Within.NEVER
    scope: Scope = Scope.TENANT
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    answers: type[BaseModel] | None = None
    media_type: str = "application/json"
    status: int = 200
    patterns: Mapping[str, str] = field(default_factory=dict)

    def matched(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the path's parameters when it is this route's path, else None."""
        parts = self.path.split("/")
        if parts[-1].endswith("+}") and len(segments) >= len(parts):
            segments = [*segments[: len(parts) - 1], "/".join(segments[len(parts) - 1 :])]
        if len(parts) != len(segments):
            return None
        found: dict[str, str] = {}
        for part, segment in zip(parts, segments, strict=True):
            if part.startswith("{"):
                name = part.strip("{+}")
                if not re.fullmatch(self.patterns.get(name, r".{1,256}"), segment, re.ASCII | re.DOTALL):
                    return None
                found[name] = segment
            elif part != segment:
                return None
        return found

    def allows(self, caller: Caller) -> bool:
        """Return whether this caller may use the route: the one place where roles are enforced."""
        if caller.is_backend:
            return not self.browser_only
        if caller.source and self.within_source is Within.NEVER:
            return False
        if caller.origin and self.least is Role.OPERATOR:
            return False
        return self.least is not None and caller.role.includes(self.least)


def respond(event: Mapping[str, Any], routes: Sequence[Route], use: UseCases, on_fault: Fault) -> dict[str, Any]:
    """
    Answer one proxy event.

    `on_fault` gets an unexpected error with the request's id; the answer says nothing about it. A throttle or another fault of
    AWS that passes is none: the caller is asked to try again.
    """
    request = request_of(event)
    try:
        return _answered(request, routes, use)
    except CausewayError as error:
        return error_answer(error, request.request_id)
    except Exception as error:  # noqa: BLE001  # the last line: an uncaught error would put its text into the answer
        if passes(error):
            return error_answer(NOT_NOW, request.request_id)
        on_fault(request.request_id, error)
        return error_answer(INTERNAL, request.request_id)


def _answered(request: Request, routes: Sequence[Route], use: UseCases) -> dict[str, Any]:
    route, call = _route_of(request, routes)
    if call.caller.source:
        check_source(route.within_source, call.caller.source, call, use)
    result = route.handler(call, use)
    if isinstance(result, Text):
        return text_answer(result.text, {**result.headers, "Content-Type": f"{route.media_type}; charset=utf-8"})
    return answer(route.status, b"" if route.status == 204 else _json_of(route, result))


def _route_of(request: Request, routes: Sequence[Route]) -> tuple[Route, Call]:
    """Return the route and its checked call; roles are checked before anything of the request is read or looked up."""
    tenant, segments, scopes = _place(request)
    for route in routes:
        if route.method != request.method or route.scope not in scopes:
            continue
        path = route.matched(segments)
        if path is None:
            continue
        caller = request.caller or Caller(Role.VIEWER, tenant="")
        if route.scope != Scope.PUBLIC and not route.allows(caller):
            raise Forbidden("The caller's role does not allow this.")
        return route, Call(caller, tenant, path, _query(route, request), _body(route, request))
    raise NotFound("There is no such route.")


def _place(request: Request) -> tuple[str, Sequence[str], set[Scope]]:
    """Return the verified tenant, the segments below it, and which scopes they may name."""
    if request.mount == ANYONE:
        return "", request.segments, {Scope.PUBLIC}
    if request.caller is None:
        raise Forbidden("The caller's role does not allow this.")
    if request.mount == BROWSER:
        return request.caller.tenant or "", request.segments, {Scope.TENANT, Scope.DEPLOYMENT}
    if request.mount == BACKEND and request.segments[0] == "tenants" and len(request.segments) > 2:
        if not re.fullmatch(TENANT, request.segments[1]):
            raise NotFound("There is no such route.")
        return request.segments[1], request.segments[2:], {Scope.TENANT}
    return "", request.segments, {Scope.DEPLOYMENT}


def _query(route: Route, request: Request) -> BaseModel | None:
    if route.query is None:
        return None
    try:
        return route.query.model_validate_strings(dict(request.query))
    except ValidationError as error:
        raise invalid(error, of_browser=request.mount == BROWSER) from None


def _body(route: Route, request: Request) -> BaseModel | None:
    if route.body is None:
        return None
    try:
        return route.body.model_validate_json(request.body or b"{}", strict=True)
    except ValidationError as error:
        raise invalid(error, of_browser=request.mount == BROWSER) from None


def _json_of(route: Route, result: Any) -> bytes:
    if route.answers is None:
        return json.dumps(result, ensure_ascii=False).encode()
    model = result if isinstance(result, route.answers) else route.answers.model_validate(result)
    return model.model_dump_json().encode()
