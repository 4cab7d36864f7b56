"""Builds the ports of lookups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, now_ms, settings
from causeway.wiring.discovery import discovery
from causeway.wiring.orgs import answering_org_of
from causeway.wiring.tables import connection_table, lookup_answers, sync_table

if TYPE_CHECKING:
    from causeway.lookups.ports import LookupPorts


def lookup_ports() -> LookupPorts:
    """Return what a lookup reads."""
    from causeway.gateways.aws.parallel import gathered
    from causeway.gateways.dynamodb.state.claims import ClaimTable
    from causeway.gateways.salesforce.composite import OrgCalls
    from causeway.lookups.ports import LookupPorts

    return LookupPorts(
        connections=connection_table(),
        syncs=sync_table(),
        memory=ClaimTable(aws("dynamodb"), settings().state_table, owner="", now_ms=now_ms, lease_ms=0),
        described=discovery().described,
        is_described=discovery().is_described,
        org=lambda tenant: OrgCalls(answering_org_of(tenant)),
        answers=lookup_answers(),
        now_ms=now_ms,
        at_once=gathered,
        quota_share_percent=settings().quota_share_percent,
    )
