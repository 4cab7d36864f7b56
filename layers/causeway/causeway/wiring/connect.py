"""Builds the ports of connecting in a browser, and what signs its links."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, new_secret, now_ms, settings
from causeway.wiring.orgs import token_broker
from causeway.wiring.tables import connection_table, marker_table

if TYPE_CHECKING:
    from causeway.connections.brand import Brand
    from causeway.connections.management import ConnectionSettings
    from causeway.connections.oauth.ports import ConnectPorts

KEY_LIFE_MS = 5 * 60 * 1000


@cache
def public_url() -> str:
    """Return the public address of the API: the setting, or the parameter that the template wrote when it is empty."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    value = aws("ssm").get_parameter(Name=settings().public_url_parameter)["Parameter"]["Value"]
    return str(value).rstrip("/")


def link_key() -> bytes:
    """Return the key that signs connect links; a rotated key is used within five minutes."""
    return _link_key(now_ms() // KEY_LIFE_MS)


@lru_cache(maxsize=1)
def _link_key(period: int) -> bytes:
    answer = aws("secretsmanager").get_secret_value(SecretId=settings().link_secret_arn)
    return str(answer["SecretString"]).encode()


def connect_ports() -> ConnectPorts:
    """Return what connecting in a browser needs."""
    from causeway.connections.oauth.ports import ConnectPorts

    return ConnectPorts(
        markers=marker_table(),
        broker=token_broker(),
        link_key=link_key(),
        public_url=public_url(),
        now_ms=now_ms,
        new_secret=new_secret,
        loopback=settings().loopback_origins,
        clouds=settings().salesforce_clouds,
        return_urls=settings().return_urls,
        product=brand().name,
    )


@cache
def brand() -> Brand:
    """Return the product's dress, from the parameters."""
    from causeway.connections.brand import brand_of

    return brand_of(settings())


def callback_ports() -> ConnectPorts:
    """Return what the callback needs: connecting, and the permission check after a success."""
    from causeway.wiring.connection_test import findings

    return replace(connect_ports(), findings=findings)


@cache
def connection_settings() -> ConnectionSettings:
    """Return the use cases for one tenant's connection."""
    from causeway.connections.management import ConnectionSettings

    return ConnectionSettings(
        connection_table(), token_broker(), settings().loopback_origins, settings().salesforce_clouds
    )
