"""Hand-written fakes for connections; MemoryConnections passes the same contract tests as ConnectionTable."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, override

from causeway.connections.connection import Connection, Usage
from causeway.connections.oauth.flow import AppCredentials, TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.connections.tokens.broker import answered
from causeway.connections.tokens.grants import ConnectionRecord, KeptToken, Purpose
from causeway.connections.tokens.ports import TokenPorts
from causeway.errors import NotFound
from causeway.gateways.aws.secrets import SecretsUnavailable
from causeway.gateways.aws.token_encryption import EncryptionUnavailable, NotOpened

from tests.support.connections.factories import ORG_ID, USER_ID


class MemoryConnections:
    """Connections in memory, safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, ConnectionRecord] = {}
        self._history: dict[str, dict[tuple[int, int], dict[str, Any]]] = {}

    def get(self, tenant: str) -> Connection:
        return self.record(tenant).connection

    def record(self, tenant: str) -> ConnectionRecord:
        with self._lock:
            return self._records.get(tenant, ConnectionRecord(Connection(tenant)))

    def save(self, before: ConnectionRecord, after: ConnectionRecord) -> bool:
        with self._lock:
            stored = self._records.get(before.tenant, ConnectionRecord(Connection(before.tenant)))
            if (stored.connection.epoch, stored.fence) != (before.connection.epoch, before.fence):
                return False
            connection = _merged(stored.connection, before.connection, after.connection)
            usage = stored.connection.usage
            merged = _merged(stored, before, after)
            sizes = stored.connection.record_sizes if connection.org_id == stored.connection.org_id else {}
            connection = replace(connection, usage=usage, record_sizes=sizes)
            self._records[before.tenant] = replace(merged, connection=connection)
            return True

    def note_record_sizes(self, tenant: str, org_id: str, sizes: Mapping[str, int]) -> None:
        with self._lock:
            stored = self._records.get(tenant)
            if stored and stored.connection.org_id == org_id:
                connection = replace(stored.connection, record_sizes=dict(sizes))
                self._records[tenant] = replace(stored, connection=connection)

    def note_usage(self, tenant: str, usage: Usage) -> Usage | None:
        with self._lock:
            stored = self._records.get(tenant)
            before = stored.connection.usage if stored else None
            if stored is None or (before and before.read_at_ms >= usage.read_at_ms):
                return usage
            self._records[tenant] = replace(stored, connection=replace(stored.connection, usage=usage))
            return before

    def due(self, now_ms: int) -> Iterator[str]:
        with self._lock:
            found = [tenant for tenant, record in self._records.items() if record.due_at_ms <= now_ms]
        yield from found

    def note_status(self, connection: Connection) -> None:
        entry = {
            "status": connection.status.value,
            "cause": connection.cause,
            "since_ms": connection.since_ms,
            "org_id": connection.org_id,
        }
        with self._lock:
            self._history.setdefault(connection.tenant, {})[connection.since_ms, connection.epoch] = entry

    def history(self, tenant: str) -> list[dict[str, Any]]:
        with self._lock:
            return [entry for _, entry in sorted(self._history.get(tenant, {}).items(), reverse=True)]


def _merged[T: (Connection, ConnectionRecord)](stored: T, before: T, after: T) -> T:
    """Return `stored` with what differs between `before` and `after`."""
    changed = {
        item.name: getattr(after, item.name)
        for item in fields(after)
        if getattr(after, item.name) != getattr(before, item.name)
    }
    return replace(stored, **changed)


class MemorySecrets:
    """App credentials and refresh tokens in memory; keeps every version, as Secrets Manager does. `down` makes it unavailable."""

    def __init__(self, app: AppCredentials) -> None:
        self._lock = threading.Lock()
        self._apps = {"deployment": app}
        self._kept: dict[tuple[str, str], list[KeptToken]] = {}
        self.down = False

    def app(self, tenant: str, app: str, version: str = "") -> AppCredentials:
        self._check()
        return self._apps[tenant if app == "tenant" else "deployment"]

    def keep_app(self, tenant: str, app: AppCredentials) -> str:
        self._check()
        self._apps[tenant] = app
        return f"{tenant}-{app.client_id}"

    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken:
        self._check()
        with self._lock:
            found = [each for each in self._kept.get((tenant, grant), []) if version in (None, each.version)]
        if not found:
            raise NotFound("There is no such secret.")
        return found[-1]

    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str:
        self._check()
        with self._lock:
            versions = self._kept.setdefault((tenant, grant), [])
            versions.append(KeptToken(token, rotation, f"{tenant}-{grant}-{rotation}-{len(versions)}"))
            return versions[-1].version

    def forget(self, tenant: str, grant: str) -> None:
        self._check()
        with self._lock:
            self._kept.pop((tenant, grant), None)

    @property
    def names(self) -> set[tuple[str, str]]:
        """Return which grants have a secret."""
        return set(self._kept)

    def _check(self) -> None:
        if self.down:
            raise SecretsUnavailable("Secrets Manager is down.")


class LaggingSecrets(MemorySecrets):
    """Secrets that readers know only some time after they were written, as in Secrets Manager; `lag_ms` is asked for each version."""

    def __init__(self, app: AppCredentials, now_ms: Callable[[], int], lag_ms: Callable[[], int]) -> None:
        super().__init__(app)
        self._now_ms, self._lag_ms = now_ms, lag_ms
        self._known_at_ms: dict[str, int] = {}

    @override
    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken:
        self._check()
        known = [each for each in self._versions(tenant, grant) if self._known_at_ms[each.version] <= self._now_ms()]
        found = [each for each in known if version in (None, each.version)]
        if not found:
            raise NotFound("There is no such secret.")
        return found[-1]

    @override
    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str:
        version = super().keep_refresh_token(tenant, grant, token, rotation)
        self._known_at_ms[version] = self._now_ms() + self._lag_ms()
        return version

    def _versions(self, tenant: str, grant: str) -> list[KeptToken]:
        with self._lock:
            return list(self._kept.get((tenant, grant), []))


