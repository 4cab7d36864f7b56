"""
Change events as EventBridge delivers them from Salesforce's Event Relay, read as hints: which sObject of which org changed.

Sources: EventRelayFeedback.RemoteResource (the name of the source), change event header fields, EventBridge's event structure.
Where the header stands in `detail` no guide shows, so an event without one is read by its `detail-type`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SOURCE_PREFIX = "aws.partner/salesforce.com/"  # + the org's Id + "/" + the channel's Id
OWN_ORIGIN = ";client=Causeway"  # changeOrigin ends with the client that Call Options names; each of our calls names it
CHANGE_EVENT, CUSTOM_CHANGE_EVENT = "ChangeEvent", "__ChangeEvent"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something changed: the org's Id (15 characters), the sObject in small letters, and whether Causeway wrote it."""

    org_id: str
    sobject: str
    is_own: bool = False


def hint_of(event: Any) -> Hint | None:
    """Return what an event of a partner bus hints at; None for one that is no change event of a Salesforce org."""
    if not isinstance(event, Mapping):
        return None
    org_id = org_of_source(str(event.get("source", "")))
    header = _header(event.get("detail"))
    sobject = str(header.get("entityName") or sobject_of(str(event.get("detail-type", ""))))
    if not org_id or not sobject:
        return None
    return Hint(org_id, sobject.lower(), str(header.get("changeOrigin") or "").endswith(OWN_ORIGIN))


def is_hint(body: str) -> bool:
    """Tell whether a queue message is an event that hints at something."""
    try:
        return hint_of(json.loads(body)) is not None
    except ValueError:
        return False


def org_of_source(source: str) -> str:
    """Return the Id of the org (15 characters) that a partner event source belongs to, "" for another source."""
    org_id, slash, channel = source.removeprefix(SOURCE_PREFIX).partition("/")
    is_salesforce = source.startswith(SOURCE_PREFIX) and bool(slash and channel)
    return org_id[:15] if is_salesforce and org_id.isalnum() else ""


def sobject_of(event: str) -> str:
    """Return the sObject of a change event's name: `ContactChangeEvent` is of Contact, `Visit__ChangeEvent` of Visit__c; "" for none."""
    if event.endswith(CUSTOM_CHANGE_EVENT):
        return f"{event.removesuffix(CUSTOM_CHANGE_EVENT)}__c"
    return event.removesuffix(CHANGE_EVENT) if event.endswith(CHANGE_EVENT) else ""


def event_of(sobject: str) -> str:
    """Return the name of an sObject's change event."""
    if sobject.endswith("__c"):
        return f"{sobject.removesuffix('__c')}{CUSTOM_CHANGE_EVENT}"
    return f"{sobject}{CHANGE_EVENT}"


def _header(detail: Any) -> Mapping[str, Any]:
    payload = detail.get("payload") if isinstance(detail, Mapping) else None
    header = payload.get("ChangeEventHeader") if isinstance(payload, Mapping) else None
    return header if isinstance(header, Mapping) else {}
