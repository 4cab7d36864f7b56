"""Describe: what the user may see of the schema, with every attribute (SOAP API guide, describesobjectresult)."""

from __future__ import annotations

import base64
import re
from typing import Any

from ...data.storage.visibility import sobject_of
from ...schema.ids import MASTER_RECORD_TYPE_ID
from ...schema.scopes import scopes_of
from ...schema.sobjects import (
    ATTRIBUTES,
    NOT_DESCRIBED,
    NUMBER_TYPES,
    TEXT_TYPES,
    FieldType,
    PicklistValue,
    RecordType,
    Schema,
    SObjectType,
)
from ...wire.call import Call, Route
from ...wire.messages import Response
from ..ports import DataOrg
from .conditional_requests import schema_headers

SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "long": "xsd:long",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "base64": "xsd:base64Binary",
    "address": "urn:address",
    "location": "urn:location",
    "anyType": "xsd:anyType",
}
BYTES_PER_CHARACTER = 3
VERSION = re.compile(r"^/services/data/v[\d.]+")


def describe_global(call: Call[DataOrg]) -> Response:
    """Return every sObject the user may read, with the attributes of describe global (REST API guide, Describe Global)."""
    schema = call.org.store.view(call.session).schema
    headers = schema_headers(call, schema.changed_ms, schema.revision)
    sobjects = [_summary(call, each) for each in schema.sobjects]
    body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sobjects}
    return Response(200, body, headers)


def basic_information(call: Call[DataOrg], sobject: str) -> Response:
    """Return an sObject's summary and the records its reader saw last."""
    kind = sobject_of(call.org.store.view(call.session), sobject)
    return Response(200, {"objectDescribe": _summary(call, kind), "recentItems": []})


def describe(call: Call[DataOrg], sobject: str) -> Response:
    """Return one sObject's fields, child relationships, record types and rights; 304 when unchanged since."""
    schema = call.org.store.view(call.session).schema
    kind = sobject_of(call.org.store.view(call.session), sobject)
    headers = schema_headers(call, schema.changed_ms, schema.revision)
    body = {
        **_summary(call, kind),
        **UNUSED_BY_SOBJECTS,
        "supportedScopes": [{"label": label, "name": name} for name, label in scopes_of(kind).items()],
        **{name: value for name, value in kind.described.items() if name != "urls"},
        "childRelationships": _children(call, schema, kind),
        "fields": [field_json(kind, each) for each in kind.fields],
        "recordTypeInfos": _record_types(call, kind),
    }
    return Response(200, dict(sorted(body.items())), headers)


UNUSED_BY_SOBJECTS: dict[str, Any] = {
    "actionOverrides": [],
    "compactLayoutable": True,
    "defaultImplementation": None,
    "extendedBy": None,
    "extendsInterfaces": None,
    "implementedBy": None,
    "implementsInterfaces": None,
    "listviewable": None,
    "lookupLayoutable": None,
    "namedLayoutInfos": [],
    "networkScopeFieldName": None,
    "searchLayoutable": True,
    "sobjectDescribeOption": "FULL",
}
"""What describe says of every sObject alike (captured describe of Account)."""


def _children(call: Call[DataOrg], schema: Schema, kind: SObjectType) -> list[dict[str, Any]]:
    """Return the relationships to children, without those of sObjects that the user may not read."""
    shown = [
        child
        for child in kind.children
        if schema.sobject(child.child_sobject) or call.org.schema.sobject(child.child_sobject) is None
    ]
    return [
        {
            "cascadeDelete": child.cascade_delete,
            "childSObject": child.child_sobject,
            "deprecatedAndHidden": False,
            "field": child.field,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": child.relationship_name,
            "restrictedDelete": child.restricted_delete,
            **kind.described_children.get((child.child_sobject, child.field), {}),
        }
        for child in shown
    ]


UNUSED_ATTRIBUTES = {
    "aiPredictionField": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "mask": None,
    "maskType": None,
    "referenceTargetField": None,
    "writeRequiresMasterRead": False,
}
"""What describe says of every field of this org alike."""


