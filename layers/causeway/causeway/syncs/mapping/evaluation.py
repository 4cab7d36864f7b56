"""Evaluate a sync's mappings over one change: the fields it asks for, before anything is read of the org."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from jmespath.exceptions import JMESPathError

from causeway.contract.changes import Change
from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values.coerced import Coerced
from causeway.salesforce.values.coercion import cleared, coerced
from causeway.salesforce.values.picklists import record_type_id
from causeway.salesforce.values.texts import is_blank, storable, text_of
from causeway.syncs.mapping.compiled import CompiledRow, CompiledSync, compiled
from causeway.syncs.mapping.conditions import MISSING, document
from causeway.syncs.mapping.conversation import conversation_text
from causeway.syncs.mapping.desired import CLEAR, DesiredField, DesiredFields, DesiredLookup, DesiredParent
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync

MAX_NAME_LENGTH = 255  # Account.Name; names of custom objects take 80, and Salesforce finds no longer one either


def desired(
    sync: Sync, describe: SObjectDescribe, change: Change, given: Mapping[str, Any] | None = None
) -> DesiredFields:
    """Return what `change` asks of `sync`: per field a value or CLEAR with its rule, lookups to resolve, and warnings."""
    return desired_fields(compiled(sync, describe), change, document(change) if given is None else given)


def desired_fields(rules: CompiledSync, change: Change, given: Mapping[str, Any]) -> DesiredFields:
    """Return what `change` asks of a compiled sync (`given` is its `conditions.document`); never raises."""
    parts = [_of_row(row, rules.describe, change, given) for row in rules.rows]
    return DesiredFields(
        {name: value for part in parts for name, value in part.fields.items()},
        tuple(chain.from_iterable(part.parents for part in parts)),
        tuple(chain.from_iterable(part.lookups for part in parts)),
        (*rules.broken, *chain.from_iterable(part.warnings for part in parts)),
    )


def _of_row(row: CompiledRow, describe: SObjectDescribe, change: Change, given: Mapping[str, Any]) -> DesiredFields:
    if row.kind == "conversation":
        return _conversation(row, change)
    if row.kind == "about":
        return _lookup(row, change)
    try:
        value = _evaluated(row, given)
    except JMESPathError as error:
        detail = f"The expression for {row.field.label} could not be worked out for this change: {error}"
        return _only_warning(row, "expression_failed", detail)
    if value is MISSING:
        return DesiredFields()
    return _parent(row, value) if row.kind == "parent" else _value(row, describe, value)


def _evaluated(row: CompiledRow, given: Mapping[str, Any]) -> Any:
    """Return a row's value; a blank one counts as missing."""
    value = row.expression.value(given) if row.expression is not None else MISSING
    return MISSING if value is not None and is_blank(value) else value


def _only_warning(row: CompiledRow, code: str, detail: str) -> DesiredFields:
    return DesiredFields(warnings=(Warning(row.field.name, code, detail),))


def _value(row: CompiledRow, describe: SObjectDescribe, value: Any) -> DesiredFields:
    if value is None:
        return _cleared(row)
    is_record_type = row.kind == "record_type"
    kept = _record_type(describe, row, value) if is_record_type else coerced(row.field, value, may_cut=row.may_cut)
    return _kept(row, kept, kept.value)


def _cleared(row: CompiledRow) -> DesiredFields:
    """Empty the field; a row that only fills what is empty has nothing to empty."""
    return _kept(row, cleared(row.field), CLEAR) if row.rule == "overwrite" else DesiredFields()


def _kept(row: CompiledRow, kept: Coerced, value: Any) -> DesiredFields:
    fields = {row.field.name: DesiredField(row.field, value, row.rule)} if kept.keep else {}
    return DesiredFields(fields, warnings=tuple(kept.warnings))


def _record_type(describe: SObjectDescribe, row: CompiledRow, value: Any) -> Coerced:
    found = record_type_id(describe, text_of(value) or "")
    if found:
        return Coerced(found)
    detail = f"{describe.label} has no such record type, or the connected user may not use it."
    return Coerced(None, (Warning(row.field.name, "record_type_unknown", detail),), keep=False)


def _conversation(row: CompiledRow, change: Change) -> DesiredFields:
    if not change.conversation:
        return DesiredFields()
    field, warnings = row.field, list[Warning]()
    fitted = conversation_text(change.conversation, field.length, textarea=field.type == "textarea")
    if fitted.dropped:
        detail = f"{field.label} holds {field.length} characters; the {fitted.dropped} oldest messages were left out."
        warnings.append(Warning(field.name, "messages_dropped", detail))
    transcript = DesiredField(field, fitted.text, row.rule, conversation=True, always=row.always)
    return DesiredFields({field.name: transcript} if fitted.text else {}, warnings=tuple(warnings))


def _parent(row: CompiledRow, value: Any) -> DesiredFields:
    sobject = row.field.reference_to[0]
    if value is None:
        is_cleared = row.rule == "overwrite" and row.field.nillable
        return DesiredFields(parents=(DesiredParent(row.field, sobject, CLEAR, row.rule),) if is_cleared else ())
    name, _ = storable(text_of(value) or "")
    if not name or len(name) > MAX_NAME_LENGTH:
        code, why = ("too_long", "is too long for a name") if name else ("type_mismatch", "is no text")
        return _only_warning(row, code, f"{row.field.label} is found by name, and the value {why}.")
    return DesiredFields(parents=(DesiredParent(row.field, sobject, name, row.rule, row.create),))


def _lookup(row: CompiledRow, change: Change) -> DesiredFields:
    sobjects = tuple(name for name in (*PEOPLE, "Account") if name in row.field.reference_to)
    if not change.about or not sobjects:
        return DesiredFields()
    return DesiredFields(lookups=(DesiredLookup(row.field, change.about, sobjects, row.rule),))
