"""The local address of the API passes requests and answers on as they came, whatever they carry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.stack.proxy import Gateway, ProxyServer


@dataclass
class Seen:
    """What reached the API's stage."""

    line: str = ""
    headers: Message = field(default_factory=Message)
    body: bytes = b""


@contextmanager
def served(server: ThreadingHTTPServer) -> Iterator[int]:
    """Serve in the background for the block; yield the port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stage(seen: Seen) -> ThreadingHTTPServer:
    """Return a stand-in for the API's stage that remembers the request and answers with two cookies and a redirect."""

    class Stage(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.line, seen.headers = self.path, self.headers
            seen.body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response_only(303)
            self.send_header("Location", "https://login.example/authorize?a=b%20c")
            self.send_header("Set-Cookie", "one=1; Secure")
            self.send_header("Set-Cookie", "two=2")
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"moved")

        def log_message(self, format: str, *args: object) -> None:
            return

    return ThreadingHTTPServer(("127.0.0.1", 0), Stage)


@pytest.fixture
def api_id_file(tmp_path: Path) -> Path:
    """Return the file that the deploy writes the API's id to."""
    path = tmp_path / "api_id"
    path.write_text("abc123", encoding="utf-8")
    return path


def test_a_request_arrives_with_its_own_headers_below_the_stage(api_id_file: Path) -> None:
    seen = Seen()
    with (
        served(stage(seen)) as upstream,
        served(ProxyServer(Gateway(f"http://127.0.0.1:{upstream}", api_id_file))) as port,
    ):
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/v1/a%2Fb?c=%20d&c=e", b'{"x": 1}', {"Authorization": "AWS4 x", "Cookie": "s=1"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
    assert seen.line == "/restapis/abc123/live/_user_request_/v1/a%2Fb?c=%20d&c=e"
    assert seen.headers.get_all("Host") == [f"127.0.0.1:{port}"]
    assert (seen.headers["Authorization"], seen.headers["Cookie"]) == ("AWS4 x", "s=1")
    assert seen.body == b'{"x": 1}'


def test_an_answer_comes_back_with_every_cookie_and_its_redirect_unfollowed(api_id_file: Path) -> None:
    with (
        served(stage(Seen())) as upstream,
        served(ProxyServer(Gateway(f"http://127.0.0.1:{upstream}", api_id_file))) as port,
    ):
        connection = HTTPConnection("127.0.0.1", port)
        for _ in range(2):  # the client's connection is kept
            connection.request("POST", "/oauth/authorize", b"")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (303, b"moved")
            assert answer.headers.get_all("Set-Cookie") == ["one=1; Secure", "two=2"]
            assert answer.headers["Location"] == "https://login.example/authorize?a=b%20c"
        connection.close()


def status_of(gateway: Gateway) -> int:
    """Return the status of a GET through the proxy."""
    with served(ProxyServer(gateway)) as port:
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/v1/health")
        status = connection.getresponse().status
        connection.close()
    return status


def test_before_the_deploy_the_address_says_so(tmp_path: Path) -> None:
    assert status_of(Gateway("http://127.0.0.1:9", tmp_path / "api_id")) == 503


def test_a_dead_emulator_is_a_bad_gateway(api_id_file: Path) -> None:
    assert status_of(Gateway("http://127.0.0.1:9", api_id_file)) == 502
