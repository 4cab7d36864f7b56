"""Below a record: its parent, its children, or a blob of it (REST API guide, sObject Relationships and sObject Blob Get)."""

from __future__ import annotations

import base64

from ...data.storage.visibility import sobject_of
from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from ..facts import BLOB_CONTENT_TYPE
from ..ports import DataOrg
from .rows import MISSING, record_json, visible_row


def follow(call: Call[DataOrg], sobject: str, record_id: str, relationship: str) -> Response:
    """Return the parent as a record, the children as a query's result, or the bytes of a base64 field."""
    view = call.org.store.view(call.session)
    kind = sobject_of(view, sobject)
    row = visible_row(call, kind, record_id)
    field = kind.field(relationship)
    if field is not None and field.type == "base64":
        return _blob(row, field.name)
    reference = kind.relationship(relationship)
    if reference is not None:
        return _parent(call, str(row.get(reference.name) or ""))
    child = kind.child(relationship)
    child_kind = view.schema.sobject(child[0]) if child else None
    if child is None or child_kind is None:
        raise OrgError("NOT_FOUND", MISSING, status=404)
    rows = sorted(view.find(child_kind.name, child[1], [row["Id"]]) or [], key=lambda each: str(each["Id"]))
    return Response(200, _children(call, child_kind, rows))


def _blob(row: Row, name: str) -> Response:
    if row.get(name) is None:
        raise OrgError("NOT_FOUND", MISSING, status=404)
    return Response(200, base64.b64decode(row[name]), content_type=BLOB_CONTENT_TYPE)


def _parent(call: Call[DataOrg], parent_id: str) -> Response:
    view = call.org.store.view(call.session)
    kind, row = view.schema.of_id(parent_id), view.row(parent_id)
    if kind is None or row is None:
        raise OrgError("NOT_FOUND", MISSING, status=404)
    return Response(200, record_json(call, kind, row, call.request.query.get("fields")))


def _children(call: Call[DataOrg], kind: SObjectType, rows: list[Row]) -> dict[str, object]:
    fields = call.request.query.get("fields")
    return {"done": True, "totalSize": len(rows), "records": [record_json(call, kind, row, fields) for row in rows]}


_ID = r"(?P<record_id>[0-9A-Za-z]{15}|[0-9A-Za-z]{18})"
ROUTES: list[Route[DataOrg]] = [("GET", rf"/sobjects/(?P<sobject>\w+)/{_ID}/(?P<relationship>\w+)", follow)]
