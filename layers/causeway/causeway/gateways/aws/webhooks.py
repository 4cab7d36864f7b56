"""
Posts to receivers: only to addresses on the public internet, checked where the connection is made, and never redirected.

A name is resolved once, every address that it leads to is checked, and the connection goes to one of those: what a second look-up would
say does not matter.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from causeway.connections.oauth.hosts import listed_loopback
from causeway.subscriptions.addresses import is_public
from causeway.subscriptions.ports import Answer

CONNECT_S, ANSWER_S = 5.0, 15.0
MAX_ANSWER_BYTES = 1_000  # of what a receiver says, nothing is needed

type Resolve = Callable[[str, int], Sequence[str]]


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class NotPublic(Exception):
    """A name leads to an address that is not on the public internet."""


class WebhookPoster:
    """Posts one body at a time; `loopback` origins (a simulated receiver) are not checked."""

    def __init__(self, loopback: Sequence[str] = (), resolve: Resolve = resolved) -> None:
        self._loopback, self._resolve = tuple(loopback), resolve

    def post(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """Post a body and return the status, or why none came."""
        parts = urlsplit(url)
        path = parts.path or "/"
        pool = None
        try:
            is_checked = not listed_loopback(url, self._loopback)
            pool = self._pool(parts.scheme, parts.hostname or "", parts.port, is_checked=is_checked)
            answer = pool.urlopen(
                "POST",
                f"{path}?{parts.query}" if parts.query else path,
                body=body.encode(),
                headers={**headers, "user-agent": "causeway-webhooks/1"},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            answer.read(MAX_ANSWER_BYTES)
            answer.close()
        except NotPublic as error:
            return Answer(0, str(error))
        except (urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:  # UnicodeError: no name for DNS (IDNA)
            return Answer(0, f"it did not answer ({type(error).__name__})")
        finally:
            if pool:
                pool.close()
        why = "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
        return Answer(answer.status, why)

    def _pool(self, scheme: str, host: str, port: int | None, *, is_checked: bool) -> HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=CONNECT_S, read=ANSWER_S)
        secure = scheme == "https"
        pool = (
            HTTPSConnectionPool(host, port, timeout=timeout)
            if secure
            else HTTPConnectionPool(host, port, timeout=timeout)
        )
        if is_checked:
            pool.ConnectionCls = _checked(HTTPSConnection if secure else HTTPConnection, self._resolve)
        return pool


def _checked(base: Any, resolve: Resolve) -> Any:
    """Return a connection that goes to a checked address of its host; the certificate is still that of the name."""

    class CheckedConnection(base):  # type: ignore[misc]  # urllib3 has one class for http and one for https
        def _new_conn(self) -> socket.socket:
            addresses = resolve(self.host, self.port)
            if not addresses or not all(is_public(each) for each in addresses):
                raise NotPublic("its name leads to an address that is not on the public internet")
            last: OSError | None = None
            for address in addresses:
                try:
                    return socket.create_connection((address, self.port), timeout=CONNECT_S)
                except OSError as error:
                    last = error
            raise last or OSError("no address")

    return CheckedConnection
