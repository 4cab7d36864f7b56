"""Save what a pass decided: own the matched records, create missing parents, plan each record, write what is left to write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from causeway.errors import CausewayError
from causeway.push.context import OrgContext
from causeway.push.deciding.decide import Decisions
from causeway.push.deciding.deferred import settle_deferred
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.plans import plan_records
from causeway.push.deciding.planning.refused_before import Circumstances
from causeway.push.deciding.planning.settling import settle_without_write
from causeway.push.deciding.resolving import keep_created
from causeway.push.faults.crashes import is_ours
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.claims.owners import own_records
from causeway.push.memory.two_way import Base
from causeway.push.saving.limits import SaveLimits
from causeway.push.saving.parent_names import ParentPorts, create_named_parents
from causeway.push.saving.parents import CreatedParents, Place, create_parents
from causeway.push.saving.pending import SaveProgress
from causeway.push.saving.room import refuse_unmemorable
from causeway.push.saving.sending import MOST_CALL_S, SavePorts
from causeway.push.saving.writes import save_records
from causeway.push.two_way_bases import read_bases
from causeway.salesforce.values.text_fields import BYTES

STALE_WAIT_MS = 3_000


@dataclass(slots=True)
class SavedDecisions:
    """What was read of bidirectional records before the write, by record Id, and the error that ended saving, if one did."""

    bases: dict[str, Base] = field(default_factory=dict)
    error: Exception | None = None


def save_decisions(
    context: OrgContext, claims: HeldClaims, decisions: Decisions, read_started_ms: int
) -> SavedDecisions:
    """Save the planned records; an error, or a fault of ours, stops it, and is returned with what is known by then."""
    saved = SavedDecisions()
    try:
        _save(context, claims, decisions, read_started_ms, saved.bases)
    except Exception as error:
        if not isinstance(error, CausewayError) and not is_ours(error):
            raise
        saved.error = error
    return saved


def _save(
    context: OrgContext, claims: HeldClaims, decisions: Decisions, read_started_ms: int, bases: dict[str, Base]
) -> None:
    planned_records, push = decisions.planned_records, context.push
    owners = _own(claims, planned_records, read_started_ms, push.now_ms())
    _create_parents(context, claims, decisions, read_started_ms)
    bases |= read_bases(push.tenant, push.connection.org_id, push.ports.synced, planned_records)
    circumstances = Circumstances(push.now_ms(), push.connection.epoch)
    plan_records(planned_records, claims.entities, owners, bases, circumstances)
    _write(context, claims, planned_records)
    for deferred in decisions.deferred:
        settle_deferred(deferred)


def _own(
    claims: HeldClaims, planned_records: Collection[PlannedRecord], read_started_ms: int, now_ms: int
) -> dict[str, str]:
    """Own the matched records, so that two keys of one person meet; the tasks of a record that another holds are redelivered."""
    desired = {planned.record_id: planned.entity for planned in planned_records if planned.record_id}
    owners = own_records(claims, desired, read_started_ms)
    for planned in planned_records:
        for task in (contribution.task for contribution in planned.contributions if planned.record_id):
            if planned.record_id in owners:
                task.needs(owners[planned.record_id])
            else:
                task.redeliver(now_ms + STALE_WAIT_MS)
    return owners


def _create_parents(context: OrgContext, claims: HeldClaims, decisions: Decisions, read_started_ms: int) -> None:
    def create(names: Mapping[Place, str]) -> CreatedParents:
        context.check_connection()
        time_s = context.push.budget.call_s(MOST_CALL_S)
        now_ms = context.push.now_ms()
        limits = SaveLimits(context.push.ports.batch_size, context.push.tenant)
        ports = ParentPorts(claims.scope, context.org, limits, time_s, read_started_ms, now_ms, claims.entities)
        return create_named_parents(names, ports)

    create_parents(decisions.planned_records, create, decisions.parents_first)
    keep_created(decisions.parents_first)


def _write(context: OrgContext, claims: HeldClaims, planned_records: Collection[PlannedRecord]) -> None:
    """Settle the planned records that need no write, and save the others."""
    refuse_unmemorable([planned for planned in planned_records if planned.plan and planned.is_open], claims)
    planned = [planned for planned in planned_records if planned.plan and planned.is_open]
    to_save = [planned for planned in planned if not settle_without_write(planned, claims.entities[planned.entity])]
    if not to_save:
        return
    push = context.push
    progress = SaveProgress(claims, SaveLimits(push.ports.batch_size, push.tenant))
    ports = SavePorts(
        push.tenant, context.org, push.ports.batch_size, push.budget, push.ports.now_ms, context.check_connection
    )
    try:
        save_records(to_save, ports, progress)
    finally:
        push.describes.field_refused = push.describes.field_refused or progress.describes_outdated
        for sobject, field_name in sorted(progress.strict_counts):
            push.ports.count_learned(push.tenant, sobject, field_name, BYTES)
