"""A world to push in: the simulated org over real HTTP, the other ports in memory, time that only moves when a test says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from causeway.connections.connection import Connection, Status, Usage
from causeway.contract.messages import Delivery
from causeway.gateways.aws.parallel import gathered
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.push.batch import Batch, push_batch
from causeway.push.ports import PushPorts
from causeway.push.saving.batch_size import MeasuredBatchSize
from causeway.salesforce.access import Access
from causeway.salesforce.calls import Collection, Saved
from causeway.salesforce.describe import SObjectDescribe, describe_from_json
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import PushRules, Sync

from local.org.app import Org
from local.org.serving import OrgServer
from tests.support.pull.two_way import MemorySynced
from tests.support.push.memory import (
    MemoryClaims,
    MemoryConnected,
    MemoryHistory,
    MemoryOutbound,
    MemoryParked,
    MemorySignals,
    MemorySyncs,
    PlentyOfTime,
    StateItems,
)

TENANT = "acme"
START_MS = 1_795_168_800_000
PEOPLE_ROWS = (("first_name", "FirstName"), ("last_name", "LastName"), ("phone", "Phone"), ("title", "Title"))


def sync(
    sync_id: str, sobject: str, *rows: tuple[str, str], source: str = "lead", position: int = 1, **push: Any
) -> Sync:
    """Return an enabled push sync that updates and creates."""
    rules = PushRules(**{"create_when_missing": True, **push})
    mappings = tuple(Row(product=product, salesforce=planned) for product, planned in rows)
    return Sync(
        id=sync_id, source=source, sobject=sobject, enabled=True, position=position, push=rules, mappings=mappings
    )


def contact_sync(**push: Any) -> Sync:
    return sync("lead-contact", "Contact", *PEOPLE_ROWS, **push)


def lead_sync(**push: Any) -> Sync:
    return sync("lead-lead", "Lead", *PEOPLE_ROWS, ("company", "Company"), position=2, **push)


def change(key: str = "k1", at: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return one change as a product sends it."""
    body: dict[str, Any] = {"key": key, "fields": fields}
    return body if at is None else {**body, "occurred_at": at}


class NoTokens:
    """Renews nothing."""

    def renewed(self, stale: Access) -> Access:
        raise AssertionError("no token expires here")


class CountedCalls(OrgCalls):
    """Calls to an org that count the writing ones."""

    def __init__(self, org: SalesforceOrg, world: World) -> None:
        super().__init__(org)
        self._world = world

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        self._world.write_calls += 1
        return super().save(collections, timeout_s)


