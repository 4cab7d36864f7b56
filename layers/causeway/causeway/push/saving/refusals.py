"""What to do with a record that the org refused: go without a value, read again, save all the same, or reject it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from causeway.contract.outcomes import Candidate, Result, Warning
from causeway.push.deciding.matching.match import MAX_CANDIDATES
from causeway.push.deciding.planning.merging import remember
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.settling import settle_contributions, settle_superseded
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.field_times import reject_value
from causeway.salesforce.calls import Save, SaveError

# Per-record refusals that pass: the record is tried again alone (salesforce.md §2.4).
PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "TXN_SECURITY_METERING_ERROR", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})
# The record is not any more what was read: read it again and decide anew.
_STALE = frozenset({"ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD", "INVALID_CROSS_REFERENCE_KEY"})
# The value of the fields that the error names can not be saved, the rest of the record can.
_DROPPABLE = frozenset(
    {
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_FIELD",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "INACTIVE_OWNER_OR_USER",
        "MALFORMED_ID",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "INVALID_CROSS_REFERENCE_KEY",
        "FIELD_INTEGRITY_EXCEPTION",
    }
)
# One of the lookups leads nowhere; these mostly do not say which.
_REFERENCES = frozenset(
    {"INVALID_CROSS_REFERENCE_KEY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "MALFORMED_ID"}
)
_UNKNOWN_COLUMN = re.compile(r"No such column '(\w+)'")  # INVALID_FIELD names no field but in its text


@dataclass(slots=True, eq=False)
class Pending:
    """
    One record on its way; `group` keeps records of a halved collection, or one that is tried alone, apart from others.

    `suspects` are the lookups of which one leads nowhere: it is tried without each, then without any.
    """

    planned: PlannedRecord
    save: Save
    group: int = 0
    tries: int = 0
    suspects: list[tuple[str, ...]] | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    refusal: SaveError | None = None


class Refusals:
    """Answers refusals of one pass; `refreshes` when one tells that a field is gone or closed: its describe is outdated."""

    def __init__(self, claims: HeldClaims) -> None:
        self._claims = claims
        self.refreshes = False

    def answer(self, item: Pending, error: SaveError) -> Pending | None:
        """Settle one record's tasks; return it when it is to be sent again."""
        if error.code == "DUPLICATES_DETECTED":
            return self._duplicate(item, error)
        if error.code in _STALE and self._reopened(item):
            return None
        if self._can_go_without(item, _blamed(item.save, error), error):
            return self._without(item, error)
        if error.code in _REFERENCES:
            return self._without_lookup(item, error)
        self._reject(item, error)
        return None

    def _reopened(self, item: Pending) -> bool:
        """Leave the tasks of a record that has changed since it was read to the next pass, once."""
        tasks = [contribution.prepared.task for contribution in item.planned.contributions]
        if item.planned.record_id is None or any(task.reopened for task in tasks):
            return False
        for task in tasks:
            task.reopened = True
        return True

    def _can_go_without(self, item: Pending, names: Sequence[str], error: SaveError) -> bool:
        needed = {each.name for each in item.planned.merged.describe.fields if each.required_at_create}
        creates = item.planned.record_id is None
        return error.code in _DROPPABLE and bool(names) and not (creates and needed.intersection(names))

    def _without(self, item: Pending, error: SaveError) -> Pending | None:
        """Send the record again without the values that the org will not take; they are remembered, and reported."""
        self.refreshes = self.refreshes or error.code in ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE")
        values = dict(item.save.values)
        self._leave_out(item.planned, {name: values.pop(name) for name in _blamed(item.save, error)}, error)
        return self._sent_again(item, values)

    def _without_lookup(self, item: Pending, error: SaveError) -> Pending | None:
        """Send the record again without the next lookup that may lead nowhere, at last without all of them."""
        if item.suspects is None:
            describe = item.planned.merged.describe
            lookups = [name for name in item.save.values if (it := describe.field(name)) and it.type == "reference"]
            lookups = [name for name in lookups if self._can_go_without(item, [name], error)]
            item.suspects = [(name,) for name in lookups] + ([tuple(lookups)] if len(lookups) > 1 else [])
            item.whole = item.save.values
        if not item.suspects:
            self._reject(item, error)
            return None
        item.without, item.refusal = item.suspects.pop(0), error
        return self._sent_again(item, {name: value for name, value in item.whole.items() if name not in item.without})

    def _sent_again(self, item: Pending, values: Mapping[str, Any]) -> Pending | None:
        """Return the record with fewer values; settle it when nothing is left to update."""
        item.save = replace(item.save, values=values)
        planned = item.planned
        if values or planned.record_id is None:
            return item
        self.note_suspects(item)
        if planned.plan is not None:
            remember(planned.merged, planned.plan, self._claims.entities[planned.entity], planned.record_id)
        settle_superseded(planned)
        settle_contributions(planned, Result.UNCHANGED, planned.record_id)
        return None

    def note_suspects(self, item: Pending) -> None:
        """Remember the lookups without which the org took the record."""
        if item.refusal is not None:
            self._leave_out(item.planned, {name: item.whole[name] for name in item.without}, item.refusal)

    def _leave_out(self, planned: PlannedRecord, dropped: Mapping[str, Any], error: SaveError) -> None:
        if planned.plan is None:
            return
        entity, own = self._claims.entities[planned.entity], planned.own_names()
        warnings = []
        for name, value in dropped.items():
            reject_value(entity, planned.record_id or planned.sobject, own.get(name, name), value)
            detail = f"The org refused this value: {error.message}"
            warnings.append(Warning(own.get(name, name), f"salesforce:{error.code}", detail))
        left_out = {own.get(name, name) for name in dropped}
        values = {name: value for name, value in planned.plan.values.items() if name not in left_out}
        planned.plan = replace(planned.plan, values=values, warnings=(*planned.plan.warnings, *warnings))

    def _duplicate(self, item: Pending, error: SaveError) -> Pending | None:
        """Follow the syncs' rule about duplicates: use the named record, save anyway, or reject naming the records."""
        planned = item.planned
        tasks = [contribution.prepared.task for contribution in planned.contributions]
        policy = tasks[0].sync.push.on_duplicate
        if not error.duplicates and not item.save.alone and not item.save.external_id:
            item.save = replace(item.save, alone=True)  # the answer to a record of its own names the similar ones
            return item
        same = tuple(record_id for sobject, record_id in error.duplicates if sobject == planned.sobject)
        if policy == "guard" and planned.record_id is None and len(same) == 1 and not tasks[0].named:
            for task in tasks:
                task.named = same
            return None  # the next pass reads it, and uses it or saves beside it
        if policy != "reject" and error.may_save and not item.save.allow_duplicates:
            named = ", ".join(record_id for _, record_id in error.duplicates) or "not named"
            detail = f"A duplicate rule of the org knows similar records ({named}); saved all the same."
            if planned.plan is not None:
                warnings = (*planned.plan.warnings, Warning("", "possible_duplicate", detail))
                planned.plan = replace(planned.plan, warnings=warnings)
            item.save = replace(item.save, allow_duplicates=True)
            _name_candidates(planned, same)
            return item
        _name_candidates(planned, same)
        self._reject_duplicate(item, error)
        return None

    def _reject_duplicate(self, item: Pending, error: SaveError) -> None:
        named = ", ".join(record_id for _, record_id in error.duplicates) or "not named"
        self._refuse(
            item.planned,
            "duplicate_blocked",
            f"A duplicate rule of the org refuses the record. Similar records: {named}.",
            "Merge or correct the named records in Salesforce, send the record's Id, or relax the duplicate rule.",
        )

    def _reject(self, item: Pending, error: SaveError) -> None:
        self._refuse(
            item.planned,
            f"salesforce:{error.code}",
            f"Salesforce refused the record: {error.message}",
            "Mend the cause in Salesforce or in the product's data, then redrive the parked change.",
        )

    def _refuse(self, planned: PlannedRecord, code: str, detail: str, remedy: str) -> None:
        settle_contributions(planned, Result.REJECTED, planned.record_id, code, detail=detail, remedy=remedy)


def _name_candidates(planned: PlannedRecord, record_ids: Iterable[str]) -> None:
    """Add the records that a duplicate rule named, and that were not used, to what the outcomes list."""
    for contribution in planned.contributions:
        known = contribution.match.candidates
        told = {candidate.id for candidate in known}
        more = (Candidate(record_id, "duplicate_rule") for record_id in record_ids if record_id not in told)
        contribution.match = replace(contribution.match, candidates=(*known, *more)[:MAX_CANDIDATES])


def _blamed(save: Save, error: SaveError) -> list[str]:
    """Return the sent fields that an error names."""
    named = error.fields or tuple(_UNKNOWN_COLUMN.findall(error.message))
    sent = {name.lower(): name for name in save.values}
    return [sent[name.lower()] for name in named if name.lower() in sent]
