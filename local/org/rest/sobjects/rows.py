"""Single records over REST: create, read, update, delete, and upsert by external ID (REST API guide, sObject Rows)."""

from __future__ import annotations

from typing import Any

from ...data.rules.facts import UNKNOWN_REFERENCE
from ...data.rules.save_results import SaveResult
from ...data.saving.external_ids import matching_rows, split_key
from ...data.storage.visibility import sobject_of
from ...schema.ids import normalized
from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from ...wire.paths import segment
from .. import facts
from ..ports import DataOrg
from .conditional_requests import ETAGGED_PREFIX, check_conditions, entity_tag, last_modified, stamp_ms
from .save_headers import save_options

MISSING = "The requested resource does not exist"


def create(call: Call[DataOrg], sobject: str) -> Response:
    """Create one record: 201 with its Id and a Location."""
    result = call.org.store.create(call.session, sobject, _body(call), save_options(call, reject_request_faults=True))
    return _saved(call, sobject, result, status=201)


def read(call: Call[DataOrg], sobject: str, record_id: str) -> Response:
    """Return one record, whole or the fields asked for."""
    kind = sobject_of(call.org.store.view(call.session), sobject)
    row = visible_row(call, kind, record_id)
    check_conditions(call, row)
    return _row(call, kind, row)


def update(call: Call[DataOrg], sobject: str, record_id: str) -> Response:
    """Change one record: 204 without a body."""
    kind = sobject_of(call.org.store.view(call.session), sobject)
    check_conditions(call, visible_row(call, kind, record_id, for_change=True))
    options = save_options(call, reject_request_faults=True)
    result = call.org.store.update(call.session, sobject, record_id, _body(call), options)
    return _saved(call, sobject, result, status=204)


def delete(call: Call[DataOrg], sobject: str, record_id: str) -> Response:
    """Delete one record: 204 without a body."""
    kind = sobject_of(call.org.store.view(call.session), sobject)
    visible_row(call, kind, record_id, for_change=True)
    return _saved(call, sobject, call.org.store.delete(call.session, sobject, record_id), status=204)


def read_by_key(call: Call[DataOrg], sobject: str, key: str, value: str) -> Response:
    """Return the record with this external ID; 300 with the URLs when there are several."""
    kind, rows = _by_key(call, sobject, key, value)
    if len(rows) > 1:
        return _several(call, kind, rows)
    if not rows:
        raise OrgError("NOT_FOUND", MISSING, status=404)
    return _row(call, kind, rows[0])


def delete_by_key(call: Call[DataOrg], sobject: str, key: str, value: str) -> Response:
    """Delete the record with this external ID."""
    kind, rows = _by_key(call, sobject, key, value)
    if len(rows) > 1:
        return _several(call, kind, rows)
    if not rows:
        raise OrgError("NOT_FOUND", MISSING, status=404)
    return _saved(call, sobject, call.org.store.delete(call.session, sobject, rows[0]["Id"]), status=204)


def upsert(call: Call[DataOrg], sobject: str, key: str, value: str) -> Response:
    """Create or update by external ID: 201, 200, 300 for several, 404 for none with `updateOnly=true`."""
    value = segment(value)
    kind, rows = _by_key(call, sobject, key, value)
    if len(rows) > 1:
        return _several(call, kind, rows)
    body, options = _body(call), save_options(call, reject_request_faults=True)
    field, wanted = split_key(kind, key, value)
    if any(name.lower() == field.name.lower() for name in body):
        raise OrgError(
            "INVALID_FIELD", f"The {field.name} field should not be specified in the sobject data.", fields=[field.name]
        )
    if rows:
        result = call.org.store.update(call.session, sobject, rows[0]["Id"], body, options)
    elif call.request.query.get("updateOnly", "").lower() == "true" or field.name == "Id":
        raise OrgError("NOT_FOUND", MISSING, status=404)
    else:
        result = call.org.store.create(call.session, sobject, {**body, field.name: wanted}, options)
    if call.version < facts.UPSERT_BODY_SINCE:
        return _saved(call, sobject, result, status=201 if result.created else 204)
    return _saved(call, sobject, result, status=201 if result.created else 200, upsert=True)


def record_json(call: Call[DataOrg], sobject: SObjectType, row: Row, names: str | None) -> dict[str, Any]:
    """Return a record as REST shows it: `attributes`, then the fields (all of them unless named, comma-separated)."""
    fields = sobject.fields
    if names:
        fields = [_field(sobject, name.strip()) for name in names.split(",") if name.strip()]
    own = attributes(call, sobject, row["Id"])
    shown = {field.name: row.get(field.name) for field in fields}
    blobs = {each.name: f"{own['url']}/{each.name}" for each in fields if each.type == "base64" and shown[each.name]}
    return {"attributes": own, **shown, **blobs}


