"""The change events that an org would publish, read in place of a subscription, or as its event relays send them."""

from __future__ import annotations

from ..data.storage.event_relays import relayed
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from .ports import ControlOrg


def change_events(call: Call[ControlOrg]) -> Response:
    """GET change_events: the change events of the sObjects selected by `change_data_capture`; `?after=<replay id>`, `?sobject=`."""
    query = call.request.query
    after = query.get("after", "0")
    if not after.isdecimal():
        raise OrgError("INVALID_FIELD", "'after' is the replay Id of the last event that was read.")
    return Response(body={"events": call.org.store.changes.as_json(int(after), query.get("sobject", ""))})


def relayed_events(call: Call[ControlOrg]) -> Response:
    """
    GET relayed_events: what the org's running event relays send Amazon EventBridge, as it delivers it; `?after=<replay id>`.

    `after` of the answer is the replay Id to ask from next time; events of a relay that was off are gone by then.
    """
    org, after = call.org, call.request.query.get("after", "0")
    events = org.store.changes.as_json(int(after) if after.isdecimal() else 0)
    found = [
        relayed(event, f"aws.partner/salesforce.com/{org.org_id}/{channel}", org.clock.stamp()[:19] + "Z")
        for event in events
        for channel, members in org.store.relays.running()
        if event["payload"]["ChangeEventHeader"]["entityName"].lower() in members
    ]
    last = events[-1]["event"]["replayId"] if events else min(int(after), org.store.changes.newest)
    _note_relayed(call, {each["source"] for each in found})
    return Response(body={"events": found, "after": last})


def _note_relayed(call: Call[ControlOrg], sources: set[str]) -> None:
    """Let the feedback of each relay say when it last sent an event."""
    store = call.org.store
    rows = [dict(row) for row in store.table("EventRelayFeedback").rows.values() if row["RemoteResource"] in sources]
    if rows:
        store.load("EventRelayFeedback", [{**row, "LastRelayedEventTime": store.stamp()} for row in rows])


ROUTES: list[Route[ControlOrg]] = [
    ("GET", "/change_events", change_events),
    ("GET", "/relayed_events", relayed_events),
]
