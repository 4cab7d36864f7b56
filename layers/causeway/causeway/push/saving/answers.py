"""Settle the tasks of each record by what the org answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from causeway.contract.outcomes import Result
from causeway.push.deciding.planning.settling import remember_decided, settle_contributions, settle_superseded
from causeway.push.memory.rejected_values import assign_rejected_values
from causeway.push.saving.pending import PendingSave, SaveProgress, redeliver_open
from causeway.push.saving.refusals.refusal_codes import is_passing
from causeway.push.saving.refusals.refused_records import answer_refusal
from causeway.push.saving.refusals.shorter_texts import note_counts
from causeway.push.saving.refusals.without_values import note_suspects
from causeway.salesforce.calls import Saved, SaveError

MAX_TRIES = 3  # of one record that another transaction locks


def settle_answers(
    items: Sequence[PendingSave], results: Sequence[Saved], progress: SaveProgress, smaller: Collection[PendingSave]
) -> list[PendingSave]:
    """Settle the tasks of one collection, but for the records that go in `smaller` groups; return those to send again later."""
    if len(items) > 1 and results and results[0].whole:
        return _halved(items, progress)
    answered = ((item, saved) for item, saved in zip(items, results, strict=True) if item not in smaller)
    settled = (_settle(item, saved, progress) for item, saved in answered)
    return [again for again in settled if again]


def _halved(items: Sequence[PendingSave], progress: SaveProgress) -> list[PendingSave]:
    """Send both halves of a collection apart, until the record to blame stands alone."""
    middle = len(items) // 2
    progress.set_apart(items[:middle])
    progress.set_apart(items[middle:])
    return list(items)


def _settle(item: PendingSave, saved: Saved, progress: SaveProgress) -> PendingSave | None:
    """Settle one record's tasks; return it when it is to be sent again."""
    match saved.certainty:
        case "saved":
            _settle_saved(item, saved, progress)
        case "unknown":
            hold_unknown(item, progress)
        case "not_applied":
            return _tried_again(item, progress, saved.error if saved.lasts else None)
        case "refused" if saved.error is not None:
            return _refused(item, saved.error, progress)
    return None


def _settle_saved(item: PendingSave, saved: Saved, progress: SaveProgress) -> None:
    """Settle a record that was saved, and remember what decided its fields."""
    note_suspects(item)
    note_counts(item, progress)
    planned = item.planned
    if planned.plan is None:
        return
    record_id = planned.record_id or str(saved.record_id)
    entity = progress.claims.entities[planned.entity]
    if planned.record_id is None:
        progress.created[record_id] = planned.entity
        assign_rejected_values(entity, planned.sobject, record_id)
    remember_decided(planned, entity, record_id)
    settle_superseded(planned)
    settle_contributions(planned, Result.CREATED if saved.created else Result.UPDATED, record_id)


def hold_unknown(item: PendingSave, progress: SaveProgress) -> None:
    """Never free a claim under which something may still land; its messages come back later."""
    unknown = progress.claims.unknown
    unknown.add(item.planned.entity)
    for task in item.tasks:
        unknown.update(task.entities)
    redeliver_open([item])


def _tried_again(item: PendingSave, progress: SaveProgress, final: SaveError | None = None) -> PendingSave | None:
    """Return a record to be tried alone, a few times at most; then `final` refuses it, or its messages come back later."""
    item.tries += 1
    if item.tries >= MAX_TRIES and final is not None:
        return answer_refusal(item, final, progress)
    if item.tries >= MAX_TRIES:
        redeliver_open([item])
        return None
    progress.set_apart([item])
    return item


def _refused(item: PendingSave, error: SaveError, progress: SaveProgress) -> PendingSave | None:
    lost_race = error.code == "DUPLICATE_VALUE" and item.save.external_id and not item.tries  # of two upserts
    if lost_race or is_passing(error):
        return _tried_again(item, progress)
    return answer_refusal(item, error, progress)
