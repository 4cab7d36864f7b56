"""
A stable loopback address for the API: passes each request on to the API's stage, headers and body as they came.

API Gateway's own address holds an id that exists only after the deploy, but links need the address before. Only the path gets
a prefix, so the emulator's root (whose signatures are not verified) may sign for this address; a real IAM user's signature
covers the path and is verified, so such a caller signs for the stage's own address.
"""

from __future__ import annotations

import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

# RFC 9110 §7.6.1: these concern one connection, not the message
CONNECTION_HEADERS = frozenset({"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"})
STAGE = "live"
PATIENCE_S = 120  # a function may run for 30 s, and start for longer than that on a machine at full load


class Answer(NamedTuple):
    """What the API's stage answered."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    content: bytes


class Gateway:
    """The API's stage on the emulator; the API's id is read once the deploy has written it."""

    def __init__(self, endpoint: str, api_id_file: Path) -> None:
        parts = urlsplit(endpoint)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._api_id_file = api_id_file

    def send(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        """Pass one request on; raise FileNotFoundError before the deploy, OSError or HTTPException when nothing answers."""
        api_id = self._api_id_file.read_text(encoding="utf-8").strip()
        connection = HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        with closing(connection):
            staged = f"/restapis/{api_id}/{STAGE}/_user_request_{path}"
            connection.putrequest(method, staged, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answer(answer.status, answer.reason, answer.getheaders(), answer.read())


class Passage(BaseHTTPRequestHandler):
    """One client connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    gateway: Gateway

    def pass_on(self) -> None:
        """Answer with what the API's stage answers."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        kept = [(name, value) for name, value in self.headers.items() if name.lower() not in CONNECTION_HEADERS]
        try:
            answer = self.gateway.send(self.command, self.path, kept, body)
        except FileNotFoundError:
            self.send_error(503, "The stack is still being deployed")
            return
        except (OSError, HTTPException):
            self.send_error(502, "The embedded AWS does not answer")
            return
        self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = pass_on

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers:
            if name.lower() not in CONNECTION_HEADERS | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: request lines carry codes and links."""


class ProxyServer(ThreadingHTTPServer):
    """Serve on a loopback port; 0 lets the system choose one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: Gateway, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), type("BoundPassage", (Passage,), {"gateway": gateway}))
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"


def main(endpoint: str, api_id_file: str, port: str) -> None:
    """Serve until stopped; print the address as one line."""
    server = ProxyServer(Gateway(endpoint, Path(api_id_file)), int(port))
    print(server.origin, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
