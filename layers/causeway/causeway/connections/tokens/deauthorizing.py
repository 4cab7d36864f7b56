"""Ends a connection: the status first, then the grant at Salesforce, then the tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.connections.connection import Status
from causeway.connections.events import publish_status
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.revoking import revoke_old_grants
from causeway.connections.transitions import with_status, without_grant
from causeway.connections.updates import changed


def deauthorize(tenant: str, ports: TokenPorts) -> Mapping[str, Any]:
    """
    End the connection: no call to the org starts after the first write; then revoke at Salesforce and delete the tokens.

    Configuration, history and links stay. A second call changes nothing. `revoked` false means that Salesforce did not
    answer; the scheduled check repeats the revocation.
    """

    def change(record: ConnectionRecord) -> ConnectionRecord | None:
        if record.connection.status is Status.DISCONNECTED and not record.grant:
            return None
        return with_status(without_grant(record, ports.now_ms()), Status.DISCONNECTED, "deauthorized", ports.now_ms())

    _, after = changed(ports.connections, tenant, change)
    after = revoke_old_grants(publish_status(after, ports), ports)
    return {"result": "ended", "revoked": not after.old_grants}
