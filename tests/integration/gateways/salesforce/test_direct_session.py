"""A plain call that skips what a session does sends the same bytes, and meets the same errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import requests
from causeway.gateways.salesforce.direct_session import DirectSession

PATH = "/services/data/v66.0/composite"
HEADERS = {"Authorization": "Bearer t", "Content-Type": "application/json", "Accept-Encoding": "gzip"}


class Noting(BaseHTTPRequestHandler):
    """Notes what it receives; answers by the last part of the path."""

    protocol_version = "HTTP/1.1"
    received: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        self.received.append((self.command, self.path, headers, body))
        ending = self.path.rpartition("/")[2]
        self.send_response(302 if ending == "moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Content-Length", "99" if ending == "cut" else "2")
        self.end_headers()
        self.wfile.write(b"[]")
        self.close_connection = ending == "cut"

    do_GET = do_POST = do_PATCH = do_DELETE = do_HEAD = _answer

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    Noting.received.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "call", [("GET", None), ("POST", b'{"a":1}'), ("PATCH", b""), ("DELETE", None), ("POST", None)]
)
def test_what_is_sent_is_what_a_session_would_send(origin: str, call: tuple[str, bytes | None]) -> None:
    method, body = call
    for session in (requests.Session(), DirectSession()):
        with session:
            session.trust_env = False
            answer = session.request(
                method, origin + PATH, headers=HEADERS, data=body, timeout=(5, 5), allow_redirects=False
            )
            assert answer.json() == []
    ordinary, direct = Noting.received
    assert direct == ordinary


def test_nothing_is_followed_and_no_cookie_is_kept(origin: str) -> None:
    with DirectSession() as session:
        for _ in range(2):
            answer = session.request(
                "GET", f"{origin}/moved", headers=HEADERS, timeout=(5, 5), allow_redirects=False, stream=True
            )
            assert (answer.status_code, answer.content) == (302, b"[]")
        assert len(session.cookies) == 0
    assert [(path, "Cookie" in headers) for _, path, headers, _ in Noting.received] == [("/moved", False)] * 2


@pytest.mark.parametrize("path", ["/cut", None])
def test_a_broken_exchange_is_the_error_that_a_session_raises(origin: str, path: str | None) -> None:
    url = origin + path if path else "http://127.0.0.1:9/refused"
    met = []
    for session in (requests.Session(), DirectSession()):
        session.trust_env = False
        with session, pytest.raises(requests.RequestException) as raised:
            session.request("GET", url, headers=HEADERS, timeout=(5, 5), allow_redirects=False)
        met.append(type(raised.value))
    assert met[0] is met[1]


def test_what_needs_a_session_gets_one(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[str | None] = []
    real = requests.Session.prepare_request

    def noting(session: requests.Session, asked: requests.Request) -> requests.PreparedRequest:
        prepared.append(asked.url if isinstance(asked.url, str) else None)
        return real(session, asked)

    monkeypatch.setattr(requests.Session, "prepare_request", noting)
    common: dict[str, Any] = {"headers": HEADERS, "timeout": (5, 5), "allow_redirects": False}
    with DirectSession() as session:
        session.request("GET", origin + PATH, **common)
        assert prepared == []
        session.request("GET", origin + PATH, params={"q": "SELECT Id"}, **common)
        session.request("GET", f"{origin}/sobjects/Contact/Key__c/a b", **common)
        session.request("POST", origin + PATH, data={"a": "1"}, **common)
        session.get(origin + PATH, timeout=5)
    assert len(prepared) == 4
