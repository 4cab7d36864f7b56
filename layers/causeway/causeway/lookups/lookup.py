"""Look people, companies and records up in the tenant's org: one API call for all of them, or none while an answer is young enough."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from causeway.connections.connection import Connection
from causeway.errors import OrgRefused
from causeway.lookups.columns import columns_of
from causeway.lookups.items import Request
from causeway.lookups.known import Ahead, Known, place_of, read_ahead, what_is_known
from causeway.lookups.ports import LookupPorts, Org
from causeway.lookups.queries import Plan, queries
from causeway.lookups.quota import check_connected, check_quota
from causeway.lookups.results import results_of
from causeway.lookups.rows import Rows, read_rows
from causeway.lookups.targets import Target, targets_of
from causeway.push.deciding.describes import Described, optional
from causeway.salesforce.refused_fields import PARENTS, refused_parents, refused_sobjects
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.people.columns import Parents
from causeway.syncs.sync import Sync

READ_S = 20.0


def look_up(tenant: str, request: Request, ports: LookupPorts) -> dict[str, Any]:
    """
    Return what the org knows of each item, in order, as `{"results", "problems", "api_calls", "read_at_ms"}`.

    An answer to the same question that is at most `max_age_s` old costs no call. Raises NotConnected, ReconnectionRequired,
    QuotaSpent (with when to come back; nothing was spent), InvalidRequest, or what the org's read raises.
    """
    question = _question(request)
    connection, syncs, kept, org, ahead = _begun(tenant, request, question, ports)
    now_ms = ports.now_ms()
    check_connected(connection, ports.quota_share_percent, now_ms)
    if kept is not None and kept[0]["org_id"] == connection.org_id and now_ms - kept[1] <= request.max_age_s * 1000:
        return {**kept[0], "api_calls": 0, "read_at_ms": kept[1]}
    check_quota(connection, ports.quota_share_percent, now_ms, ports.answers)
    if isinstance(org, BaseException):
        raise org
    before = org.api_calls
    place = ports.places[tenant] = place_of(connection.org_id, syncs)
    known = what_is_known(tenant, place, request.items, ports.memory, ahead)
    answer = {"org_id": connection.org_id, **_read(tenant, request, syncs, known, org, ports)}
    if request.max_age_s:
        ports.answers.put(tenant, question, answer, now_ms, request.max_age_s)
    return {**answer, "api_calls": org.api_calls - before, "read_at_ms": now_ms}


def _begun(
    tenant: str, request: Request, question: str, ports: LookupPorts
) -> tuple[Connection, Sequence[Sync], tuple[Mapping[str, Any], int] | None, Org | BaseException, Ahead | None]:
    """
    Read everything that needs no other answer side by side; that the org cannot be called is for later.

    What is remembered is read with it, at the place that this execution environment knows of the tenant: nearly always the same.
    """
    place = ports.places.get(tenant)
    connection, syncs, kept, org, ahead = ports.at_once(
        [
            lambda: ports.connections.get(tenant),
            lambda: ports.syncs.list(tenant),
            lambda: ports.answers.get(tenant, question) if request.max_age_s else None,
            lambda: ports.org(tenant),
            lambda: read_ahead(tenant, place, request.items, ports.memory) if place else None,
        ]
    )
    for found in (connection, syncs, kept):
        if isinstance(found, BaseException):
            raise found
    return connection, syncs, kept, org, ahead if isinstance(ahead, Ahead) else None


def _question(request: Request) -> str:
    """Return what two requests share that are answered alike."""
    fields = sorted(request.fields.items())
    asked = repr(([tuple(item) for item in request.items], fields, request.counts, request.only_mapped))
    return hashlib.sha256(asked.encode(errors="surrogatepass")).hexdigest()


def _read(
    tenant: str, request: Request, syncs: Sequence[Sync], known: Known, org: Org, ports: LookupPorts
) -> dict[str, Any]:
    """Read and answer; what the org refuses of an sObject was hidden since it was described, which is done anew, once."""
    described = cache(optional(lambda sobject: ports.described(tenant, sobject)))

    def answered(described: Described) -> dict[str, Any]:
        targets = targets_of(request.items, known, syncs, described)
        columns = columns_of(request, syncs, described, _kinds(targets))
        plan = Plan(targets, columns, described, _parents(tenant, described, ports), request.counts)
        plan, rows = _rows(plan, described, lambda asked: org.read(asked, READ_S))
        return {"results": results_of(plan, rows), "problems": [asdict(each) for each in columns.problems]}

    try:
        return answered(described)
    except OrgRefused as error:
        refused = refused_sobjects(error)
        if not refused:
            raise
        again = optional(lambda sobject: ports.described_again(tenant, sobject))
        return answered(cache(lambda sobject: (again if sobject in refused else described)(sobject)))


def _parents(tenant: str, described: Described, ports: LookupPorts) -> Parents:
    """Return the describes of what is read through people; that of users only where it is at hand."""
    at_hand = [each for each in PARENTS if each == "Account" or ports.is_described(tenant, each)]
    return {sobject: described(sobject) for sobject in at_hand}


def _kinds(targets: Sequence[Target]) -> set[str]:
    named = {target.record.sobject for target in targets if target.record}
    return named | (set(PEOPLE) if any(target.keys for target in targets) else set())


def _rows(plan: Plan, described: Described, read: Any) -> tuple[Plan, Rows]:
    """Read the rows; when the org refuses what it hides of accounts or users, these are described, and it is asked once more."""
    try:
        return plan, read_rows(plan, queries(plan), read)
    except OrgRefused as error:
        unknown = refused_parents(error) - plan.parents.keys()
        if not unknown:
            raise
        parents = {**plan.parents, **{sobject: described(sobject) for sobject in unknown}}
        again = Plan(plan.targets, plan.columns, described, parents, plan.counts)
        return again, read_rows(again, queries(again), read)
