"""Schema declarations in JSON: sObjects, fields, record types and rules, in describe's own attribute names (SCHEMA.md)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...schema.sobjects import ATTRIBUTES, LONG_TEXT_LENGTH, FieldType, PicklistValue, SObjectType
from ...standard.fields import READ_ONLY, checkbox, is_deleted, owner, record_id, system_fields, text
from ...wire.messages import OrgError
from .special_objects import STAMPS, SUFFIXES, special_sobject

API_NAME = re.compile(r"[A-Za-z](_?[A-Za-z0-9])*(__[A-Za-z]+)?")
_TYPES_WORDS = (
    "string boolean int double date datetime time base64 id reference currency percent textarea phone url "
    "email picklist multipicklist combobox location address encryptedstring long anyType "
)
TYPES = frozenset(_TYPES_WORDS.split())
LENGTHS = {"email": 80, "phone": 40, "url": 255, "reference": 18, "picklist": 255, "string": 255, "textarea": 255}
SUGAR = frozenset({"required", "removed", "masterDetail", "childRelationshipName", "displayFormat"})
_DESCRIBED_ONLY_WORDS = (
    "soapType byteLength aiPredictionField dependentPicklist deprecatedAndHidden displayLocationInDecimal "
    "filteredLookupInfo formulaTreatNullNumberAsZero highScaleNumber mask maskType polymorphicForeignKey "
    "queryByDistance referenceTargetField searchPrefilterable writeRequiresMasterRead "
)
DESCRIBED_ONLY = frozenset(_DESCRIBED_ONLY_WORDS.split())
"""Attributes of a real describe that follow from others here, so that one can be declared as it was saved."""
RICH_TEXT = "richtextarea"
"""`extraTypeInfo` of a rich text area (SOAP API guide, describesobjectresult)."""
LISTS = frozenset({"picklistValues", "referenceTo"})


def wrong(message: str) -> OrgError:
    """Return the error of a declaration, with the reason."""
    return OrgError("INVALID_DECLARATION", message)


def custom_sobject(declaration: Mapping[str, Any], key_prefix: str) -> SObjectType:
    """Return a new custom sObject with the system fields; its own fields are declared next."""
    name = declaration["name"]
    if set(declaration.get("stamps", ())) - STAMPS:
        raise wrong(f"{name}: the stamps of an sObject are some of {', '.join(sorted(STAMPS))}.")
    special = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if special is not None:
        return special_sobject(declaration, special, key_prefix)
    if not name.endswith("__c"):
        raise wrong(f"{name} is no standard sObject of this org; a custom one is named {name}__c.")
    label, activities = declaration.get("label") or name.removesuffix("__c"), bool(declaration.get("enableActivities"))
    fields = [
        record_id(label),
        *([] if _is_detail(declaration) else [owner(queues=bool(declaration.get("queues")))]),
        is_deleted(),
        _name_field(label, declaration.get("nameField") or {}),
        *_audit_fields(declaration, activities),
    ]
    plural = declaration.get("labelPlural", "")
    return SObjectType(name, label, key_prefix, fields, label_plural=plural, custom=True, activities=activities)


def _name_field(label: str, declaration: Mapping[str, Any]) -> FieldType:
    """Return the Name, a text or an auto-number."""
    automatic = "displayFormat" in declaration
    return text(
        "Name",
        declaration.get("label", f"{label} Name"),
        80,
        name_field=True,
        permissionable=False,
        nillable=not automatic,
        auto_number=automatic,
        id_lookup=True,
        display_format=declaration.get("displayFormat"),
        defaulted_on_create=automatic,
        **(READ_ONLY if automatic else {}),
    )


def _audit_fields(declaration: Mapping[str, Any], activities: bool) -> list[FieldType]:
    """Return the audit fields, without those of a stamp that the declaration leaves out."""
    users = {"CreatedDate": "CreatedById", "LastModifiedDate": "LastModifiedById"}
    absent = STAMPS - set(declaration.get("stamps", STAMPS))
    gone = absent | {users[name] for name in absent if name in users}
    return [each for each in system_fields(activity=activities) if each.name not in gone]


def declare_field(sobject: SObjectType, declaration: Mapping[str, Any]) -> None:
    """Add a field to an sObject, or change the given attributes of one that it has."""
    name = declaration.get("name")
    if not isinstance(name, str) or not API_NAME.fullmatch(name):
        raise wrong(f"A field of {sobject.name} has the name {name!r}, which is no API name.")
    for attribute in declaration:
        if attribute not in ATTRIBUTES and attribute not in SUGAR | DESCRIBED_ONLY:
            raise wrong(f"{sobject.name}.{name}: there is no attribute {attribute!r}.")
    known = sobject.field(name)
    if declaration.get("removed"):
        sobject.remove(name)
    elif known is not None:
        described = {key: value for key, value in known.described.items() if key not in declaration}
        sobject.add(replace(known, **_attributes(sobject, known.type, declaration), described=described))
    else:
        sobject.add(_new_field(sobject, name, declaration))


def _new_field(sobject: SObjectType, name: str, declaration: Mapping[str, Any]) -> FieldType:
    kind = declaration.get("type", "string")
    if kind not in TYPES:
        raise wrong(
            f"{sobject.name}.{name}: {kind!r} is no field type; describe's types are {', '.join(sorted(TYPES))}."
        )
    given = _attributes(sobject, kind, declaration)
    label = given.pop("label", name.removesuffix("__c").replace("_", " "))
    custom = given.pop("custom", name.endswith("__c"))
    given.pop("name", None)
    given.pop("type", None)
    return FieldType(name, label, kind, custom=custom, **{**_defaults_of(kind, name, declaration), **given})


def _defaults_of(kind: str, name: str, declaration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that a field of this type has when the declaration does not name them."""
    defaults: dict[str, Any] = {"length": LENGTHS.get(kind, 0)}
    if kind == "boolean":
        box = checkbox(name, name)
        defaults |= {"nillable": False, "defaulted_on_create": True, "default_value": box.default_value}
    if kind == "textarea" and declaration.get("length", 0) > LONG_TEXT_LENGTH:
        defaults |= {"filterable": False, "sortable": False, "groupable": False, "aggregatable": False}
    if kind == "multipicklist":
        defaults |= {"sortable": False, "groupable": False, "aggregatable": False, "length": 4099}
    if kind in ("double", "currency", "percent"):
        defaults |= {"precision": 18, "groupable": False}
    if kind == "int":
        defaults |= {"digits": 8}
    if kind == "datetime":
        defaults |= {"groupable": False}
    if kind == "reference":
        relationship = f"{name.removesuffix('__c')}__r" if name.endswith("__c") else name.removesuffix("Id")
        defaults |= {"relationship_name": relationship}
    if declaration.get("calculated") or declaration.get("calculatedFormula"):
        defaults |= {"calculated": True}
        defaults |= {**READ_ONLY, "groupable": False}
    return defaults


