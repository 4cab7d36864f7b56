"""Begins an attempt to connect, and ends one that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.connections.connection import Status
from causeway.connections.events import publish_status
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.own_app import app_of
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.transitions import with_status
from causeway.connections.updates import changed


def begin(tenant: str, ports: TokenPorts) -> Mapping[str, Any]:
    """
    Return which app a tenant connects with: `app` (deployment or tenant) and its `client_id`, never its secret.

    A tenant without a connection becomes `pending`, so that its changes wait; any other tenant keeps its status until
    the attempt succeeds.
    """
    stored = ports.connections.record(tenant)
    app = "tenant" if stored.own_client_id else "deployment"
    client_id = app_of(stored, app, ports).client_id

    def change(record: ConnectionRecord) -> ConnectionRecord | None:
        if record.connection.status is not Status.DISCONNECTED:
            return None
        return with_status(record, Status.PENDING, "connecting", ports.now_ms())

    _, after = changed(ports.connections, tenant, change)
    publish_status(after, ports)
    return {"result": "begun", "app": app, "client_id": client_id}


def end_attempt(tenant: str, cause: str, ports: TokenPorts) -> Mapping[str, Any]:
    """End an attempt that was denied or never finished; a connected tenant stays connected."""

    def change(record: ConnectionRecord) -> ConnectionRecord | None:
        if record.connection.status is not Status.PENDING:
            return None
        return with_status(record, Status.DISCONNECTED, cause, ports.now_ms())

    _, after = changed(ports.connections, tenant, change)
    publish_status(after, ports)
    return {"result": "ended"}
