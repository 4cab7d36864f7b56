"""The org's schema: sObjects, their fields with describe's attributes, and the relationships between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from .children import ChildRelationship, all_children

TEXT_TYPES = frozenset(
    {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox", "encryptedstring"}
)
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent", "long"})
LONG_TEXT_LENGTH = 255
"""A textarea longer than this is a long text area: not filterable, sortable or groupable."""


@dataclass(slots=True)
class PicklistValue:
    """One entry of a picklist; `valid_for` holds the indices of the controlling values it goes with (None: all)."""

    value: str
    label: str
    active: bool = True
    default: bool = False
    valid_for: frozenset[int] | None = None


@dataclass(slots=True)
class FieldType:
    """One field: describe's attributes in snake_case (SOAP API guide, describesobjectresult)."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    permissionable: bool = True
    defaulted_on_create: bool = False
    default_value: Any = None
    default_value_formula: str | None = None
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    id_lookup: bool = False
    name_field: bool = False
    name_pointing: bool = False
    auto_number: bool = False
    calculated: bool = False
    calculated_formula: str | None = None
    compound_field_name: str | None = None
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    aggregatable: bool = True
    encrypted: bool = False
    html_formatted: bool = False
    extra_type_info: str | None = None
    inline_help_text: str | None = None
    picklist_values: list[PicklistValue] = field(default_factory=list)
    restricted_picklist: bool = False
    controller_name: str | None = None
    reference_to: list[str] = field(default_factory=list)
    relationship_name: str | None = None
    relationship_order: int | None = None
    child_relationship_name: str | None = None
    custom: bool = False
    cascade_delete: bool = False
    restricted_delete: bool = False
    display_format: str | None = None
    described: dict[str, Any] = field(default_factory=dict)  # attributes of a captured describe, as they were

    @property
    def dependent_picklist(self) -> bool:
        """Say whether another field controls which values apply."""
        return self.controller_name is not None

    @property
    def polymorphic(self) -> bool:
        """Say whether the reference may point at several sObjects."""
        return len(self.reference_to) > 1

    @property
    def required_at_create(self) -> bool:
        """Say whether a create must give a value: `createable && !nillable && !defaultedOnCreate` (Object Reference)."""
        return self.createable and not self.nillable and not self.defaulted_on_create

    def picklist_value(self, value: str) -> PicklistValue | None:
        """Return the entry with this API value, whatever its case, or None."""
        wanted = value.casefold()
        return next((entry for entry in self.picklist_values if entry.value.casefold() == wanted), None)


ATTRIBUTES = {re.sub(r"_(\w)", lambda match: match[1].upper(), each.name): each.name for each in fields(FieldType)}
"""FieldType's attributes by the name describe gives them."""
NO_RELATIONSHIP = "MasterRecordId"
"""The reference from a merged record to its master, which no describe lists as a relationship (captured)."""
NOT_DESCRIBED = frozenset({"childRelationshipName", "displayFormat", "described"})


@dataclass(slots=True)
class RecordType:
    """One record type; `picklists` limits fields to the listed values."""

    developer_name: str
    name: str
    record_type_id: str
    active: bool = True
    default: bool = False
    picklists: dict[str, list[str]] = field(default_factory=dict)
    hidden_from: list[str] = field(default_factory=list)

    def available_to(self, username: str | None) -> bool:
        """Say whether the user may give records this type."""
        return self.active and username not in self.hidden_from


