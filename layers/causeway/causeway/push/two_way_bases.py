"""The last synced values of bidirectional records: read before a push weighs its writes, stored after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.memory.two_way import NEVER_SYNCED, Base, LastSynced, must_report_back, synced_mark
from causeway.push.ports import LastSyncedValues
from causeway.salesforce.values.dates import epoch_ms

SETTLED = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


def read_bases(
    tenant: str, org_id: str, store: LastSyncedValues, planned_records: Iterable[PlannedRecord]
) -> dict[str, Base]:
    """Read what the bidirectional records to update are weighed against, by record Id; without any, nothing is read."""
    updated = {planned.record_id: planned for planned in planned_records if planned.record_id and _is_two_way(planned)}
    known = store.of_records(tenant, org_id, list(updated)) if updated else {}
    return {record_id: _base(planned, known.get(record_id, NEVER_SYNCED)) for record_id, planned in updated.items()}


def remember_synced(
    tenant: str,
    org_id: str,
    store: LastSyncedValues,
    planned_records: Iterable[PlannedRecord],
    bases: Mapping[str, Base],
) -> None:
    """Store what both sides of bidirectional records have now that their tasks are settled."""
    marks: dict[str, tuple[Mapping[str, str], int]] = {}
    for planned in planned_records:
        record_id = _settled_id(planned) if _is_two_way(planned) else None
        if record_id is None:
            continue
        last = bases[record_id].last if record_id in bases else NEVER_SYNCED
        if found := _marks(planned, last):
            marks[record_id] = (found, last.version)
    if marks:
        store.written(tenant, org_id, marks)


def _base(planned: PlannedRecord, last: LastSynced) -> Base:
    sync = next(part.prepared.task.sync for part in planned.contributions if _pulls(part.prepared.task.sync.direction))
    modified_ms = epoch_ms(str((planned.merged.record or {}).get("LastModifiedDate") or "")) or 0
    return Base(sync.pull.conflict, last, modified_ms)


def _pulls(direction: str) -> bool:
    return direction == "bidirectional"


def _is_two_way(planned: PlannedRecord) -> bool:
    return any(_pulls(part.prepared.task.sync.direction) for part in planned.contributions)


def _settled_id(planned: PlannedRecord) -> str | None:
    outcomes = [part.prepared.task.outcome for part in planned.contributions]
    return next((each.salesforce_id for each in outcomes if each and each.result in SETTLED), None)


def _marks(planned: PlannedRecord, last: LastSynced) -> dict[str, str]:
    """Return the marks of the fields whose value both sides have now: those written, and those that were the same."""
    plan = planned.plan
    if plan is None:
        return {}
    same = {decision.field for decision in plan.fields.decisions if decision.action == "same"}
    found: dict[str, str] = {}
    for name, (desired, order) in planned.merged.desired.items():
        if must_report_back(last, name, order[0]):
            continue
        if name in plan.values:
            found[name] = synced_mark(desired.field, plan.values[name])
        elif name in same and planned.merged.record:
            found[name] = synced_mark(desired.field, planned.merged.record.get(name))
    return found
