"""Compare two describes of an sObject for a sync: which changes in the org its rules depend on."""

from __future__ import annotations

from collections.abc import Iterator

from causeway.errors import BrokenMapping
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.checks.row_rules import fixed_values
from causeway.syncs.mapping.conditions import product_field
from causeway.syncs.mapping.rows import automatic_rows, parent_lookup
from causeway.syncs.sync import Problem, Sync


def drift_problems(sync: Sync, before: SObjectDescribe, after: SObjectDescribe) -> tuple[Problem, ...]:
    """
    Return what is new in `after` that breaks or weakens `sync`, errors first; fields that nobody mapped are no problem.

    Field gone, type changed, no longer writable or shorter, a mapped picklist's value retired, a field newly required.
    """
    found = [problem for name in _mapped(sync, before) for problem in _of_field(sync, name, before, after)]
    if sync.direction != "pull" and sync.push.create_when_missing:
        found += _newly_required(sync, before, after)
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.level == "warning"))


def _mapped(sync: Sync, before: SObjectDescribe) -> list[str]:
    """Return the fields that the sync's rules depend on, by name: mapped, matched by, or automatic."""
    names: list[str] = []
    for row in (*sync.mappings, *automatic_rows(sync, before)):
        lookup = parent_lookup(before, row.salesforce)
        names.append(lookup.name if lookup else row.salesforce.partition(".")[0])
    names += [*sync.push.match_fields, *([sync.push.external_id_field] if sync.push.external_id_field else [])]
    return list(dict.fromkeys(names))


def _of_field(sync: Sync, name: str, before: SObjectDescribe, after: SObjectDescribe) -> Iterator[Problem]:
    old = before.field(name) or before.relationship(name)
    if old is None:
        return
    new = after.field(old.name)
    if new is None:
        message = f"{old.label} ({old.name}) is gone from {after.label}, or hidden from the connected user. Correct the mapping."
        yield Problem(level="error", code="unknown_field", message=message, field=old.name)
        return
    if new.type != old.type:
        message = (
            f"{new.label} changed its type from {old.type} to {new.type}. Check that the product's values still fit."
        )
        yield Problem(level="warning", code="field_type_changed", message=message, field=new.name)
    if new.length < old.length:
        message = f"{new.label} now holds {new.length} characters instead of {old.length}. Longer values will be cut or left out."
        yield Problem(level="warning", code="field_shorter", message=message, field=new.name)
    if sync.direction != "pull":
        yield from _lost_access(old, new)
        yield from _retired_values(sync, old, new)


def _lost_access(old: FieldDescribe, new: FieldDescribe) -> Iterator[Problem]:
    if (old.createable and not new.createable) or (old.updateable and not new.updateable):
        message = f"The connected user may no longer write {new.label}. Ask the Salesforce admin for edit access."
        yield Problem(level="warning", code="field_not_writable", message=message, field=new.name)


def _retired_values(sync: Sync, old: FieldDescribe, new: FieldDescribe) -> Iterator[Problem]:
    kept = {item.value.lower() for item in new.picklist_values if item.active}
    retired = [item.value for item in old.picklist_values if item.active and item.value.lower() not in kept]
    if not retired or not new.restricted_picklist:
        return
    constants = _constants(sync, new.name)
    level = "error" if any(value.lower() in constants for value in retired) else "warning"
    shown = ", ".join(f"'{value}'" for value in retired[:5]) + (" and more" if len(retired) > 5 else "")
    message = f"{new.label} no longer offers {shown}; such values will be left out."
    yield Problem(
        level="error" if level == "error" else "warning", code="picklist_value_retired", message=message, field=new.name
    )


def _constants(sync: Sync, name: str) -> set[str]:
    """Return the fixed values, in lower case, that rows write to this field."""
    found: set[str] = set()
    for row in sync.mappings:
        if row.salesforce.lower() != name.lower():
            continue
        found |= fixed_values(row)
        try:
            parsed = product_field(row.product).compiled.parsed
        except BrokenMapping:
            continue
        if parsed["type"] == "literal":
            found.add(str(parsed["value"]).lower())
    return found


def _newly_required(sync: Sync, before: SObjectDescribe, after: SObjectDescribe) -> Iterator[Problem]:
    mapped = {name.lower() for name in _mapped(sync, before)}
    for item in after.fields:
        old = before.field(item.name)
        was_required = old is not None and old.required_at_create
        if item.required_at_create and not was_required and item.name.lower() not in mapped:
            message = f"{item.label} ({item.name}) is now required to create {after.label} records, and no row maps it. Map it."
            yield Problem(level="error", code="required_field_not_mapped", message=message, field=item.name)
