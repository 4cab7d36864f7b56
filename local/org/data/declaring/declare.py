"""Applies a schema declaration to the org: its sObjects, record types, rules and permissions (SCHEMA.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...schema.ids import ALPHABET, normalized
from ...schema.permissions import FIELD_RIGHTS, OBJECT_RIGHTS, SYSTEM_RIGHTS
from ...schema.sobjects import RecordType, SObjectType
from ...standard.activities import ACTIVITY_LISTS
from ...standard.fields import reference
from ...wire.messages import OrgError
from ..rules.assignment_rules import AssignmentRule
from ..rules.duplicate_rules import DuplicateRule, MatchingRule
from ..rules.ruled_records import RuledRecords
from ..rules.validation_rules import ValidationRule, check_condition
from ..saving.loading import load
from .captured_describes import as_declaration, declare_describes
from .custom_objects import custom_sobject, declare_field, wrong
from .settings_changed import follow_settings

SECTIONS = frozenset({"settings", "describes", "sobjects", "duplicate_rules", "assignment_rules", "permissions"})
_SOBJECT_KEYS_WORDS = (
    "name label labelPlural keyPrefix nameField enableActivities queues fields validation_rules record_types "
    "childRelationships recordTypeInfos createable updateable deletable undeletable mergeable replicateable "
    "queryable stamps "
)
SOBJECT_KEYS = frozenset(_SOBJECT_KEYS_WORDS.split())
FLAGS = ("createable", "updateable", "deletable", "undeletable", "mergeable", "replicateable", "queryable")
ASSIGNMENT_RULE_PREFIX = "01Q"


def declare(store: RuledRecords, declaration: Mapping[str, Any]) -> None:
    """Apply every section; raise INVALID_DECLARATION with the reason for what cannot be read."""
    declaration = as_declaration(declaration)
    if not isinstance(declaration, Mapping):
        raise wrong("A schema is an object with sections, a describe, or a list of describes.")
    unknown = set(declaration) - SECTIONS
    if unknown:
        raise wrong(
            f"There is no section {', '.join(sorted(unknown))}; the sections are {', '.join(sorted(SECTIONS))}."
        )
    if declaration.get("settings"):
        store.settings.patch(declaration["settings"])
        follow_settings(store)
    if declaration.get("describes"):
        declare_describes(store, declaration["describes"])
    for entry in _entries(declaration, "sobjects"):
        _declare_sobject(store, entry)
    store.schema.touch(store.clock.now_ms())
    for entry in _entries(declaration, "sobjects"):
        _declare_rules(store, entry)
    for entry in _entries(declaration, "duplicate_rules"):
        _replace_named(store.duplicate_rules, _duplicate_rule(store, entry))
    for entry in _entries(declaration, "assignment_rules"):
        _replace_named(store.assignment_rules, _assignment_rule(store, entry))
    for username, rights in declaration.get("permissions", {}).items():
        _check_rights(store, username, rights)
        store.permissions.declare(username, rights)
    store.schema.touch(store.clock.now_ms())


def _entries(declaration: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    entries = declaration.get(section, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and entry.get("name") for entry in entries):
        raise wrong(f"{section} is a list of objects that each have a name.")
    return entries


def _declare_sobject(store: RuledRecords, entry: Mapping[str, Any]) -> None:
    unknown = set(entry) - SOBJECT_KEYS
    if unknown:
        raise wrong(f"{entry['name']}: there is no attribute {', '.join(sorted(unknown))} of an sObject.")
    sobject = store.schema.sobject(entry["name"])
    if sobject is None:
        sobject = custom_sobject(entry, entry.get("keyPrefix") or _next_prefix(store, entry["name"]))
        store.schema.add(sobject)
        if sobject.activities:
            _let_activities_point_at(store, sobject)
    for name in FLAGS:
        if name in entry:
            setattr(sobject, name, bool(entry[name]))
    for field in entry.get("fields", []):
        declare_field(sobject, field)
    store.forget_defaults()


def _next_prefix(store: RuledRecords, name: str) -> str:
    """Return the first free key prefix of custom sObjects, a00, a01, …, or of external objects, x00, x01, …"""
    start = "x" if name.endswith("__x") else "a"
    taken = {each.key_prefix for each in store.schema.sobjects}
    return next(prefix for first in ALPHABET for last in ALPHABET if (prefix := f"{start}{first}{last}") not in taken)


def _let_activities_point_at(store: RuledRecords, sobject: SObjectType) -> None:
    for name in ("Task", "Event", *ACTIVITY_LISTS):
        activity = store.schema.sobject(name)
        what = activity.field("WhatId") if activity else None
        if what is not None:
            what.reference_to = sorted({*what.reference_to, sobject.name})


def _declare_rules(store: RuledRecords, entry: Mapping[str, Any]) -> None:
    sobject = store.schema.sobject(entry["name"])
    if sobject is None:
        raise wrong(f"There is no sObject {entry['name']}.")
    for each in entry.get("validation_rules", []):
        rule = _validation_rule(each)
        check_condition(rule.error_condition, store.view(None), sobject, f"Validation rule {rule.name}")
        _replace_named(store.validation_rules.setdefault(sobject.name, []), rule)
    for each in entry.get("record_types", []):
        _declare_record_type(store, sobject, each)


def _validation_rule(each: Mapping[str, Any]) -> ValidationRule:
    try:
        return ValidationRule(
            each["name"],
            each["error_condition"],
            each["message"],
            each.get("field"),
            each.get("status_code", "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
            each.get("active", True),
        )
    except KeyError as error:
        raise wrong(f"A validation rule has name, error_condition and message; {error} is missing.") from error


def _declare_record_type(store: RuledRecords, sobject: SObjectType, each: Mapping[str, Any]) -> None:
    name = each.get("developerName")
    if not name:
        raise wrong(f"A record type of {sobject.name} has no developerName.")
    if sobject.field("RecordTypeId") is None:
        sobject.add(
            reference("RecordTypeId", "Record Type ID", "RecordType", defaulted_on_create=True, permissionable=False)
        )
    known = next((found for found in sobject.record_types if found.developer_name == name), None)
    label, active = each.get("name", name), each.get("active", True)
    row = {"Name": label, "DeveloperName": name, "SobjectType": sobject.name, "IsActive": active}
    if known is not None:
        row["Id"] = known.record_type_id
        sobject.record_types.remove(known)
    record_type_id = load(store, "RecordType", [row])[0]
    sobject.record_types.append(
        RecordType(
            name,
            label,
            record_type_id,
            active=active,
            default=bool(each.get("default")),
            picklists=dict(each.get("picklists", {})),
            hidden_from=list(each.get("hiddenFrom", [])),
        )
    )


def _duplicate_rule(store: RuledRecords, entry: Mapping[str, Any]) -> DuplicateRule:
    known = next((rule for rule in store.duplicate_rules if rule.name == entry["name"]), None)
    matching = tuple(_matching_rule(store, each) for each in entry.get("matching", []))
    sobject = entry.get("sobject") or (known.sobject if known else "")
    if store.schema.sobject(sobject) is None or not (matching or known):
        raise wrong(f"Duplicate rule {entry['name']} needs an sobject of this org and at least one matching rule.")
    return DuplicateRule(
        entry["name"],
        sobject,
        matching or (known.matching if known else ()),
        allow_save=entry.get("action", "alert") == "alert",
        on_create=entry.get("on_create", True),
        on_update=entry.get("on_update", known.on_update if known else True),
        message=entry.get("message", "Use one of these records?"),
        active=entry.get("active", True),
    )


def _matching_rule(store: RuledRecords, each: Mapping[str, Any]) -> MatchingRule:
    sobject = store.schema.sobject(str(each.get("sobject")))
    alternatives = tuple(tuple(names) for names in each.get("any_of", []))
    if sobject is None or not alternatives:
        raise wrong("A matching rule names its sobject and any_of: lists of fields that must all be equal.")
    for name in {name for names in alternatives for name in names}:
        if sobject.field(name) is None:
            raise wrong(f"Matching rule {each.get('name')}: {sobject.name} has no field {name}.")
    return MatchingRule(
        each.get("name", "Matching_Rule"),
        sobject.name,
        alternatives,
        each.get("engine", "ExactMatchEngine"),
        each.get("fields", {}),
    )


def _assignment_rule(store: RuledRecords, entry: Mapping[str, Any]) -> AssignmentRule:
    sobject = store.schema.sobject(str(entry.get("sobject")))
    if sobject is None:
        raise wrong(f"Assignment rule {entry['name']} needs an sobject of this org.")
    known = next((rule for rule in store.assignment_rules if rule.name == entry["name"]), None)
    entries = []
    for each in entry.get("entries", []):
        condition = each.get("condition", "")
        if condition:
            check_condition(condition, store.view(None), sobject, f"Assignment rule {entry['name']}")
        entries.append((condition, _owner_id(store, str(each.get("owner")))))
    rule_id = known.rule_id if known else store.next_id(ASSIGNMENT_RULE_PREFIX)
    return AssignmentRule(rule_id, entry["name"], sobject.name, tuple(entries), entry.get("active", True))


def _check_rights(store: RuledRecords, username: str, rights: Mapping[str, Any]) -> None:
    """Raise for rights, sObjects and fields that do not exist."""
    whose = f"The permissions of {username}"
    if set(rights) - {"objects", "fields", "system"}:
        raise wrong(f"{whose} have the parts objects, fields and system; not {', '.join(rights)}.")
    for name in set(rights.get("system", {})) - set(SYSTEM_RIGHTS):
        raise wrong(f"{whose}: {name} is none of the system permissions {', '.join(sorted(SYSTEM_RIGHTS))}.")
    for part, known in (("objects", OBJECT_RIGHTS), ("fields", FIELD_RIGHTS)):
        for name, granted in rights.get(part, {}).items():
            sobject_name, _, field_name = name.partition(".")
            sobject = store.schema.sobject(sobject_name)
            if sobject is None or (part == "fields" and sobject.field(field_name) is None):
                raise wrong(f"{whose} name {name}, which this org does not have.")
            if not isinstance(granted, dict) or set(granted) - known:
                raise wrong(f"{whose} for {name} say true or false of {', '.join(sorted(known))}.")


def _owner_id(store: RuledRecords, owner: str) -> str:
    """Return the Id of an owner given as Id, username, or a queue's name or developer name."""
    found = normalized(owner)
    if found and store.raw(found):
        return found
    names = {"User": ("Username",), "Group": ("DeveloperName", "Name")}
    for sobject, fields in names.items():
        for row in store.table(sobject).rows.values():
            if any(str(row.get(field, "")).lower() == owner.lower() for field in fields):
                return str(row["Id"])
    raise OrgError("INVALID_DECLARATION", f"There is no user or queue {owner!r} to own records.")


def _replace_named[Rule: (ValidationRule, DuplicateRule, AssignmentRule)](rules: list[Rule], rule: Rule) -> None:
    """Add a rule, or put it in the place of the one of the same name."""
    names: Iterable[str] = [each.name for each in rules]
    if rule.name in names:
        rules[list(names).index(rule.name)] = rule
    else:
        rules.append(rule)
