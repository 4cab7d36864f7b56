"""
Loads a captured describe, the answer of `GET .../describe` of a real org, as an sObject of this one (SCHEMA.md).

What a describe says and this org does not act on is kept as it was captured, and answered so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...schema.ids import ALPHABET, MASTER_RECORD_TYPE_ID
from ...schema.sobjects import ATTRIBUTES, FieldType, RecordType, SObjectType
from ..rules.ruled_records import RuledRecords
from ..saving.loading import load
from .custom_objects import API_NAME, entries_of, wrong

FLAGS = ("createable", "updateable", "deletable", "undeletable", "mergeable", "replicateable", "queryable", "custom")
APART = frozenset({"fields", "childRelationships", "recordTypeInfos", "name", "label", "labelPlural", *FLAGS})
"""What of an sObject is not kept as it was captured, because the org acts on it."""
KEPT = frozenset({"byteLength", "idLookup", "length", "precision", "soapType"})
"""Attributes of a field that are kept as they were captured, although they usually follow from others."""


def is_describe(document: object) -> bool:
    """Say whether a JSON document is the describe of one sObject."""
    return isinstance(document, dict) and "fields" in document and "name" in document and "queryable" in document


def as_declaration(document: Any) -> Mapping[str, Any]:
    """Return a schema file's content as a declaration; a describe, or a list of describes, is one by itself."""
    if is_describe(document):
        return {"describes": [document]}
    return {"describes": document} if isinstance(document, list) else document


def declare_describes(store: RuledRecords, describes: Any) -> None:
    """Load every describe; raise INVALID_DECLARATION for what is none."""
    if not isinstance(describes, list) or not all(is_describe(each) for each in describes):
        raise wrong("describes is a list of answers of GET /services/data/vNN.N/sobjects/<name>/describe.")
    for each in describes:
        _declare(store, each)
    store.schema.touch(store.clock.now_ms())
    for each in describes:
        _let_children_point_at(store, each)
        _declare_record_types(store, each)
    store.forget_defaults()


def _declare(store: RuledRecords, describe: Mapping[str, Any]) -> None:
    name = describe["name"]
    if not isinstance(name, str) or not API_NAME.fullmatch(name):
        raise wrong(f"A describe has the name {name!r}, which is no API name.")
    sobject = store.schema.sobject(name)
    if sobject is None:
        sobject = SObjectType(name, str(describe.get("label") or name), _key_prefix(store, describe), [])
        store.schema.add(sobject)
    sobject.label = str(describe.get("label") or sobject.label)
    sobject.label_plural = str(describe.get("labelPlural") or sobject.label_plural)
    for flag in FLAGS:
        setattr(sobject, flag, bool(describe.get(flag, getattr(sobject, flag))))
    _replace_fields(sobject, describe["fields"])
    sobject.described = {key: value for key, value in describe.items() if key not in APART}
    sobject.described_children = {
        (child["childSObject"], child["field"]): child for child in describe.get("childRelationships") or ()
    }


def _key_prefix(store: RuledRecords, describe: Mapping[str, Any]) -> str:
    """Return the describe's own key prefix, or a free one where it has none or another sObject has it already."""
    taken = {each.key_prefix for each in store.schema.sobjects}
    own = describe.get("keyPrefix")
    if isinstance(own, str) and own and own not in taken:
        return own
    return next(prefix for first in ALPHABET for last in ALPHABET if (prefix := f"z{first}{last}") not in taken)


def _replace_fields(sobject: SObjectType, fields: Iterable[Mapping[str, Any]]) -> None:
    """Give the sObject these fields and no others, in their order."""
    known = {each.name.lower(): each for each in sobject.fields}
    for name in list(known):
        sobject.remove(name)
    captured = list(fields)
    for each in captured:
        sobject.add(_field(each, known.get(str(each.get("name")).lower())))
    for each in captured:
        field = sobject.field(str(each["name"]))
        if field is not None:
            controller = sobject.field(str(each.get("controllerName") or ""))
            field.picklist_values = entries_of(each.get("picklistValues") or (), controller)


def _field(captured: Mapping[str, Any], known: FieldType | None) -> FieldType:
    """Return a captured field; what a describe does not say follows from the field that the org knew before."""
    if not captured.get("name") or not captured.get("type"):
        raise wrong("Every field of a describe has a name and a type.")
    given = {
        attribute: captured[name]
        for name, attribute in ATTRIBUTES.items()
        if name in captured and name not in ("picklistValues", "label")
    }
    given["reference_to"] = list(captured.get("referenceTo") or ())
    field = FieldType(label=str(captured.get("label") or captured["name"]), **given)
    acted_on = ATTRIBUTES.keys() - KEPT
    field.described = {key: value for key, value in captured.items() if key not in acted_on}
    if known is not None:
        field.child_relationship_name, field.display_format = known.child_relationship_name, known.display_format
    return field


def _let_children_point_at(store: RuledRecords, describe: Mapping[str, Any]) -> None:
    """Let the references that the describe lists as relationships of children point at its sObject."""
    for child in describe.get("childRelationships") or ():
        kind = store.schema.sobject(str(child["childSObject"]))
        field = kind.field(str(child["field"])) if kind else None
        if field is not None and field.type == "reference" and describe["name"] not in field.reference_to:
            field.reference_to = sorted([*field.reference_to, describe["name"]])
    store.schema.relink()


def _declare_record_types(store: RuledRecords, describe: Mapping[str, Any]) -> None:
    sobject = store.schema.sobject(describe["name"])
    for each in describe.get("recordTypeInfos") or ():
        record_type_id = each.get("recordTypeId")
        if sobject is None or record_type_id in (None, MASTER_RECORD_TYPE_ID):
            continue
        row = {"Id": record_type_id, "Name": each["name"], "DeveloperName": each.get("developerName") or each["name"]}
        load(store, "RecordType", [row | {"SobjectType": sobject.name, "IsActive": each.get("active", True)}])
        sobject.record_types = [known for known in sobject.record_types if known.record_type_id != record_type_id]
        sobject.record_types.append(
            RecordType(
                row["DeveloperName"],
                row["Name"],
                record_type_id,
                active=bool(each.get("active", True)),
                default=bool(each.get("defaultRecordTypeMapping")),
            )
        )
