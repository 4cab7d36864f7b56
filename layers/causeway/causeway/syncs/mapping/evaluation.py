"""Evaluate a sync's mappings over one change: the fields it asks for, before anything is read of the org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import replace
from itertools import chain
from typing import Any

from jmespath.exceptions import JMESPathError

from causeway.contract.changes import Change
from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.coerced import Coerced
from causeway.salesforce.values.coercion import cleared, coerced
from causeway.salesforce.values.emails import normalized_email
from causeway.salesforce.values.picklists import record_type_id
from causeway.salesforce.values.text_fields import measure_of, sent_text, shown_text
from causeway.salesforce.values.texts import is_blank, storable, text_of
from causeway.syncs.mapping.compiled import CompiledRow, CompiledSync, compiled
from causeway.syncs.mapping.conditions import MISSING, document
from causeway.syncs.mapping.conversation import conversation_text
from causeway.syncs.mapping.desired import CLEAR, DesiredField, DesiredFields, DesiredLookup, DesiredParent
from causeway.syncs.mapping.entries import entry_text
from causeway.syncs.mapping.expression_budget import ExpressionTooCostly
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.mapping.translation import NotInTable
from causeway.syncs.sync import Sync

MAX_NAME_LENGTH = 255  # Account.Name; names of custom objects take 80, and Salesforce finds no longer one either


def desired(
    sync: Sync, describe: SObjectDescribe, change: Change, given: Mapping[str, Any] | None = None
) -> DesiredFields:
    """Return what `change` asks of `sync`: per field a value or CLEAR with its rule, lookups to resolve, and warnings."""
    return desired_fields(compiled(sync, describe), change, document(change) if given is None else given)


def desired_fields(rules: CompiledSync, change: Change, given: Mapping[str, Any]) -> DesiredFields:
    """Return what `change` asks of a compiled sync (`given` is its `conditions.document`); never raises."""
    parts = [part for row in rules.rows for part in _of_row(row, rules.describe, change, given)]
    return DesiredFields(
        {name: value for part in parts for name, value in part.fields.items()},
        tuple(chain.from_iterable(part.parents for part in parts)),
        tuple(chain.from_iterable(part.lookups for part in parts)),
        (*rules.broken, *chain.from_iterable(part.warnings for part in parts)),
        {name: value for part in parts for name, value in part.defaults.items()},
    )


def _of_row(
    row: CompiledRow, describe: SObjectDescribe, change: Change, given: Mapping[str, Any]
) -> Iterator[DesiredFields]:
    """Yield what the change says, and what a new record gets where it says nothing."""
    if row.kind == "conversation":
        yield _conversation(row, change)
    elif row.kind == "about":
        yield _lookup(row, change)
    else:
        yield _expressed(row, describe, change, given)
    if row.has_usual_value and (usual := row.usual_value(given)) is not MISSING:
        yield _usual(row, describe, change, usual)


def _expressed(row: CompiledRow, describe: SObjectDescribe, change: Change, given: Mapping[str, Any]) -> DesiredFields:
    try:
        value = row.value(given)
    except ExpressionTooCostly as error:
        detail = f"The expression for {row.field.label} takes more work than an expression may: {error}."
        return _only_warning(row, "expression_too_costly", detail)
    except JMESPathError as error:
        detail = f"The expression for {row.field.label} could not be worked out for this change: {error}"
        return _only_warning(row, "expression_failed", detail)
    except NotInTable as error:
        return _only_warning(row, error.code, f"{row.field.label} was left out. {error.message}")
    if value is MISSING or (value is not None and is_blank(value)):
        return DesiredFields()
    return _parent(row, value) if row.kind == "parent" else _value(row, describe, change, value)


def _usual(row: CompiledRow, describe: SObjectDescribe, change: Change, value: Any) -> DesiredFields:
    """Return what a new record gets where the change says nothing, nothing when the field cannot take it (the save check says so)."""
    if row.kind == "parent":
        parents = _parent(row, value).parents
        return DesiredFields(parents=tuple(replace(each, rule="create_only", is_default=True) for each in parents))
    return DesiredFields(defaults=_value(row, describe, change, value).fields)


def _only_warning(row: CompiledRow, code: str, detail: str) -> DesiredFields:
    return DesiredFields(warnings=(Warning(row.field.name, code, detail),))


def _value(row: CompiledRow, describe: SObjectDescribe, change: Change, value: Any) -> DesiredFields:
    if value is None:
        return _cleared(row)
    kept = coerced_value(describe, row.field, value, may_cut=row.may_cut)
    if row.rule == "append" and kept.keep:
        entry = entry_text(shown_text(row.field, str(kept.value)), change.occurred_at_ms)
        return _kept(row, kept, sent_text(row.field, entry))
    return _kept(row, kept, kept.value)


def _cleared(row: CompiledRow) -> DesiredFields:
    """Empty the field; a row that only fills what is empty has nothing to empty."""
    return _kept(row, cleared(row.field), CLEAR) if row.rule == "overwrite" else DesiredFields()


def _kept(row: CompiledRow, kept: Coerced, value: Any) -> DesiredFields:
    fields = {row.field.name: DesiredField(row.field, value, row.rule)} if kept.keep else {}
    return DesiredFields(fields, warnings=tuple(kept.warnings))


def coerced_value(describe: SObjectDescribe, field: FieldDescribe, value: Any, *, may_cut: bool = True) -> Coerced:
    """Return a value as a field of this sObject takes it; a record type also by its name."""
    if field.name != "RecordTypeId":
        return coerced(field, value, may_cut=may_cut)
    found = record_type_id(describe, text_of(value) or "")
    if found:
        return Coerced(found)
    detail = f"{describe.label} has no such record type, or the connected user may not use it."
    return Coerced(None, (Warning(field.name, "record_type_unknown", detail),), keep=False)


def _conversation(row: CompiledRow, change: Change) -> DesiredFields:
    if not change.conversation:
        return DesiredFields()
    field, warnings = row.field, list[Warning]()
    fitted = conversation_text(change.conversation, field.length, measure=measure_of(field))
    if fitted.dropped:
        detail = f"{field.label} holds {field.length} characters; the {fitted.dropped} oldest messages were left out."
        warnings.append(Warning(field.name, "messages_dropped", detail))
    if fitted.is_cut:
        detail = f"{field.label} holds {field.length} characters; the oldest message that is left was cut."
        warnings.append(Warning(field.name, "cut", detail))
    transcript = DesiredField(field, sent_text(field, fitted.text), row.rule, conversation=True, always=row.always)
    return DesiredFields({field.name: transcript} if fitted.text else {}, warnings=tuple(warnings))


def _parent(row: CompiledRow, value: Any) -> DesiredFields:
    if value is None:
        is_cleared = row.rule == "overwrite" and row.field.nillable
        return DesiredFields(parents=(DesiredParent(row.field, row.sobjects, CLEAR, row.rule),) if is_cleared else ())
    given = normalized_email(value) if row.by == "Email" else None
    name, _ = storable(given or text_of(value) or "")
    if not name or len(name) > MAX_NAME_LENGTH:
        code, why = ("too_long", "is too long for a name") if name else ("type_mismatch", "is no text")
        return _only_warning(row, code, f"{row.field.label} is found by {row.by.lower()}, and the value {why}.")
    return DesiredFields(parents=(DesiredParent(row.field, row.sobjects, name, row.rule, row.create, by=row.by),))


def _lookup(row: CompiledRow, change: Change) -> DesiredFields:
    sobjects = tuple(name for name in (*PEOPLE, "Account") if name in row.field.reference_to)
    if not change.about or not sobjects:
        return DesiredFields()
    return DesiredFields(lookups=(DesiredLookup(row.field, change.about, sobjects, row.rule),))
