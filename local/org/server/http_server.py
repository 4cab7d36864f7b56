"""The simulated org's HTTP/1.1 server: threads, keep-alive, gzip both ways, Salesforce's HTML edge errors, cut connections."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import sys
import zlib
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..wire.messages import Request, Response
from ..wire.paths import decoded_path
from ..wire.replies import Reply, encoded
from .facts import EDGE_PAGES
from .ports import ServedOrg

GZIP_FROM_BYTES = 512
MAX_BODY_BYTES = 160 * 1024 * 1024
"""More than Bulk API 2.0's 150 MB: larger bodies are refused before they are read."""
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    300: "Multiple Choices",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    410: "Gone",
    412: "Precondition Failed",
    413: "Payload Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    431: "Request Header Fields Too Large",
    500: "Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


class EdgeRefusal(Exception):
    """A request that the edge answers with an HTML page before the org sees it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


class HttpServer[O: ServedOrg](socketserver.ThreadingTCPServer):
    """
    Serve one org on a loopback port, or at another address; `origin` is what answers name, known once it is bound.

    With `tls` it speaks HTTPS alone, as Salesforce does.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256
    block_on_close = False

    def __init__(
        self, org: O, port: int, host: str = "127.0.0.1", origin: str = "", tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__((host, port), Connection)
        self.org, self._tls = org, tls
        scheme = "https" if tls else "http"
        self.origin = origin.rstrip("/") or f"{scheme}://127.0.0.1:{self.server_address[1]}"
        org.origin = self.origin

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in its own thread; the handshake is there too, so that a slow one holds up nobody else."""
        served = request if self._tls is None else self._tls.wrap_socket(request, server_side=True)
        with served:
            super().finish_request(served, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report defects on stderr; a client that left is not a defect."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Connection(socketserver.StreamRequestHandler):
    """One client connection: requests are answered in turn until either side closes."""

    disable_nagle_algorithm = True  # with Nagle's algorithm every small answer waits about 40 ms for an acknowledgement
    wbufsize = 64 * 1024
    server: HttpServer[ServedOrg]

    def handle(self) -> None:
        """Answer requests until the connection ends."""
        try:
            while self._answer_one():
                pass
        except (ConnectionError, TimeoutError):
            return  # the client left

    def _answer_one(self) -> bool:
        try:
            request = read_request(
                self.rfile, self.wfile, self.client_address[0], self.server.org.settings.max_uri_bytes
            )
        except EdgeRefusal as refusal:
            page = Response(refusal.status, EDGE_PAGES[refusal.status], content_type="text/html;charset=iso-8859-1")
            self._send(Reply(page), Request("GET", "/"), keep=False)
            self._drain()
            return False
        if request is None:
            return False
        reply = self.server.org.handle(request)
        if reply.dropped:
            self._hang_up()
            return False
        keep = request.headers.get("connection", "").lower() != "close" and not reply.cut
        self._send(reply, request, keep)
        return keep

    def _send(self, reply: Reply, request: Request, keep: bool) -> None:
        body: bytes = encoded(reply.response).body or b""
        headers = {
            "Date": self.server.org.clock.http_date(),
            "Content-Type": reply.response.content_type,
            "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
            **reply.response.headers,
        }
        if not body:
            del headers["Content-Type"]
        elif "gzip" in request.headers.get("accept-encoding", "") and len(body) >= GZIP_FROM_BYTES:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
            if headers.get("ETag", "").endswith('"'):
                headers["ETag"] = headers["ETag"][:-1] + '--gzip"'  # C captured answers
        if reply.response.status not in (204, 304):
            headers["Content-Length"] = str(len(body))
        headers["Connection"] = "keep-alive" if keep else "close"
        self.wfile.write(head_bytes(reply.response.status, headers))
        if request.method != "HEAD":
            self.wfile.write(body[: len(body) // 2] if reply.cut else body)
        self.wfile.flush()

    def _drain(self) -> None:
        """Read what the client is still sending: closing at once would reset the connection and lose the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1)
        while self.rfile.read1(64 * 1024):
            pass

    def _hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)


def head_bytes(status: int, headers: dict[str, str]) -> bytes:
    """Return the status line and headers; line breaks in values are spaces, so that no value adds a header."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
    lines += [f"{name}: {' '.join(value.splitlines())}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def read_request(rfile: BufferedIOBase, wfile: BufferedIOBase, client_ip: str, max_uri_bytes: int) -> Request | None:
    """Read one request; None when the client closed; raise EdgeRefusal for requests that no org would receive."""
    line = rfile.readline(max_uri_bytes * 8)
    if not line.strip():
        return None
    try:
        method, target, protocol = line.decode("latin-1").split()
    except ValueError as error:
        raise EdgeRefusal(400) from error
    if len(target) > max_uri_bytes:
        raise EdgeRefusal(414)
    headers = _read_headers(rfile, max_uri_bytes - len(target))
    headers.setdefault("x-forwarded-for", client_ip)
    if protocol == "HTTP/1.0":
        headers.setdefault("connection", "close")
    if headers.get("expect", "").lower() == "100-continue":
        wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        wfile.flush()
    parts = urlsplit("/" + target.lstrip("/") if target.startswith("//") else target)
    return Request(
        method=method,
        path=decoded_path(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
        body=_ungzipped(_read_body(rfile, headers), headers),
    )


def _read_headers(rfile: BufferedIOBase, budget: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    while True:
        line = rfile.readline(budget + 2)
        budget -= len(line)
        if budget < 0:
            raise EdgeRefusal(431)
        if line in (b"\r\n", b"\n", b""):
            return headers
        name, separator, value = line.decode("latin-1").partition(":")
        if not separator:
            raise EdgeRefusal(400)
        headers[name.strip().lower()] = value.strip()


def _read_body(rfile: BufferedIOBase, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(_chunks(rfile))
    length = headers.get("content-length") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY_BYTES:
        raise EdgeRefusal(413 if length.isdigit() else 400)
    return rfile.read(int(length))


def _chunks(rfile: BufferedIOBase) -> list[bytes]:
    chunks: list[bytes] = []
    while True:
        try:
            size = int(rfile.readline(64).split(b";")[0], 16)
        except ValueError as error:
            raise EdgeRefusal(400) from error
        if not 0 <= size <= MAX_BODY_BYTES:
            raise EdgeRefusal(413)
        if size:
            chunks.append(rfile.read(size))
        rfile.readline(8)
        if not size:
            return chunks


def _ungzipped(body: bytes, headers: dict[str, str]) -> bytes:
    encoding = headers.get("content-encoding", "").lower()
    try:
        if encoding == "gzip":
            return gzip.decompress(body)
        return zlib.decompress(body) if encoding == "deflate" else body
    except (OSError, EOFError, zlib.error) as error:
        raise EdgeRefusal(400) from error
