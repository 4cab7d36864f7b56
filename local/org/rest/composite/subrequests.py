"""Parts of composite, batch and graph requests: requests within a request, in the same session."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.org.rest.versions import checked_version
from local.org.wire.call import Call
from local.org.wire.messages import OrgError, Request, Response
from local.org.wire.request_kinds import kind_of

if TYPE_CHECKING:
    from local.org.app import Org

PATH = re.compile(r"(?:/?services/data)?/?v([\d.]+)(/.*)?")


def run_part(org: Org, call: Call, method: str, url: str, headers: Mapping[str, str], body: Any) -> Response:
    """Run one part; errors come back as responses. Noted in the audit entry of the whole request."""
    parts = urlsplit(url)
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    request = Request(
        method.upper(),
        unquote(parts.path),
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        {name.lower(): value for name, value in headers.items()},
        raw,
    )
    try:
        response = _answer(org, call, request)
    except OrgError as error:
        response = Response(error.status, error.body())
    org.audit.subrequest(request, response.status)
    return response


def _answer(org: Org, call: Call, request: Request) -> Response:
    """Answer a part unless a fault rule strikes it; `applied` rules strike afterwards."""
    matched = PATH.fullmatch(request.path)
    if matched is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    part = Call(request, org, checked_version(matched[1]), call.session, in_composite=True)
    fault = org.faults.take(request, kind_of(request.path), call.session.username, part=True)
    if fault is not None and not fault.applied:
        raise fault.as_error()
    response = org.run(part, matched[2] or "")
    if fault is not None:
        raise fault.as_error()
    return response
