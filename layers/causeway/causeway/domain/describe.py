"""The part of Salesforce's describe that decisions need, trimmed so that it can be cached (SOAP API guide, DescribeSObjectResult)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One picklist value; `valid_for` is describe's base64 bitset over the controlling field's values, empty when independent."""

    value: str
    label: str
    active: bool = True
    default: bool = False
    valid_for: str = ""


@dataclass(frozen=True, slots=True)
class FieldDescribe:
    """One field as the connected user sees it; names and types as Salesforce spells them, lengths in UTF-16 code units."""

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
    defaulted_on_create: bool = False
    calculated: bool = False
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    id_lookup: bool = False
    filterable: bool = True
    custom: bool = False
    restricted_picklist: bool = False
    controller_name: str = ""
    compound_field_name: str = ""
    relationship_name: str = ""
    reference_to: tuple[str, ...] = ()
    picklist_values: tuple[PicklistValue, ...] = ()

    @property
    def required_at_create(self) -> bool:
        """Whether a create must carry it (object reference guide, Required Fields)."""
        return self.createable and not self.nillable and not self.defaulted_on_create

    @property
    def is_writable(self) -> bool:
        """Whether a mapping may target it at all."""
        return (self.createable or self.updateable) and not self.calculated


@dataclass(frozen=True)
class SObjectDescribe:
    """One sObject as the connected user sees it; `fields` in describe's order."""

    name: str
    label: str
    key_prefix: str = ""
    createable: bool = True
    updateable: bool = True
    queryable: bool = True
    replicateable: bool = True
    custom: bool = False
    fields: tuple[FieldDescribe, ...] = ()
    record_types: tuple[Mapping[str, Any], ...] = ()
    etag: str = field(default="", compare=False)

    @cached_property
    def _by_name(self) -> dict[str, FieldDescribe]:
        return {item.name.lower(): item for item in self.fields}

    @cached_property
    def _by_relationship(self) -> dict[str, FieldDescribe]:
        return {item.relationship_name.lower(): item for item in self.fields if item.relationship_name}

    def field(self, name: str) -> FieldDescribe | None:
        """Return the field of that name in any case, or None when the user can not see it."""
        return self._by_name.get(name.lower())

    def relationship(self, name: str) -> FieldDescribe | None:
        """Return the reference field behind a relationship name such as `Account`, or None."""
        return self._by_relationship.get(name.lower())
