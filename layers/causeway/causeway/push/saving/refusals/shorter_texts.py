"""Send a record again with its texts cut by the stricter count, when the org finds one too long that fits by ours."""

from __future__ import annotations

from collections.abc import Iterator
from copy import replace

from causeway.contract.outcomes import Warning
from causeway.push.deciding.planning.planned_records import PlannedRecord
from causeway.push.deciding.planning.text_decisions import refitted_value
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import is_entry_written
from causeway.push.saving.pending import PendingSave, SaveProgress
from causeway.push.saving.refusals.refusal_codes import blamed_fields
from causeway.salesforce.calls import SaveError
from causeway.salesforce.values.coercion import CUT_TYPES
from causeway.salesforce.values.text_fields import BYTES
from causeway.syncs.mapping.desired import DesiredField

TOO_LONG = "STRING_TOO_LONG"


def sent_shorter(item: PendingSave, error: SaveError, progress: SaveProgress) -> PendingSave | None:
    """Return the record with shorter texts, None when the error is another one or no text is longer by the stricter count."""
    if error.code != TOO_LONG or item.planned.plan is None:
        return None
    entity = progress.claims.entities[item.planned.entity]
    shorter = dict(_shorter(item, blamed_fields(item.save, error) or list(item.save.values), entity))
    if not shorter:
        return None
    own_names = item.planned.own_names()
    item.shortened |= {own_names.get(name, name) for name in shorter}
    _replan(item.planned, {own_names.get(name, name): text for name, text in shorter.items()})
    item.save = replace(item.save, values={**item.save.values, **shorter})
    return item


def note_counts(item: PendingSave, progress: SaveProgress) -> None:
    """Note by which fields the stricter count was right: the org took the record."""
    progress.strict_counts.update((item.planned.sobject, name) for name in item.shortened)


def _shorter(item: PendingSave, names: list[str], entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield the sent fields whose text is shorter by the stricter count, each with that text."""
    planned, own_names = item.planned, item.planned.own_names()
    record_id = planned.record_id or planned.sobject
    for sent in names:
        name, text = own_names.get(sent, sent), item.save.values[sent]
        desired = _desired(planned, name)
        if desired is None or not isinstance(text, str) or not _may_be_cut(planned, desired):
            continue
        fitted = refitted_value(
            desired,
            text,
            planned.merged.record,
            BYTES,
            lambda field, entry: is_entry_written(entity, record_id, field, entry),
        )
        if fitted is not None and fitted != text:
            yield sent, fitted


def _desired(planned: PlannedRecord, name: str) -> DesiredField | None:
    known = planned.merged.desired.get(name)
    return known[0] if known else planned.merged.defaults.get(name)


def _may_be_cut(planned: PlannedRecord, desired: DesiredField) -> bool:
    """Return whether a text may be cut, and was not cut by the stricter count already; values that identify records never are."""
    field = desired.field
    if field.type not in CUT_TYPES or field.external_id or field.unique or field.text_count == BYTES:
        return False
    rows = (row for each in planned.contributions for row in each.prepared.rules.rows if row.field.name == field.name)
    return all(row.may_cut for row in rows)


def _replan(planned: PlannedRecord, texts: dict[str, str]) -> None:
    if planned.plan is None:
        return
    detail = "The org counts the length of {} more strictly, so the text was cut again to fit."
    warnings = [Warning(name, "cut", detail.format(name)) for name in texts]
    values = {**planned.plan.values, **texts}
    planned.plan = replace(planned.plan, values=values, warnings=(*planned.plan.warnings, *warnings))
