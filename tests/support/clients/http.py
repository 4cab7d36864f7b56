"""A requests session whose calls end in a function instead of a socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter


@dataclass(frozen=True)
class Asked:
    """One call as it left the client; `path` still percent-encoded."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    """What to answer; an exception in place of it is raised."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class FunctionAdapter(BaseAdapter):
    """Answers every request of a session by a function."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """Return what the function answers."""
        parts = urlsplit(str(request.url))
        body = json.loads(request.body) if request.body else None
        asked = Asked(
            str(request.method), parts.path, dict(parse_qsl(parts.query)), dict(request.headers.items()), body
        )
        found = self._answer(asked)
        response = requests.Response()
        response.status_code = found.status
        response.headers.update(found.headers)
        response._content = b"" if found.body is None else _content(found.body)
        response.url, response.request = str(request.url), request
        return response

    def close(self) -> None:
        """There is nothing to close."""


def _content(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def session_to(answer: Callable[[Asked], Answer]) -> requests.Session:
    """Return a session that asks the function, whatever the address."""
    session = requests.Session()
    session.trust_env = False
    for prefix in ("http://", "https://"):
        session.mount(prefix, FunctionAdapter(answer))
    return session
