"""What the token broker stores with a connection: where its grant is, who refreshes it, and what is to be revoked. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from causeway.connections.connection import Connection

Purpose = Literal[
    "access-token", "refresh-token"
]  # what a token in the item is sealed for; template.yaml names the first
DUE_SHARDS = 8
NEVER_DUE_MS = 253_402_300_799_000  # the year 9999: connections without a due check stay in the index, at its end


@dataclass(frozen=True, slots=True)
class OldGrant:
    """
    A grant that was replaced or ended and still has to be revoked at `origin` and deleted here.

    `grant` names its secret ("": none); `sealed_token` is the access token of a grant that has no refresh token.
    Until `leased_until_ms` a refresh may still be running and save its secret again. `unsure` means that a refresh was
    never answered, so the valid refresh token may be one that nobody has. `rotation` is that of its newest refresh token,
    `listed_at_ms` when it was listed: Secrets Manager may not know the newest one for a while.
    """

    grant: str
    origin: str
    app: str = "deployment"
    leased_until_ms: int = 0
    unsure: bool = False
    rotation: int = 0
    listed_at_ms: int = 0
    sealed_token: bytes = field(default=b"", repr=False)
    sealed_refresh: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A refresh token in Secrets Manager; `rotation` counts the ones before it."""

    token: str = field(repr=False)
    rotation: int
    version: str


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """
    A connection with the state of its grant.

    `grant` names the secret that holds the refresh token, `secret_version` its version; `refresh_version` counts
    its rotations. `sealed_token` is the access token and `sealed_refresh` an emergency copy of the refresh token, both
    encrypted for the tenant. `fence` grows with every lease; `lease_owner` is random, so two callers never write the
    same lease; `unsure` counts refreshes of the current refresh token whose answer never arrived, `unknown` those
    in a row that Salesforce refused for no reason that is known.
    `own_client_id` names the tenant's own app, `own_app_version` the version of its secret.
    `announced_epoch` is the last epoch whose event was sent, `previous` the status before the current one.
    Times are epoch milliseconds.
    """

    connection: Connection
    grant: str = ""
    secret_version: str = ""
    refresh_version: int = 0
    sealed_token: bytes = field(default=b"", repr=False)
    sealed_refresh: bytes = field(default=b"", repr=False)
    lease_until_ms: int = 0
    lease_owner: str = ""
    fence: int = 0
    unsure: int = 0
    failures: int = 0
    unknown: int = 0
    refreshed_at_ms: int = 0
    due_at_ms: int = NEVER_DUE_MS
    announced_epoch: int = 0
    previous: str = ""
    own_client_id: str = ""
    own_app_version: str = ""
    old_grants: tuple[OldGrant, ...] = ()

    @property
    def tenant(self) -> str:
        """Return whose connection it is."""
        return self.connection.tenant


def due_shard(tenant: str) -> str:
    """Return the index partition in which a tenant's connection waits for its next check."""
    return f"CONNECTION#{hashlib.sha256(tenant.encode()).digest()[0] % DUE_SHARDS}"