class SObjectType:
    """One sObject: its fields in order, found by name whatever the case, and its describe flags."""

    def __init__(
        self,
        name: str,
        label: str,
        key_prefix: str,
        fields: Iterable[FieldType],
        *,
        label_plural: str = "",
        **flags: Any,
    ) -> None:
        self.name, self.label, self.key_prefix = name, label, key_prefix
        self.label_plural = label_plural or f"{label}s"
        self.createable: bool = flags.get("createable", True)
        self.updateable: bool = flags.get("updateable", True)
        self.deletable: bool = flags.get("deletable", True)
        self.undeletable: bool = flags.get("undeletable", self.deletable)
        self.mergeable: bool = flags.get("mergeable", False)
        self.replicateable: bool = flags.get("replicateable", True)
        self.queryable: bool = flags.get("queryable", True)
        self.custom: bool = flags.get("custom", False)
        self.activities: bool = flags.get("activities", False)
        self.record_types: list[RecordType] = []
        self.children: list[ChildRelationship] = []
        self.described: dict[str, Any] = {}  # attributes of a captured describe, as they were
        self.described_children: dict[tuple[str, str], dict[str, Any]] = {}
        self._fields: dict[str, FieldType] = {}
        self._relationships: dict[str, FieldType] = {}
        self.formulas: list[FieldType] = []
        """The fields that are computed when they are read."""
        self.addresses: list[str] = []
        """The names of the compound address fields."""
        for each in fields:
            self.add(each)

    def add(self, each: FieldType) -> None:
        """Add a field, or replace the one of the same name."""
        self.remove(each.name, keep_place=True)
        self._fields[each.name.lower()] = each
        if each.calculated_formula:
            self.formulas.append(each)
        if each.type == "address":
            self.addresses.append(each.name)
        if each.relationship_name:
            self._relationships[each.relationship_name.lower()] = each

    def remove(self, name: str, *, keep_place: bool = False) -> None:
        """Remove a field, as when an admin deletes it; `keep_place` for one that is about to be replaced."""
        gone = self.field(name)
        if gone is None:
            return
        if gone.relationship_name:
            self._relationships.pop(gone.relationship_name.lower(), None)
        self.formulas = [each for each in self.formulas if each is not gone]
        self.addresses = [each for each in self.addresses if each != gone.name]
        if not keep_place:
            del self._fields[name.lower()]

    def owns(self, record_id: str) -> bool:
        """Say whether an Id is one of a record of this sObject; no Id is of one without a key prefix."""
        return bool(self.key_prefix) and record_id.startswith(self.key_prefix)

    @property
    def fields(self) -> list[FieldType]:
        """Return the fields in their order."""
        return list(self._fields.values())

    def field(self, name: str) -> FieldType | None:
        """Return the field of that name, whatever the case."""
        return self._fields.get(name.lower())

    def relationship(self, name: str) -> FieldType | None:
        """Return the reference field whose relationship upwards has that name (`Account`, `Parent__r`)."""
        return self._relationships.get(name.lower())

    def child(self, name: str) -> tuple[str, str] | None:
        """Return child sObject and foreign key of a relationship downwards (`Contacts`, `Lines__r`)."""
        wanted = name.lower()
        for each in self.children:
            if each.relationship_name and each.relationship_name.lower() == wanted:
                return each.child_sobject, each.field
        return None

    def record_type(self, record_type_id: str) -> RecordType | None:
        """Return the record type of that Id."""
        return next((each for each in self.record_types if each.record_type_id == record_type_id), None)

    def restricted_to(self, visible: Iterable[FieldType]) -> SObjectType:
        """Return a copy that has only these fields."""
        copy = SObjectType(self.name, self.label, self.key_prefix, visible)
        fields, relationships = copy._fields, copy._relationships
        copy.__dict__.update(self.__dict__)
        copy._fields, copy._relationships = fields, relationships
        return copy


class Schema:
    """All sObjects by name; `revision` rises with every change, so that describes and filtered copies can be cached."""

    def __init__(self, sobjects: Iterable[SObjectType] = ()) -> None:
        self._sobjects: dict[str, SObjectType] = {}
        self._by_prefix: dict[str, SObjectType] = {}
        self.revision = 0
        self.changed_ms = 0
        self.add(*sobjects)

    @property
    def sobjects(self) -> list[SObjectType]:
        """Return every sObject, by name."""
        return [self._sobjects[name] for name in sorted(self._sobjects)]

    def sobject(self, name: str) -> SObjectType | None:
        """Return the sObject of that name, whatever the case."""
        return self._sobjects.get(name.lower())

    def of_id(self, record_id: str) -> SObjectType | None:
        """Return the sObject whose key prefix an Id starts with."""
        return self._by_prefix.get(record_id[:3])

    def add(self, *sobjects: SObjectType) -> None:
        """Add or replace sObjects, and link the relationships again."""
        for each in sobjects:
            self._sobjects[each.name.lower()] = each
            self._by_prefix[each.key_prefix] = each
        self.relink()

    def touch(self, now_ms: int) -> None:
        """Record a change of the schema or of rights; no two changes share a second, so that If-Modified-Since sees each."""
        self.changed_ms = max(now_ms, self.changed_ms + 1000)
        self.relink()

    def relink(self) -> None:
        """Derive every sObject's children from the references that point at it."""
        self.revision += 1
        for each in self._sobjects.values():
            each.children = []
        for child in self.sobjects:
            for reference in child.fields:
                if reference.name != NO_RELATIONSHIP:
                    self._link(child, reference)
        for each in self._sobjects.values():
            each.children = all_children(each.children, each.described_children)

    def _link(self, child: SObjectType, reference: FieldType) -> None:
        name = reference.child_relationship_name
        for parent_name in reference.reference_to:
            parent = self.sobject(parent_name)
            if parent is not None and not (name and _lists(parent, child, name)):
                parent.children.append(
                    ChildRelationship(
                        child.name,
                        reference.name,
                        name,
                        reference.cascade_delete,
                        reference.restricted_delete,
                    )
                )

    def restricted_to(self, sobjects: Iterable[SObjectType]) -> Schema:
        """Return a copy that has only these sObjects (already filtered by a user's permissions)."""
        copy = Schema()
        copy.revision, copy.changed_ms = self.revision, self.changed_ms
        for each in sobjects:
            copy._sobjects[each.name.lower()] = each
            copy._by_prefix[each.key_prefix] = each
        return copy


def _lists(parent: SObjectType, child: SObjectType, name: str) -> bool:
    """Say whether a parent already has a list of that name: an account's activities are linked to it by one field alone."""
    return any(each.child_sobject == child.name and each.relationship_name == name for each in parent.children)
