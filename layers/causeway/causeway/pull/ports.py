"""The ports of a pull: what it needs of the outside, as Protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.connections.connection import Connection
from causeway.pull.jobs import Deleted, EmittedPage, Held, LinkedRecord, PullJob, QueryPage, Row, Slot, Unsent, Waiting
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.push.memory.two_way import LastSynced
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.signals import States
from causeway.syncs.sync import Problem, Sync


class ReadingOrg(Protocol):
    """The org as far as one query needs it; each method is one API call."""

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        """Run a query (queryAll with deleted rows) and return its first page."""

    def count(self, soql: str, *, with_deleted: bool) -> int:
        """Return the number of a COUNT() query."""

    def about_how_many(self, sobject: str) -> int:
        """Return about how many records the sObject has."""


class PullOrg(ReadingOrg, Protocol):
    """The org as a pull sees it; each method is one API call unless said."""

    def described(self, sobject: str) -> SObjectDescribe:
        """Return the describe, re-read with If-Modified-Since."""

    def described_again(self, sobject: str) -> SObjectDescribe:
        """Return the describe whatever is cached: the org just refused a field."""

    def parent_described(self, sobject: str, *, fresh: bool = False) -> SObjectDescribe | None:
        """Return the describe of another sObject, cached for a while unless `fresh`; None when the user cannot see it."""

    def read(self, lookups: Sequence[Lookup]) -> list[list[Row]]:
        """Return the rows of each look-up; up to five share one call."""

    def org_now_ms(self) -> int:
        """Return the org's clock as of its last answer (no call)."""

    def ahead(self, next_url: str) -> Callable[[], QueryPage]:
        """Start reading the page of a locator and return a function that waits for it."""

    def close(self) -> None:
        """Wait for calls that were started; no thread outlives a worker's part of a run."""

    def deleted(self, sobject: str, start_ms: int, end_ms: int) -> Deleted:
        """Return what was deleted, hard deletes included."""

    def start_bulk(self, soql: str, *, with_deleted: bool) -> str:
        """Create a Bulk API 2.0 query job and return its Id."""

    def bulk_is_complete(self, job: str) -> bool:
        """Return whether the job's results can be read; raises OrgRefused when it failed, NotFound when it is gone."""

    def bulk_ahead(self, job: str, locator: str, types: Mapping[str, str]) -> Callable[[], tuple[Iterator[Row], str]]:
        """
        Start reading one results page and return a function that waits for it: its rows, as REST would give them by their columns'
        field types, and the next locator ('' at the end).
        """

    def api_calls(self) -> int:
        """Return the calls made so far."""


class Checkpoints(Protocol):
    """How far pulls have come. Every write is conditional on the fence and raises ClaimBusy when another worker took over."""

    def claim(self, tenant: str, sync: str, org_id: str, owner: str, lease_ms: int) -> Held | None:
        """Take the lease, or None while another holds it."""

    def save(self, held: Held, checkpoint: Checkpoint, page: EmittedPage) -> None:
        """Store a page that is about to be sent together with the checkpoint after it, all or nothing; prolong the lease."""

    def advance(self, held: Held, checkpoint: Checkpoint) -> None:
        """Store a checkpoint without a page; the page stored before counts as sent."""

    def unsent(self, held: Held) -> Unsent | None:
        """Return the page that was stored last and may not have been sent."""

    def newer_pages(self, held: Held, after_ms: int) -> dict[str, bytes]:
        """Return Id → fingerprint of the pages that hold a stamp after `after_ms`."""

    def inventory(self, held: Held) -> dict[str, bytes]:
        """Return Id → fingerprint of every record published and not gone."""

    def compact(self, held: Held, checkpoint: Checkpoint, inventory: Mapping[str, bytes]) -> None:
        """Replace all remembered pages by one inventory."""

    def release(self, held: Held, *, is_sent: bool) -> None:
        """Release the lease if it is still held; `is_sent`: the page stored last was sent."""


class Links(Protocol):
    """The links between record keys and Salesforce Ids."""

    def of_records(self, sync: Sync, org_id: str, tenant: str, ids: Sequence[str]) -> dict[str, LinkedRecord]:
        """Return what is known of these Ids; unknown ones are absent."""


