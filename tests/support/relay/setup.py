"""Setting up relays with the simulated org over real HTTP, and EventBridge in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from causeway.connections.connection import Connection
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.relay_setup import RelaySetupCalls
from causeway.relay.parts import Place
from causeway.relay.setup import RelaySetup
from causeway.relay.setup_ports import SetupPorts
from causeway.salesforce.access import Access
from causeway.syncs.sync import Sync

from tests.support.push.world import TENANT, World
from tests.support.relay import NOW_MS, a_sync

PLACE = Place("123456789012", "eu-central-1")


@dataclass
class MemorySources:
    """EventBridge's partner event sources; AWS knows none before `known`, and `shared` ones have rules of others."""

    known: bool = True
    shared: bool = False
    buses: set[str] = field(default_factory=set)

    def associate(self, source: str) -> bool:
        if self.known:
            self.buses.add(source)
        return self.known

    def dissociate(self, source: str) -> bool:
        if not self.shared:
            self.buses.discard(source)
        return not self.shared


@dataclass
class MemoryFollowers:
    """Who follows which org."""

    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def tenants_of(self, org_id: str) -> list[str]:
        return [tenant for org, tenant in self.items if org == org_id]

    def follow(self, org_id: str, tenant: str, source: str, now_ms: int) -> None:
        self.items.setdefault((org_id, tenant), {"source": source, "since_ms": now_ms})

    def leave(self, org_id: str, tenant: str) -> None:
        self.items.pop((org_id, tenant), None)

    def followed(self, org_id: str, tenant: str) -> Mapping[str, Any] | None:
        return self.items.get((org_id, tenant))


class SetupWorld(World):
    """One tenant's org and everything that setting a relay up touches."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.org = SalesforceOrg(self._connected(), self, self.http, self.clock, self._note_usage)
        self.sources, self.followers = MemorySources(), MemoryFollowers()
        self.pulled: list[Sync] = [a_sync(), a_sync("leads", "Lead")]

    def renewed(self, stale: Access) -> Access:
        """Open a new session."""
        return self._connected()

    @property
    def relay(self) -> RelaySetup:
        """Return the use cases."""
        return RelaySetup(
            SetupPorts(
                PLACE,
                lambda tenant: RelaySetupCalls(self.org),
                self.sources,
                self.followers,
                self.connections,
                _Syncs(self),
                lambda: NOW_MS,
            )
        )

    def connection(self) -> Connection:
        """Return the tenant's connection."""
        return self.connections.get(TENANT)


@dataclass
class _Syncs:
    world: SetupWorld

    def list(self, tenant: str) -> list[Sync]:
        return self.world.pulled
