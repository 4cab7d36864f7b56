"""Builds discovery and the syncs, which need each other (a describe that changed is checked against the syncs that map it), and lookups."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, now_ms, settings
from causeway.wiring.messaging import publish_event
from causeway.wiring.orgs import answering_org_of
from causeway.wiring.tables import connection_table, describe_table, field_table, lookup_answers, sync_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from causeway.gateways.salesforce.org import SalesforceOrg
    from causeway.lookups.ports import LookupPorts
    from causeway.salesforce.describe import SObjectDescribe
    from causeway.salesforce.field_paths import Related
    from causeway.syncs.discovery.describes import Discovery
    from causeway.syncs.discovery.field_learning import FieldLearner
    from causeway.syncs.management import Syncs
    from causeway.syncs.sync import Problem, Sync


@cache
def field_learner() -> FieldLearner:
    """Return what learns the product's fields from its messages."""
    from causeway.syncs.discovery.field_learning import FieldLearner

    return FieldLearner(field_table(), now_ms)


def discovery_of(org_of: Callable[[str], SalesforceOrg]) -> Discovery:
    """Return the describes of every tenant's org, read over the orgs that the caller uses."""
    from causeway.syncs.discovery.describes import Discovery

    return Discovery(org_of, describe_table(), now_ms, note_drift)


@cache
def discovery() -> Discovery:
    """Return the describes of every tenant's org for API requests."""
    return discovery_of(answering_org_of)


@cache
def syncs() -> Syncs:
    """Return the syncs of every tenant."""
    from causeway.syncs.management import Syncs

    return Syncs(sync_table(), discovery(), field_table(), publish_event, now_ms, pull_check)


def pull_check(tenant: str, sync: Sync, describe: SObjectDescribe, related: Related) -> Sequence[Problem]:
    """Return what a run would meet that reads for a sync, asking the tenant's org as a run does."""
    from causeway.gateways.salesforce.pulls import PullingOrg
    from causeway.pull.save_check import pull_problems

    return pull_problems(
        sync, describe, related, lambda: PullingOrg(answering_org_of(tenant), discovery(), now_ms), now_ms()
    )


def note_drift(tenant: str, before: SObjectDescribe, after: SObjectDescribe) -> None:
    """Check a describe that changed against the syncs that map it."""
    syncs().note_drift(tenant, before, after)


@cache
def lookup_ports() -> LookupPorts:
    """Return what a lookup reads; the same for all requests, because it learns where identifiers are."""
    from causeway.gateways.aws.parallel import gathered
    from causeway.gateways.dynamodb.state.claims import ClaimTable
    from causeway.gateways.salesforce.composite import OrgCalls
    from causeway.lookups.ports import LookupPorts

    return LookupPorts(
        connections=connection_table(),
        syncs=sync_table(),
        memory=ClaimTable(aws("dynamodb"), settings().state_table, owner="", now_ms=now_ms, lease_ms=0),
        described=discovery().described,
        described_again=partial(discovery().described, fresh=True),
        is_described=discovery().is_described,
        org=lambda tenant: OrgCalls(answering_org_of(tenant)),
        answers=lookup_answers(),
        now_ms=now_ms,
        at_once=gathered,
        quota_share_percent=settings().quota_share_percent,
    )
