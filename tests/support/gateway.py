"""API Gateway as far as handlers of proxy events know it, on loopback: HTTP requests become events, answers become HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

type Answers = Callable[[dict[str, Any]], Mapping[str, Any]]


@contextmanager
def served_gateway(answers: Answers) -> Iterator[str]:
    """Serve what `answers` returns for each proxy event, at the origin that is yielded."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Bound", (_Gateway,), {"answers": staticmethod(answers)}))
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Gateway(BaseHTTPRequestHandler):
    wbufsize = 65_536
    answers: Answers

    def do_GET(self) -> None:
        answer = self.answers(proxy_event(self))
        self.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        for name, values in answer.get("multiValueHeaders", {}).items():
            for value in values:
                self.send_header(name, value)
        body = (answer.get("body") or "").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        return


def proxy_event(handler: BaseHTTPRequestHandler) -> dict[str, Any]:
    """Return the REST API proxy event of a request, with lower-case headers and no domain name, as the emulator makes it."""
    parts = urlsplit(handler.path)
    length = int(handler.headers.get("content-length") or 0)
    return {
        "httpMethod": handler.command,
        "path": parts.path,
        "resource": parts.path,
        "headers": {name.lower(): value for name, value in handler.headers.items()},
        "queryStringParameters": dict(parse_qsl(parts.query, keep_blank_values=True)) or None,
        "requestContext": {"requestId": "test-request", "domainName": None},
        "body": handler.rfile.read(length).decode() if length else None,
        "isBase64Encoded": False,
    }
