"""Declared sObjects that are no usual custom object: external objects, field histories and shares (SCHEMA.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...schema.sobjects import FieldType, SObjectType
from ...standard.fields import record_id, text, url
from ...standard.stamps import history_fields, share_fields, stamps

SUFFIXES = ("__x", "__History", "__Share")
STAMPS = frozenset({"CreatedDate", "LastModifiedDate", "SystemModstamp"})


def special_sobject(declaration: Mapping[str, Any], suffix: str, key_prefix: str) -> SObjectType:
    """Return a new sObject of a name that ends in one of SUFFIXES; its own fields are declared next."""
    name = str(declaration["name"])
    base = name.removesuffix(suffix)
    label = declaration.get("label") or f"{base} {suffix.removeprefix('__')}"
    flags = {"custom": True, "replicateable": False, "undeletable": False}
    if suffix == "__History":
        flags |= {"createable": False, "updateable": False, "deletable": False}
    fields = _FIELDS[suffix](f"{base}__c", declaration)
    return SObjectType(name, label, key_prefix, fields, label_plural=declaration.get("labelPlural", ""), **flags)


def _external(parent: str, declaration: Mapping[str, Any]) -> list[FieldType]:
    """Return the fields of an external object: it has no stamp unless its source gives one."""
    return [
        record_id("External"),
        text("ExternalId", "External ID", 255, unique=True, external_id=True, nillable=False),
        url("DisplayUrl", "Display URL"),
        *stamps(*declaration.get("stamps", ())),
    ]


_FIELDS: dict[str, Callable[[str, Mapping[str, Any]], list[FieldType]]] = {
    "__x": _external,
    "__History": lambda parent, _: history_fields("ParentId", parent),
    "__Share": lambda parent, _: share_fields("ParentId", parent),
}
