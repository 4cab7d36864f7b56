"""A requests transport that hands requests to a simulated org in this process: no socket, no port, no real time."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from local.org.app import Org
from local.org.wire.messages import Request
from local.org.wire.replies import encoded


class OrgTransport(BaseAdapter):
    """Mount it on a session's scheme; subclasses change what happens on the way by `carry`."""

    def __init__(self, org: Org) -> None:
        super().__init__()
        self._org = org

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Answer a request; raise what a broken connection raises."""
        return self.carry(request)

    def close(self) -> None:
        """There is nothing to close."""

    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        """Hand one request to the org and return its answer."""
        parts = urlsplit(str(request.url))
        body = request.body or b""
        reply = self._org.handle(
            Request(
                method=str(request.method),
                path=unquote(parts.path),
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body.encode() if isinstance(body, str) else bytes(body),
            )
        )
        if reply.dropped:
            raise requests.ConnectionError("Connection aborted.")
        answer = encoded(reply.response)
        return _response(request, answer.status, answer.headers, bytes(answer.body or b""), answer.content_type)


def _response(
    request: requests.PreparedRequest, status: int, headers: Mapping[str, str], body: bytes, content_type: str
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({"Content-Type": content_type, **headers})
    response.raw = BytesIO(body)
    response.request = request
    response.url = str(request.url)
    response.encoding = "utf-8"
    return response