def attributes(call: Call[DataOrg], sobject: SObjectType, record_id: str) -> dict[str, str]:
    """Return the `attributes` element of a record."""
    return {"type": sobject.name, "url": f"{call.base}/sobjects/{sobject.name}/{record_id}"}


def failure_response(result: SaveResult) -> Response:
    """Return the answer of a single-record resource that refused: the error array, each with `errorCode`."""
    status = facts.SAVE_ERROR_STATUS.get(result.failures[0].status_code, 400)
    return Response(status, [failure.in_row_answer() for failure in result.failures])


def _field(sobject: SObjectType, name: str) -> Any:
    field = sobject.field(name)
    if field is None:
        raise OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    return field


def _body(call: Call[DataOrg]) -> dict[str, Any]:
    body = call.request.json()
    if not isinstance(body, dict):
        raise OrgError("JSON_PARSER_ERROR", "Unexpected input: a JSON object with the record's fields was expected.")
    return body


def visible_row(call: Call[DataOrg], sobject: SObjectType, record_id: str, *, for_change: bool = False) -> Row:
    """Return the row of the address's Id; raise the 404 of a missing or deleted record."""
    full = normalized(record_id)
    if full is None and len(record_id) in (15, 18):
        raise OrgError("MALFORMED_ID", facts.MALFORMED_ROW_ID.format(id=record_id))
    if full is None:
        raise OrgError(
            "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {record_id}", status=404
        )
    row = call.org.store.view(call.session).row(full, include_deleted=True)
    if row is None or not sobject.owns(full):
        code = UNKNOWN_REFERENCE if for_change and sobject.owns(full) else ("NOT_FOUND", MISSING)
        raise OrgError(code[0], code[1], status=404, fields=[] if for_change else None)
    if row.get("IsDeleted"):
        raise OrgError("ENTITY_IS_DELETED", "entity is deleted", status=404, fields=[])
    return row


def _row(call: Call[DataOrg], sobject: SObjectType, row: Row) -> Response:
    """Answer a record with its Last-Modified, and the ETag that accounts have."""
    headers = last_modified(stamp_ms(row)) if row.get("LastModifiedDate") else {}
    if row["Id"].startswith(ETAGGED_PREFIX):
        headers["ETag"] = entity_tag(row)
    return Response(200, record_json(call, sobject, row, call.request.query.get("fields")), headers)


def _by_key(call: Call[DataOrg], sobject: str, key: str, value: str) -> tuple[SObjectType, list[Row]]:
    view = call.org.store.view(call.session)
    kind = sobject_of(view, sobject)
    if value.lower().endswith(facts.EXTERNAL_ID_EXTENSIONS):
        raise OrgError("NOT_FOUND", MISSING, status=404)
    field, wanted = split_key(kind, key, segment(value))
    return kind, matching_rows(view, kind, field, wanted)


def _several(call: Call[DataOrg], sobject: SObjectType, rows: list[Row]) -> Response:
    """Answer 300: the URLs of every record the external ID matches."""
    return Response(300, [f"{call.base}/sobjects/{sobject.name}/{row['Id']}" for row in rows])


def _saved(call: Call[DataOrg], sobject: str, result: SaveResult, *, status: int, upsert: bool = False) -> Response:
    if not result.success:
        return failure_response(result)
    if status == 204:
        return Response(204)
    body: dict[str, Any] = {"id": result.id, "success": True, "errors": []}
    if upsert:
        body["created"] = result.created
    headers = {"Location": f"{call.base}/sobjects/{sobject}/{result.id}"} if status == 201 else {}
    return Response(status, body, headers)


_SOBJECT = r"/sobjects/(?P<sobject>\w+)"
_ROW = rf"{_SOBJECT}/(?!(?:updated|deleted|describe)/?$)(?P<record_id>[^/]+)/?"
_KEY = rf"{_SOBJECT}/(?P<key>\w+)/(?P<value>[^/]+)/?"
ROUTES: list[Route[DataOrg]] = [
    ("POST", rf"{_SOBJECT}/?", create),
    ("POST", rf"{_SOBJECT}/[Ii]d/?", create),
    ("GET", _ROW, read),
    ("PATCH", _ROW, update),
    ("DELETE", _ROW, delete),
    ("GET", _KEY, read_by_key),
    ("PATCH", _KEY, upsert),
    ("DELETE", _KEY, delete_by_key),
]
