"""Send a record again without the values that the org does not take; these are remembered, and reported as warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from causeway.contract.outcomes import Result, Warning
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.settling import remember_decided, settle_contributions, settle_superseded
from causeway.push.saving.pending import PendingSave, SaveProgress
from causeway.push.saving.refusals.refusal_codes import DROPPABLE, OUTDATED_DESCRIBE
from causeway.salesforce.calls import SaveError


def can_go_without(item: PendingSave, names: Sequence[str], error: SaveError) -> bool:
    """Return whether the record can be saved without these fields: a create needs its required ones."""
    if error.code not in DROPPABLE or not names:
        return False
    needed = {each.name for each in item.planned.merged.describe.fields if each.required_at_create}
    return item.planned.record_id is not None or not needed.intersection(names)


def sent_without(
    item: PendingSave, names: Sequence[str], error: SaveError, progress: SaveProgress
) -> PendingSave | None:
    """Reject the values of these fields; return the record without them when it is to be sent again."""
    progress.describes_outdated = progress.describes_outdated or error.code in OUTDATED_DESCRIBE
    _reject_values(item.planned, {name: item.save.values[name] for name in names}, error)
    return _sent_again(item, {name: value for name, value in item.save.values.items() if name not in names}, progress)


def sent_without_lookups(item: PendingSave, error: SaveError, progress: SaveProgress) -> PendingSave | None:
    """Return the record without the next lookups of which one leads nowhere; `has_suspects` says whether there are any."""
    suspects = item.suspects or []
    item.without, item.refusal = suspects.pop(0), error
    return _sent_again(item, {name: value for name, value in item.whole.items() if name not in item.without}, progress)


def has_suspects(item: PendingSave, error: SaveError) -> bool:
    """Return whether lookups are left to try the record without: each alone, at last all of them."""
    if item.suspects is None:
        describe = item.planned.merged.describe
        lookups = [name for name in item.save.values if (it := describe.field(name)) and it.type == "reference"]
        lookups = [name for name in lookups if can_go_without(item, [name], error)]
        item.suspects = [(name,) for name in lookups] + ([tuple(lookups)] if len(lookups) > 1 else [])
        item.whole = item.save.values
    return bool(item.suspects)


def note_suspects(item: PendingSave) -> None:
    """Reject the lookups without which the org took the record."""
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
