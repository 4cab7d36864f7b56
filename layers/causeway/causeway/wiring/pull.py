"""What pulling is built from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, http_session, new_id, now_ms, settings

if TYPE_CHECKING:
    from causeway.connections.connection import Connection
    from causeway.gateways.aws.pull_queues import PullQueues
    from causeway.gateways.dynamodb.config.due_syncs import DueSyncTable
    from causeway.gateways.dynamodb.config.pull_history import PullHistory
    from causeway.gateways.salesforce.pulls import PullingOrg
    from causeway.pull.ports import PullPorts

YIELD_PERCENT = 10  # pulls stop this much of the quota before pushes do


@cache
def due_syncs() -> DueSyncTable:
    """Return the index of syncs by when their pull is due."""
    from causeway.gateways.dynamodb.config.due_syncs import DueSyncTable

    return DueSyncTable(aws("dynamodb"), settings().config_table)


@cache
def pull_queues() -> PullQueues:
    """Return where pages and jobs go."""
    from causeway.gateways.aws.pull_queues import PullQueues
    from causeway.gateways.aws.queues import MessageQueue

    outbound = MessageQueue(aws("sqs"), settings().outbound_queue_url)
    return PullQueues(outbound, aws("sqs"), settings().pull_queue_url)


@cache
def pull_history() -> PullHistory:
    """Return the pull runs of the sync history."""
    from causeway.gateways.dynamodb.config.pull_history import PullHistory
    from causeway.gateways.dynamodb.config.runs import RunTable

    runs = RunTable(aws("dynamodb"), settings().config_table, now_ms, settings().history_retention_days)
    return PullHistory(runs, now_ms, new_id)


def _org_of(connection: Connection) -> PullingOrg:
    """Return a tenant's org; its describe is read again at each run, which also tells the org's clock."""
    from causeway.gateways.salesforce.org import SalesforceOrg
    from causeway.gateways.salesforce.pulls import PullingOrg
    from causeway.syncs.discovery.describes import Discovery
    from causeway.wiring.connect import stored_access
    from causeway.wiring.discovery import describe_table, note_drift

    tenant, stored = connection.tenant, stored_access()
    org = SalesforceOrg(
        stored.access(tenant), stored, http_session(), now_ms, lambda usage: stored.note_usage(tenant, usage)
    )
    discovery = Discovery(lambda _: org, describe_table(), now_ms, note_drift)
    return PullingOrg(org, discovery, now_ms)


def pull_ports() -> PullPorts:
    """Return what one pull works with."""
    from causeway.gateways.aws.events import EventBus
    from causeway.gateways.aws.pull_events import PullSignals
    from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable
    from causeway.gateways.dynamodb.config.pull_slots import SlotTable
    from causeway.gateways.dynamodb.state.links import LinkTable
    from causeway.gateways.dynamodb.state.synced import SyncedTable
    from causeway.pull.ports import PullPorts
    from causeway.wiring.connect import connections
    from causeway.wiring.discovery import sync_table

    known = settings()
    return PullPorts(
        syncs=sync_table(),
        connections=connections(),
        org_of=_org_of,
        checkpoints=CheckpointTable(aws("dynamodb"), known.config_table, now_ms),
        slots=SlotTable(aws("dynamodb"), known.config_table, now_ms),
        due=due_syncs(),
        links=LinkTable(aws("dynamodb"), known.state_table),
        synced=SyncedTable(aws("dynamodb"), known.state_table),
        queues=pull_queues(),
        runs=pull_history(),
        signals=PullSignals(EventBus(aws("events"), known.event_bus)),
        new_id=new_id,
        now_ms=now_ms,
        quota_percent=known.quota_share_percent - YIELD_PERCENT,
        runs_per_tenant=known.pull_runs_per_tenant,
    )
