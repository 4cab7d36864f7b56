"""The token broker's use cases over fakes: one tenant, connected, at a time that tests move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from causeway.connections.connection import Connection
from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.refresh import Seen, refresh

from tests.support.connections.factories import NOW_MS, a_connection, a_record
from tests.support.connections.fakes import (
    FakeTokenEndpoint,
    MemoryConnections,
    MemorySecrets,
    PlainEncryption,
    SentEvents,
)

APP = AppCredentials("consumer-key", "consumer-secret")
MINUTE_MS, DAY_MS = 60_000, 24 * 3_600_000


@dataclass
class World:
    """Everything that a broker's use case touches."""

    connections: MemoryConnections = field(default_factory=MemoryConnections)
    endpoint: FakeTokenEndpoint = field(default_factory=FakeTokenEndpoint)
    secrets: MemorySecrets = field(default_factory=lambda: MemorySecrets(APP))
    encryption: PlainEncryption = field(default_factory=PlainEncryption)
    events: SentEvents = field(default_factory=SentEvents)
    now_ms: int = NOW_MS
    slept_s: list[float] = field(default_factory=list)
    switched_off: list[str] = field(default_factory=list)
    ids: int = 0
    time_left_ms: int = 58_000

    @property
    def ports(self) -> TokenPorts:
        return TokenPorts(
            connections=self.connections,
            endpoint=self.endpoint,
            secrets=self.secrets,
            encryption=self.encryption,
            events=self.events,
            now_ms=lambda: self.now_ms,
            sleep=self._sleep,
            new_id=self._new_id,
            jitter=lambda: 0.5,
            on_org_change=self.switched_off.append,
            deadline_ms=self.now_ms + self.time_left_ms,
        )

    @property
    def record(self) -> ConnectionRecord:
        return self.connections.record("acme")

    @property
    def connection(self) -> Connection:
        return self.record.connection

    def refresh(self) -> str:
        """Refresh for a caller that holds the present token."""
        return refresh("acme", Seen(self.connection.epoch, self.connection.token_version), self.ports)

    def change(self, record: ConnectionRecord) -> None:
        """Store a record over the present one."""
        assert self.connections.save(self.record, record)

    def _sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_ms += round(seconds * 1000)

    def _new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"


def a_world(record: ConnectionRecord | None = None) -> World:
    """Return a world in which acme is connected and its refresh token is kept."""
    world = World()
    version = world.secrets.keep_refresh_token("acme", "1", "refresh-0", 0)
    record = record or a_record(a_connection())
    world.change(replace(record, secret_version=version, sealed_token=world.encryption.sealed("acme", "00D!old")))
    return world
