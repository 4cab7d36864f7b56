"""The org on a loopback port: `OrgServer(Org(), 0)` takes a free one."""

from __future__ import annotations

import ssl
from pathlib import Path

from .app import Org
from .server.http_server import HttpServer


class OrgServer(HttpServer[Org]):
    """Serve one org over HTTP, or over HTTPS with a certificate."""


def certified(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Return what serves HTTPS with a certificate and its key, PEM files; None without; ValueError for half of it."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise ValueError("a certificate and its key belong together: give both --tls-cert and --tls-key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise ValueError(f"{certificate} and {key} are no certificate with its key in PEM: {error}") from error
    return context
