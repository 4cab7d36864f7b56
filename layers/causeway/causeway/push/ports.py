"""What push works on, and what it needs from outside: the Protocols beside the use case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from causeway.connections.connection import Connection
from causeway.connections.gates import Gate
from causeway.contract.changes import Change
from causeway.contract.outcomes import Outcome, Result
from causeway.parked.entries import Parked
from causeway.push.memory.claims import Claim, Seen
from causeway.push.memory.two_way import LastSynced
from causeway.salesforce.calls import Collection, Lookup, Row, Saved
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.sync import Sync


@dataclass(slots=True, eq=False)
class Task:
    """
    One change for one sync, on its way to an outcome; `redelivered` gives its message back, at the earliest after `redeliver_at_ms`.

    `entities` are the claims it needs, the first one being where its key is remembered. `recognized`: settled before.
    `shared_entity` is the entity of what it shares with other keys: an address, or match fields.
    `email` is by which address a person is found, `values` what the match fields or the external ID hold. `named`: records that
    a duplicate rule named when it was to be created. `holds_other_email`: its record does not hold `email`.
    `resolves`: the same content was refused before, and is not any more.
    `lies_parked`: it was redriven for this sync, and its entry lies parked until it is settled.
    """

    change: Change
    sync: Sync
    message_id: str
    redriven: bool = False
    content: str = ""
    memory_key: str = ""
    entities: tuple[str, ...] = ()
    shared_entity: str = ""
    outcome: Outcome | None = None
    redelivered: bool = False
    redeliver_at_ms: int = 0
    recognized: bool = False
    resolves: bool = False
    lies_parked: bool = False
    values: tuple[tuple[str, str], ...] = ()
    email: str | None = None
    named: tuple[str, ...] = ()
    reopened: bool = False
    holds_other_email: bool = False
    gate: Gate | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an outcome in this batch."""
        return self.outcome is None and not self.redelivered

    def redeliver(self, at_ms: int = 0) -> None:
        """Try it again with the next delivery of its message."""
        self.redelivered = True
        self.redeliver_at_ms = max(self.redeliver_at_ms, at_ms)

    def needs(self, entity: str) -> None:
        """Count on one more entity: the task is done only when that one's memory is stored, too."""
        if entity not in self.entities:
            self.entities = (*self.entities, entity)

    def wait(self, gate: Gate) -> None:
        """End for now, because the tenant's gate is closed."""
        if gate.retry_when is None:
            self.settle(Result.SKIPPED, gate.code, detail=gate.detail, remedy=gate.remedy)
        else:
            self.settle(Result.WAITING, gate.code, detail=gate.detail, remedy=gate.remedy)
        self.gate = gate

    def settle(self, result: Result, code: str | None = None, **more: Any) -> None:
        """End with an outcome."""
        self.outcome = Outcome(self.change.key, result, self.sync.id, self.sync.sobject, code, **more)


@dataclass(slots=True)
class Settlement:
    """What one tenant's part of a batch came to, per message; plain outcomes of changes without a sync are in `loose`."""

    tasks: list[Task] = field(default_factory=list)
    loose: list[tuple[Change, str, Outcome]] = field(default_factory=list)
    api_calls: int = 0


class Deadline(Protocol):
    """How much time the invocation has left."""

    def remaining_ms(self) -> int: ...


class Connections(Protocol):
    """The tenants' connections, read strongly."""

    def get(self, tenant: str) -> Connection: ...


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
    """The parked store; `put` writes an entry over one with the same id, `drop` forgets entries."""

    def put(self, entries: Sequence[Parked]) -> None: ...
    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None: ...


class History(Protocol):
    """The sync history."""

    def note_push(self, tenant: str, run_id: str, source: str, outcomes: Sequence[Outcome], api_calls: int) -> None: ...


class Outbound(Protocol):
    """The outbound queue: each body at most 1 MiB, grouped by tenant. Raises RetryableError when one was not taken."""

    def send(self, tenant: str, bodies: Sequence[str]) -> None: ...


class Signals(Protocol):
    """Tells of signals that matched."""

    def matched(self, tenant: str, source: str, outcomes: Sequence[Outcome]) -> None: ...


@dataclass(slots=True, eq=False, repr=False)
class PushPorts:
    """
    Everything push needs.

    `described` and `org` raise NotFound, NotConnected, ReconnectionRequired or a RetryableError. `is_described` tells what was
    described here before. `defer` hides a message (receipt) for some seconds; `finish` is called once when the batch is done.
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
    quota_share_percent: int = 80
    is_described: Callable[[str, str], bool] = lambda tenant, sobject: False


class BatchSize(Protocol):
    """How many collections one call may carry, from each tenant's measured time per record."""

    def collections(self, tenant: str) -> int: ...
    def note(self, tenant: str, records: int, took_ms: int) -> None: ...