def _attributes(sobject: SObjectType, kind: str, declaration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declared attributes in snake_case, with the short forms written out."""
    given = {
        ATTRIBUTES[name]: value
        for name, value in declaration.items()
        if name in ATTRIBUTES and name not in LISTS | {"name"}
    }
    if "required" in declaration:
        given["nillable"] = not declaration["required"]
        given["permissionable"] = not declaration["required"]
    if "picklistValues" in declaration:
        controller = sobject.field(str(declaration.get("controllerName") or ""))
        given["picklist_values"] = entries_of(declaration["picklistValues"], controller)
        if any(each.default for each in given["picklist_values"]):
            given["defaulted_on_create"] = True
    if "referenceTo" in declaration:
        given["reference_to"] = sorted(declaration["referenceTo"])
        given["name_pointing"] = len(given["reference_to"]) > 1
    if declaration.get("masterDetail"):
        given |= {"nillable": False, "cascade_delete": True, "permissionable": False, "relationship_order": 0}
    if given.get("unique") or given.get("external_id"):
        given.setdefault("id_lookup", True)
    if kind == "boolean":
        given.pop("nillable", None)
    if kind == "textarea" and (given.get("html_formatted") or given.get("extra_type_info") == RICH_TEXT):
        given |= {"html_formatted": True, "extra_type_info": RICH_TEXT}
    return given


def entries_of(values: Iterable[Any], controller: FieldType | None) -> list[PicklistValue]:
    """Return the entries of a picklist, declared in short or as describe has them."""
    return [_entry(each, controller) for each in values]


def _entry(value: Any, controller: FieldType | None) -> PicklistValue:
    if isinstance(value, str):
        return PicklistValue(value, value)
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        raise wrong(f"A picklist value is a text or an object with 'value', not {value!r}.")
    return PicklistValue(
        value["value"],
        value.get("label") or value["value"],
        active=value.get("active", True),
        default=bool(value.get("defaultValue", False)),
        valid_for=_indices(value.get("validFor"), controller),
    )


def _indices(valid_for: Any, controller: FieldType | None) -> frozenset[int] | None:
    """Return which controlling values go with an entry: named in a list, or as describe's base64 bit set."""
    if valid_for is None or controller is None:
        return None
    if isinstance(valid_for, str):
        try:
            data = base64.b64decode(valid_for, validate=True)
        except binascii.Error as error:
            raise wrong(f"validFor {valid_for!r} is not base64.") from error
        return frozenset(bit for bit in range(len(data) * 8) if data[bit >> 3] & (0x80 >> (bit % 8)))
    names = ["false", "true"] if controller.type == "boolean" else [each.value for each in controller.picklist_values]
    unknown = [each for each in valid_for if str(each) not in names]
    if unknown:
        raise wrong(f"validFor names {', '.join(map(str, unknown))}, which {controller.name} does not have.")
    return frozenset(names.index(str(each)) for each in valid_for)


def _is_detail(declaration: Mapping[str, Any]) -> bool:
    return any(each.get("masterDetail") for each in declaration.get("fields", []))
