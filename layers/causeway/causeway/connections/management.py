"""Shows and changes a tenant's connection: status, own app, client credentials, deauthorize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import Field

from causeway.connections.connection import Usage
from causeway.connections.oauth.clouds import DEFAULT
from causeway.connections.oauth.hosts import is_login_host
from causeway.connections.oauth.login_address import login_address
from causeway.connections.oauth.refusals import refusal_of
from causeway.connections.statuses import sentence_of
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.contract.names import Strict
from causeway.errors import BrokenDeployment, Conflict, InvalidRequest
from causeway.salesforce.values.dates import rfc3339


class OwnAppRequest(Strict):
    """The tenant's own External Client App or connected app; the secret is kept and never shown again."""

    client_id: str = Field(min_length=10, max_length=512, pattern=r"^[\x21-\x7e]+$")
    client_secret: str = Field(min_length=8, max_length=512, pattern=r"^[\x21-\x7e]+$", repr=False)


class ClientCredentialsRequest(Strict):
    """
    A connection without a browser: the app's run-as user, at the org's My Domain.

    `client_id` and `client_secret` become the tenant's own app; without them the one entered before is used.
    `confirmed_org` is the Id of another org than before that the tenant changes to.
    """

    salesforce_url: str = Field(min_length=1, max_length=2048)
    client_id: str | None = Field(default=None, min_length=10, max_length=512, pattern=r"^[\x21-\x7e]+$")
    client_secret: str | None = Field(default=None, min_length=8, max_length=512, pattern=r"^[\x21-\x7e]+$", repr=False)
    environment: Literal["production", "sandbox"] = "production"
    name: str | None = Field(default=None, min_length=1, max_length=80)
    confirmed_org: str | None = Field(default=None, pattern=r"^00D[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def record(self, tenant: str) -> ConnectionRecord: ...
    def history(self, tenant: str) -> list[dict[str, Any]]: ...


class Broker(Protocol):
    """The token broker: see gateways/aws/broker.py."""

    def ask(self, action: str, tenant: str, **request: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """The use cases of one tenant's connection."""

    connections: Connections
    broker: Broker
    loopback: tuple[str, ...] = ()
    clouds: tuple[str, ...] = DEFAULT

    def view(self, tenant: str) -> dict[str, Any]:
        """Return the connection with cause, remedy, usage and the history of its statuses; nothing secret."""
        return connection_view(self.connections.record(tenant)) | {
            "history": [_shown_status(entry) for entry in self.connections.history(tenant)]
        }

    def deauthorize(self, tenant: str) -> dict[str, Any]:
        """End the connection, revoke its grant and delete its tokens; configuration, history and links stay."""
        answer = _checked(self.broker.ask("deauthorize", tenant))
        return self.view(tenant) | {"revoked": answer["revoked"]}

    def keep_own_app(self, tenant: str, request: OwnAppRequest) -> dict[str, Any]:
        """Save the tenant's own app; it is used from the next connect on."""
        _checked(self.broker.ask("keep_app", tenant, client_id=request.client_id, client_secret=request.client_secret))
        return self.view(tenant)

    def connect_with_client_credentials(self, tenant: str, request: ClientCredentialsRequest) -> dict[str, Any]:
        """Connect as the app's run-as user; raise InvalidRequest with what Salesforce refused, Conflict for another org."""
        origin = login_address(request.salesforce_url, request.environment, self.loopback, self.clouds).origin
        if is_login_host(origin):
            raise InvalidRequest(
                "The client credentials flow works only at the org's own My Domain.",
                "Enter the My Domain, such as acme.my.salesforce.com.",
                fields=("salesforce_url",),
            )
        if bool(request.client_id) != bool(request.client_secret):
            raise InvalidRequest(
                "Only one of client id and client secret is given.", "Give both.", fields=("client_id", "client_secret")
            )
        if request.client_id and request.client_secret:
            _checked(
                self.broker.ask("keep_app", tenant, client_id=request.client_id, client_secret=request.client_secret)
            )
        answer = self.broker.ask(
            "client_credentials",
            tenant,
            login_origin=origin,
            environment=request.environment,
            name=request.name or "",
            confirmed_org=request.confirmed_org or "",
        )
        _checked(answer)
        return self.view(tenant)


def connection_view(record: ConnectionRecord) -> dict[str, Any]:
    """Return the connection as the API answers it."""
    connection = record.connection
    message, remedy = sentence_of(connection)
    return {
        "tenant": connection.tenant,
        "status": connection.status.value,
        "cause": connection.cause or ("never_connected" if message and not connection.epoch else None),
        "message": message or None,
        "remedy": remedy or None,
        "since": rfc3339(connection.since_ms) if connection.since_ms else None,
        "name": connection.name or None,
        "environment": connection.environment,
        "org_id": connection.org_id or None,
        "username": connection.username or None,
        "user_id": connection.user_id or None,
        "instance_url": connection.instance_url or None,
        "flow": connection.flow,
        "app": connection.app,
        "own_app": {"client_id": record.own_client_id} if record.own_client_id else None,
        "api_version": connection.api_version,
        "refreshed_at": rfc3339(record.refreshed_at_ms) if record.refreshed_at_ms else None,
        "usage": _shown_usage(connection.usage),
    }


def _shown_usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return {"used": usage.used, "allowed": usage.allowed, "read_at": rfc3339(usage.read_at_ms)}


def _shown_status(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": entry["status"],
        "cause": entry["cause"] or None,
        "since": rfc3339(entry["since_ms"]),
        "org_id": entry["org_id"] or None,
    }


def _checked(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the broker's answer when it succeeded; otherwise raise its refusal in words for a person."""
    match answer["result"]:
        case "refused":
            refusal = refusal_of(answer["reason"], error=answer["error"], description=answer.get("description", ""))
            said = f" Salesforce says: {refusal.quote}" if refusal.quote else ""
            raise InvalidRequest(f"{refusal.title}. {refusal.message}{said}", refusal.remedy)
        case "other_org":
            raise Conflict(
                f"This is org {answer['org_id']}, but the tenant's syncs belong to org {answer['known_org_id']}.",
                "Connect to the former org, or confirm the change by giving its Id as confirmed_org.",
                fields=("confirmed_org",),
            )
        case "failed":
            raise BrokenDeployment(str(answer["message"]), str(answer["remedy"]))
    return answer
