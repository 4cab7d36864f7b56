"""Actions that people take in the org and REST does not offer: convert a lead, merge, delete and undelete records."""

from __future__ import annotations

from typing import Any

from ..data.derived.row_versions import live_row
from ..data.saving.lead_conversion import convert_lead
from ..data.saving.merging import merge
from ..schema.ids import normalized
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from .ports import ControlOrg


def convert_route(call: Call[ControlOrg], lead_id: str) -> Response:
    """POST leads/<id>/convert `{"account_id"?, "contact_id"?, "opportunity"?}`: convert a qualified lead, as a sales rep would."""
    body: dict[str, Any] = call.request.json() if call.request.body.strip() else {}
    return Response(
        200,
        convert_lead(
            call.org.store,
            None,
            lead_id,
            account_id=body.get("account_id"),
            contact_id=body.get("contact_id"),
            opportunity=bool(body.get("opportunity")),
        ),
    )


def merge_route(call: Call[ControlOrg]) -> Response:
    """POST merge `{"master", "losers": [...], "values"?: {...}}`: merge duplicates, as a user would."""
    body = call.request.json()
    try:
        merge(call.org.store, None, body["master"], body["losers"], body.get("values"))
    except (KeyError, TypeError) as error:
        raise OrgError("JSON_PARSER_ERROR", "A merge takes master and losers.") from error
    return Response(200, {"master": normalized(body["master"])})


def delete_route(call: Call[ControlOrg]) -> Response:
    """POST delete `{"ids": [...], "hard"?: true}`: delete records, into the recycle bin or permanently."""
    body = call.request.json()
    for record_id in body.get("ids", []):
        if body.get("hard"):
            call.org.store.hard_delete(None, record_id)
        else:
            kind, row = live_row(call.org.store, record_id)
            with call.org.store.transaction(None):
                call.org.store.put_in_recycle_bin(None, kind, row)
    return Response(204)


def undelete_route(call: Call[ControlOrg]) -> Response:
    """POST undelete `{"ids": [...]}`: take records out of the recycle bin."""
    for record_id in call.request.json().get("ids", []):
        call.org.store.undelete(None, record_id)
    return Response(204)


def empty_route(call: Call[ControlOrg]) -> Response:
    """POST recycle-bin/empty: remove deleted records permanently, as Salesforce does after 15 days."""
    return Response(200, {"removed": call.org.store.empty_recycle_bin()})


ROUTES: list[Route[ControlOrg]] = [
    ("POST", "/leads/(?P<lead_id>[0-9A-Za-z]+)/convert", convert_route),
    ("POST", "/merge", merge_route),
    ("POST", "/delete", delete_route),
    ("POST", "/undelete", undelete_route),
    ("POST", "/recycle-bin/empty", empty_route),
]
