"""Parked changes: what was refused or waits and why, by reason and one by one, as CSV, and sending it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from causeway.api.bodies.parked import (
    UNREADABLE,
    Accepted,
    ExportQuery,
    Group,
    Groups,
    Parked,
    ParkedChange,
    ParkedFilter,
    ParkedQuery,
    RedriveRequest,
    Redrives,
)
from causeway.api.bodies.places import Place
from causeway.api.paging import Pages
from causeway.api.routing import Call, Route, Scope, Text
from causeway.connections.access.roles import Role
from causeway.errors import Forbidden
from causeway.parked.entries import Redrive
from causeway.parked.export import MAX_EXPORTED, named_fields, parked_csv
from causeway.parked.listing import listed, redrive, redrives
from causeway.salesforce.values.dates import rfc3339

if TYPE_CHECKING:
    from causeway.parked.entries import Parked as Entry
    from causeway.parked.groups import ParkedGroup
    from causeway.wiring.api import UseCases


def list_parked(call: Call, use: UseCases) -> Parked:
    """List parked changes with their reasons."""
    if call.query.tenant is None:
        return _page_of_parked(call.tenant, call.query, use)
    return list_unreadable(call, use)


def list_unreadable(call: Call, use: UseCases) -> Parked:
    """List the messages that named no tenant."""
    if call.caller.role is not Role.OPERATOR:
        raise Forbidden("Only operators see what named no tenant.")
    return _page_of_parked(UNREADABLE, call.query, use)


def _page_of_parked(tenant: str, asked: ParkedQuery, use: UseCases) -> Parked:
    pages = _pages(tenant, asked, use)
    found, position = listed(use.parked, tenant, **_named(asked), after=pages.position(asked.next), limit=asked.limit)
    return Parked(parked=[ParkedChange.model_validate(entry) for entry in found], next=pages.token(position))


def _pages(tenant: str, asked: ParkedFilter, use: UseCases) -> Pages:
    kind = "parked" if isinstance(asked, ParkedQuery) else "export"
    return Pages(use.page_key, of=json.dumps([kind, *_named(asked).values()]), tenant=tenant)


def _named(asked: ParkedFilter) -> dict[str, str | None]:
    return {"code": asked.code, "source": asked.source, "key": asked.key, "group": asked.group}


def list_groups(call: Call, use: UseCases) -> Groups:
    """List what parked changes have in common: each reason once, with its count. The groups of thousands come in one answer."""
    found = use.parked.groups(call.tenant)
    groups = [_group(each) for each in found.groups]
    return Groups(groups=groups, total=sum(each.count for each in groups), is_complete=found.is_complete)


def _group(found: ParkedGroup) -> Group:
    entry, counted = found.newest, found.counted
    return Group(
        group=counted.group,
        code=entry.code,
        source=entry.source,
        sync=entry.sync,
        reason=found.reason,
        example=entry.reason,
        remedy=entry.remedy,
        count=counted.changes,
        first_parked_at=rfc3339(counted.first_at_ms),
        last_parked_at=rfc3339(counted.last_at_ms),
        retry_when=entry.retry_when,
        place=_place(entry),
    )


def _place(entry: Entry) -> Place:
    """Return where the cause is mended: the sync that refused it, or the connection that it waits for."""
    if entry.sync is not None:
        return Place(page="sync", sync=entry.sync)
    return Place(page="connection" if entry.is_waiting else "parked")


def export_parked(call: Call, use: UseCases) -> Text:
    """Write parked changes as CSV, with a column for each field; the header `X-Next` names the next part, which has the same columns."""
    pages = _pages(call.tenant, call.query, use)
    position = pages.position(call.query.next)
    after, named = json.loads(position) if position else (None, None)
    found, after = listed(use.parked, call.tenant, **_named(call.query), after=after, limit=MAX_EXPORTED)
    named = named_fields(found) if named is None else named
    token = pages.token(json.dumps([after, named]) if after else None)
    headers = {"Content-Disposition": 'attachment; filename="parked.csv"'}
    return Text(parked_csv(found, named), headers | ({"X-Next": token} if token else {}))


def redrive_parked(call: Call, use: UseCases) -> dict[str, Any]:
    """Send parked changes through their syncs again; what still fails is parked again."""
    asked = call.body
    wanted = Redrive(
        call.tenant,
        code=asked.code,
        source=asked.source,
        key=asked.key,
        group=asked.group,
        parked_ids=tuple(asked.parked_ids),
    )
    return redrive(use.parked, wanted, use.now_ms(), use.new_id)


def list_redrives(call: Call, use: UseCases) -> dict[str, Any]:
    """List requests to send parked changes again, with how far each is."""
    return {"redrives": redrives(use.parked, call.tenant)}


ROUTES = (
    Route("GET", "parked", list_parked, least=Role.VIEWER, query=ParkedQuery, answers=Parked),
    Route("GET", "parked", list_unreadable, scope=Scope.DEPLOYMENT, query=ParkedQuery, answers=Parked),
    Route("GET", "parked/groups", list_groups, least=Role.VIEWER, answers=Groups),
    Route("GET", "parked/redrives", list_redrives, least=Role.VIEWER, answers=Redrives),
    Route("GET", "parked/export", export_parked, least=Role.VIEWER, query=ExportQuery, media_type="text/csv"),
    Route(
        "POST",
        "parked/redrive",
        redrive_parked,
        least=Role.INTEGRATOR,
        body=RedriveRequest,
        answers=Accepted,
        status=202,
    ),
)
