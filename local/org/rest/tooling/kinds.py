"""The setup objects that the Tooling API creates here: prefix, columns out of `Metadata`, and which editions have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...setup.settings import Settings

WITHOUT_RELAYS = ("Team", "Professional", "Personal", "Contact Manager", "Base")
"""D event-relay guide: Enterprise, Performance, Unlimited and Developer editions have event relays."""


@dataclass(frozen=True)
class Kind:
    """One setup object: columns by the key of Metadata that fills them, and those that a PATCH may change."""

    prefix: str
    columns: Mapping[str, str]
    changeable: frozenset[str] = frozenset()


KINDS = {
    "PlatformEventChannel": Kind("0YL", {"ChannelType": "channelType"}),
    "PlatformEventChannelMember": Kind("0v8", {"EventChannel": "eventChannel", "SelectedEntity": "selectedEntity"}),
    "NamedCredential": Kind("0XA", {"Endpoint": "endpoint", "PrincipalType": "principalType", "Protocol": "protocol"}),
    "EventRelayConfig": Kind(
        "7k2",
        {
            "EventChannel": "eventChannel",
            "DestinationResourceName": "destinationResourceName",
            "State": "state",
            "RelayOption": "relayOption",
        },
        frozenset({"State", "RelayOption"}),
    ),
}
KINDS_OF_RELAYS = frozenset({"EventRelayConfig"})


def has_relays(settings: Settings) -> bool:
    """Say whether the org's edition has event relays."""
    return not settings.edition.startswith(WITHOUT_RELAYS)