class World:
    """One tenant connected to a simulated org; `push` gives messages to the real use case."""

    def __init__(self, origin: str) -> None:
        self.origin, self.http = origin, requests.Session()
        self.http.trust_env = False
        self.now = START_MS
        self.clock: Callable[[], int] = lambda: self.now
        self.deferred: list[tuple[str, int]] = []
        self.state, self.syncs = StateItems(), MemorySyncs({TENANT: []})
        self.synced = MemorySynced()
        self.parked, self.history, self.outbound, self.signals = (
            MemoryParked(),
            MemoryHistory(),
            MemoryOutbound(),
            MemorySignals(),
        )
        self.batch_size = MeasuredBatchSize()
        self.deadline = PlentyOfTime()
        self.write_calls = 0
        self._numbers = 0
        self._describes: dict[str, SObjectDescribe] = {}
        self.access = self._connected()
        self.connections = MemoryConnected(
            Connection(TENANT, Status.CONNECTED, epoch=1, org_id=self.access.org_id, instance_url=origin)
        )
        self.org = SalesforceOrg(self.access, NoTokens(), self.http, lambda: self.now, self._note_usage)
        self.usage: Usage | None = None

    def _note_usage(self, usage: Usage) -> None:
        self.usage = usage

    def _connected(self) -> Access:
        answer = self.control("POST", "sessions", {"timeout_s": 86_400})
        return Access(TENANT, answer["org_id"], self.origin, "66.0", 1, 1, answer["access_token"])

    def close(self) -> None:
        self.http.close()

    # --- the org itself

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self.http.request(method, f"{self.origin}/_control/{path}", json=body or {}, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def load(self, sobject: str, *records: Mapping[str, Any]) -> list[str]:
        ids: list[str] = self.control("POST", "records", {"sobject": sobject, "records": list(records)})["ids"]
        return ids

    def records(self, sobject: str, **equal: Any) -> list[dict[str, Any]]:
        rows = self.control("GET", f"records/{sobject}")["records"]
        return [
            row
            for row in rows
            if not row.get("IsDeleted") and all(row.get(name) == value for name, value in equal.items())
        ]

    def calls(self) -> dict[str, int]:
        """Return requests by kind since the last time this was asked."""
        answer: dict[str, int] = self.control("GET", "stats")["by_kind"]
        self.control("DELETE", "stats")
        return answer

    # --- pushing

    def ports(self, **replaced: Any) -> PushPorts:
        self._numbers += 1
        ports: dict[str, Any] = {
            "connections": self.connections,
            "syncs": self.syncs,
            "described": self.described,
            "described_again": self.described,
            "org": lambda tenant: CountedCalls(self.org, self),
            "claims": MemoryClaims(self.state, f"worker-{self._numbers}", self.clock, 720_000),
            "synced": self.synced,
            "parked": self.parked,
            "history": self.history,
            "outbound": self.outbound,
            "signals": self.signals,
            "now_ms": self.clock,
            "in_parallel": gathered,
            "batch_size": self.batch_size,
            "defer": lambda receipt, seconds: self.deferred.append((receipt, seconds)),
            "finish": lambda: None,
            "worker": f"w{self._numbers}",
        }
        return PushPorts(**{**ports, **replaced})

    def described(self, tenant: str, sobject: str) -> SObjectDescribe:
        if sobject not in self._describes:
            answer = self.org.describe(sobject)
            assert answer is not None
            self._describes[sobject] = describe_from_json(answer[0])
        return self._describes[sobject]

    def described_again(self, tenant: str, sobject: str) -> SObjectDescribe:
        """Describe an sObject as it is now. Raises NotFound."""
        self._describes.pop(sobject, None)
        return self.described(tenant, sobject)

    def message(self, *changes: Mapping[str, Any], source: str = "lead", tenant: str = TENANT, **more: Any) -> Delivery:
        self._numbers += 1
        body = {"version": 1, "tenant": tenant, "source": source, "changes": list(changes)}
        return Delivery(f"message-{self._numbers}", json.dumps(body), self.now, **more)

    def deliver(self, *deliveries: Delivery, **replaced: Any) -> Batch:
        return push_batch(deliveries, self.ports(**replaced), self.deadline)

    def push(self, *changes: Mapping[str, Any], source: str = "lead") -> list[dict[str, Any]]:
        """Push one message that must settle at once, and return its outcomes; time then goes on by five seconds."""
        before = len(self.outbound.sent)
        batch = self.deliver(self.message(*changes, source=source))
        self.now += 5_000
        assert not batch.faults, batch.faults
        assert not batch.redelivered, batch.redelivered
        return self.outcomes(before)

    def outcomes(self, since: int = 0) -> list[dict[str, Any]]:
        return [item for _, body in self.outbound.sent[since:] for item in json.loads(body)["outcomes"]]


class Interrupted(CountedCalls):
    """Calls to the org, before the first write of which something else happens."""

    def __init__(self, world: World, meanwhile: Callable[[], None]) -> None:
        super().__init__(world.org, world)
        self._meanwhile = [meanwhile]

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        while self._meanwhile:
            self._meanwhile.pop()()
        return super().save(collections, timeout_s)


class FailingCalls(CountedCalls):
    """Calls to the org of which some writes, the `first` one and those after it, meet something else than their answer."""

    def __init__(self, world: World, met: Saved | Exception, *, first: int = 1, times: int = 1) -> None:
        super().__init__(world.org, world)
        self._met, self._sent, self._fails = met, 0, range(first, first + times)

    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]:
        self._sent += 1
        if self._sent not in self._fails:
            return super().save(collections, timeout_s)
        if isinstance(self._met, Exception):
            raise self._met
        return [[self._met] * len(each.saves) for each in collections]


@contextmanager
def served(org: Org | None = None) -> Iterator[OrgServer]:
    """Serve a simulated org on a free port."""
    server = OrgServer(org or Org(1, None), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def world(*syncs: Sync) -> Iterator[World]:
    """Give a world with these syncs."""
    with served() as server:
        made = World(server.origin)
        made.syncs.by_tenant[TENANT] = list(syncs)
        try:
            yield made
        finally:
            made.close()


def by_sync(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return outcomes by sync."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for outcome in outcomes:
        found.setdefault(str(outcome["sync"]), []).append(outcome)
    return found
