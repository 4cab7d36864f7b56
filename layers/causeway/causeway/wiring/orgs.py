"""Builds the access to each tenant's org: tokens from the table, new ones from the token broker."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, broker_client, http_session, now_ms, settings
from causeway.wiring.messaging import publish_event
from causeway.wiring.tables import connection_table

if TYPE_CHECKING:
    from causeway.gateways.aws.access_tokens import StoredAccess
    from causeway.gateways.aws.broker import TokenBroker
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption
    from causeway.gateways.salesforce.org import SalesforceOrg

ANSWER_WITHIN_S = 20.0  # a person waits for the answer, and API Gateway gives up after 29 s


@cache
def token_encryption() -> KmsTokenEncryption:
    """Return what encrypts and decrypts tokens."""
    from causeway.gateways.aws.token_encryption import KmsTokenEncryption

    return KmsTokenEncryption(aws("kms"), settings().token_key_id)


@cache
def token_broker() -> TokenBroker:
    """Return the client of the token broker."""
    from causeway.gateways.aws.broker import TokenBroker

    return TokenBroker(broker_client(), settings().token_broker_function)


@cache
def stored_access() -> StoredAccess:
    """Return the access to every tenant's org."""
    from causeway.gateways.aws.access_tokens import StoredAccess

    return StoredAccess(connection_table(), token_encryption(), token_broker(), now_ms, time.sleep, publish_event)


def org_of(tenant: str, most_s: float | None = None) -> SalesforceOrg:
    """
    Return a tenant's org, none of whose calls takes longer than `most_s` (None: the gateway's own limit).

    Raises NotConnected or ReconnectionRequired.
    """
    from causeway.gateways.salesforce.org import SalesforceOrg  # only callers of the org pay its import
    from causeway.gateways.salesforce.transport import READ_TIMEOUT_S

    stored = stored_access()
    return SalesforceOrg(
        stored.access(tenant),
        stored,
        http_session(),
        now_ms,
        lambda usage: stored.note_usage(tenant, usage),
        READ_TIMEOUT_S if most_s is None else most_s,
    )


def answering_org_of(tenant: str) -> SalesforceOrg:
    """Return a tenant's org for an API request, which has to be answered within ANSWER_WITHIN_S."""
    return org_of(tenant, ANSWER_WITHIN_S)
