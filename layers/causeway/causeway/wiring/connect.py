"""Connecting, tokens, sessions and access to orgs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from causeway.wiring.clients import aws, broker_client, http_session, new_id, now_ms, quick_aws, settings

if TYPE_CHECKING:
    from causeway.connections.management import ConnectionSettings
    from causeway.connections.oauth.connect import ConnectPorts
    from causeway.connections.tokens.ports import TokenPorts
    from causeway.gateways.aws.access_tokens import StoredAccess
    from causeway.gateways.aws.broker import TokenBroker
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption
    from causeway.gateways.dynamodb.config.connections import ConnectionTable
    from causeway.gateways.dynamodb.config.markers import MarkerTable


KEY_LIFE_MS = 5 * 60 * 1000


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def jitter() -> float:
    """Return a random share from 0 to 1 that spreads scheduled checks."""
    return secrets.randbelow(1_000) / 1_000


@cache
def public_url() -> str:
    """Return the outside address of the API: the setting, or what the template wrote when it is empty."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    value = aws("ssm").get_parameter(Name=settings().public_url_parameter)["Parameter"]["Value"]
    return str(value).rstrip("/")


def link_key() -> bytes:
    """Return the key that signs connect links; a rotated one is taken up within five minutes."""
    return _link_key(now_ms() // KEY_LIFE_MS)


@lru_cache(maxsize=1)
def _link_key(period: int) -> bytes:
    answer = aws("secretsmanager").get_secret_value(SecretId=settings().link_secret_arn)
    return str(answer["SecretString"]).encode()


@cache
def connections() -> ConnectionTable:
    """Return where connections are kept."""
    from causeway.gateways.dynamodb.config.connections import ConnectionTable

    return ConnectionTable(aws("dynamodb"), settings().config_table)


@cache
def markers() -> MarkerTable:
    """Return where single-use marks and sessions are kept."""
    from causeway.gateways.dynamodb.config.markers import MarkerTable

    return MarkerTable(aws("dynamodb"), settings().config_table)


@cache
def encryption() -> KmsTokenEncryption:
    """Return what seals and opens tokens."""
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption

    return KmsTokenEncryption(aws("kms"), settings().token_key_id)


@cache
def broker() -> TokenBroker:
    """Return the token broker as its callers see it."""
    from causeway.gateways.aws.broker import TokenBroker

    return TokenBroker(broker_client(), settings().token_broker_function)


@cache
def stored_access() -> StoredAccess:
    """Return the access to every tenant's org."""
    from causeway.gateways.aws.access_tokens import StoredAccess
    from causeway.gateways.aws.events import EventBus

    def tell(kind: str, detail: Mapping[str, Any]) -> None:
        EventBus(aws("events"), settings().event_bus).publish(kind, detail)

    return StoredAccess(connections(), encryption(), broker(), now_ms, time.sleep, tell)


def connect_ports() -> ConnectPorts:
    """Return what connecting in a browser needs."""
    from causeway.connections.oauth.connect import ConnectPorts

    return ConnectPorts(
        markers=markers(),
        broker=broker(),
        link_key=link_key(),
        public_url=public_url(),
        now_ms=now_ms,
        new_secret=new_secret,
        loopback=settings().loopback_origins,
        return_urls=settings().return_urls,
    )


def callback_ports() -> ConnectPorts:
    """Return what the callback needs: connecting, and the permission check that follows a success."""
    from dataclasses import replace

    from causeway.wiring.connection_test import findings

    return replace(connect_ports(), findings=findings)


@cache
def connection_settings() -> ConnectionSettings:
    """Return the use cases around one tenant's connection."""
    from causeway.connections.management import ConnectionSettings

    return ConnectionSettings(connections(), broker(), settings().loopback_origins)


def token_ports(deadline_ms: int) -> TokenPorts:
    """Return what the token broker works with; only its role may read the secrets behind it."""
    from causeway.connections.tokens.ports import TokenPorts
    from causeway.gateways.aws.events import EventBus
    from causeway.gateways.aws.secrets import SecretStore
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption
    from causeway.gateways.salesforce.oauth import TokenEndpoint

    known = settings()
    return TokenPorts(
        connections=connections(),
        endpoint=TokenEndpoint(http_session()),
        secrets=SecretStore(
            quick_aws("secretsmanager"), known.app_secret_arn, known.tenant_secret_prefix, known.token_key_id
        ),
        encryption=KmsTokenEncryption(quick_aws("kms"), known.token_key_id),
        events=EventBus(aws("events"), known.event_bus),
        now_ms=now_ms,
        sleep=time.sleep,
        new_id=new_id,
        jitter=jitter,
        on_org_change=_switch_syncs_off,
        loopback=known.loopback_origins,
        deadline_ms=deadline_ms,
    )


def _switch_syncs_off(tenant: str) -> None:
    from causeway.connections.org_change import switch_syncs_off
    from causeway.gateways.dynamodb.config.syncs import SyncTable

    switch_syncs_off(tenant, SyncTable(aws("dynamodb"), settings().config_table))
