"""Saves the tenant's own app, and reads the app of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from causeway.connections.connection import Status
from causeway.connections.events import publish_status
from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.saving import StaleSecret
from causeway.connections.transitions import with_status
from causeway.connections.updates import changed


def app_of(record: ConnectionRecord, app: str, ports: TokenPorts) -> AppCredentials:
    """
    Return the deployment's app, or the tenant's own as it was saved last.

    Raises BrokenDeployment when there is none, StaleSecret while Secrets Manager still gives the one before.
    """
    if app != "tenant":
        return ports.secrets.app(record.tenant, app)
    found = ports.secrets.app(record.tenant, app, record.own_app_version)
    if record.own_client_id and found.client_id != record.own_client_id:
        raise StaleSecret("Secrets Manager gave an older app than the tenant's.", "It is tried again by itself.")
    return found


def keep_own_app(tenant: str, app: AppCredentials, ports: TokenPorts) -> Mapping[str, Any]:
    """
    Save the tenant's own app for its next connect.

    A new secret of the same app is used for the current grant at once. Another app cannot refresh that grant, so a
    connection through the previous app then requires reconnection.
    """
    version = ports.secrets.keep_app(tenant, app)

    def change(record: ConnectionRecord) -> ConnectionRecord:
        after = replace(record, own_client_id=app.client_id, own_app_version=version)
        replaced = record.connection.app == "tenant" and record.own_client_id != app.client_id
        if replaced and record.connection.status is Status.CONNECTED:
            return with_status(after, Status.RECONNECTION_REQUIRED, "app_changed", ports.now_ms())
        if record.connection.status is Status.RECONNECTION_REQUIRED:
            return replace(after, due_at_ms=ports.now_ms())
        return after

    _, after = changed(ports.connections, tenant, change)
    publish_status(after, ports)
    return {"result": "kept", "client_id": app.client_id}
