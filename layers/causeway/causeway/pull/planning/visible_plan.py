"""Compile the plan of a pull from what the connected user can see of the sObject and its parents."""

from __future__ import annotations

from causeway.pull.planning.checkpoints import BulkPlace
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.imports import EVERYTHING, Import
from causeway.pull.planning.plan import PullPlan, planned
from causeway.pull.planning.selection import mapped_paths
from causeway.pull.ports import PullOrg
from causeway.salesforce import field_paths, soql
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.filters import filter_paths, where
from causeway.syncs.sync import Sync


def visible_plan(
    sync: Sync,
    org: PullOrg,
    describe: SObjectDescribe,
    related: RelatedDescribes,
    bulk: BulkPlace | None,
    only: Import = EVERYTHING,
) -> PullPlan:
    """
    Compile what to read; raises BrokenMapping when a filter does not fit the org, so that nothing beyond it is read.

    `only` narrows the rule for an import. A bulk query in progress goes on with the columns that it selects, whatever was mapped
    or shown since.
    """
    paths = (*mapped_paths(sync), *filter_paths(sync.pull.filter), *filter_paths(only.filter))
    parents = field_paths.related_describes(describe, paths, related.of)
    narrower = where(only.filter, describe, org.org_now_ms(), parents)
    ids = soql.in_condition("Id", only.ids) if only.ids else ""
    rule = soql.all_of([where(sync.pull.filter, describe, org.org_now_ms(), parents), narrower, ids])
    plan = planned(sync, describe, rule, related.known)
    missing = set(plan.columns) - set(bulk.columns) if bulk else set()
    return planned(plan.without(missing), describe, rule, related.known, missing) if missing else plan
