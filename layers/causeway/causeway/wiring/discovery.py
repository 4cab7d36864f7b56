"""Describes and syncs, which watch each other: a describe that changed is held against the syncs that map it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, http_session, now_ms, settings

if TYPE_CHECKING:
    from causeway.gateways.dynamodb.config.describes import DescribeTable
    from causeway.gateways.dynamodb.config.fields import FieldTable
    from causeway.gateways.dynamodb.config.syncs import SyncTable
    from causeway.gateways.salesforce.org import SalesforceOrg
    from causeway.salesforce.describe import SObjectDescribe
    from causeway.syncs.discovery.describes import Discovery
    from causeway.syncs.discovery.field_learning import FieldLearner
    from causeway.syncs.store import Syncs


ANSWER_WITHIN_S = 20.0  # somebody waits for the answer, and API Gateway gives up after 29 s


def org_of(tenant: str) -> SalesforceOrg:
    """Return a tenant's org with the access of now, for whoever waits; raise NotConnected or ReconnectionRequired."""
    from causeway.gateways.salesforce.org import SalesforceOrg  # only callers of the org pay its import
    from causeway.wiring.connect import stored_access

    stored = stored_access()
    return SalesforceOrg(
        stored.access(tenant),
        stored,
        http_session(),
        now_ms,
        lambda usage: stored.note_usage(tenant, usage),
        most_s=ANSWER_WITHIN_S,
    )


@cache
def sync_table() -> SyncTable:
    """Return where syncs are kept."""
    from causeway.gateways.dynamodb.config.syncs import SyncTable

    return SyncTable(aws("dynamodb"), settings().config_table)


@cache
def field_table() -> FieldTable:
    """Return where the product's field lists are kept."""
    from causeway.gateways.dynamodb.config.fields import FieldTable

    return FieldTable(aws("dynamodb"), settings().config_table)


@cache
def field_learner() -> FieldLearner:
    """Return what learns the product's fields from its messages."""
    from causeway.syncs.discovery.field_learning import FieldLearner

    return FieldLearner(field_table(), now_ms)


@cache
def describe_table() -> DescribeTable:
    """Return where describes are cached."""
    from causeway.gateways.dynamodb.config.describes import DescribeTable

    return DescribeTable(aws("dynamodb"), settings().config_table)


@cache
def discovery() -> Discovery:
    """Return the describes of every tenant's org."""
    from causeway.syncs.discovery.describes import Discovery

    return Discovery(org_of, describe_table(), now_ms, note_drift)


@cache
def syncs() -> Syncs:
    """Return the syncs of every tenant."""
    from causeway.gateways.aws.events import EventBus
    from causeway.syncs.store import Syncs

    return Syncs(
        sync_table(), discovery(), field_table(), EventBus(aws("events"), settings().event_bus).publish, now_ms
    )


def note_drift(tenant: str, before: SObjectDescribe, after: SObjectDescribe) -> None:
    """Hold a describe that changed against the syncs that map it."""
    syncs().note_drift(tenant, before, after)
