"""What pushing, replaying and parking are built from."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, http_session, new_id, now_ms, settings

if TYPE_CHECKING:
    from causeway.gateways.aws.queues import MessageQueue
    from causeway.gateways.dynamodb.config.runs import RunTable
    from causeway.gateways.dynamodb.parked.store import ParkedTable
    from causeway.gateways.salesforce.pool import OrgPool
    from causeway.parked.replay import Replay
    from causeway.push.dry_run import DryRunPorts
    from causeway.push.ports import PushPorts
    from causeway.push.saving.batch_size import MeasuredBatchSize
    from causeway.syncs.discovery.describes import Discovery


@cache
def parked_table() -> ParkedTable:
    """Return the parked store."""
    from causeway.gateways.dynamodb.parked.store import ParkedTable

    known = settings()
    return ParkedTable(
        aws("dynamodb"), known.parked_table, aws("s3"), known.parked_bucket, now_ms, known.parked_retention_days
    )


@cache
def run_table() -> RunTable:
    """Return the sync history."""
    from causeway.gateways.dynamodb.config.runs import RunTable

    return RunTable(aws("dynamodb"), settings().config_table, now_ms, settings().history_retention_days)


@cache
def push_queue() -> MessageQueue:
    """Return the queue that changes arrive on."""
    from causeway.gateways.aws.queues import MessageQueue

    return MessageQueue(aws("sqs"), settings().push_queue_url)


@cache
def outbound_queue() -> MessageQueue:
    """Return the queue that outcomes leave on."""
    from causeway.gateways.aws.queues import MessageQueue

    return MessageQueue(aws("sqs"), settings().outbound_queue_url)


@cache
def org_pool() -> OrgPool:
    """Return the orgs of this invocation."""
    from causeway.gateways.salesforce.pool import OrgPool
    from causeway.wiring.connect import stored_access

    return OrgPool(stored_access(), http_session(), now_ms)


@cache
def _discovery() -> Discovery:
    from causeway.syncs.discovery.describes import Discovery
    from causeway.wiring.discovery import describe_table, note_drift

    return Discovery(org_pool().org, describe_table(), now_ms, note_drift)


@cache
def _batch_size() -> MeasuredBatchSize:
    from causeway.push.saving.batch_size import MeasuredBatchSize

    return MeasuredBatchSize()


def push_ports() -> PushPorts:
    """Return what one invocation of push works with; its claims have an owner of their own."""
    from causeway.gateways.aws.events import EventBus
    from causeway.gateways.aws.parallel import gathered
    from causeway.gateways.aws.push_events import PushEvents
    from causeway.gateways.dynamodb.state.claims import ClaimTable
    from causeway.gateways.dynamodb.state.synced import SyncedTable
    from causeway.push.ports import PushPorts
    from causeway.syncs.discovery.describes import FORCED_AGAIN_AFTER_MS, MAX_AGE_MS
    from causeway.wiring.connect import connections
    from causeway.wiring.discovery import sync_table

    known = settings()
    org_pool().start()
    return PushPorts(
        connections=connections(),
        syncs=sync_table(),
        described=partial(_discovery().described, not_found_ms=MAX_AGE_MS),
        described_again=partial(_discovery().described, fresh=True, not_found_ms=FORCED_AGAIN_AFTER_MS),
        org=org_pool().calls,
        claims=ClaimTable(aws("dynamodb"), known.state_table, new_id(), now_ms, known.claim_lease_s * 1000),
        synced=SyncedTable(aws("dynamodb"), known.state_table),
        parked=parked_table(),
        history=run_table(),
        outbound=outbound_queue(),
        signals=PushEvents(EventBus(aws("events"), known.event_bus)),
        now_ms=now_ms,
        in_parallel=gathered,
        batch_size=_batch_size(),
        defer=push_queue().defer,
        finish=org_pool().finish,
        quota_share_percent=known.quota_share_percent,
        is_described=_discovery().is_described,
    )


def replay() -> Replay:
    """Return one tick's work of the replay schedule."""
    from causeway.parked.replay import Replay
    from causeway.wiring.connect import connections
    from causeway.wiring.discovery import sync_table

    return Replay(connections(), sync_table(), parked_table(), push_queue(), settings().quota_share_percent)


def dry_run_ports() -> DryRunPorts:
    """Return what a dry run reads."""
    from causeway.gateways.dynamodb.state.claims import ClaimTable
    from causeway.gateways.dynamodb.state.synced import SyncedTable
    from causeway.gateways.salesforce.composite import OrgCalls
    from causeway.push.dry_run import DryRunPorts
    from causeway.wiring.connect import connections
    from causeway.wiring.discovery import discovery, org_of, sync_table

    known = settings()
    return DryRunPorts(
        connections=connections(),
        syncs=sync_table(),
        described=discovery().described,
        org=lambda tenant: OrgCalls(org_of(tenant)),
        claims=ClaimTable(aws("dynamodb"), known.state_table, new_id(), now_ms, known.claim_lease_s * 1000),
        synced=SyncedTable(aws("dynamodb"), known.state_table),
        now_ms=now_ms,
        quota_share_percent=known.quota_share_percent,
    )
