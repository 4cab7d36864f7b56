"""What an event relay is made of, over the Tooling API, and what it sends. Source: Tooling API guide; event-relay guide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.org.wire.messages import Response
from tests.support.org.edge import API, Client, error_code

CHANNEL = {"channelType": "data", "label": "Causeway"}
CREDENTIAL = {
    "label": "AWS",
    "endpoint": "arn:aws:EU-CENTRAL-1:123456789012",
    "principalType": "Anonymous",
    "protocol": "NoAuthentication",
}
RELAY = {"eventChannel": "Causeway__chn", "destinationResourceName": "callout:Causeway_AWS"}


class Admin(Client):
    """A client with a session that sets things up and saves records."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = self.session()

    def call(self, method: str, path: str, body: Any = None) -> Response:
        raw = b"" if body is None else json.dumps(body).encode()
        return self.send(method, f"{API}/{path}", body=raw, headers=self.headers)

    def make(self, kind: str, name: str, **metadata: Any) -> Response:
        return self.call("POST", f"tooling/sobjects/{kind}", {"FullName": name, "Metadata": metadata})

    def member(self, entity: str) -> Response:
        member = {"eventChannel": "Causeway__chn", "selectedEntity": entity}
        return self.make("PlatformEventChannelMember", f"Causeway_chn_{entity}", **member)

    def relay(self, *entities: str) -> str:
        """Set a whole relay up, stopped, and return its Id."""
        self.make("PlatformEventChannel", "Causeway__chn", **CHANNEL)
        for each in entities:
            assert self.member(each).status == 201
        self.make("NamedCredential", "Causeway_AWS", **CREDENTIAL)
        made = self.make("EventRelayConfig", "Causeway", **RELAY)
        assert made.status == 201, made.body
        return str(made.body["id"])

    def set_state(self, relay: str, state: str) -> Response:
        body = {"FullName": "Causeway", "Metadata": {**RELAY, "state": state}}
        return self.call("PATCH", f"tooling/sobjects/EventRelayConfig/{relay}", body)

    def tooling(self, soql: str) -> Any:
        return self.get("/tooling/query", self.headers, q=soql).body["records"]

    def feedback(self) -> Any:
        soql = "SELECT RemoteResource, Status, LastRelayedEventTime FROM EventRelayFeedback"
        return self.get("/query", self.headers, q=soql).body["records"]

    def relayed(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"relayed_events?after={after}")["events"]
        return found


def test_a_relay_sends_the_changes_of_its_members_while_it_runs() -> None:
    org = Admin()
    relay = org.relay("ContactChangeEvent")
    org.call("POST", "sobjects/Contact", {"LastName": "Early"})
    assert org.relayed() == []
    assert org.set_state(relay, "RUN").status == 204
    org.call("POST", "sobjects/Contact", {"LastName": "Doe"})
    org.call("POST", "sobjects/Lead", {"LastName": "Doe", "Company": "Acme"})
    (event,) = org.relayed(after=1)
    assert event["source"] == org.feedback()[0]["RemoteResource"]
    assert event["source"].split("/")[:3] == ["aws.partner", "salesforce.com", org.org.org_id]
    assert event["detail-type"] == "ContactChangeEvent"
    assert event["detail"]["payload"]["ChangeEventHeader"]["entityName"] == "Contact"
    assert org.feedback()[0]["Status"] == "RUNNING"
    assert org.feedback()[0]["LastRelayedEventTime"]


def test_what_was_set_up_can_be_read_and_removed_in_its_order() -> None:
    org = Admin()
    relay = org.relay("LeadChangeEvent")
    (channel,) = org.tooling("SELECT Id, DeveloperName, ChannelType FROM PlatformEventChannel")
    assert (channel["DeveloperName"], channel["ChannelType"]) == ("Causeway", "data")
    (found,) = org.tooling("SELECT Id, State, EventChannel FROM EventRelayConfig WHERE DeveloperName = 'Causeway'")
    assert (found["Id"], found["State"], found["EventChannel"]) == (relay, "STOP", "Causeway__chn")
    in_use = org.call("DELETE", f"tooling/sobjects/PlatformEventChannel/{channel['Id']}")
    assert error_code(in_use) == (400, "DELETE_FAILED")
    assert org.call("DELETE", f"tooling/sobjects/EventRelayConfig/{relay}").status == 204
    assert org.call("DELETE", f"tooling/sobjects/PlatformEventChannel/{channel['Id']}").status == 204
    assert org.feedback() == []


def test_what_salesforce_refuses_is_refused() -> None:
    org = Admin()
    relay = org.relay("ContactChangeEvent")
    assert error_code(org.member("ContactChangeEvent")) == (400, "DUPLICATE_DEVELOPER_NAME")
    assert error_code(org.member("AttachmentChangeEvent")) == (400, "INVALID_INPUT")
    for entity in ("Lead", "Account", "Case", "Task"):
        org.member(f"{entity}ChangeEvent")
    assert error_code(org.member("OpportunityChangeEvent")) == (400, "LIMIT_EXCEEDED")
    moved = {"FullName": "Causeway", "Metadata": {**RELAY, "eventChannel": "Other__chn"}}
    answer = org.call("PATCH", f"tooling/sobjects/EventRelayConfig/{relay}", moved)
    assert error_code(answer) == (400, "FIELD_INTEGRITY_EXCEPTION")
    small = org.make("NamedCredential", "Small", **{**CREDENTIAL, "endpoint": "arn:aws:eu-central-1:123456789012"})
    assert error_code(small) == (400, "FIELD_INTEGRITY_EXCEPTION")


@pytest.mark.parametrize("edition", ["Professional Edition", "Team Edition"])
def test_small_editions_have_no_event_relay(edition: str) -> None:
    org = Admin()
    org.settings(edition=edition)
    assert org.make("EventRelayConfig", "Causeway", **RELAY).status == 404
    answer = org.get("/tooling/query", org.headers, q="SELECT Id FROM EventRelayConfig")
    assert error_code(answer) == (400, "INVALID_TYPE")


def test_it_needs_the_permission_to_customize_the_application() -> None:
    org = Admin()
    rights = {"admin@northwind.example": {"system": {"CustomizeApplication": False}}}
    org.control("POST", "schema", {"permissions": rights})
    assert error_code(org.make("PlatformEventChannel", "Causeway__chn", **CHANNEL)) == (403, "INSUFFICIENT_ACCESS")
