"""DuplicateRule, MatchingRule and AssignmentRule: the rules of the org as records that may be read (Object Reference)."""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import FieldType, SObjectType
from .fields import READ_ONLY, checkbox, is_deleted, picklist, record_id, system_fields, text

RULE_OBJECT: dict[str, Any] = {"createable": False, "updateable": False, "deletable": False, "undeletable": False}


def duplicate_rule() -> SObjectType:
    """Return DuplicateRule."""
    fields = [
        record_id("Duplicate Rule"),
        is_deleted(),
        *_names("Duplicate Rule"),
        *system_fields(),
        picklist("SobjectType", "Object", "Account;Contact;Lead", length=40, nillable=False, **READ_ONLY),
        checkbox("IsActive", "Active", **READ_ONLY),
        picklist("SobjectSubtype", "Object Subtype", "None;PersonAccount", length=40, **READ_ONLY),
    ]
    return SObjectType("DuplicateRule", "Duplicate Rule", "0Bm", fields, **RULE_OBJECT)


def matching_rule() -> SObjectType:
    """Return MatchingRule."""
    fields = [
        record_id("Matching Rule"),
        is_deleted(),
        *_names("Matching Rule"),
        *system_fields(),
        picklist("SobjectType", "Object", "Account;Contact;Lead", length=40, nillable=False, **READ_ONLY),
        picklist("MatchEngine", "Match Engine", "ExactMatchEngine;FuzzyMatchEngine", length=40, **READ_ONLY),
        picklist("RuleStatus", "Status", "Inactive;Active", length=40, **READ_ONLY),
    ]
    return SObjectType("MatchingRule", "Matching Rule", "0JD", fields, **RULE_OBJECT)


def assignment_rule() -> SObjectType:
    """Return AssignmentRule."""
    fields = [
        record_id("Assignment Rule"),
        text("Name", "Name", 120, name_field=True, **READ_ONLY),
        picklist("SobjectType", "SObject Type", "Case;Lead", length=40, **READ_ONLY),
        checkbox("Active", "Active", **READ_ONLY),
        *system_fields(viewed=False),
    ]
    return SObjectType("AssignmentRule", "Assignment Rule", "01Q", fields, **RULE_OBJECT)


def _names(label: str) -> list[FieldType]:
    return [
        text("DeveloperName", "Developer Name", 80, **READ_ONLY),
        picklist("Language", "Master Language", "en_US", length=40, **READ_ONLY),
        text("MasterLabel", f"{label} Name", 80, name_field=True, **READ_ONLY),
        text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
    ]
