"""
Setup objects over the Tooling API: create, change and delete what an event relay is made of.

Sources: Tooling API guide, PlatformEventChannel, PlatformEventChannelMember, NamedCredential, EventRelayConfig. The texts of
refusals are remembered (R) unless facts.py says otherwise.
"""

from __future__ import annotations

import re
from typing import Any

from ...data.storage.event_relays import sobject_of
from ...schema.ids import normalized
from ...schema.row import Row
from ...wire.call import Call, Route
from ...wire.messages import OrgError, Response
from .. import facts
from ..query.ports import QueryOrg
from .database import query
from .kinds import KINDS, KINDS_OF_RELAYS, has_relays

FULL_NAME = re.compile(r"[A-Za-z]\w{0,79}")
STATES = {"RUN": "RUNNING", "STOP": "STOPPED", "PAUSE": "PAUSED"}
FEEDBACK_PREFIX = "7k3"


def create(call: Call[QueryOrg], kind: str) -> Response:
    """POST tooling/sobjects/X `{"FullName", "Metadata"}`: 201 with the Id; needs Customize Application."""
    _check_access(call, kind)
    body, columns = call.request.json(), KINDS[kind].columns
    name, given = str(body.get("FullName", "")), dict(body.get("Metadata") or {})
    if not FULL_NAME.fullmatch(name):
        raise OrgError("INVALID_FULL_NAME", f"The full name {name!r} is not valid.", fields=["FullName"])
    rows = call.org.store.relays.rows[kind]
    if call.org.store.relays.named(kind, name):
        raise OrgError(*facts.REPEATED_DEVELOPER_NAME, fields=["DeveloperName"])
    row_id = call.org.store.next_id(KINDS[kind].prefix)
    row: Row = {"Id": row_id, "FullName": name, "DeveloperName": name.removesuffix("__chn")}
    row.update({column: given.get(key) for column, key in columns.items()})
    _CHECKS[kind](call, row)
    rows[row_id] = row
    _follow(call, kind, row)
    return Response(201, {"id": row_id, "success": True, "errors": [], "warnings": [], "infos": []})


def update(call: Call[QueryOrg], kind: str, row_id: str) -> Response:
    """PATCH tooling/sobjects/X/Id: 204; of an event relay, state and relayOption alone can be changed."""
    row = _found(call, kind, row_id)
    given = dict(call.request.json().get("Metadata") or {})
    for column, key in KINDS[kind].columns.items():
        if key not in given or given[key] == row[column]:
            continue
        if column not in KINDS[kind].changeable:
            raise OrgError("FIELD_INTEGRITY_EXCEPTION", f"The field {key} can't be updated.", fields=[column])
        row[column] = given[key]
    _follow(call, kind, row)
    return Response(204)


def delete(call: Call[QueryOrg], kind: str, row_id: str) -> Response:
    """DELETE tooling/sobjects/X/Id: 204; a channel or credential that a relay uses stays."""
    row = _found(call, kind, row_id)
    use = {"PlatformEventChannel": "EventChannel", "NamedCredential": "DestinationResourceName"}.get(kind, "")
    used = {each.get(use) for each in call.org.store.relays.rows["EventRelayConfig"].values()}
    if used & {row["FullName"], f"callout:{row['FullName']}"}:
        raise OrgError("DELETE_FAILED", f"{row['FullName']} is used by an event relay.")
    del call.org.store.relays.rows[kind][row["Id"]]
    if kind == "EventRelayConfig":
        for feedback in _feedback_of(call, row["Id"]):
            call.org.store.hard_delete(None, feedback["Id"])
    return Response(204)


def _check_access(call: Call[QueryOrg], kind: str) -> None:
    if kind not in KINDS or (kind in KINDS_OF_RELAYS and not has_relays(call.org.settings)):
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    if not call.org.store.rights(call.session).has("CustomizeApplication"):
        raise OrgError(*facts.NO_TOOLING_ACCESS, status=403)


