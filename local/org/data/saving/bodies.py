"""From a record's JSON body to canonical field names and stored values: unknown, hidden and read-only fields, lookups by external Id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...wire.messages import OrgError
from ..rules import facts
from ..rules.field_values import stored
from ..rules.save_results import RecordError
from ..rules.text_values import ValueRules
from ..storage.visibility import View

IGNORED = frozenset({"attributes"})


def stored_values(
    view: View, sobject: SObjectType, body: Mapping[str, Any], *, creating: bool, rules: ValueRules
) -> tuple[Row, list[RecordError]]:
    """
    Return the body's fields as the record would store them, and the errors of single fields.

    Raise OrgError INVALID_FIELD for a field the user does not have, JSON_PARSER_ERROR for a value of a wrong JSON type.
    """
    values: Row = {}
    failures: list[RecordError] = []
    locked: list[str] = []
    for name, value in body.items():
        if name in IGNORED:
            continue
        try:
            field, given = _field_and_value(view, sobject, name, value)
            if field.createable if creating else field.updateable:
                values[field.name] = stored(field, given, rules)
            else:
                locked.append(field.name)
        except RecordError as error:
            failures.append(error)
    return values, failures + ([_not_writable(locked)] if locked else [])


def _field_and_value(view: View, sobject: SObjectType, name: str, value: Any) -> tuple[FieldType, Any]:
    field = sobject.field(name)
    if field is None:
        return _by_external_id(view, sobject, name, value)
    if field.name == "Id":
        raise OrgError("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
    return field, value


def unknown_column(sobject: SObjectType, name: str) -> OrgError:
    """Return the refusal of a field that the sObject, as the user sees it, does not have."""
    return OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")


def _not_writable(names: list[str]) -> RecordError:
    return RecordError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and verify that it "
        "is read/write for your profile or permission set.",
        names,
    )


def _by_external_id(view: View, sobject: SObjectType, name: str, value: Any) -> tuple[FieldType, str | None]:
    """Resolve `"Account": {"Ext__c": "A-1"}` to the reference field and the Id it stands for (REST API guide, upsert)."""
    field = sobject.relationship(name)
    if field is None:
        raise unknown_column(sobject, name)
    if value is None:
        return field, None
    if not isinstance(value, dict):
        raise OrgError("JSON_PARSER_ERROR", f"Unexpected value for relationship {name}: an object was expected.")
    target, key, wanted = _lookup(view, field, value)
    found = view.find(target.name, key.name, [wanted]) or []
    ids = [row["Id"] for row in found]
    if len(ids) > 1:
        raise RecordError(
            "DUPLICATE_EXTERNAL_ID", f"More than one record found for external ID: {wanted}", [field.name]
        )
    if not ids:
        message = f"Foreign key external ID: {wanted} not found for field {key.name} in entity {target.name}"
        raise RecordError("INVALID_FIELD", message)
    return field, ids[0]


def _lookup(view: View, field: FieldType, value: Mapping[str, Any]) -> tuple[SObjectType, FieldType, Any]:
    """Return which sObject, which key field and which value an object given for a relationship means."""
    attributes = value.get("attributes")
    named = attributes.get("type") if isinstance(attributes, dict) else value.get("type")
    target = view.schema.sobject(str(named or field.reference_to[0]))
    keys = [(name, wanted) for name, wanted in value.items() if name not in {"attributes", "type"}]
    if target is None or target.name not in field.reference_to or len(keys) != 1:
        raise OrgError(
            "INVALID_FIELD", f"The relationship {field.relationship_name} needs exactly one external ID field."
        )
    key = target.field(keys[0][0])
    if key is None or not (key.external_id or key.id_lookup):
        raise OrgError("INVALID_FIELD", facts.NOT_AN_EXTERNAL_ID.format(field=keys[0][0], sobject=target.name))
    return target, key, keys[0][1]