class LastSyncedValues(Protocol):
    """What both sides of bidirectional syncs had last (gateways/dynamodb/state/synced.py)."""

    def of_records(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, LastSynced]:
        """Return what is known of these Ids; unknown ones are absent."""

    def note_published(
        self, tenant: str, org_id: str, fingerprints: Mapping[str, Mapping[str, str]], at_ms: int
    ) -> None:
        """Note what is being published to the product (record → column → fingerprint)."""


class RunLog(Protocol):
    """The sync history."""

    def started(self, job: PullJob, sync: Sync) -> str:
        """Open (or go on with) a run and return its id."""

    def progress(self, tenant: str, run: str, counts: Mapping[str, int], api_calls: int) -> None:
        """Add to the run's counts."""

    def ended(self, tenant: str, run: str, status: str, detail: str = "", remedy: str = "") -> None:
        """Close the run, and publish that it completed or failed."""

    def waits(self, tenant: str, run: str, waiting: Waiting) -> None:
        """Show what the run waits for."""

    def expects(self, tenant: str, run: str, total: int) -> None:
        """Show how many rows the run will read."""

    def is_open(self, tenant: str, run: str) -> bool:
        """Return whether the run was opened and is not over."""

    def noted(self, tenant: str, run: str, sync: str, problems: Sequence[Problem]) -> None:
        """Keep what the run could not read, and why."""

    def is_over(self, tenant: str, run: str) -> bool:
        """Return whether the run was closed for good, so that nothing more may be done for it."""

    def is_cancelled(self, tenant: str, run: str) -> bool:
        """Return whether somebody cancelled the run."""


class Slots(Protocol):
    """The places among which a tenant's runs are shared."""

    def take(self, tenant: str, places: int, lease_ms: int, owner: str) -> Slot | None:
        """Take one of so many places, or None while others hold them all; a place is free again when its lease ran out."""

    def release(self, tenant: str, slot: Slot) -> None:
        """Free a place that is still ours."""


class DueDates(Protocol):
    """When syncs are due."""

    def bring_forward(self, tenant: str, sync: str, at_ms: int) -> None:
        """Let the sync be due at `at_ms` if that is earlier; one that is paused stays so."""


class Syncs(Protocol):
    """The tenant's syncs."""

    def get(self, tenant: str, sync_id: str) -> Sync | None:
        """Return one sync."""


class Connections(Protocol):
    """The tenant's connection."""

    def get(self, tenant: str) -> Connection:
        """Return the connection as it is now (strong read)."""


class PullQueues(Protocol):
    """Where pages and jobs go."""

    def publish(self, tenant: str, body: bytes) -> None:
        """Put one message on the outbound queue."""

    def enqueue(self, job: PullJob, delay_s: int) -> None:
        """Queue the job for a later worker."""


class Signals(Protocol):
    """What signals saw of pulled records last, and where they are published."""

    def seen(self, tenant: str, org_id: str, ids: Sequence[str]) -> Mapping[str, States]:
        """Return what was seen of these records last; unknown ones are absent."""

    def publish(self, tenant: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Publish one event for each signal that fired; publishing one again, under the same id, does no harm."""

    def keep(self, tenant: str, org_id: str, states: Mapping[str, Mapping[str, list[Any]]]) -> None:
        """Keep what was seen of records, each signal on its own."""


class Deadline(Protocol):
    """How long this worker may go on."""

    def remaining_s(self) -> float:
        """Return seconds left."""


@dataclass(frozen=True)
class PullPorts:
    """
    Everything a pull touches.

    `quota_share_percent`: the part of the org's daily calls that pushes may use up; pulls yield before. `records_version`: of the
    messages that carry records, 1 or 2 (docs/pull.md).
    """

    syncs: Syncs
    connections: Connections
    org_of: Callable[[Connection], PullOrg]
    checkpoints: Checkpoints
    slots: Slots
    links: Links
    synced: LastSyncedValues
    queues: PullQueues
    due: DueDates
    runs: RunLog
    signals: Signals
    new_id: Callable[[], str]
    now_ms: Callable[[], int]
    quota_share_percent: int = 80
    runs_per_tenant: int = 2
    records_version: int = 1
