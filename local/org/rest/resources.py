"""The list of API versions, the resources of one version, its limits, and the records viewed lately."""

from __future__ import annotations

from typing import Any

from ..wire.api_versions import all_versions
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from .ports import ResourcesOrg

RESOURCES = (
    "composite",
    "jobs",
    "limits",
    "parameterizedSearch",
    "query",
    "queryAll",
    "recent",
    "search",
    "sobjects",
    "tooling",
)


def version_list(call: Call[object]) -> Response:
    """GET /services/data: the versions; needs no session and is not counted."""
    return Response(body=all_versions())


def resources(call: Call[ResourcesOrg]) -> Response:
    """GET /services/data/vNN.N: the resources and where they are."""
    body: dict[str, Any] = {name: f"{call.base}/{name}" for name in RESOURCES}
    body["identity"] = call.org.identity_url(call.session.user_id)
    return Response(body=body)


def limits(call: Call[ResourcesOrg]) -> Response:
    """GET limits: every limit with its maximum and what remains."""
    if not call.org.settings.limits_visible:
        raise OrgError("FORBIDDEN", "You don't have access to this resource", status=403)
    return Response(body=call.org.limits.as_json())


def recent(call: Call[object]) -> Response:
    """GET recent: always empty, because no user views records in this org."""
    return Response(body=[])


ROUTES: list[Route[ResourcesOrg]] = [("GET", "", resources), ("GET", "/limits", limits), ("GET", "/recent", recent)]
PUBLIC_ROUTES: list[Route[object]] = [("GET", "/services/data", version_list)]
