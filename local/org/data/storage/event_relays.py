"""What an admin sets up so that change events leave the org: channels, their members, named credentials and event relays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.row import Row

SETUP_OBJECTS = ("PlatformEventChannel", "PlatformEventChannelMember", "NamedCredential", "EventRelayConfig")
CHANGE_EVENT, CUSTOM_CHANGE_EVENT = "ChangeEvent", "__ChangeEvent"


class EventRelays:
    """The rows of each setup object by Id, and which change events they let out."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in SETUP_OBJECTS}

    def named(self, kind: str, full_name: str) -> Row | None:
        """Return the row of a full name."""
        return next((row for row in self.rows[kind].values() if row["FullName"].lower() == full_name.lower()), None)

    def selected(self) -> list[str]:
        """Return the sObjects whose changes some channel has."""
        return [sobject_of(row["SelectedEntity"]) for row in self.rows["PlatformEventChannelMember"].values()]

    def running(self) -> Iterator[tuple[str, set[str]]]:
        """Yield the Id of each channel whose relay runs, with its sObjects in small letters."""
        for relay in self.rows["EventRelayConfig"].values():
            channel = self.named("PlatformEventChannel", relay["EventChannel"])
            if relay["State"] == "RUN" and channel is not None:
                yield channel["Id"], set(self._members(channel["FullName"]))

    def _members(self, channel: str) -> Iterator[str]:
        for row in self.rows["PlatformEventChannelMember"].values():
            if row["EventChannel"] == channel:
                yield sobject_of(row["SelectedEntity"]).lower()


def sobject_of(event: str) -> str:
    """Return the sObject of a change event: `ContactChangeEvent` is of Contact, `Visit__ChangeEvent` of Visit__c."""
    if event.endswith(CUSTOM_CHANGE_EVENT):
        return f"{event.removesuffix(CUSTOM_CHANGE_EVENT)}__c"
    return event.removesuffix(CHANGE_EVENT)


def event_of(sobject: str) -> str:
    """Return the change event of an sObject."""
    if sobject.endswith("__c"):
        return f"{sobject.removesuffix('__c')}{CUSTOM_CHANGE_EVENT}"
    return f"{sobject}{CHANGE_EVENT}"


def relayed(event: dict[str, Any], source: str, time: str) -> dict[str, Any]:
    """Return a change event as Amazon EventBridge delivers it from a relay (event-relay guide; R: the keys of `detail`)."""
    header = event["payload"]["ChangeEventHeader"]
    return {
        "version": "0",
        "id": f"{header['transactionKey'][:8]}-{event['event']['replayId']:04x}-4000-8000-{header['sequenceNumber']:012x}",
        "detail-type": event_of(header["entityName"]),
        "source": source,
        "account": "000000000000",
        "time": time,
        "region": "us-east-1",
        "resources": [],
        "detail": {"payload": event["payload"], "event": event["event"]},
    }
