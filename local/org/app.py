"""The simulated org: a request on its way through faults, session, limits, lock and audit. Begin reading here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .control.api import ControlApi
from .oauth.sessions import Session, session_header
from .rest.composite.subrequests import run_part
from .routes import bulk1_routes, public_routes, versioned_routes
from .server.edge import Edge
from .setup.limits import API_REQUESTS
from .state import OrgState
from .wire.api_versions import checked_version
from .wire.call import Call, Route
from .wire.caller import CHANGE_ORIGIN, Caller
from .wire.facts import JSON_LIKE_TYPES, NEWEST_VERSION
from .wire.messages import OrgError, Request, Response
from .wire.replies import Reply
from .wire.request_kinds import VIEW, allocation_of, counts, kind_of
from .wire.routing import Router

VERSIONED = re.compile(r"/services/(?:data/v|(?P<bulk1>async/))(?P<version>[\d.]+)(?P<path>/.*)?")


class Org(OrgState):
    """One org. `handle` answers a request as the network would see it, `dispatch` as the org does."""

    def __init__(
        self, seed: int = 1, schema_file: Path | None = None, settings: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(seed, schema_file, settings)
        self._data = Router[Org](versioned_routes())
        self._bulk1 = Router[Org](bulk1_routes())
        self._public = Router[Org](public_routes())
        self._edge = Edge(self, ControlApi(self).answer)

    def add_routes(self, routes: list[Route[Org]]) -> None:
        """Answer further resources below `/services/data/vNN.N`, such as an org's own Apex REST; tried first."""
        self._data = Router[Org]([*routes, *versioned_routes()])

    def handle(self, request: Request) -> Reply:
        """Answer one request as the network would see it: recorded in the audit log, and perhaps hit by a fault."""
        return self._edge.handle(request)

    def dispatch(self, request: Request) -> Response:
        """Route one request to its handler; raise OrgError or OAuthError."""
        versioned = VERSIONED.fullmatch(request.path)
        if versioned is None:
            return self._dispatch_public(request)
        version = checked_version(versioned["version"])
        session = self._admitted(request)
        self.audit.caller(session.username, session.client_id)
        check_content_type(request)
        if not versioned["bulk1"]:
            refuse_xml(request)
        self.limits.check_concurrency()
        self.count(kind_of(request.path), request)
        router = self._bulk1 if versioned["bulk1"] else self._data
        origin = CHANGE_ORIGIN.set(_change_origin(request, version))
        try:
            response = self._run(router, request, versioned["path"] or "", version, session)
        finally:
            CHANGE_ORIGIN.reset(origin)
        if router is self._data:
            response.headers.setdefault("Sforce-Limit-Info", self.limits.header())
        return response

    def _dispatch_public(self, request: Request) -> Response:
        found = self._public.find(request.method, request.path.rstrip("/") or "/")
        if found is None:
            raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
        self.count(kind_of(request.path), request)
        handler, groups = found
        return handler(Call(request, self, float(NEWEST_VERSION)), **groups)

    def _admitted(self, request: Request) -> Session:
        header = session_header(request)
        session = self.sessions.of_header(header)
        if not self.settings.api_enabled:
            raise OrgError("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.", status=403)
        if not self.settings.api_up:
            raise OrgError("API_CURRENTLY_DISABLED", "API is currently disabled for this organization", status=403)
        user = self.users.by_id(session.user_id)
        if user is None or not self.users.is_active(user):
            self.sessions.end(session.token)
            return self.sessions.of_header(header)
        return session

    def count(self, kind: str, request: Request) -> None:
        """Count a request under its kind; what Salesforce counts may also exceed the daily limit."""
        if kind == VIEW:
            return
        amount = calls_of(kind, request)
        if counts(kind):
            self.limits.use(API_REQUESTS, amount)
        allocation = allocation_of(request.method, request.path)
        if allocation is not None:
            self.limits.use(allocation)
        self.audit.count(kind, amount, counted=counts(kind))

    def run(self, request: Request, path: str, version: float, caller: Caller) -> Response:
        """Find the handler of a path below the version and call it; one data request at a time."""
        return self._run(self._data, request, path, version, caller)

    def _run(self, router: Router[Org], request: Request, path: str, version: float, caller: Caller) -> Response:
        method = request.query.pop("_HttpMethod", request.method) if request.method == "POST" else request.method
        found = router.find(method or request.method, path.rstrip("/"))
        if found is None:
            raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
        handler, groups = found
        with self.lock:
            return handler(Call(request, self, version, caller), **groups)

    def subrequest(
        self, caller: Caller, method: str, url: str, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Response:
        """
        Run a part of a composite, batch or graph in the caller's session; it is no API call of its own.

        `url` is encoded and starts with `/services/data/vNN.N` or `vNN.N`; `body` is JSON-able or bytes. Errors come
        back as responses, as the parts of a composite answer carry them.
        """
        return run_part(self, caller, method, url, headers or {}, body)


def _change_origin(request: Request, version: float) -> str:
    """Return what change events say of an API call: API, version, and the client that its Call Options header names."""
    origin = f"com/salesforce/api/rest/{version:.1f}"
    client = re.search(r"client=([^,;\s]+)", request.headers.get("sforce-call-options", ""))
    return f"{origin};client={client[1]}" if client else origin


def check_content_type(request: Request) -> None:
    """Raise UNSUPPORTED_MEDIA_TYPE for a body that no resource reads."""
    kind = request.headers.get("content-type", "")
    if request.body and kind and not kind.lower().startswith(JSON_LIKE_TYPES):
        message = f"Content-Type header specified in HTTP request is not supported: {kind}"
        raise OrgError("UNSUPPORTED_MEDIA_TYPE", message, status=415)


def refuse_xml(request: Request) -> None:
    """Raise FUNCTIONALITY_NOT_ENABLED for a request in XML, or for an answer in it: JSON instead would be a wrong answer."""
    wanted, sent = request.headers.get("accept", "").lower(), request.headers.get("content-type", "").lower()
    asks = "xml" in wanted and not any(each in wanted for each in ("json", "*/*", "application/*"))
    if asks or (request.body and "xml" in sent):
        raise OrgError("FUNCTIONALITY_NOT_ENABLED", "The simulated org speaks JSON in its REST API, not XML")


def calls_of(kind: str, request: Request) -> int:
    """Return how many API calls a request is: one, but a batch as many as it has parts (REST guide, Composite Batch)."""
    if kind != "batch":
        return 1
    try:
        return max(1, len(json.loads(request.body)["batchRequests"]))
    except (ValueError, KeyError, TypeError):
        return 1
