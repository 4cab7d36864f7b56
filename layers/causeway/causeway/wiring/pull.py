"""Builds the ports of pulling, of taking hints that a pull is due, and of setting up what gives hints."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, new_id, now_ms, settings
from causeway.wiring.discovery import discovery_of
from causeway.wiring.messaging import event_bus, publish_event, pull_queues
from causeway.wiring.orgs import answering_org_of, org_of
from causeway.wiring.tables import (
    checkpoint_table,
    connection_table,
    due_sync_table,
    relay_table,
    run_table,
    sync_table,
    synced_table,
)

if TYPE_CHECKING:
    from causeway.connections.connection import Connection
    from causeway.gateways.dynamodb.config.pull_history import PullHistory
    from causeway.gateways.salesforce.pulls import PullingOrg
    from causeway.pull.ports import PullPorts
    from causeway.relay.ports import HintPorts
    from causeway.relay.setup_ports import SetupPorts


@cache
def pull_history() -> PullHistory:
    """Return the pull runs of the sync history."""
    from causeway.gateways.dynamodb.config.pull_history import PullHistory

    return PullHistory(run_table(), now_ms, new_id, publish_event)


def _org_of(connection: Connection) -> PullingOrg:
    """Return a tenant's org; each run reads its describe anew, which also returns the org's time."""
    from causeway.gateways.salesforce.pulls import PullingOrg

    org = org_of(connection.tenant)
    return PullingOrg(org, discovery_of(lambda _: org), now_ms)


def pull_ports() -> PullPorts:
    """Return what one pull works with."""
    from causeway.gateways.aws.pull_events import PullSignals
    from causeway.gateways.dynamodb.config.pull_slots import SlotTable
    from causeway.gateways.dynamodb.state.links import LinkTable
    from causeway.pull.ports import PullPorts

    known = settings()
    return PullPorts(
        syncs=sync_table(),
        connections=connection_table(),
        org_of=_org_of,
        checkpoints=checkpoint_table(),
        slots=SlotTable(aws("dynamodb"), known.config_table, now_ms),
        due=due_sync_table(),
        links=LinkTable(aws("dynamodb"), known.state_table),
        synced=synced_table(),
        queues=pull_queues(),
        runs=pull_history(),
        signals=PullSignals(event_bus(), aws("dynamodb"), known.state_table),
        new_id=new_id,
        now_ms=now_ms,
        quota_share_percent=known.quota_share_percent,
        runs_per_tenant=known.pull_runs_per_tenant,
        records_version=known.records_version,
    )


def hint_ports() -> HintPorts:
    """Return what taking hints works with."""
    from causeway.relay.ports import HintPorts

    return HintPorts(
        relays=relay_table(),
        connections=connection_table(),
        syncs=sync_table(),
        jobs=pull_queues(),
        due=due_sync_table(),
        now_ms=now_ms,
        quota_share_percent=settings().quota_share_percent,
    )


def relay_setup_ports() -> SetupPorts:
    """Return what setting up a relay works with."""
    from causeway.gateways.aws.eventbridge.partner_sources import PartnerSources
    from causeway.gateways.salesforce.relay_setup import RelaySetupCalls
    from causeway.relay.parts import Place
    from causeway.relay.setup_ports import SetupPorts

    queue_arn = settings().relay_queue_arn
    _, _, _, region, account, _ = queue_arn.split(":")
    return SetupPorts(
        place=Place(account, region),
        org=lambda tenant: RelaySetupCalls(answering_org_of(tenant)),
        sources=PartnerSources(aws("events"), queue_arn),
        relays=relay_table(),
        connections=connection_table(),
        syncs=sync_table(),
        now_ms=now_ms,
    )
