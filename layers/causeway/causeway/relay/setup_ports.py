"""What setting up a relay needs from outside; gateways fulfil it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.relay.parts import Feedback, Found, Place
from causeway.relay.ports import Connections, Syncs


class RelayOrg(Protocol):
    """The org's setup, over the Tooling API. Methods raise OrgRefused, NotFound, MissingPermission and what any call raises."""

    def found(self, place: Place) -> Found:
        """Return what of the relay is in the org (four calls)."""

    def feedback(self, relay_id: str) -> Feedback:
        """Return what Salesforce says of a relay (one call)."""

    def create(self, kind: str, full_name: str, metadata: Mapping[str, Any]) -> None:
        """Create a setup object."""

    def change(self, kind: str, record_id: str, full_name: str, metadata: Mapping[str, Any]) -> None:
        """Change a setup object."""

    def delete(self, kind: str, record_id: str) -> None:
        """Delete a setup object."""


class EventSources(Protocol):
    """The partner event sources of the deployment's account (gateways/aws/eventbridge/partner_sources.py)."""

    def associate(self, source: str) -> bool:
        """Give a source its bus, and let the bus send to Causeway; return False when AWS does not know the source (yet)."""

    def dissociate(self, source: str) -> bool:
        """Let the bus send to Causeway no more, and remove it; return False when it has rules of others."""


class FollowedOrgs(Protocol):
    """Who takes the hints of which org (gateways/dynamodb/relays.py)."""

    def tenants_of(self, org_id: str) -> Sequence[str]: ...
    def follow(self, org_id: str, tenant: str, source: str, now_ms: int) -> None: ...
    def leave(self, org_id: str, tenant: str) -> None: ...
    def followed(self, org_id: str, tenant: str) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class SetupPorts:
    """Everything that setting up a relay touches."""

    place: Place
    org: Callable[[str], RelayOrg]
    sources: EventSources
    relays: FollowedOrgs
    connections: Connections
    syncs: Syncs
    now_ms: Callable[[], int]