def _found(call: Call[QueryOrg], kind: str, row_id: str) -> Row:
    _check_access(call, kind)
    row = call.org.store.relays.rows[kind].get(normalized(row_id) or "")
    if row is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return row


def _check_channel(call: Call[QueryOrg], row: Row) -> None:
    if not row["FullName"].endswith("__chn") or row["ChannelType"] not in ("data", "event"):
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", "A channel ends in __chn and has the type data or event.")


def _check_member(call: Call[QueryOrg], row: Row) -> None:
    relays, kind = call.org.store.relays, call.org.schema.sobject(sobject_of(str(row["SelectedEntity"])))
    if relays.named("PlatformEventChannel", str(row["EventChannel"])) is None:
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", f"The channel {row['EventChannel']} does not exist.")
    if kind is None or (not kind.custom and kind.name not in facts.CAPTURED_SOBJECTS):
        raise OrgError("INVALID_INPUT", f"The selected entity, {row['SelectedEntity']}, is not supported.")
    captured = {each["SelectedEntity"] for each in relays.rows["PlatformEventChannelMember"].values()}
    if row["SelectedEntity"] not in captured and len(captured) >= facts.CAPTURED_ENTITIES:
        raise OrgError("LIMIT_EXCEEDED", f"You can select up to {facts.CAPTURED_ENTITIES} entities for change data.")


def _check_credential(call: Call[QueryOrg], row: Row) -> None:
    if not re.fullmatch(r"arn:aws:[A-Z0-9-]+:\d{12}|https://\S+", str(row["Endpoint"])):
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", "Endpoint needs to be in full URL form", fields=["Endpoint"])


def _check_relay(call: Call[QueryOrg], row: Row) -> None:
    relays, credential = call.org.store.relays, str(row["DestinationResourceName"]).removeprefix("callout:")
    if row["State"] not in (None, "STOP"):
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", "A new event relay has the state STOP.", fields=["State"])
    if relays.named("PlatformEventChannel", str(row["EventChannel"])) is None:
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", f"The channel {row['EventChannel']} does not exist.")
    if relays.named("NamedCredential", credential) is None:
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", f"The named credential {credential} does not exist.")
    if row["EventChannel"] in [each["EventChannel"] for each in relays.rows["EventRelayConfig"].values()]:
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", "Another event relay has this channel.")
    row["State"] = "STOP"


_CHECKS = {
    "PlatformEventChannel": _check_channel,
    "PlatformEventChannelMember": _check_member,
    "NamedCredential": _check_credential,
    "EventRelayConfig": _check_relay,
}


def _follow(call: Call[QueryOrg], kind: str, row: Row) -> None:
    """Let the feedback of a relay follow its state; a new one gets its partner event source."""
    if kind != "EventRelayConfig":
        return
    org, channel = call.org, call.org.store.relays.named("PlatformEventChannel", row["EventChannel"])
    before = _feedback_of(call, row["Id"])
    feedback = {
        "EventRelayConfigId": row["Id"],
        "RemoteResource": f"aws.partner/salesforce.com/{org.org_id}/{channel['Id'] if channel else ''}",
        "Status": STATES[row["State"]],
    }
    org.store.load("EventRelayFeedback", [{**(before[0] if before else {}), **feedback}])


def _feedback_of(call: Call[QueryOrg], config_id: str) -> list[dict[str, Any]]:
    rows = call.org.store.table("EventRelayFeedback").rows.values()
    return [dict(each) for each in rows if each["EventRelayConfigId"] == config_id]


_OBJECT = r"/tooling/sobjects/(?P<kind>\w+)"
ROUTES: list[Route[QueryOrg]] = [
    ("GET", "/tooling/query", query),
    ("POST", _OBJECT, create),
    ("PATCH", rf"{_OBJECT}/(?P<row_id>\w+)", update),
    ("DELETE", rf"{_OBJECT}/(?P<row_id>\w+)", delete),
]
