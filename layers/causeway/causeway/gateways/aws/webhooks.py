"""
Posts to receivers: only to addresses on the public internet, checked where the connection is made, never redirected, never for long.

A name is resolved once, every address that it leads to is checked, and the connection goes to one of those: what a second look-up would
say does not matter.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Timer
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from causeway.connections.oauth.hosts import listed_loopback
from causeway.subscriptions.addresses import is_public
from causeway.subscriptions.ports import Answer

CONNECT_S, ANSWER_S = 5.0, 15.0
TOTAL_S = CONNECT_S + ANSWER_S  # of one post, also when the receiver says a word now and then
LATE = "it did not answer in time"

type Resolve = Callable[[str, int], Sequence[str]]


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class NotPublic(Exception):
    """A name leads to an address that is not on the public internet."""


class Cutoff:
    """
    Ends a connection that lasts too long, whatever it waits for.

    A socket's own timeout begins anew with each byte that comes, so another thread shuts the connection down.
    """

    def __init__(self, after_s: float) -> None:
        self._until = monotonic() + after_s
        self._timer = Timer(after_s, self._cut)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self.is_cut = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *met: object) -> None:
        self._timer.cancel()
        if self._socket:
            self._socket.close()

    def connect(self, address: str, port: int) -> socket.socket:
        """Return a connection to an address, which lasts no longer than this allows."""
        left_s = self._until - monotonic()
        if left_s <= 0:
            raise TimeoutError("no time is left")
        made = socket.create_connection((address, port), timeout=min(CONNECT_S, left_s))
        self._socket = made.dup()  # of its own: TLS takes the other one over
        return made

    def _cut(self) -> None:
        self.is_cut = True
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class WebhookPoster:
    """Posts one body at a time; `loopback` origins (a simulated receiver) are not checked."""

    def __init__(self, loopback: Sequence[str] = (), resolve: Resolve = resolved, total_s: float = TOTAL_S) -> None:
        self._loopback, self._resolve, self._total_s = tuple(loopback), resolve, total_s

    def post(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """Post a body and return the status, or why none came; it takes `total_s` at most."""
        with Cutoff(self._total_s) as cutoff:
            try:
                status = self._status(url, headers, body.encode(), cutoff)
            except NotPublic as error:
                return Answer(0, str(error))
            except (
                urllib3.exceptions.HTTPError,
                OSError,
                UnicodeError,
            ) as error:  # UnicodeError: no name for DNS (IDNA)
                return Answer(0, LATE if cutoff.is_cut else f"it did not answer ({type(error).__name__})")
        if cutoff.is_cut:  # what came of its headers may look whole
            return Answer(0, LATE)
        return Answer(status, "" if 200 <= status < 300 else f"it answered {status}")

    def _status(self, url: str, headers: Mapping[str, str], body: bytes, cutoff: Cutoff) -> int:
        parts = urlsplit(url)
        path = parts.path or "/"
        with self._pool(url, cutoff) as pool:
            answer = pool.urlopen(
                "POST",
                f"{path}?{parts.query}" if parts.query else path,
                body=body,
                headers={**headers, "user-agent": "causeway-webhooks/1"},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            answer.close()  # of what a receiver says, nothing but the status is needed
        return answer.status

    def _pool(self, url: str, cutoff: Cutoff) -> HTTPConnectionPool:
        parts = urlsplit(url)
        timeout = urllib3.Timeout(connect=CONNECT_S, read=ANSWER_S)
        pools = {"https": (HTTPSConnectionPool, HTTPSConnection), "http": (HTTPConnectionPool, HTTPConnection)}
        pool_of, connection = pools[parts.scheme]
        pool: HTTPConnectionPool = pool_of(parts.hostname or "", parts.port, timeout=timeout)
        is_checked = not listed_loopback(url, self._loopback)
        pool.ConnectionCls = _bounded(connection, self._resolve, cutoff, is_checked=is_checked)
        return pool


def _bounded(base: Any, resolve: Resolve, cutoff: Cutoff, *, is_checked: bool) -> Any:
    """Return a connection that goes to a checked address of its host; the certificate is still that of the name."""

    class BoundedConnection(base):  # type: ignore[misc]  # urllib3 has one class for http and one for https
        def _new_conn(self) -> socket.socket:
            addresses = resolve(self.host, self.port)
            if is_checked and not (addresses and all(is_public(each) for each in addresses)):
                raise NotPublic("its name leads to an address that is not on the public internet")
            last: OSError | None = None
            for address in addresses:
                try:
                    return cutoff.connect(address, self.port)
                except OSError as error:
                    last = error
            raise last or OSError("no address")

    return BoundedConnection
