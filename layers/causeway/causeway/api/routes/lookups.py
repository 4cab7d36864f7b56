"""Who people are and what their companies have open, asked before an answer is given; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causeway.api.bodies.lookups import LookupAnswer, LookupItem, LookupRequest
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.lookups.items import Item, Request
from causeway.salesforce.values.dates import rfc3339

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def look_up(call: Call, use: UseCases) -> dict[str, Any]:
    """Look up to 200 people, companies or records up in Salesforce, in one API call. A viewer gets fields that a sync maps."""
    body: LookupRequest = call.body
    request = Request(
        items=tuple(_item(each) for each in body.items),
        fields={sobject: tuple(paths) for sobject, paths in body.fields.items()},
        counts=body.counts,
        max_age_s=body.max_age_s,
        only_mapped=not call.caller.role.includes(Role.INTEGRATOR),
    )
    found = use.look_up(call.tenant, request)
    return {**found, "read_at": rfc3339(found["read_at_ms"])}


def _item(given: LookupItem) -> Item:
    external = given.external_id
    return Item(
        email=given.email or "",
        source=given.source or "",
        key=given.key or "",
        salesforce_id=given.salesforce_id or "",
        company=given.company or "",
        sobject=(external.sobject if external else given.sobject) or "",
        field=external.field if external else "",
        value=external.value if external else "",
    )


ROUTES = (
    Route(
        "POST",
        "lookups",
        look_up,
        least=Role.VIEWER,
        body=LookupRequest,
        answers=LookupAnswer,
    ),
)
