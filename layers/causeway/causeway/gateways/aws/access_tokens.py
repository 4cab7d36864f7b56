"""Access to orgs from the connection items; the token broker renews an expired access token, once for all callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from causeway.connections.connection import Connection, Status, Usage
from causeway.connections.statuses import sentence_of
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.errors import NotConnected, OrgUnavailable, ReconnectionRequired
from causeway.gateways.aws.token_encryption import NotOpened
from causeway.push.pacing.rates import ALARM_SHARE, is_worth_noting, with_rates
from causeway.salesforce.access import Access

WAIT_MS = 20_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 3.0


class Broker(Protocol):
    """The token broker: see gateways/aws/broker.py."""

    def ask(self, action: str, tenant: str, **request: Any) -> Mapping[str, Any]: ...


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def record(self, tenant: str) -> ConnectionRecord: ...
    def note_usage(self, tenant: str, usage: Usage) -> Usage | None: ...


class TokenEncryption(Protocol):
    """Decrypts tokens of a tenant: see gateways/aws/token_encryption.py."""

    def opened(self, tenant: str, sealed: bytes) -> str: ...


class StoredAccess:
    """
    Access to every tenant's org.

    Reads the connection item each time (a deauthorized tenant is noticed at the next call) and decrypts a token once
    per version: KMS is asked seldom.
    """

    def __init__(
        self,
        connections: Connections,
        encryption: TokenEncryption,
        broker: Broker,
        now_ms: Callable[[], int],
        sleep: Callable[[float], None],
        publish: Callable[[str, Mapping[str, Any]], None] = lambda kind, detail: None,
    ) -> None:
        self._connections, self._encryption, self._broker = connections, encryption, broker
        self._now_ms, self._sleep, self._publish = now_ms, sleep, publish
        self._opened: dict[str, Access] = {}
        self._usages: dict[str, Usage | None] = {}

    def access(self, tenant: str) -> Access:
        """Return the tenant's access; raise NotConnected, ReconnectionRequired, or OrgUnavailable while no token can be had."""
        record = self._connections.record(tenant)
        self._usages[tenant] = record.connection.usage
        _check_status(record.connection)
        if not record.sealed_token:
            return self._renewed(tenant, record.connection.epoch, record.connection.token_version)
        try:
            return self._access_of(record)
        except NotOpened:  # sealed before purposes came, and this role opens only what is sealed as an access token
            return self._renewed(tenant, record.connection.epoch, record.connection.token_version)

    def renewed(self, stale: Access) -> Access:
        """
        Return an access newer than `stale`, whose token Salesforce refused (401).

        The broker is asked once; while another caller's refresh runs, the item is read again until the new token is there
        (at most 20 s, then OrgUnavailable). Raises NotConnected or ReconnectionRequired when the grant is gone.
        """
        return self._renewed(stale.tenant, stale.epoch, stale.token_version)

    def note_usage(self, tenant: str, usage: Usage, arrivals: int = 0) -> bool:
        """
        Keep the org's API usage with the connection, with the rates of calls and arrivals; return False when it can wait.

        Written at most once a minute while it changes little. Publishes `quota.threshold` when it has just passed 80 %.
        """
        seen = self._usages.get(tenant)
        if not is_worth_noting(seen, usage):
            return False
        noted = with_rates(seen, usage, arrivals)
        before = self._connections.note_usage(tenant, noted)
        self._usages[tenant] = noted
        if usage.share >= ALARM_SHARE and (before is None or before.share < ALARM_SHARE):
            detail = {"tenant": tenant, "used": usage.used, "allowed": usage.allowed, "share": round(usage.share, 4)}
            self._publish("quota.threshold", detail)
        return True

    def _renewed(self, tenant: str, epoch: int, token_version: int) -> Access:
        newer = self._newer(tenant, epoch, token_version)
        if newer:
            return newer
        said = self._broker.ask("refresh", tenant, epoch_seen=epoch, token_version_seen=token_version, reason="refused")
        if said.get("result") == "later":  # nobody is refreshing: waiting here would be in vain
            raise _no_token_yet()
        give_up_ms, pause_s = self._now_ms() + WAIT_MS, FIRST_PAUSE_S
        while not (newer := self._newer(tenant, epoch, token_version)):
            if self._now_ms() >= give_up_ms:
                raise _no_token_yet()
            self._sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        return newer

    def _newer(self, tenant: str, epoch: int, token_version: int) -> Access | None:
        record = self._connections.record(tenant)
        _check_status(record.connection)
        found = (record.connection.epoch, record.connection.token_version)
        return self._access_of(record) if record.sealed_token and found > (epoch, token_version) else None

    def _access_of(self, record: ConnectionRecord) -> Access:
        connection = record.connection
        known = self._opened.get(connection.tenant)
        if known and (known.epoch, known.token_version) == (connection.epoch, connection.token_version):
            return known
        access = Access(
            tenant=connection.tenant,
            org_id=connection.org_id,
            instance_url=connection.instance_url,
            api_version=connection.api_version,
            epoch=connection.epoch,
            token_version=connection.token_version,
            access_token=self._encryption.opened(connection.tenant, record.sealed_token),
        )
        self._opened[connection.tenant] = access
        return access


def _no_token_yet() -> OrgUnavailable:
    return OrgUnavailable(
        "Salesforce has not answered the request for a new access token yet.",
        "It is tried again by itself.",
        retry_after_s=30,
    )


def _check_status(connection: Connection) -> None:
    if connection.status is Status.CONNECTED:
        return
    message, remedy = sentence_of(connection)
    if connection.status is Status.RECONNECTION_REQUIRED:
        raise ReconnectionRequired(message, remedy, cause=connection.cause)
    raise NotConnected(message, remedy)
