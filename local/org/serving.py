"""The org on a loopback port: `OrgServer(Org(), 0)` takes a free one."""

from __future__ import annotations

from local.org.app import Org
from local.org.server.http_server import HttpServer


class OrgServer(HttpServer[Org]):
    """Serve one org over HTTP."""
