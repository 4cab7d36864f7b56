"""Finds what the connected user may not do although a sync needs it: one finding each, with its remedy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.sync import Sync

PEOPLE: Final = {"lead", "contact"}
_PERMISSION_SET: Final = "In Salesforce Setup open Permission Sets, and in the connected user's set"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stops records (`error`) or may surprise (`warning`, `note`), and what to do about it."""

    level: Literal["error", "warning", "note"]
    code: str
    message: str
    remedy: str
    sobject: str | None = None
    field: str | None = None


def invisible(sobject: str) -> Finding:
    """Return the finding of an sObject that the user cannot see at all."""
    return Finding(
        "error",
        "sobject_not_visible",
        f"The connected user cannot see {sobject}, or the org has no such object.",
        f"{_PERMISSION_SET} give Read on {sobject} under Object Settings.",
        sobject,
    )


def findings_of(describe: SObjectDescribe, syncs: Iterable[Sync]) -> list[Finding]:
    """Return what the user lacks for the syncs that use this sObject: object rights, then field-level security per mapped field."""
    used = [sync for sync in syncs if sync.sobject.lower() == describe.name.lower()]
    found = _object_findings(describe, used)
    for sync in used:
        found += [finding for name in _fields_of(sync) for finding in _field_findings(describe, name, sync)]
    return list(dict.fromkeys(found))


def rule_findings(
    duplicate_rules: Sequence[Mapping[str, Any]], assignment_rules: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """Return the org's active rules that may change what a push does, for the sObjects that pushes create."""
    found = [
        Finding(
            "note",
            "duplicate_rule_active",
            f"The duplicate rule {rule['MasterLabel']} is active for {rule['SobjectType']}.",
            "Choose in the sync's on_duplicate what happens when it finds a duplicate: guard, save or reject.",
            rule["SobjectType"],
        )
        for rule in duplicate_rules
    ]
    return found + [
        Finding(
            "note",
            "assignment_rule_active",
            f"The assignment rule {rule['Name']} gives new records of {rule['SobjectType']} to other owners.",
            "Set the sync's assignment_rules to false if records that it creates shall stay with the connected user.",
            rule["SobjectType"],
        )
        for rule in assignment_rules
    ]


def _object_findings(describe: SObjectDescribe, used: Sequence[Sync]) -> list[Finding]:
    pushes = [sync for sync in used if sync.direction != "pull"]
    needs = (
        ("Read", describe.queryable, bool(used)),
        ("Create", describe.createable, any(sync.push.create_when_missing for sync in pushes)),
        ("Edit", describe.updateable, any(sync.push.update_existing for sync in pushes)),
    )
    return [
        Finding(
            "error",
            f"no_{right.lower()}_right",
            f"The connected user may not {right.lower()} {describe.label or describe.name} records, which a sync needs.",
            f"{_PERMISSION_SET} give {right} on {describe.name} under Object Settings.",
            describe.name,
        )
        for right, granted, needed in needs
        if needed and not granted
    ]


def _fields_of(sync: Sync) -> list[str]:
    """Return the Salesforce fields that a sync touches on its own sObject; people are matched by email."""
    names = [row.salesforce for row in sync.mappings] + list(sync.push.match_fields)
    if sync.push.external_id_field:
        names.append(sync.push.external_id_field)
    return names + (["Email"] if sync.sobject.lower() in PEOPLE else [])


def _field_findings(describe: SObjectDescribe, path: str, sync: Sync) -> list[Finding]:
    name, _, beyond = path.partition(".")
    field = describe.relationship(name) if beyond else describe.field(name)
    if field is None:
        return [
            Finding(
                "error",
                "field_not_visible",
                f"The connected user cannot see the field {describe.name}.{path}, or the org has no such field.",
                f"{_PERMISSION_SET} give Read and Edit Access on {path} under Object Settings → {describe.name}.",
                describe.name,
                path,
            )
        ]
    return [finding] if (finding := _not_editable(describe, field, path, sync)) else []


def _not_editable(describe: SObjectDescribe, field: FieldDescribe, path: str, sync: Sync) -> Finding | None:
    mapped = any(row.salesforce == path for row in sync.mappings)
    is_split = any(item.compound_field_name == field.name and item.updateable for item in describe.fields)
    if sync.direction == "pull" or not mapped or field.updateable or is_split:
        return None
    if field.calculated:
        remedy = "Map another field: formula and roll-up fields are computed by Salesforce."
    else:
        remedy = (
            f"{_PERMISSION_SET} give Edit Access on {path} under Object Settings → {describe.name}, or remove the row."
        )
    return Finding(
        "warning",
        "field_not_editable",
        f"The connected user can see but not edit {describe.name}.{path}, so its row writes nothing to existing records.",
        remedy,
        describe.name,
        path,
    )
