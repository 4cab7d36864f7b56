"""Builds the ports of push, dry run and replay."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, http_session, new_id, now_ms, settings
from causeway.wiring.discovery import discovery, discovery_of
from causeway.wiring.messaging import event_bus, outbound_queue, push_queue
from causeway.wiring.orgs import answering_org_of, stored_access
from causeway.wiring.tables import (
    connection_table,
    gathering_table,
    parked_table,
    push_history,
    sync_table,
    synced_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from causeway.gateways.dynamodb.state.claims import ClaimTable
    from causeway.gateways.salesforce.pool import OrgPool
    from causeway.parked.replay import Replay
    from causeway.push.dry_run import DryRunPorts
    from causeway.push.ports import PushPorts
    from causeway.push.saving.batch_size import MeasuredBatchSize
    from causeway.salesforce.describe import SObjectDescribe
    from causeway.syncs.discovery.describes import Discovery

# What `push_ports` imports in the end; the handler loads it while its environment starts.
NEEDED_AT_FIRST = (
    "boto3",
    "requests",
    "causeway.gateways.aws.access_tokens",
    "causeway.gateways.aws.broker",
    "causeway.gateways.aws.events",
    "causeway.gateways.aws.parallel",
    "causeway.gateways.aws.push_events",
    "causeway.gateways.dynamodb.config.connections",
    "causeway.gateways.dynamodb.config.describes",
    "causeway.gateways.dynamodb.config.fields",
    "causeway.gateways.dynamodb.config.push_history",
    "causeway.gateways.dynamodb.config.runs",
    "causeway.gateways.dynamodb.config.syncs",
    "causeway.gateways.dynamodb.parked.gathering",
    "causeway.gateways.dynamodb.parked.store",
    "causeway.gateways.dynamodb.state.claims",
    "causeway.gateways.dynamodb.state.synced",
    "causeway.gateways.salesforce.direct_session",
    "causeway.gateways.salesforce.org",
    "causeway.gateways.salesforce.pool",
    "causeway.push.saving.batch_size",
    "causeway.syncs.discovery.describes",
    "causeway.syncs.discovery.field_learning",
)


@cache
def org_pool() -> OrgPool:
    """Return the orgs of this invocation."""
    from causeway.gateways.salesforce.pool import OrgPool

    return OrgPool(stored_access(), http_session(), now_ms)


@cache
def _discovery() -> Discovery:
    return discovery_of(org_pool().org)


@cache
def _batch_size() -> MeasuredBatchSize:
    from causeway.push.saving.batch_size import MeasuredBatchSize

    return MeasuredBatchSize()


def _claim_table() -> ClaimTable:
    """Return the claims, for an owner of their own."""
    from causeway.gateways.dynamodb.state.claims import ClaimTable

    known = settings()
    return ClaimTable(aws("dynamodb"), known.state_table, new_id(), now_ms, known.claim_lease_s * 1000)


def push_ports() -> PushPorts:
    """Return what one invocation of push works with; its claims have an owner of their own."""
    from causeway.gateways.aws.parallel import gathered
    from causeway.gateways.aws.push_events import PushEvents
    from causeway.push.ports import PushPorts
    from causeway.syncs.discovery.describes import FORCED_AGAIN_AFTER_MS, MAX_AGE_MS

    org_pool().start()
    return PushPorts(
        connections=connection_table(),
        syncs=sync_table(),
        described=partial(_discovery().described, not_found_ms=MAX_AGE_MS),
        described_again=partial(_discovery().described, fresh=True, not_found_ms=FORCED_AGAIN_AFTER_MS),
        org=org_pool().calls,
        claims=_claim_table(),
        synced=synced_table(),
        parked=parked_table(),
        history=push_history(),
        outbound=outbound_queue(),
        signals=PushEvents(event_bus()),
        now_ms=now_ms,
        in_parallel=gathered,
        batch_size=_batch_size(),
        defer=push_queue().defer,
        finish=org_pool().finish,
        worker=new_id(),
        quota_share_percent=settings().quota_share_percent,
        person_wait_ms=settings().person_wait_s * 1000,
        is_described=_discovery().is_described,
        described_since=_described_since(_discovery()),
        count_learned=_discovery().count_learned,
        gathering=gathering_table(),
        note_arrival=org_pool().note_arrival,
    )


def replay() -> Replay:
    """Return the work of one tick of the replay schedule."""
    from causeway.gateways.aws.parallel import gathered
    from causeway.parked.replay import Replay
    from causeway.push.pacing.overdue import keep_overdue

    def keep(tenant: str, now_ms: int) -> bool:
        return keep_overdue(tenant, gathering_table(), parked_table(), now_ms)

    share = settings().quota_share_percent
    return Replay(connection_table(), sync_table(), parked_table(), push_queue(), share, keep, gathered)


def _described_since(found: Discovery, *, is_read_anew: bool = False) -> Callable[[str, str, int], SObjectDescribe]:
    from causeway.syncs.discovery.describes import MAX_AGE_MS

    def described_since(tenant: str, sobject: str, since_ms: int) -> SObjectDescribe:
        return found.described(tenant, sobject, since_ms=since_ms, not_found_ms=MAX_AGE_MS, is_read_anew=is_read_anew)

    return described_since


def dry_run_ports() -> DryRunPorts:
    """Return what a dry run reads."""
    from causeway.gateways.salesforce.composite import OrgCalls
    from causeway.push.dry_run import DryRunPorts

    return DryRunPorts(
        connections=connection_table(),
        syncs=sync_table(),
        described=cache(partial(discovery().described, is_read_anew=True)),
        described_again=partial(discovery().described, fresh=True),
        described_since=_described_since(discovery(), is_read_anew=True),
        org=lambda tenant: OrgCalls(answering_org_of(tenant)),
        claims=_claim_table(),
        synced=synced_table(),
        now_ms=now_ms,
        quota_share_percent=settings().quota_share_percent,
        person_wait_ms=settings().person_wait_s * 1000,
    )
