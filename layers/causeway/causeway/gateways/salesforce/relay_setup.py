"""The setup of an event relay in an org: the Tooling API's objects, and the feedback that Salesforce gives of relays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.relay.parts import CHANNEL, CREDENTIAL, MEMBER, RELAY, Feedback, Found, Place, members_in
from causeway.salesforce.soql import literal

FEEDBACK = "RemoteResource, Status, LastRelayedEventTime, ErrorCode, ErrorMessage"


class RelaySetupCalls:
    """One org's setup; every method is one call but `found`, which is four."""

    def __init__(self, org: SalesforceOrg) -> None:
        self._org = org

    def found(self, place: Place) -> Found:
        """Return what of the relay is in the org."""
        relays = self._rows(f"SELECT Id, State FROM {RELAY} WHERE DeveloperName = {literal(place.name)}")
        channels = self._rows(f"SELECT Id FROM {CHANNEL} WHERE DeveloperName = {literal(place.name)}")
        credentials = self._rows(f"SELECT Id FROM {CREDENTIAL} WHERE DeveloperName = {literal(place.name)}")
        members = self._rows(f"SELECT Id, SelectedEntity FROM {MEMBER} WHERE EventChannel = {literal(place.channel)}")
        return Found(
            channel=_id_in(channels),
            credential=_id_in(credentials),
            relay=_id_in(relays),
            state=str(relays[0].get("State") or "") if relays else "",
            members=members_in(members),
        )

    def feedback(self, relay_id: str) -> Feedback:
        """Return what Salesforce says of a relay."""
        page = self._org.query(
            f"SELECT {FEEDBACK} FROM EventRelayFeedback WHERE EventRelayConfigId = {literal(relay_id)}"
        )
        row: Mapping[str, Any] = next(iter(page["records"]), {})
        said = [str(row[name]) for name in ("ErrorCode", "ErrorMessage") if row.get(name)]
        return Feedback(
            status=str(row.get("Status") or ""),
            source=str(row.get("RemoteResource") or ""),
            last_relayed_at=str(row.get("LastRelayedEventTime") or ""),
            error=": ".join(said),
        )

    def create(self, kind: str, full_name: str, metadata: Mapping[str, Any]) -> None:
        """Create a setup object."""
        self._org.request("POST", f"tooling/sobjects/{kind}", json={"FullName": full_name, "Metadata": dict(metadata)})

    def change(self, kind: str, record_id: str, full_name: str, metadata: Mapping[str, Any]) -> None:
        """Change a setup object."""
        body = {"FullName": full_name, "Metadata": dict(metadata)}
        self._org.request("PATCH", f"tooling/sobjects/{kind}/{record_id}", json=body)

    def delete(self, kind: str, record_id: str) -> None:
        """Delete a setup object."""
        self._org.request("DELETE", f"tooling/sobjects/{kind}/{record_id}")

    def _rows(self, soql: str) -> list[Mapping[str, Any]]:
        page: Mapping[str, Any] = self._org.get("tooling/query", q=soql)
        return list(page["records"])


def _id_in(rows: list[Mapping[str, Any]]) -> str:
    return str(rows[0]["Id"]) if rows else ""
