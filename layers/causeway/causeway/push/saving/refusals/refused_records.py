"""What to do with a record that the org refused: follow the duplicate rule, read it again, go without a value, or reject it."""

from __future__ import annotations

from causeway.push.deciding.planning.settling import remember_refusals
from causeway.push.saving.pending import PendingSave, SaveProgress
from causeway.push.saving.refusals.duplicates import answer_duplicate
from causeway.push.saving.refusals.present_records import finds_present
from causeway.push.saving.refusals.refusal_codes import STALE, blamed_fields
from causeway.push.saving.refusals.rejection import reject_record
from causeway.push.saving.refusals.shorter_texts import sent_shorter
from causeway.push.saving.refusals.without_values import (
    blames_lookups,
    can_go_without,
    has_suspects,
    sent_without,
    sent_without_suspects,
)
from causeway.salesforce.calls import SaveError


def answer_refusal(item: PendingSave, error: SaveError, progress: SaveProgress) -> PendingSave | None:
    """Settle one refused record's tasks; return it when it is to be sent again."""
    if error.code == "DUPLICATES_DETECTED":
        return answer_duplicate(item, error)
    blamed = blamed_fields(item.save, error)
    if error.code in STALE and not blames_lookups(item, blamed, error) and _reopen(item):
        return None
    if finds_present(item, error):
        return None
    if again := sent_shorter(item, error, progress):
        return again
    if can_go_without(item, blamed, error):
        return sent_without(item, blamed, error, progress)
    if has_suspects(item, error):
        return sent_without_suspects(item, error, progress)
    error, planned = item.refusal or error, item.planned
    remember_refusals(planned, progress.claims.entities[planned.entity], planned.record_id or planned.sobject)
    reject_record(planned, error)
    return None


def _reopen(item: PendingSave) -> bool:
    """Leave the tasks of a record that has changed since it was read to the next pass, once; return whether they may be."""
    if item.planned.record_id is None or any(task.reopened for task in item.tasks):
        return False
    for task in item.tasks:
        task.reopened = True
    return True
