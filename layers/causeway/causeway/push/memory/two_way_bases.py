"""Push's part of bidirectional syncs: what writes are weighed against, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.contract.outcomes import Result
from causeway.push.deciding.planned_records import Target
from causeway.push.memory.two_way import NEVER_SYNCED, Base, LastSynced, must_tell_back, synced_mark
from causeway.push.ports import LastSyncedValues
from causeway.salesforce.dates import epoch_ms

SETTLED = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


class TwoWay:
    """One wave's bidirectional records; nothing is read or written for others."""

    def __init__(self, tenant: str, org_id: str, store: LastSyncedValues) -> None:
        self._tenant, self._org_id, self._store = tenant, org_id, store
        self._bases: dict[str, Base] = {}

    def bases(self, targets: Iterable[Target]) -> Mapping[str, Base]:
        """Read what the records to update are weighed against, by record Id."""
        desired = {target.record_id: target for target in targets if target.record_id and _is_two_way(target)}
        known = self._store.of_records(self._tenant, self._org_id, list(desired)) if desired else {}
        for record_id, target in desired.items():
            sync = next(
                member.prepared.task.sync for member in target.members if _pulls(member.prepared.task.sync.direction)
            )
            modified = epoch_ms(str((target.merged.record or {}).get("LastModifiedDate") or "")) or 0
            self._bases[record_id] = Base(sync.pull.conflict, known.get(record_id, NEVER_SYNCED), modified)
        return self._bases

    def note(self, targets: Iterable[Target]) -> None:
        """Remember what records hold now that their tasks are settled."""
        marks: dict[str, tuple[Mapping[str, str], int]] = {}
        for target in targets:
            record_id = _settled_id(target) if _is_two_way(target) else None
            last = self._bases[record_id].last if record_id in self._bases else NEVER_SYNCED
            found = _marks(target, last) if record_id else {}
            if record_id and found:
                marks[record_id] = (found, last.version)
        if marks:
            self._store.written(self._tenant, self._org_id, marks)


def _pulls(direction: str) -> bool:
    return direction == "bidirectional"


def _is_two_way(target: Target) -> bool:
    return any(_pulls(member.prepared.task.sync.direction) for member in target.members)


def _settled_id(target: Target) -> str | None:
    outcomes = [member.prepared.task.outcome for member in target.members]
    return next((each.salesforce_id for each in outcomes if each and each.result in SETTLED), None)


def _marks(target: Target, last: LastSynced) -> dict[str, str]:
    """Return the marks of the fields whose value both sides have now: those written, and those that were the same."""
    plan = target.plan
    if plan is None:
        return {}
    same = {decision.field for decision in plan.fields.decisions if decision.action == "same"}
    found: dict[str, str] = {}
    for name, (prepared, order) in target.merged.prepared_tasks.items():
        if must_tell_back(last, name, order[0]):
            continue
        if name in plan.values:
            found[name] = synced_mark(prepared.field, plan.values[name])
        elif name in same and target.merged.record:
            found[name] = synced_mark(prepared.field, target.merged.record.get(name))
    return found
