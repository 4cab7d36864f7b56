"""A relay in memory: events as EventBridge delivers them, and the ports of taking hints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from causeway.connections.connection import Connection, Status, Usage
from causeway.errors import StoreUnavailable
from causeway.pull.jobs import PullJob
from causeway.relay.pacing import Planned
from causeway.relay.ports import HintPorts
from causeway.syncs.sync import Sync

ROOT = Path(__file__).resolve().parents[3]
ORG, TENANT = "00D8qlF00000001", "acme"
NOW_MS = 1_795_168_800_000


def an_event(**parts: Any) -> dict[str, Any]:
    """Return the example event; `header` replaces keys of its header, other parts those of the event."""
    record = json.loads((ROOT / "events" / "relay" / "a_contact_changed.json").read_text())["Records"][0]
    event: dict[str, Any] = json.loads(record["body"])
    event["detail"]["payload"]["ChangeEventHeader"] |= parts.pop("header", {})
    return {**event, **parts}


def a_sync(sync_id: str = "people", sobject: str = "Contact", **parts: Any) -> Sync:
    """Return a sync that pulls every fifteen minutes."""
    given = {"id": sync_id, "source": "lead", "sobject": sobject, "direction": "pull", "enabled": True, **parts}
    return Sync.model_validate(given)


def a_connection(tenant: str = TENANT, org_id: str = f"{ORG}ECA", **parts: Any) -> Connection:
    """Return a connected tenant with a big quota."""
    usage = Usage(1_000, 1_000_000, NOW_MS)
    return Connection(**{"tenant": tenant, "status": Status.CONNECTED, "org_id": org_id, "usage": usage, **parts})


@dataclass
class RelayWorld:
    """Every port of taking hints, in memory; `queue_fails` makes the pull queue refuse that many jobs."""

    connections: dict[str, Connection] = field(default_factory=lambda: {TENANT: a_connection()})
    of: dict[str, list[Sync]] = field(default_factory=lambda: {TENANT: [a_sync()]})
    followers: dict[str, list[str]] = field(default_factory=lambda: {ORG: [TENANT]})
    plans: dict[tuple[str, str], Planned | None] = field(default_factory=dict)
    queued: list[tuple[PullJob, int]] = field(default_factory=list)
    forward: list[tuple[str, str, int]] = field(default_factory=list)
    heard_of: list[tuple[str, str]] = field(default_factory=list)
    now: int = NOW_MS
    queue_fails: int = 0

    def ports(self) -> HintPorts:
        """Return the ports."""
        return HintPorts(self, _Connections(self.connections), _Syncs(self.of), self, self, lambda: self.now)

    def tenants_of(self, org_id: str) -> Sequence[str]:
        return self.followers.get(org_id, [])

    def heard(self, org_id: str, tenant: str, now_ms: int) -> None:
        self.heard_of.append((org_id, tenant))

    def planned(self, tenant: str, sync: str) -> Planned | None:
        return self.plans.get((tenant, sync))

    def plan(self, tenant: str, sync: str, before: Planned | None, after: Planned | None) -> bool:
        if self.plans.get((tenant, sync)) != before:
            return False
        self.plans[tenant, sync] = after
        return True

    def enqueue(self, job: PullJob, delay_s: int) -> None:
        if self.queue_fails:
            self.queue_fails -= 1
            raise StoreUnavailable("The queue does not answer.", "It is tried again.")
        self.queued.append((job, delay_s))

    def bring_forward(self, tenant: str, sync: str, at_ms: int) -> None:
        self.forward.append((tenant, sync, at_ms))


@dataclass
class _Connections:
    connections: Mapping[str, Connection]

    def get(self, tenant: str) -> Connection:
        return self.connections[tenant]


@dataclass
class _Syncs:
    of: Mapping[str, Sequence[Sync]]

    def list(self, tenant: str) -> Sequence[Sync]:
        return self.of[tenant]
