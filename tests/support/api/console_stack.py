"""The console on loopback: its page, its API and the connect pages over one API stack, as API Gateway would serve them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.access.sessions import session_of
from causeway.wiring.clients import now_ms

from functions.console.app import lambda_handler as console_page
from tests.support.api.stack import ApiStack
from tests.support.connections.stack import proxy_answer, proxy_event


@contextmanager
def a_console(stack: ApiStack) -> Iterator[str]:
    """Serve the console of a stack and return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Console)
    server.stack = stack  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05})
    thread.start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    stack.connect.ports = replace(stack.connect.ports, public_url=origin)
    try:
        yield f"{origin}/console"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Console(BaseHTTPRequestHandler):
    wbufsize = 65_536

    def do_GET(self) -> None:
        self._send(self._answer())

    do_POST = do_PUT = do_DELETE = do_GET

    def _answer(self) -> dict[str, Any]:
        parts = urlsplit(self.path)
        if parts.path == "/console":
            return console_page({}, None)
        if parts.path.startswith("/oauth/"):
            return proxy_answer(self.server.stack.connect, proxy_event(self))  # type: ignore[attr-defined]
        if not parts.path.startswith("/console/api/"):
            return {"statusCode": 404, "headers": {}, "body": ""}
        stack: ApiStack = self.server.stack  # type: ignore[attr-defined]
        session = session_of(self.headers.get("Authorization") or "", stack.connect.markers, now_ms())
        if session is None:  # as API Gateway answers for an authorizer that denies
            return {"statusCode": 403, "headers": {}, "body": '{"Message": "Forbidden"}'}
        who = {"tenant": session.tenant, "role": session.role.value, "user": session.user}
        length = int(self.headers.get("content-length") or 0)
        event = {
            "resource": "/console/api/{proxy+}",
            "path": parts.path,
            "httpMethod": self.command,
            "queryStringParameters": dict(parse_qsl(parts.query)) or None,
            "requestContext": {"requestId": "console", "authorizer": who},
            "body": self.rfile.read(length).decode() if length else None,
            "isBase64Encoded": False,
        }
        return respond(event, ROUTES, stack.use, _raise)

    def _send(self, answer: dict[str, Any]) -> None:
        body = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        for value in answer.get("multiValueHeaders", {}).get("Set-Cookie", ()):
            self.send_header("Set-Cookie", value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


def _raise(request_id: str, error: Exception) -> None:
    raise error
