"""Turn desired lookups into Ids: parents by their name, and the person that a change concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causeway.contract.outcomes import Warning
from causeway.salesforce.calls import Row
from causeway.salesforce.ids import KEY_PREFIXES
from causeway.syncs.mapping.desired import CLEAR, DesiredField, DesiredFields, DesiredLookup, DesiredParent
from causeway.syncs.mapping.parent_rows import NAME, keys_of, place_of
from causeway.syncs.mapping.rows import PEOPLE

type Named = Mapping[str, Mapping[str, Sequence[Row]]]


def resolve_parents(
    desired: DesiredFields, record: Row | None, named: Named
) -> tuple[list[Warning], list[DesiredParent]]:
    """
    Add an Id for each parent whose name exactly one record has; return why others are left out, and which are to be created.

    A row that only fills what is empty gives no warning when the record has its parent already.
    """
    warnings: list[Warning] = []
    missing: list[DesiredParent] = []
    for parent in sorted(desired.parents, key=lambda each: each.is_default):
        if parent.is_default and _is_given(parent, desired, missing, record):
            continue
        if parent.name is CLEAR:
            desired.fields.setdefault(parent.field.name, DesiredField(parent.field, CLEAR, parent.rule))
            continue
        found = _records_of(parent, named)
        if len(found) == 1:
            place = desired.defaults if parent.is_default else desired.fields
            place.setdefault(parent.field.name, DesiredField(parent.field, found[0]["Id"], parent.rule))
        elif needs_parent(parent, record) and parent.create and not found:
            missing.append(parent)
        elif needs_parent(parent, record):
            warnings.append(_parent_warning(parent, len(found)))
    return warnings, missing


def _records_of(parent: DesiredParent, named: Named) -> Sequence[Row]:
    """Return the records that a parent may be: a queue before a user of its name, an active user before others."""
    for sobject in parent.sobjects:
        by_value = named.get(place_of(sobject, parent.by), {})
        exact, folded = keys_of(str(parent.name))
        rows = (by_value.get(exact) if parent.by != NAME else None) or by_value.get(folded, ())
        owners = [row for row in rows if row.get("Type") == "Queue"] if sobject == "Group" else rows
        if owners:
            return [row for row in owners if row.get("IsActive") is not False] or owners
    return ()


def _is_given(
    parent: DesiredParent, desired: DesiredFields, missing: Sequence[DesiredParent], record: Row | None
) -> bool:
    """Return whether a default has no place: the record is there, or another parent is given for the lookup."""
    given = desired.fields.get(parent.field.name)
    is_given = given is not None and given.value is not CLEAR
    return record is not None or is_given or any(each.field == parent.field for each in missing)


def needs_parent(parent: DesiredParent, record: Row | None) -> bool:
    """Return whether a parent's Id would be written at all."""
    if parent.rule == "create_only":
        return record is None
    return parent.rule == "overwrite" or not (record or {}).get(parent.field.name)


def _parent_warning(parent: DesiredParent, found: int) -> Warning:
    name, by = parent.field.name, "name" if parent.by == NAME else parent.by
    if found:
        detail = f"{found} {parent.sobjects[-1]} records have this {by}, so none was chosen."
        return Warning(name, "parent_ambiguous", detail)
    sobjects = " or ".join(parent.sobjects)
    return Warning(name, "parent_missing", f"No {sobjects} has this {by}, so the lookup was left as it is.")


def resolve_lookups(desired: DesiredFields, who: tuple[str, Row] | None, record: Row | None) -> list[Warning]:
    """Add the Ids of the person that the change concerns (WhoId), and of its account next to a contact (WhatId)."""
    warnings: list[Warning] = []
    for lookup in desired.lookups:
        if lookup.field.name == "WhatId" and _concerns_lead(desired, record):
            continue
        record_id = _looked_up(lookup, who) if who else None
        if record_id:
            desired.fields.setdefault(lookup.field.name, DesiredField(lookup.field, record_id, lookup.rule))
        elif who is None and any(name in PEOPLE for name in lookup.sobjects):
            detail = "The person that the change concerns is not known in Salesforce, so the lookup was left empty."
            warnings.append(Warning(lookup.field.name, "about_unknown", detail))
    return warnings


def _concerns_lead(desired: DesiredFields, record: Row | None) -> bool:
    """Return whether the activity will have a lead in WhoId, the desired one or its own; WhatId must then stay empty."""
    own, given = (record or {}).get("WhoId"), desired.fields.get("WhoId")
    who = own if given is None or (own and given.rule != "overwrite") else given.value
    return str(who or "").startswith(KEY_PREFIXES["Lead"])


def _looked_up(lookup: DesiredLookup, who: tuple[str, Row]) -> str | None:
    sobject, row = who
    if sobject in lookup.sobjects:
        return str(row["Id"])
    if "Account" in lookup.sobjects and sobject == "Contact" and row.get("AccountId"):
        return str(row["AccountId"])  # Salesforce takes no WhatId together with a lead in WhoId
    return None