def field_json(sobject: SObjectType, field: FieldType) -> dict[str, Any]:
    """Return one field's describe, its attributes in alphabetical order as Salesforce sends them."""
    plain = {name: getattr(field, attribute) for name, attribute in ATTRIBUTES.items() if name not in NOT_DESCRIBED}
    has_length = field.type in TEXT_TYPES | {"id", "reference", "base64"}
    worked_out = {
        "byteLength": field.length * (1 if field.type in ("id", "reference") else BYTES_PER_CHARACTER),
        "dependentPicklist": field.dependent_picklist,
        "idLookup": field.id_lookup or field.external_id,
        "length": field.length if has_length else 0,
        "picklistValues": [_picklist_value(sobject, field, each) for each in field.picklist_values],
        "polymorphicForeignKey": field.polymorphic,
        "precision": field.precision if field.type in NUMBER_TYPES else 0,
        "queryByDistance": field.type == "location",
        "searchPrefilterable": field.type == "reference",
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
    }
    return dict(sorted({**UNUSED_ATTRIBUTES, **plain, **worked_out, **field.described}.items()))


def valid_for(indices: frozenset[int]) -> str:
    """
    Return a dependent value's `validFor`: base64 of a bit set, bit k (from the left) for the controlling value k.

    Source: SOAP API guide, describesobjectresult, the sample that reads it; captured describes end it after the last
    bit, filled up to a multiple of three bytes.
    """
    size = max(indices, default=0) // 8 + 1
    data = bytearray(size + -size % 3)
    for index in indices:
        data[index >> 3] |= 0x80 >> (index % 8)
    return base64.b64encode(bytes(data)).decode("ascii")


def _picklist_value(sobject: SObjectType, field: FieldType, each: PicklistValue) -> dict[str, Any]:
    encoded = None
    controller = sobject.field(field.controller_name) if field.controller_name else None
    if controller is not None:
        count = 2 if controller.type == "boolean" else len(controller.picklist_values)
        encoded = valid_for(frozenset(range(count)) if each.valid_for is None else each.valid_for)
    return {
        "active": each.active,
        "defaultValue": each.default,
        "label": each.label,
        "validFor": encoded,
        "value": each.value,
    }


def _record_types(call: Call[DataOrg], sobject: SObjectType) -> list[dict[str, Any]]:
    """Return the record types, the master one last, as describe lists them."""
    username = call.session.username
    own = [_record_type(call, sobject, each, each.available_to(username)) for each in sobject.record_types]
    master = RecordType(
        "Master", "Master", MASTER_RECORD_TYPE_ID, default=not any(each.default for each in sobject.record_types)
    )
    return [*own, _record_type(call, sobject, master, True)]


def _record_type(call: Call[DataOrg], sobject: SObjectType, each: RecordType, available: bool) -> dict[str, Any]:
    return {
        "active": each.active,
        "available": available,
        "defaultRecordTypeMapping": each.default,
        "developerName": each.developer_name,
        "master": each.record_type_id == MASTER_RECORD_TYPE_ID,
        "name": each.name,
        "recordTypeId": each.record_type_id,
        "urls": {"layout": f"{call.base}/sobjects/{sobject.name}/describe/layouts/{each.record_type_id}"},
    }


def _summary(call: Call[DataOrg], each: SObjectType) -> dict[str, Any]:
    summary = {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": each.createable,
        "custom": each.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": each.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": each.activities,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": each.described.get("keyPrefix", each.key_prefix or None),
        "label": each.label,
        "labelPlural": each.label_plural,
        "layoutable": True,
        "mergeable": each.mergeable,
        "mruEnabled": True,
        "name": each.name,
        "queryable": each.queryable,
        "replicateable": each.replicateable,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": each.undeletable,
        "updateable": each.updateable,
    }
    captured = {name: value for name, value in each.described.items() if name in summary}
    return {**summary, **captured, "urls": _urls(call, each)}


def _urls(call: Call[DataOrg], each: SObjectType) -> dict[str, str]:
    """Return the addresses of an sObject; those of a captured describe name this API version."""
    base = f"{call.base}/sobjects/{each.name}"
    own = {"describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}", "sobject": base}
    captured = each.described.get("urls") or {}
    return own | {name: VERSION.sub(call.base, url) for name, url in captured.items()}


ROUTES: list[Route[DataOrg]] = [
    ("GET", r"/sobjects/?", describe_global),
    ("GET", r"/sobjects/(?P<sobject>\w+)/?", basic_information),
    ("GET", r"/sobjects/(?P<sobject>\w+)/describe/?", describe),
]
