"""The org on a loopback port: `OrgServer(Org(), 0)` takes a free one."""

from __future__ import annotations

from .app import Org
from .server.http_server import HttpServer


class OrgServer(HttpServer[Org]):
    """Serve one org over HTTP."""
