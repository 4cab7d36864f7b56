"""The records that a pull is made of: its job, lease, pages, and what the org answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from causeway.contract.runs import run_id_at
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.push.memory.hashes import hashed
from causeway.syncs.sync import Schedule

Row = Mapping[str, Any]


SCHEDULE = "schedule"
RELAY = "relay"  # brought forward by a change event of the org
RUN_IS_OVER = frozenset({"completed", "cancelled", "failed", "stopped"})


@dataclass(frozen=True, slots=True)
class PullJob:
    """
    One request to run a pull.

    `hop` counts how often the run handed over to itself, `waits` how often it found no place, `polls` how often a Bulk job
    was not complete; `tries` counts calls that failed since anything was last read, the first at `since_ms`. `trigger` is the
    schedule, a hint of the relay, or who asked for it; `due_ms` the moment for which schedule or hint queued it. `only` makes it an
    import: what to read once, as the JSON of an Import; the sync's own place stays as it is.
    """

    tenant: str
    sync: str
    run: str = ""
    hop: int = 0
    trigger: str = SCHEDULE
    waits: int = 0
    due_ms: int = 0
    tries: int = 0
    since_ms: int = 0
    polls: int = 0
    only: str = ""

    @property
    def scheduled_run(self) -> str:
        """Return the id of the run that the schedule or a hint asked for, whoever opens it; "" when neither did."""
        asked = self.sync if self.trigger == SCHEDULE else f"{self.trigger} {self.sync}"  # both may ask for one second
        return run_id_at(self.due_ms, hashed(asked)) if self.due_ms else ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a run waits for, since when, when it tries again (0: when somebody acts), when it gives up (0: never); epoch ms."""

    detail: str
    since_ms: int
    next_try_ms: int = 0
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class QueryPage:
    """One page of a query: its rows, the locator of the next page or None, and how many rows the query has."""

    rows: Sequence[Row]
    next_url: str | None
    total: int = 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """The answer of getDeleted: (Id, deleted at) pairs, and how far back the org's log reaches. Epoch ms."""

    records: Sequence[tuple[str, int]]
    earliest_ms: int


@dataclass(frozen=True, slots=True)
class Held:
    """A held lease on the pull of one sync: only its fence may write the checkpoint."""

    tenant: str
    sync: str
    org_id: str
    owner: str
    fence: int
    lease_ms: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Slot:
    """One of a tenant's places for runs, and who holds it."""

    number: int
    owner: str


@dataclass(frozen=True, slots=True)
class Fired:
    """The signals that fired for the records of a page (as events), and what is to be kept of each record: signal → what was seen."""

    events: tuple[Mapping[str, Any], ...] = ()
    states: Mapping[str, Mapping[str, list[Any]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.events or self.states)


@dataclass(frozen=True, slots=True)
class EmittedPage:
    """
    What is stored of a page: its number in the run and among all pages kept of the sync, each record's fingerprint, the
    Ids that are gone, the newest stamp in it, its message, and for bidirectional syncs what both sides have with it
    (record → column → fingerprint). `cut_ms`: when it was cut, epoch ms. `fired`: the signals that fired for its records, with what
    is to be kept of them.
    """

    number: int
    kept: int
    newest_ms: int
    fingerprints: Mapping[str, bytes]
    gone: Collection[str] = ()
    body: bytes = b""
    synced: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cut_ms: int = 0
    fired: Fired = field(default_factory=lambda: Fired())


@dataclass(frozen=True, slots=True)
class Unsent:
    """The page that was stored last and may not have been sent: its message, what both sides have with it, and since when."""

    body: bytes
    synced: Mapping[str, Mapping[str, str]]
    cut_ms: int
    fired: Fired = field(default_factory=lambda: Fired())


@dataclass(frozen=True, slots=True)
class LinkedRecord:
    """
    What is known of a Salesforce record: the product's key for it, the values Causeway wrote last (hashes by field), and by
    when it had written them (epoch ms).
    """

    key: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    written_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class DueSync:
    """One sync whose pull is due: since when (epoch ms), and its schedule."""

    tenant: str
    sync: str
    due_at_ms: int
    schedule: Schedule
