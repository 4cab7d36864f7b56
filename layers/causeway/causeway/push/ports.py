"""What push needs from outside: one Protocol per service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from causeway.connections.connection import Connection
from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote
from causeway.contract.timeline import Noted
from causeway.parked.entries import Parked
from causeway.push.faults.crashes import from_outside
from causeway.push.memory.claims.answers import Claim, Seen
from causeway.push.memory.two_way import LastSynced
from causeway.push.pacing.windows import Gathering
from causeway.salesforce.calls import Collection, Lookup, Row, Saved
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.sync import Sync


class Deadline(Protocol):
    """How much time the invocation has left."""

    def remaining_ms(self) -> int: ...


class Connections(Protocol):
    """The tenants' connections, read strongly; `note_record_sizes` keeps what their orgs bear, by sObject."""

    def get(self, tenant: str) -> Connection: ...
    def note_record_sizes(self, tenant: str, org_id: str, sizes: Mapping[str, int]) -> None: ...


class Syncs(Protocol):
    """The tenants' syncs."""

    def of_source(self, tenant: str, source: str) -> list[Sync]: ...


class Org(Protocol):
    """The calls to one org (gateways/salesforce/composite.py)."""

    @property
    def api_calls(self) -> int: ...
    def read(self, lookups: Sequence[Lookup], timeout_s: float) -> list[list[Row]]: ...
    def save(self, collections: Sequence[Collection], timeout_s: float) -> list[list[Saved]]: ...


class Claims(Protocol):
    """The claims (gateways/dynamodb/state/claims.py)."""

    def look(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Seen]: ...
    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]: ...
    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]: ...
    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]: ...
    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]: ...
    def release(self, tenant: str, entities: Mapping[str, int]) -> None: ...


class LastSyncedValues(Protocol):
    """What both sides of bidirectional syncs had last (gateways/dynamodb/state/synced.py)."""

    def of_records(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, LastSynced]: ...
    def written(self, tenant: str, org_id: str, marks: Mapping[str, tuple[Mapping[str, str], int]]) -> None: ...


class ParkedStore(Protocol):
    """
    The parked store; `put` writes an entry over one with the same id, `drop` forgets entries.

    `wake` makes changes that wait for a person due at once; it passes over entries that are not there.
    """

    def put(self, entries: Sequence[Parked]) -> None: ...
    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None: ...
    def wake(self, tenant: str, parked_ids: Sequence[str]) -> None: ...


class History(Protocol):
    """
    The sync history; each outcome of a settlement counts once, whoever notes it and however often.

    `note_timeline` keeps what a settlement (by id) decided about each change.
    """

    def note_push(self, tenant: str, note: PushNote) -> None: ...
    def note_timeline(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None: ...


class Outbound(Protocol):
    """The outbound queue: each body at most 1 MiB, grouped by tenant. Raises RetryableError when one was not taken."""

    def send(self, tenant: str, bodies: Sequence[str]) -> None: ...


class Signals(Protocol):
    """Events about signals that matched."""

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None: ...


@dataclass(slots=True, eq=False, repr=False)
class PushPorts:
    """
    Everything push needs.

    `described` and `org` raise NotFound, NotConnected, ReconnectionRequired or a RetryableError. `is_described` says what
    was described here before; `person_wait_ms` is how long a change waits for the person it concerns; `described_since` gives a
    describe that is not older than a moment (epoch ms); `count_learned` remembers how an sObject's field counts the length of
    texts. `defer` hides a message (receipt) for some seconds; `finish` is called once when the batch is done. `worker` names this
    invocation and no other one. Without `gathering` every change goes at once; `note_arrival` counts a tenant's batch.
    """

    connections: Connections
    syncs: Syncs
    described: Callable[[str, str], SObjectDescribe]
    described_again: Callable[[str, str], SObjectDescribe]
    org: Callable[[str], Org]
    claims: Claims
    synced: LastSyncedValues
    parked: ParkedStore
    history: History
    outbound: Outbound
    signals: Signals
    now_ms: Callable[[], int]
    in_parallel: Callable[[Sequence[Callable[[], Any]]], Sequence[Any]]
    batch_size: BatchSize
    defer: Callable[[str, int], None]
    finish: Callable[[], None]
    worker: str
    quota_share_percent: int = 80
    person_wait_ms: int = 0
    is_described: Callable[[str, str], bool] = lambda tenant, sobject: False
    described_since: Callable[[str, str, int], SObjectDescribe] | None = None
    count_learned: Callable[[str, str, str, str], None] = lambda tenant, sobject, name, count: None
    gathering: Gathering | None = None
    note_arrival: Callable[[str], None] = lambda tenant: None

    def watched(self) -> PushPorts:
        """Return ports that do the same; exceptions of what a pass asks of them are known as those of services."""
        since = self.described_since
        return replace(
            self,
            connections=from_outside(self.connections),
            described=from_outside(self.described),
            described_again=from_outside(self.described_again),
            is_described=from_outside(self.is_described),
            described_since=from_outside(since) if since is not None else None,
            org=lambda tenant: from_outside(self.org(tenant)),
            claims=from_outside(self.claims),
            synced=from_outside(self.synced),
            parked=from_outside(self.parked),
            gathering=from_outside(self.gathering) if self.gathering is not None else None,
            count_learned=from_outside(self.count_learned),
        )


class BatchSize(Protocol):
    """
    How many collections one call may carry, from each tenant's measured time per record, and how many records of an sObject a
    collection, from what the tenant's org bears. `learned` gives what is to be stored, once; `start` gets what is stored.
    """

    def collections(self, tenant: str) -> int: ...
    def note(self, tenant: str, records: int, took_ms: int) -> None: ...
    def start(self, tenant: str, stored: Mapping[str, int]) -> None: ...
    def learned(self, tenant: str) -> Mapping[str, int] | None: ...
    def records(self, tenant: str, sobject: str) -> int: ...
    def passed_before(self, tenant: str, sobject: str) -> int: ...
    def learn(self, tenant: str, sobject: str, records: int) -> None: ...
    def note_passed(self, tenant: str, sobject: str, records: int) -> None: ...
