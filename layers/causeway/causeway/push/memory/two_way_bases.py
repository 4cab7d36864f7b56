"""Push's part of bidirectional syncs: what writes are weighed against, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.memory.two_way import NEVER_SYNCED, Base, LastSynced, must_report_back, synced_mark
from causeway.push.ports import LastSyncedValues
from causeway.salesforce.dates import epoch_ms

SETTLED = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


class TwoWay:
    """One pass's bidirectional records; nothing is read or written for others."""

    def __init__(self, tenant: str, org_id: str, store: LastSyncedValues) -> None:
        self._tenant, self._org_id, self._store = tenant, org_id, store
        self._bases: dict[str, Base] = {}

    def bases(self, planned_records: Iterable[PlannedRecord]) -> Mapping[str, Base]:
        """Read what the records to update are weighed against, by record Id."""
        desired = {
            planned.record_id: planned for planned in planned_records if planned.record_id and _is_two_way(planned)
        }
        known = self._store.of_records(self._tenant, self._org_id, list(desired)) if desired else {}
        for record_id, planned in desired.items():
            sync = next(
                part.prepared.task.sync for part in planned.contributions if _pulls(part.prepared.task.sync.direction)
            )
            modified = epoch_ms(str((planned.merged.record or {}).get("LastModifiedDate") or "")) or 0
            self._bases[record_id] = Base(sync.pull.conflict, known.get(record_id, NEVER_SYNCED), modified)
        return self._bases

    def note(self, planned_records: Iterable[PlannedRecord]) -> None:
        """Remember what records hold now that their tasks are settled."""
        marks: dict[str, tuple[Mapping[str, str], int]] = {}
        for planned in planned_records:
            record_id = _settled_id(planned) if _is_two_way(planned) else None
            last = self._bases[record_id].last if record_id in self._bases else NEVER_SYNCED
            found = _marks(planned, last) if record_id else {}
            if record_id and found:
                marks[record_id] = (found, last.version)
        if marks:
            self._store.written(self._tenant, self._org_id, marks)


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
    for name, (prepared, order) in planned.merged.prepared_tasks.items():
        if must_report_back(last, name, order[0]):
            continue
        if name in plan.values:
            found[name] = synced_mark(prepared.field, plan.values[name])
        elif name in same and planned.merged.record:
            found[name] = synced_mark(prepared.field, planned.merged.record.get(name))
    return found
