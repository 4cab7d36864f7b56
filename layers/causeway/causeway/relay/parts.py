"""
What an event relay is made of in the org, by name. Pure.

The names hold the AWS account and region, so that deployments of several accounts may follow one org. Sources: Tooling API guide
(PlatformEventChannel, PlatformEventChannelMember, NamedCredential, EventRelayConfig); event-relay guide: a named credential of
the legacy kind, whose URL is `arn:aws:REGION:account` with the region in capitals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from causeway.relay.hints import event_of, sobject_of

CHANNEL, MEMBER = "PlatformEventChannel", "PlatformEventChannelMember"
CREDENTIAL, RELAY = "NamedCredential", "EventRelayConfig"


@dataclass(frozen=True, slots=True)
class Place:
    """The AWS account and region that an org relays its events to."""

    account: str
    region: str

    @property
    def name(self) -> str:
        """Return the name of the relay and its credential in the org."""
        return f"Causeway_{self.account}_{self.region.replace('-', '_')}"

    @property
    def channel(self) -> str:
        """Return the full name of the channel."""
        return f"{self.name}__chn"

    @property
    def endpoint(self) -> str:
        """Return the URL of the named credential."""
        return f"arn:aws:{self.region.upper()}:{self.account}"

    def member(self, sobject: str) -> str:
        """Return the full name of an sObject's channel member."""
        return f"{self.name}_chn_{event_of(sobject)}".replace("__", "_")

    def metadata(self, kind: str) -> dict[str, Any]:
        """Return what a channel, credential or relay is made with."""
        label = f"Causeway on AWS {self.account} {self.region}"
        by_kind: dict[str, dict[str, Any]] = {
            CHANNEL: {"channelType": "data", "label": label},
            CREDENTIAL: {
                "label": label,
                "endpoint": self.endpoint,
                "principalType": "Anonymous",
                "protocol": "NoAuthentication",
                "generateAuthorizationHeader": True,
            },
            RELAY: {
                "label": label,
                "eventChannel": self.channel,
                "destinationResourceName": f"callout:{self.name}",
                "relayOption": '{"ReplayRecovery":"LATEST"}',
            },
        }
        return by_kind[kind]

    def full_name(self, kind: str) -> str:
        """Return the full name of a channel, credential or relay."""
        return self.channel if kind == CHANNEL else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """What of a relay is in the org: Ids, "" where a part is missing; sObject → Id of its member; and the relay's state."""

    channel: str = ""
    credential: str = ""
    relay: str = ""
    state: str = ""
    members: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_anything(self) -> bool:
        """Whether any part is in the org."""
        return bool(self.channel or self.credential or self.relay)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What Salesforce says of the relay: its status, its partner event source, its last event and its last error; "" for none."""

    status: str = ""
    source: str = ""
    last_relayed_at: str = ""
    error: str = ""


def members_in(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return sObject → Id of the members in these rows."""
    return {sobject_of(str(row["SelectedEntity"])): str(row["Id"]) for row in rows}