class PlainEncryption:
    """Seals by naming tenant and purpose; opening for another fails. `down` makes it unavailable."""

    def __init__(self) -> None:
        self.down = False

    def sealed(self, tenant: str, token: str, purpose: Purpose = "access-token") -> bytes:
        if self.down:
            raise EncryptionUnavailable("KMS is down.")
        return f"{tenant}|{purpose}|{token}".encode()

    def opened(self, tenant: str, sealed: bytes, purpose: Purpose = "access-token") -> str:
        if self.down:
            raise EncryptionUnavailable("KMS is down.")
        *context, token = sealed.decode().split("|", 2)
        if context != [tenant, purpose]:
            raise NotOpened("KMS refused.")
        return token


@dataclass
class SentEvents:
    """Keeps what would go to the bus."""

    sent: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def publish(self, kind: str, detail: Mapping[str, Any]) -> None:
        self.sent.append((kind, detail))

    @property
    def statuses(self) -> list[str]:
        """Return the published statuses, in order."""
        return [str(detail["status"]) for kind, detail in self.sent if kind == "connection.status_changed"]


@dataclass
class DirectBroker:
    """The token broker without Lambda in between; answers go through JSON as they do on the wire."""

    ports: TokenPorts
    asked: list[str] = field(default_factory=list)

    def ask(self, action: str, tenant: str, **request: Any) -> Mapping[str, Any]:
        self.asked.append(action)
        ports = replace(self.ports, deadline_ms=self.ports.now_ms() + 58_000)
        event = json.loads(json.dumps({"action": action, "tenant": tenant, **request}))
        answer: Mapping[str, Any] = json.loads(json.dumps(answered(event, ports)))
        return answer


@dataclass
class FakeTokenEndpoint:
    """
    Salesforce's token endpoint with one rotating grant: `log` has the requests in order.

    `script` holds what happens to the next token requests: an exception is raised (`TokenAnswerLost` after the rotation took
    effect, as a lost answer does), a dict replaces parts of the answer; when it is empty requests are answered as usual.
    `identities` are the user's names, or what is raised, at the next identity requests.
    """

    rotates: bool = True
    script: list[Exception | dict[str, Any]] = field(default_factory=list)
    log: list[tuple[str, str]] = field(default_factory=list)
    alive: bool = True
    present: str = "refresh-0"
    rotations: int = 0
    revoke_fails: bool = False
    during: Callable[[], object] | None = None
    identities: list[Exception | str] = field(default_factory=list)

    def refresh(self, origin: str, app: AppCredentials, refresh_token: str) -> Mapping[str, Any]:
        self.log.append(("refresh", refresh_token))
        if self.during:
            self.during()
        step = self.script.pop(0) if self.script else {}
        if isinstance(step, Exception) and not isinstance(step, TokenAnswerLost):
            raise step
        if not self.alive or refresh_token != self.present:
            self.alive = False
            raise TokenRefused("grant_ended", "invalid_grant", "expired access/refresh token")
        answer = self._answer(origin) | self._rotated()
        if isinstance(step, Exception):
            raise step
        return answer | step

    def exchange(
        self, origin: str, app: AppCredentials, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        self.log.append(("exchange", code))
        step = self.script.pop(0) if self.script else {}
        if isinstance(step, Exception):
            raise step
        answer = self._answer(origin) | {"refresh_token": self.present, "scope": "api refresh_token id"} | step
        return answer | ({} if "signature" in step else {"signature": signature_of(answer, app)})

    def client_credentials(self, origin: str, app: AppCredentials) -> Mapping[str, Any]:
        self.log.append(("client_credentials", origin))
        step = self.script.pop(0) if self.script else {}
        if isinstance(step, Exception):
            raise step
        answer = self._answer(origin) | {"scope": "api id"} | step
        return answer | {"signature": signature_of(answer, app)}

    def is_active(self, origin: str, app: AppCredentials, refresh_token: str) -> bool:
        self.log.append(("introspect", refresh_token))
        return self.alive

    def revoke(self, origin: str, token: str) -> None:
        self.log.append(("revoke", token))
        if self.revoke_fails:
            raise TokenEndpointUnavailable("down")

    def identity(self, identity_url: str, access_token: str) -> Mapping[str, Any]:
        self.log.append(("identity", identity_url))
        said = self.identities.pop(0) if self.identities else "integration@acme.example"
        if isinstance(said, Exception):
            raise said
        return {"username": said}

    def asked(self, what: str) -> list[str]:
        """Return the arguments of every request of one kind."""
        return [argument for kind, argument in self.log if kind == what]

    def _rotated(self) -> dict[str, Any]:
        if not self.rotates:
            return {}
        self.rotations += 1
        self.present = f"refresh-{self.rotations}"
        return {"refresh_token": self.present}

    def _answer(self, origin: str) -> dict[str, Any]:
        return {
            "access_token": f"{ORG_ID[:15]}!access-{len(self.log)}",
            "instance_url": "https://acme.my.salesforce.com",
            "id": f"https://login.salesforce.com/id/{ORG_ID}/{USER_ID}",
            "issued_at": "1800000000000",
        }


def signature_of(answer: Mapping[str, Any], app: AppCredentials) -> str:
    """Return Salesforce's signature over an answer."""
    signed = f"{answer['id']}{answer['issued_at']}".encode()
    return base64.b64encode(hmac.new(app.client_secret.encode(), signed, hashlib.sha256).digest()).decode()
