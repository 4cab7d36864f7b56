"""Records of the product, as Causeway remembers them: found, shown with their timeline, sent again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from causeway.api.bodies.parked import ParkedChange
from causeway.api.bodies.records import (
    EventDecision,
    FoundRecord,
    FoundRecords,
    Record,
    SearchQuery,
    SendAgainRequest,
    SentAgain,
    Timeline,
    TimelineEvent,
    TimelineQuery,
)
from causeway.api.paging import Pages
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.contract.names import SOURCE
from causeway.errors import NotFound
from causeway.parked.listing import parked_json
from causeway.push.memory.identifiers import memory_key
from causeway.push.memory.outcome_json import published_outcome
from causeway.records.sending import send_again
from causeway.records.timeline import Event, page_of
from causeway.salesforce.values.dates import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable

    from causeway.contract.timeline import Decision
    from causeway.wiring.api import UseCases

EVENTS = 20  # of one answer
MAX_PARKED = 50


def search_records(call: Call, use: UseCases) -> FoundRecords:
    """Find records of the product by key, e-mail address or Salesforce Id; no call to the org is made."""
    found = use.search_records(call.tenant, call.query.q, call.query.source)
    return FoundRecords(records=[FoundRecord.model_validate(each) for each in found])


def read_record(call: Call, use: UseCases) -> Record:
    """Read what is known of one record: links, last outcomes, account and owner data, field times, and what happened to it."""
    source, key = call.path["source"], call.path["key"]
    known = use.record(call.tenant, source, key)
    events, token = _timeline(call, use, known.settlements)
    parked = use.parked.page(call.tenant, source=source, key=key, waiting=False, limit=MAX_PARKED).entries
    times = known.field_times.items()
    return Record(
        source=source,
        key=key,
        links=dict(known.links),
        outcomes={sync: published_outcome(outcome) for sync, outcome in known.outcomes.items()},
        data=dict(known.data),
        field_times={each: {name: rfc3339(at) for name, at in names.items() if at} for each, names in times},
        parked=[ParkedChange.model_validate(parked_json(entry)) for entry in parked],
        instance_url=use.connections.get(call.tenant).instance_url or None,
        events=events,
        next=token,
    )


def read_timeline(call: Call, use: UseCases) -> Timeline:
    """Read further of what happened to one record, newest first."""
    source, key = call.path["source"], call.path["key"]
    position = _pages(call, use).position(call.query.next)
    begin = json.loads(position) if position else use.record(call.tenant, source, key).settlements
    events, token = _timeline(call, use, begin)
    return Timeline(events=events, next=token)


def _pages(call: Call, use: UseCases) -> Pages:
    of = json.dumps(["timeline", call.path["source"], call.path["key"]])
    return Pages(use.page_key, of=of, tenant=call.tenant)


def _timeline(call: Call, use: UseCases, settlements: Iterable[str]) -> tuple[list[TimelineEvent], str | None]:
    name = memory_key(call.path["source"], call.path["key"])
    events, ahead = page_of(call.tenant, name, settlements, use.runs.timeline, EVENTS)
    return [_event(event) for event in events], _pages(call, use).token(json.dumps(ahead) if ahead else None)


def _event(event: Event) -> TimelineEvent:
    return TimelineEvent(
        at=rfc3339(event.at_ms),
        settlement=event.settlement,
        sent_at=rfc3339(event.noted.sent_at_ms),
        run=event.noted.run,
        change=dict(event.noted.change),
        is_whole=event.noted.is_whole,
        decisions=[_decision(decision) for decision in event.decisions],
    )


def _decision(decision: Decision) -> EventDecision:
    empty: dict[str, Any] = {"fields_written": [], "warnings": [], "candidates": [], "signals": []}
    empty |= dict.fromkeys(("code", "detail", "remedy", "salesforce_id"))
    known = {"sync": decision.sync, "sobject": decision.sobject, **empty, **decision.outcome}
    return EventDecision.model_validate(known)


def send_record_again(call: Call, use: UseCases) -> SentAgain:
    """
    Send a change of a record's timeline once more.

    Fields that newer changes decided stay; a change that the same rules settled before is answered from memory.
    """
    asked = call.body
    place = (asked.settlement, memory_key(asked.source, asked.key))
    noted = use.runs.timeline.read(call.tenant, [place]).get(place, [])
    if not noted:
        raise NotFound("There is no such change in the history any more.")
    syncs = [sync for sync in use.syncs.list(call.tenant) if sync.source == asked.source]
    event = Event(0, asked.settlement, max(noted, key=lambda each: each.sent_at_ms))
    return SentAgain(accepted=True, syncs=send_again(call.tenant, event, syncs, use.parked, use.now_ms()))


_RECORD = {"source": SOURCE}

ROUTES = (
    Route("GET", "records", search_records, least=Role.VIEWER, query=SearchQuery, answers=FoundRecords),
    Route("GET", "records/{source}/{key+}", read_record, least=Role.VIEWER, answers=Record, patterns=_RECORD),
    Route(
        "GET",
        "timeline/{source}/{key+}",
        read_timeline,
        least=Role.VIEWER,
        query=TimelineQuery,
        answers=Timeline,
        patterns=_RECORD,
    ),
    Route(
        "POST",
        "records/send-again",
        send_record_again,
        least=Role.INTEGRATOR,
        body=SendAgainRequest,
        answers=SentAgain,
        status=202,
    ),
)
