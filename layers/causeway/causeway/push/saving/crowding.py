"""Find the records of a call that were too many at once, and group them anew, smaller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from causeway.push.saving.pending import PendingSave, SaveProgress
from causeway.push.saving.refusals.refusal_codes import is_locked, is_too_many
from causeway.salesforce.calls import Saved

FEWEST_LOCKED = 20  # fewer records that meet a lock are tried again alone: mostly another transaction holds it

type Answered = tuple[Sequence[PendingSave], Sequence[Saved]]


def smaller_groups(answers: Sequence[Answered], progress: SaveProgress) -> list[PendingSave]:
    """
    Return the records to send again at once in groups of half the size, the others of their call are settled as usual.

    Whatever the call shows is learned: what passed together, what was too many, and what exceeds a limit alone.
    """
    for items, results in answers:
        if not any(_is_crowded(saved) for saved in results):
            progress.limits.note_passed(
                item.save.sobject for item, saved in zip(items, results, strict=True) if _is_answered(saved)
            )
    return [item for items, results in answers for item in _halved_again(items, results, progress)]


def _halved_again(
    items: Sequence[PendingSave], results: Sequence[Saved], progress: SaveProgress
) -> Iterable[PendingSave]:
    answered = list(zip(items, results, strict=True))
    for sobject in dict.fromkeys(item.save.sobject for item in items):
        mine = [(item, saved) for item, saved in answered if item.save.sobject == sobject]
        exceeding = [item for item, saved in mine if saved.error is not None and is_too_many(saved.error)]
        locked = [item for item, saved in mine if saved.error is not None and is_locked(saved.error)]
        if len(exceeding) == 1:
            progress.limits.note_alone(sobject, exceeding[0])
        crowded = exceeding if len(exceeding) > 1 else locked if len(locked) >= FEWEST_LOCKED else []
        if crowded and not progress.limits.is_hopeless(sobject):
            progress.limits.note_exceeded(sobject, crowded)
            yield from _halved(crowded, progress)


def _halved(items: Sequence[PendingSave], progress: SaveProgress) -> list[PendingSave]:
    middle = len(items) // 2
    progress.set_apart(items[:middle])
    progress.set_apart(items[middle:])
    return list(items)


def _is_crowded(saved: Saved) -> bool:
    return saved.error is not None and (is_too_many(saved.error) or is_locked(saved.error))


def _is_answered(saved: Saved) -> bool:
    """Return whether the org worked on the record at all."""
    return saved.certainty == "saved" or (saved.certainty == "refused" and not saved.whole)
