"""Send a record again without the values that the org does not take; these are remembered, and reported as warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import replace
from typing import Any

from causeway.contract.outcomes import Result, Warning
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.settling import remember_decided, settle_contributions, settle_superseded
from causeway.push.saving.pending import PendingSave, SaveProgress
from causeway.push.saving.refusals.refusal_codes import DROPPABLE, OUTDATED_DESCRIBE
from causeway.push.saving.refusals.suspects import needed_at_create, suspects_of
from causeway.salesforce.calls import SaveError


def can_go_without(item: PendingSave, names: Sequence[str], error: SaveError) -> bool:
    """Return whether the record can be saved without these fields: a create needs some of them."""
    if error.code not in DROPPABLE or not names:
        return False
    return item.planned.record_id is not None or not needed_at_create(item).intersection(names)


def blames_lookups(item: PendingSave, names: Sequence[str], error: SaveError) -> bool:
    """Return whether an error is about lookups that are sent, and not about the record itself."""
    describe = item.planned.merged.describe
    are_lookups = all((field := describe.field(name)) and field.type == "reference" for name in names)
    return are_lookups and can_go_without(item, names, error)


def sent_without(
    item: PendingSave, names: Sequence[str], error: SaveError, progress: SaveProgress
) -> PendingSave | None:
    """Reject the values of these fields; return the record without them when it is to be sent again."""
    progress.describes_outdated = progress.describes_outdated or error.code in OUTDATED_DESCRIBE
    _reject_values(item.planned, {name: item.save.values[name] for name in names}, error)
    return _sent_again(item, {name: value for name, value in item.save.values.items() if name not in names}, progress)


def sent_without_suspects(item: PendingSave, error: SaveError, progress: SaveProgress) -> PendingSave | None:
    """Return the record without the next fields that may be to blame; `has_suspects` says whether there are any."""
    suspects = item.suspects or []
    item.without, item.refusal = suspects.pop(0), item.refusal or error
    return _sent_again(item, {name: value for name, value in item.whole.items() if name not in item.without}, progress)


def has_suspects(item: PendingSave, error: SaveError) -> bool:
    """
    Return whether fields are left to try the record without.

    Another refusal of a value means that the last ones were to blame; one of the record, that it does not go without them.
    """
    if item.refusal not in (None, error) and error.code in DROPPABLE:
        note_suspects(item)
        item.suspects = item.refusal = None
    if item.suspects is None:
        item.suspects = suspects_of(item, error, lambda name: can_go_without(item, [name], error))
        item.whole = item.save.values
    return bool(item.suspects)


def note_suspects(item: PendingSave) -> None:
    """Reject the values without which the org took the record, or had another reason to refuse it."""
    if item.refusal is not None:
        _reject_values(item.planned, {name: item.whole[name] for name in item.without}, item.refusal)


def _sent_again(item: PendingSave, values: Mapping[str, Any], progress: SaveProgress) -> PendingSave | None:
    """Return the record with fewer values; settle it when nothing is left to update."""
    item.save = replace(item.save, values=values)
    planned = item.planned
    if values or planned.record_id is None:
        return item
    note_suspects(item)
    remember_decided(planned, progress.claims.entities[planned.entity], planned.record_id)
    settle_superseded(planned)
    settle_contributions(planned, Result.UNCHANGED, planned.record_id)
    return None


def _reject_values(planned: PlannedRecord, values: Mapping[str, Any], error: SaveError) -> None:
    """Take values out of a plan, note that the org refused them, and warn about each."""
    if planned.plan is None:
        return
    own_names = planned.own_names()
    rejected = {own_names.get(name, name): value for name, value in values.items()}
    planned.refused |= rejected
    detail = f"The org refused this value: {error.message}"
    warnings = [Warning(name, f"salesforce:{error.code}", detail) for name in rejected]
    left = {name: value for name, value in planned.plan.values.items() if name not in rejected}
    planned.plan = replace(planned.plan, values=left, warnings=(*planned.plan.warnings, *warnings))
