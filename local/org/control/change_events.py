"""The change events that an org would publish, read in place of a subscription."""

from __future__ import annotations

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


ROUTES: list[Route[ControlOrg]] = [("GET", "/change_events", change_events)]
