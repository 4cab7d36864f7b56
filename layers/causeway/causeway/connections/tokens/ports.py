"""What the token broker needs from outside, as Protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.connections.connection import Connection
from causeway.connections.oauth.clouds import DEFAULT
from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import ConnectionRecord, KeptToken, Purpose


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def record(self, tenant: str) -> ConnectionRecord: ...
    def save(self, before: ConnectionRecord, after: ConnectionRecord) -> bool: ...
    def due(self, now_ms: int) -> Iterator[str]: ...
    def note_status(self, connection: Connection) -> None: ...


class TokenEndpoint(Protocol):
    """
    Salesforce's OAuth endpoints: see gateways/salesforce/oauth.py.

    Token requests raise TokenRefused, TokenAnswerLost or TokenEndpointUnavailable.
    """

    def exchange(
        self, origin: str, app: AppCredentials, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]: ...
    def refresh(self, origin: str, app: AppCredentials, refresh_token: str) -> Mapping[str, Any]: ...
    def client_credentials(self, origin: str, app: AppCredentials) -> Mapping[str, Any]: ...
    def is_active(self, origin: str, app: AppCredentials, refresh_token: str) -> bool: ...
    def revoke(self, origin: str, token: str) -> None: ...
    def identity(self, identity_url: str, access_token: str) -> Mapping[str, Any]: ...


class Secrets(Protocol):
    """App credentials and refresh tokens: see gateways/aws/secrets.py. Raises SecretsUnavailable."""

    def app(self, tenant: str, app: str, version: str = "") -> AppCredentials: ...
    def keep_app(self, tenant: str, app: AppCredentials) -> str: ...
    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken: ...
    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str: ...
    def forget(self, tenant: str, grant: str) -> None: ...


class TokenEncryption(Protocol):
    """Encrypts tokens for a tenant and a purpose: see gateways/aws/token_encryption.py."""

    def sealed(self, tenant: str, token: str, purpose: Purpose = "access-token") -> bytes: ...
    def opened(self, tenant: str, sealed: bytes, purpose: Purpose = "access-token") -> str: ...


class Events(Protocol):
    """Publishes status events: see gateways/aws/events.py."""

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class TokenPorts:
    """What one invocation of the token broker needs; it must end before `deadline_ms` (epoch milliseconds)."""

    connections: Connections
    endpoint: TokenEndpoint
    secrets: Secrets
    encryption: TokenEncryption
    events: Events
    now_ms: Callable[[], int]
    sleep: Callable[[float], None]
    new_id: Callable[[], str]
    jitter: Callable[[], float]
    on_org_change: Callable[[str], None]
    loopback: tuple[str, ...] = ()
    clouds: tuple[str, ...] = DEFAULT
    deadline_ms: int = 0
