"""Parts of composite, batch and graph requests: requests within a request, in the same session."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ...wire.api_versions import checked_version
from ...wire.caller import Caller
from ...wire.messages import OrgError, Request, Response
from ...wire.paths import decoded_path
from ...wire.request_kinds import kind_of
from .ports import SubrequestOrg

PATH = re.compile(r"(?:/?services/data)?/?v([\d.]+)(/.*)?")


def run_part(
    org: SubrequestOrg, caller: Caller, method: str, url: str, headers: Mapping[str, str], body: Any
) -> Response:
    """Run one part; errors come back as responses. The audit entry of the whole request records it."""
    request = _part(method, url, headers, body)
    try:
        response = _answer(org, caller, request)
    except OrgError as error:
        response = Response(error.status, error.body())
    org.audit.subrequest(request, response.status)
    return response


def _part(method: str, url: str, headers: Mapping[str, str], body: Any) -> Request:
    parts = urlsplit(url)
    return Request(
        method.upper(),
        decoded_path(parts.path),
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        {name.lower(): value for name, value in headers.items()},
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
    )


def _answer(org: SubrequestOrg, caller: Caller, request: Request) -> Response:
    """Answer a part unless a fault applies to it; the error of an `applied` fault follows the run."""
    matched = PATH.fullmatch(request.path)
    if matched is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    version = checked_version(matched[1])
    fault = org.faults.take(request, kind_of(request.path), caller.username, part=True)
    if fault is not None and not fault.applied:
        raise fault.as_error()
    response = org.run(request, matched[2] or "", version, caller)
    if fault is not None:
        raise fault.as_error()
    return response
