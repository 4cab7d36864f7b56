"""Finding records by the external ID fields that upserts and reads by key use (REST API guide, sObject Rows by External ID)."""

from __future__ import annotations

from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType
from ...wire.messages import OrgError
from ..rules import facts
from ..rules.field_values import stored
from ..rules.text_values import WIDE
from ..storage.visibility import View


def split_key(sobject: SObjectType, key: str, value: str) -> tuple[FieldType, Any]:
    """Return the key field and the value as it is stored; raise 404 NOT_FOUND for a field that is no key."""
    field = sobject.field(key)
    if field is None or not (field.external_id or field.id_lookup or field.name == "Id"):
        message = f"Provided external ID field does not exist or is not accessible: {key}"
        raise OrgError("NOT_FOUND", message, status=404)
    return field, stored(field, value, WIDE)


def upsert_key(sobject: SObjectType, key: str, *, by_id_lookup: bool) -> FieldType:
    """Return the external ID field of an upsert by body, or with `by_id_lookup` one such as Id or Email; raise INVALID_FIELD."""
    field = sobject.field(key)
    looked_up = field is not None and by_id_lookup and field.id_lookup
    if field is None or not (field.external_id or looked_up):
        raise OrgError("INVALID_FIELD", facts.NOT_AN_EXTERNAL_ID.format(field=key, sobject=sobject.name))
    return field


def matching_rows(view: View, sobject: SObjectType, field: FieldType, value: Any) -> list[Row]:
    """Return the visible records whose key field has the value, oldest first."""
    rows = list(view.find(sobject.name, field.name, [value]) or [])
    if field.case_sensitive:
        rows = [row for row in rows if row.get(field.name) == value]
    return sorted(rows, key=lambda row: str(row["Id"]))
