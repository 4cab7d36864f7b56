"""Builds the ports of the token broker; only its role may read the apps' secrets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from causeway.wiring.clients import http_session, jitter, new_id, now_ms, quick_aws, settings
from causeway.wiring.messaging import event_bus
from causeway.wiring.tables import connection_table, sync_table

if TYPE_CHECKING:
    from causeway.connections.tokens.ports import TokenPorts


def token_ports(deadline_ms: int) -> TokenPorts:
    """Return what one invocation of the token broker works with, until `deadline_ms` (epoch milliseconds)."""
    from causeway.connections.tokens.ports import TokenPorts
    from causeway.gateways.aws.secrets import SecretStore
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption
    from causeway.gateways.salesforce.oauth import TokenEndpoint

    known = settings()
    return TokenPorts(
        connections=connection_table(),
        endpoint=TokenEndpoint(http_session()),
        secrets=SecretStore(
            quick_aws("secretsmanager"), known.app_secret_arn, known.tenant_secret_prefix, known.token_key_id
        ),
        encryption=KmsTokenEncryption(quick_aws("kms"), known.token_key_id),
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


def _switch_syncs_off(tenant: str) -> None:
    from causeway.connections.org_change import switch_syncs_off

    switch_syncs_off(tenant, sync_table())
