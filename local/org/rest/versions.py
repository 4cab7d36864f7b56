"""API versions: the public list, the check of a requested one, and the resources of one."""

from __future__ import annotations

from typing import Any

from local.org.wire.call import Call, Route
from local.org.wire.facts import NEWEST_VERSION, OLDEST_VERSION, RETIRED_VERSION_STATUS
from local.org.wire.messages import OrgError, Response

SEASONS = ("Summer", "Winter", "Spring")  # v31 is Summer '14; Winter carries the next year's number
RESOURCES = ("composite", "jobs", "limits", "query", "queryAll", "recent", "sobjects", "tooling")


def label(version: int) -> str:
    """Return the release name of a version, such as `Spring '26` for 66."""
    since = version - 31
    return f"{SEASONS[since % 3]} '{14 + (since + 2) // 3}"


def all_versions() -> list[dict[str, str]]:
    """Return the body of `GET /services/data`, oldest first."""
    return [
        {"label": label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST_VERSION, NEWEST_VERSION + 1)
    ]


def checked_version(text: str) -> float:
    """Return a usable version; raise UNSUPPORTED_API_VERSION for a retired and NOT_FOUND for an unknown one."""
    number, _, minor = text.partition(".")
    if minor == "0" and number.isdigit() and 20 < int(number) < OLDEST_VERSION:
        raise OrgError(
            "UNSUPPORTED_API_VERSION", f"The requested API version {text} is retired.", status=RETIRED_VERSION_STATUS
        )
    if minor != "0" or not number.isdigit() or not OLDEST_VERSION <= int(number) <= NEWEST_VERSION:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return float(text)


def version_list(call: Call) -> Response:
    """GET /services/data: the versions; needs no session and is not counted."""
    return Response(body=all_versions())


def resources(call: Call) -> Response:
    """GET /services/data/vNN.N: the resources and where they are."""
    body: dict[str, Any] = {name: f"{call.base}/{name}" for name in RESOURCES}
    body["identity"] = call.org.identity_url(call.session.user_id)
    return Response(body=body)


def limits(call: Call) -> Response:
    """GET limits: every limit with its maximum and what remains."""
    if not call.org.settings.limits_visible:
        raise OrgError("FORBIDDEN", "You don't have access to this resource", status=403)
    return Response(body=call.org.limits.as_json())


def recent(call: Call) -> Response:
    """GET recent: nobody looks at records in this org, so nothing was viewed recently."""
    return Response(body=[])


ROUTES: list[Route] = [("GET", "", resources), ("GET", "/limits", limits), ("GET", "/recent", recent)]
PUBLIC_ROUTES: list[Route] = [("GET", "/services/data", version_list)]
