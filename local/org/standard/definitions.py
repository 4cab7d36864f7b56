"""The set-up of the org as records: its sObjects and fields, its duplicate, matching and assignment rules (Object Reference)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..schema.row import Row
from ..schema.sobjects import FieldType, Schema, SObjectType
from .fields import READ_ONLY, checkbox, is_deleted, picklist, record_id, reference, system_fields, text, whole

READ_ONLY_OBJECT: dict[str, Any] = {
    **READ_ONLY,
    "deletable": False,
    "undeletable": False,
    "replicateable": False,
}
ENTITY, FIELD = "EntityDefinition", "FieldDefinition"
DEFINITIONS = frozenset({ENTITY, FIELD})


def entity_definition() -> SObjectType:
    """Return EntityDefinition, whose records are the sObjects that the reader may see."""
    fields = [
        text("Id", "Entity Definition ID", 18, **READ_ONLY),
        text("DurableId", "Durable ID", 255, **READ_ONLY),
        text("QualifiedApiName", "Qualified API Name", 70, name_field=True, **READ_ONLY),
        text("DeveloperName", "Developer Name", 240, **READ_ONLY),
        text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
        text("Label", "Label", 80, **READ_ONLY),
        text("MasterLabel", "Master Label", 80, **READ_ONLY),
        text("PluralLabel", "Plural Label", 80, **READ_ONLY),
        text("KeyPrefix", "Key Prefix", 3, **READ_ONLY),
        checkbox("IsCustomizable", "Is Customizable", **READ_ONLY),
        checkbox("IsQueryable", "Is Queryable", **READ_ONLY),
        checkbox("IsReplicateable", "Is Replicateable", **READ_ONLY),
        checkbox("IsSearchable", "Is Searchable", **READ_ONLY),
        checkbox("IsCustomSetting", "Is Custom Setting", **READ_ONLY),
        checkbox("IsDeprecatedAndHidden", "Is Deprecated And Hidden", **READ_ONLY),
        text("InternalSharingModel", "Internal Sharing Model", 40, **READ_ONLY),
    ]
    return SObjectType(ENTITY, "Entity Definition", "4ie", fields, **READ_ONLY_OBJECT)


def field_definition() -> SObjectType:
    """Return FieldDefinition, whose records are the fields that the reader may see."""
    fields = [
        text("Id", "Field Definition ID", 18, **READ_ONLY),
        text("DurableId", "Durable ID", 255, **READ_ONLY),
        text("QualifiedApiName", "Qualified API Name", 70, name_field=True, **READ_ONLY),
        text("DeveloperName", "Developer Name", 240, **READ_ONLY),
        reference("EntityDefinitionId", "Entity Definition ID", ENTITY, children="Fields", **READ_ONLY),
        text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
        text("Label", "Label", 80, **READ_ONLY),
        text("MasterLabel", "Master Label", 80, **READ_ONLY),
        text("DataType", "Data Type", 70, **READ_ONLY),
        whole("Length", "Length", 9, **READ_ONLY),
        whole("Precision", "Precision", 9, **READ_ONLY),
        whole("Scale", "Scale", 9, **READ_ONLY),
        text("RelationshipName", "Relationship Name", 80, **READ_ONLY),
        checkbox("IsIndexed", "Is Indexed", **READ_ONLY),
        checkbox("IsNillable", "Is Nillable", **READ_ONLY),
        checkbox("IsCalculated", "Is Calculated", **READ_ONLY),
        checkbox("IsNameField", "Is Name Field", **READ_ONLY),
    ]
    return SObjectType(FIELD, "Field Definition", "4fe", fields, **READ_ONLY_OBJECT)


def definition_rows(schema: Schema, sobject: str) -> Iterable[Row] | None:
    """Return the records of one of the two as a reader with this schema sees them; None for any other sObject."""
    if sobject == ENTITY:
        return [entity_row(each) for each in schema.sobjects]
    if sobject == FIELD:
        return [_field_row(each, field) for each in schema.sobjects for field in each.fields]
    return None


def entity_row(each: SObjectType) -> Row:
    """Return the record of one sObject."""
    return {
        **_names(each.name, each.label),
        "PluralLabel": each.label_plural,
        "KeyPrefix": each.described.get("keyPrefix", each.key_prefix or None),
        "IsCustomizable": each.custom or each.createable,
        "IsQueryable": each.queryable,
        "IsReplicateable": each.replicateable,
        "IsSearchable": bool(each.described.get("searchable", True)),
        "InternalSharingModel": "ReadWrite",
    }


def _field_row(sobject: SObjectType, field: FieldType) -> Row:
    return {
        **_names(field.name, field.label),
        "Id": f"{sobject.name}.{field.name}",
        "DurableId": f"{sobject.name}.{field.name}",
        "EntityDefinitionId": sobject.name,
        "DataType": field.type,
        "Length": field.length,
        "Precision": field.precision,
        "Scale": field.scale,
        "RelationshipName": field.relationship_name,
        "IsIndexed": field.unique or field.external_id or field.type in ("id", "reference"),
        "IsNillable": field.nillable,
        "IsCalculated": field.calculated,
        "IsNameField": field.name_field,
    }


def _names(name: str, label: str) -> Row:
    developer_name = name.rpartition("__")[0] or name
    return {
        "Id": name,
        "DurableId": name,
        "QualifiedApiName": name,
        "DeveloperName": developer_name,
        "Label": label,
        "MasterLabel": label,
    }


RULE_OBJECT: dict[str, Any] = {**READ_ONLY, "deletable": False, "undeletable": False}


def duplicate_rule() -> SObjectType:
    """Return DuplicateRule."""
    fields = [
        record_id("Duplicate Rule"),
        is_deleted(),
        *_rule_names("Duplicate Rule"),
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
        *_rule_names("Matching Rule"),
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


def _rule_names(label: str) -> list[FieldType]:
    return [
        text("DeveloperName", "Developer Name", 80, **READ_ONLY),
        picklist("Language", "Master Language", "en_US", length=40, **READ_ONLY),
        text("MasterLabel", f"{label} Name", 80, name_field=True, **READ_ONLY),
        text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
    ]
