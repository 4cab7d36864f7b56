"""What the token broker keeps beside a tenant's connection: where its grant lies, who refreshes it, what is to be revoked. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from causeway.domain.connections import Connection

DUE_SHARDS = 8
NEVER_DUE_MS = 253_402_300_799_000  # the year 9999: connections without work stay in the index, at its end


@dataclass(frozen=True, slots=True)
class OldGrant:
    """A grant that is replaced or given up and still has to be revoked at Salesforce and deleted here."""

    epoch: int
    login_url: str
    app: str
    refresh_version: int = 0
    secret_version: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """
    A connection with its grant's bookkeeping.

    `grant_epoch` names the secret that holds the refresh token, `secret_version` its version, `refresh_version` counts
    its rotations. `lease_owner` is random: two callers never write the same lease. `sealed_token` is the access token and `sealed_refresh` an emergency copy of the refresh token, both
    encrypted for the tenant. `fence` grows with every lease; `unsure` counts refreshes of the present refresh token whose
    answer was never seen. Times are epoch milliseconds.
    """

    connection: Connection
    grant_epoch: int = 0
    secret_version: str = ""
    refresh_version: int = 0
    sealed_token: bytes = field(default=b"", repr=False)
    sealed_refresh: bytes = field(default=b"", repr=False)
    lease_until_ms: int = 0
    lease_owner: str = ""
    fence: int = 0
    unsure: int = 0
    failures: int = 0
    refreshed_at_ms: int = 0
    due_at_ms: int = NEVER_DUE_MS
    announced_epoch: int = 0
    own_client_id: str = ""
    old_grants: tuple[OldGrant, ...] = ()

    @property
    def tenant(self) -> str:
        """Return whose connection it is."""
        return self.connection.tenant


def due_shard(tenant: str) -> str:
    """Return the index partition in which a tenant's connection waits for its next check."""
    return f"CONNECTION#{hashlib.sha256(tenant.encode()).digest()[0] % DUE_SHARDS}"
