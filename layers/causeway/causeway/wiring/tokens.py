"""Builds the ports of the token broker; only its role may read the apps' secrets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from causeway.wiring.clients import http_session, jitter, new_id, now_ms, quick_aws, settings
from causeway.wiring.messaging import event_bus
from causeway.wiring.tables import connection_table, sync_table

if TYPE_CHECKING:
    from causeway.connections.tokens.ports import TokenPorts
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption
    from causeway.gateways.grant_stores import GrantStores


def token_ports(deadline_ms: int) -> TokenPorts:
    """Return what one invocation of the token broker works with, until `deadline_ms` (epoch milliseconds)."""
    from causeway.connections.tokens.ports import TokenPorts
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption
    from causeway.gateways.salesforce.oauth import TokenEndpoint

    known = settings()
    encryption = KmsTokenEncryption(quick_aws("kms"), known.token_key_id)
    return TokenPorts(
        connections=connection_table(),
        endpoint=TokenEndpoint(http_session()),
        secrets=_grant_stores(encryption),
        encryption=encryption,
        events=event_bus(),
        now_ms=now_ms,
        sleep=time.sleep,
        new_id=new_id,
        jitter=jitter,
        on_org_change=_switch_syncs_off,
        loopback=known.loopback_origins,
        clouds=known.salesforce_clouds,
        deadline_ms=deadline_ms,
    )


def _grant_stores(encryption: KmsTokenEncryption) -> GrantStores:
    """Return where refresh tokens lie by the parameter GrantStore, and where they lay if that was changed."""
    from causeway.gateways.aws.secrets import SecretStore
    from causeway.gateways.dynamodb.grants import GrantTable
    from causeway.gateways.grant_stores import GrantStores

    known = settings()
    manager = SecretStore(
        quick_aws("secretsmanager"), known.app_secret_arn, known.tenant_secret_prefix, known.token_key_id
    )
    table = GrantTable(quick_aws("dynamodb"), known.config_table, encryption)
    if known.grant_store == "dynamodb":
        return GrantStores(manager, here=table, elsewhere=manager)
    return GrantStores(manager, here=manager, elsewhere=table)


def _switch_syncs_off(tenant: str) -> None:
    from causeway.connections.org_change import switch_syncs_off

    switch_syncs_off(tenant, sync_table())
