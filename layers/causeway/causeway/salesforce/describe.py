"""The part of Salesforce's describe that decisions need, trimmed so that it can be cached (SOAP API guide, DescribeSObjectResult)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

COMPOUND_TYPES = frozenset({"address", "location"})  # not readable by Bulk API 2.0 queries, and their parts are
NOT_PULLED = COMPOUND_TYPES | {"base64"}  # REST answers a file's address, and Bulk API 2.0 refuses it


class PicklistValue(NamedTuple):
    """One picklist value; `valid_for` is describe's base64 bitset over the controlling field's values, empty when independent."""

    value: str
    label: str
    active: bool = True
    default: bool = False
    valid_for: str = ""


@dataclass(frozen=True)
class FieldDescribe:
    """
    One field as the connected user sees it; names and types as Salesforce spells them, lengths in UTF-16 code units.

    `text_count` is learned, not described: how the org counts the length of texts where it is stricter (text_fields.py).
    """

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
    html_formatted: bool = False
    text_count: str = field(default="", compare=False)

    @property
    def required_at_create(self) -> bool:
        """Whether a create must carry it (object reference guide, Required Fields)."""
        return self.createable and not self.nillable and not self.defaulted_on_create

    @property
    def is_writable(self) -> bool:
        """Whether a mapping may target it at all."""
        return (self.createable or self.updateable) and not self.calculated

    @cached_property
    def choices(self) -> dict[str, PicklistValue]:
        """Return the picklist values by lower-case value, then by lower-case label; an inactive one never hides an active one."""
        found: dict[str, PicklistValue] = {}
        for active in (True, False):
            for spelling in ("value", "label"):
                for item in self.picklist_values:
                    if item.active == active:
                        found.setdefault(getattr(item, spelling).strip().lower(), item)
        return found

    @cached_property
    def positions(self) -> dict[str, int]:
        """Return each picklist value's index (lower-case value), as `valid_for` of a dependent picklist counts them."""
        return {item.value.lower(): index for index, item in enumerate(self.picklist_values)}


@dataclass(frozen=True)
class SObjectDescribe:
    """
    One sObject as the connected user sees it; `fields` in describe's order.

    A record type has describe's keys and, where the UI API was asked, `picklists`: its values per field name.
    """

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
        """Return the field of that name in any case, or None when the user cannot see it."""
        return self._by_name.get(name.lower())

    def relationship(self, name: str) -> FieldDescribe | None:
        """Return the reference field of a relationship name such as `Account`, or None."""
        return self._by_relationship.get(name.lower())


_FIELD_KEYS = {
    "name": "name",
    "label": "label",
    "type": "type",
    "length": "length",
    "precision": "precision",
    "scale": "scale",
    "digits": "digits",
    "nillable": "nillable",
    "createable": "createable",
    "updateable": "updateable",
    "permissionable": "permissionable",
    "defaulted_on_create": "defaultedOnCreate",
    "calculated": "calculated",
    "unique": "unique",
    "case_sensitive": "caseSensitive",
    "external_id": "externalId",
    "id_lookup": "idLookup",
    "filterable": "filterable",
    "custom": "custom",
    "restricted_picklist": "restrictedPicklist",
    "controller_name": "controllerName",
    "html_formatted": "htmlFormatted",
    "compound_field_name": "compoundFieldName",
    "relationship_name": "relationshipName",
}
_SOBJECT_KEYS = {
    "name": "name",
    "label": "label",
    "key_prefix": "keyPrefix",
    "createable": "createable",
    "updateable": "updateable",
    "queryable": "queryable",
    "replicateable": "replicateable",
    "custom": "custom",
}
_RECORD_TYPE_KEYS = (
    "recordTypeId",
    "name",
    "developerName",
    "active",
    "available",
    "defaultRecordTypeMapping",
    "master",
)


def describe_from_json(
    raw: Mapping[str, Any],
    *,
    etag: str = "",
    picklists_by_record_type: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> SObjectDescribe:
    """
    Return the part of a REST `…/sobjects/X/describe` body that decisions need.

    `picklists_by_record_type` is record type Id → field name → values, as the UI API lists them; describe does not contain them.
    """
    allowed = picklists_by_record_type or {}
    return SObjectDescribe(
        **_present(raw, _SOBJECT_KEYS),
        fields=tuple(_field_from_json(item) for item in raw.get("fields") or ()),
        record_types=tuple(_record_type(item, allowed) for item in raw.get("recordTypeInfos") or ()),
        etag=etag,
    )


def _present(raw: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """Return the values that `raw` has; a null (as in `controllerName: null`) leaves the default."""
    return {ours: raw[theirs] for ours, theirs in keys.items() if raw.get(theirs) is not None}


def _field_from_json(raw: Mapping[str, Any]) -> FieldDescribe:
    return FieldDescribe(
        **_present(raw, _FIELD_KEYS),
        reference_to=tuple(raw.get("referenceTo") or ()),
        picklist_values=tuple(_picklist_value(item) for item in raw.get("picklistValues") or ()),
    )


def _picklist_value(raw: Mapping[str, Any]) -> PicklistValue:
    value = str(raw.get("value") or "")
    return PicklistValue(
        value=value,
        label=str(raw.get("label") or value),
        active=bool(raw.get("active", True)),
        default=bool(raw.get("defaultValue", False)),
        valid_for=str(raw.get("validFor") or ""),
    )


def _record_type(raw: Mapping[str, Any], allowed: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Any]:
    kept = {key: raw[key] for key in _RECORD_TYPE_KEYS if key in raw}
    values = allowed.get(str(raw.get("recordTypeId")))
    return {**kept, "picklists": {name: list(items) for name, items in values.items()}} if values else kept


def compact(describe: SObjectDescribe) -> dict[str, Any]:
    """Return a JSON-able form that leaves out every default: what the cache compresses and keeps."""
    kept = _unlike_default(describe, skip=("fields", "record_types"))
    kept["fields"] = [_compact_field(item) for item in describe.fields]
    kept["record_types"] = [dict(item) for item in describe.record_types]
    return kept


def describe_from_compact(kept: Mapping[str, Any]) -> SObjectDescribe:
    """Return the describe that `compact` encoded."""
    parts = dict(kept)
    return SObjectDescribe(
        fields=tuple(_field_from_compact(item) for item in parts.pop("fields", ())),
        record_types=tuple(parts.pop("record_types", ())),
        **parts,
    )


def _compact_field(item: FieldDescribe) -> dict[str, Any]:
    kept = _unlike_default(item, skip=("reference_to", "picklist_values"))
    if item.reference_to:
        kept["reference_to"] = list(item.reference_to)
    if item.picklist_values:
        kept["picklist_values"] = [[v.value, v.label, v.active, v.default, v.valid_for] for v in item.picklist_values]
    return kept


def _field_from_compact(kept: Mapping[str, Any]) -> FieldDescribe:
    parts = dict(kept)
    return FieldDescribe(
        reference_to=tuple(parts.pop("reference_to", ())),
        picklist_values=tuple(PicklistValue(*item) for item in parts.pop("picklist_values", ())),
        **parts,
    )


def _unlike_default(item: FieldDescribe | SObjectDescribe, skip: tuple[str, ...]) -> dict[str, Any]:
    return {
        part.name: getattr(item, part.name)
        for part in fields(item)
        if part.name not in skip and getattr(item, part.name) != part.default
    }
