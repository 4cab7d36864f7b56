"""Follow a sync's rule about duplicates: use the record that a duplicate rule names, save anyway, or reject."""

from __future__ import annotations

from collections.abc import Iterable
from copy import replace

from causeway.contract.outcomes import Candidate, Warning
from causeway.push.deciding.matching.match import MAX_CANDIDATES
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.saving.pending import PendingSave
from causeway.push.saving.refusals.rejection import named_records, reject_duplicate
from causeway.salesforce.calls import SaveError


def answer_duplicate(item: PendingSave, error: SaveError) -> PendingSave | None:
    """Settle the tasks of a record that a duplicate rule refused; return it when it is to be sent again."""
    if not error.duplicates and not item.save.alone and not item.save.external_id:
        item.save = replace(item.save, alone=True)  # the answer to a record of its own names the similar ones
        return item
    policy = item.tasks[0].sync.push.on_duplicate
    same = tuple(record_id for sobject, record_id in error.duplicates if sobject == item.planned.sobject)
    if policy == "guard" and _may_use_named(item, same):
        for task in item.tasks:
            task.named = same
        return None  # the next pass reads the named record, and uses it or saves a further one
    _name_candidates(item.planned, same)
    if policy != "reject" and error.may_save and not item.save.allow_duplicates:
        return _saved_anyway(item, error)
    reject_duplicate(item.planned, error)
    return None


def _may_use_named(item: PendingSave, same: tuple[str, ...]) -> bool:
    """Return whether the one similar record may be used instead of a new one; a task is sent to a named record only once."""
    return item.planned.record_id is None and len(same) == 1 and not item.tasks[0].named


def _saved_anyway(item: PendingSave, error: SaveError) -> PendingSave:
    """Return the record to be saved with duplicates allowed, with a warning."""
    planned = item.planned
    if planned.plan is not None:
        detail = f"A duplicate rule of the org knows similar records ({named_records(error)}); saved all the same."
        warnings = (*planned.plan.warnings, Warning("", "possible_duplicate", detail))
        planned.plan = replace(planned.plan, warnings=warnings)
    item.save = replace(item.save, allow_duplicates=True)
    return item


def _name_candidates(planned: PlannedRecord, record_ids: Iterable[str]) -> None:
    """Add the records that a duplicate rule named, and that were not used, to what the outcomes list."""
    for contribution in planned.contributions:
        known = contribution.match.candidates
        listed = {candidate.id for candidate in known}
        more = (Candidate(record_id, "duplicate_rule") for record_id in record_ids if record_id not in listed)
        contribution.match = replace(contribution.match, candidates=(*known, *more)[:MAX_CANDIDATES])
