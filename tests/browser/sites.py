"""Sites on origins of their own: a product, an identity provider."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def a_site(shown: Callable[[str], str]) -> Iterator[str]:
    """Serve what `shown` returns for each path, as HTML, and return the site's origin."""

    class Site(BaseHTTPRequestHandler):
        wbufsize = 65_536

        def do_GET(self) -> None:
            body = f"<!doctype html><title>A site</title>{shown(self.path)}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
