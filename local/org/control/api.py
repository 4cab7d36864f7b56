"""Answers calls under `/_control`: finds the handler, and turns a value of a wrong type into a refusal."""

from __future__ import annotations

from ..wire.call import Call
from ..wire.facts import NEWEST_VERSION
from ..wire.messages import OrgError, Request, Response
from ..wire.routing import Router
from .ports import ControlOrg
from .routes import ROUTES

PREFIX = "/_control"


class ControlApi:
    """The control API of one org."""

    def __init__(self, org: ControlOrg) -> None:
        self._org = org
        self._routes = Router(ROUTES)

    def answer(self, request: Request) -> Response:
        """Answer one call, which has the org to itself; raise OrgError."""
        found = self._routes.find(request.method, request.path.removeprefix(PREFIX).rstrip("/") or "/")
        if found is None:
            raise OrgError("NOT_FOUND", "No such control call; local/org/README.md lists them.", status=404)
        handler, groups = found
        if request.body.strip() and not request.body.lstrip().startswith(b"{"):
            raise OrgError("JSON_PARSER_ERROR", "A control call takes a JSON object.")
        try:
            with self._org.lock:
                return handler(Call(request, self._org, float(NEWEST_VERSION)), **groups)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise OrgError("INVALID_FIELD", f"A value of this call has the wrong type or form: {error}.") from error
