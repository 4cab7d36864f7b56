"""The one rule of the embedded stack: it talks to this machine only."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def loopback_only(url: str) -> str:
    """Return the address unchanged; raise ValueError when it is not one of this machine."""
    if urlsplit(url).hostname not in LOOPBACK_HOSTS:
        raise ValueError(f"{url} is not an address of this machine, and the embedded stack never talks to another.")
    return url


def free_port(preferred: int = 0) -> int:
    """Return a loopback port that nothing listens on: the preferred one where that is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of a stopped stack may still linger
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
