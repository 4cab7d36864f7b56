"""In-memory stand-ins for what a pull touches besides the org: checkpoints with a fence, queues, runs, slots."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.errors import ClaimBusy
from causeway.pull.jobs import (
    RUN_IS_OVER,
    EmittedPage,
    Held,
    LinkedRecord,
    PullJob,
    Slot,
    Unsent,
    Waiting,
)
from causeway.pull.planning.checkpoints import Checkpoint, checkpoint_from_json
from causeway.syncs.sync import Problem, Sync

from tests.support.pull.org import ORG


@dataclass
class MemoryCheckpoints:
    """Checkpoints in memory, in their stored form, every write conditional on the fence."""

    now_ms: Callable[[], int]
    stored: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    def claim(self, tenant: str, sync: str, org_id: str, owner: str, lease_ms: int) -> Held | None:
        item = self.stored.setdefault((tenant, sync, org_id), {"fence": 0, "until": 0, "pages": [], "unsent": None})
        if item["until"] > self.now_ms():
            return None
        item.update(fence=item["fence"] + 1, until=self.now_ms() + lease_ms, owner=owner, lease=lease_ms)
        checkpoint = checkpoint_from_json(json.loads(item["checkpoint"]) if "checkpoint" in item else None)
        return Held(tenant, sync, org_id, owner, item["fence"], lease_ms, checkpoint)

    def _item(self, held: Held) -> dict[str, Any]:
        item = self.stored[held.tenant, held.sync, held.org_id]
        if item["fence"] != held.fence:
            raise ClaimBusy("Another worker took over this pull.", "Nothing needs to be done.")
        return item

    def save(self, held: Held, checkpoint: Checkpoint, page: EmittedPage) -> None:
        item = self._item(held)
        item["pages"].append(page)
        unsent = Unsent(page.body, page.synced, page.cut_ms, page.fired) if page.body else None
        item.update(checkpoint=json.dumps(checkpoint.to_json()), unsent=unsent, until=self.now_ms() + item["lease"])

    def advance(self, held: Held, checkpoint: Checkpoint) -> None:
        self._item(held).update(checkpoint=json.dumps(checkpoint.to_json()), unsent=None)

    def unsent(self, held: Held) -> Unsent | None:
        found: Unsent | None = self._item(held)["unsent"]
        return found

    def newer_pages(self, held: Held, after_ms: int) -> dict[str, bytes]:
        pages = [page for page in self._item(held)["pages"] if page.newest_ms > after_ms]
        return {each: fingerprint for page in pages for each, fingerprint in page.fingerprints.items()}

    def inventory(self, held: Held) -> dict[str, bytes]:
        there: dict[str, bytes] = {}
        for page in self._item(held)["pages"]:
            there.update(page.fingerprints)
            for each in page.gone:
                there.pop(each, None)
        return there

    def compact(self, held: Held, checkpoint: Checkpoint, inventory: Mapping[str, bytes]) -> None:
        item = self._item(held)
        newest = max((page.newest_ms for page in item["pages"]), default=0)
        item["pages"] = [EmittedPage(0, 0, newest, dict(inventory))]
        item["checkpoint"] = json.dumps(checkpoint.of_generation(checkpoint.generation + 1).to_json())

    def release(self, held: Held, *, is_sent: bool) -> None:
        item = self.stored[held.tenant, held.sync, held.org_id]
        if item["fence"] == held.fence:
            item["until"] = 0
            item["unsent"] = None if is_sent else item["unsent"]


@dataclass
class MemoryQueues:
    """The outbound and the pull queue."""

    published: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[tuple[PullJob, int]] = field(default_factory=list)

    def publish(self, tenant: str, body: bytes) -> None:
        self.published.append(json.loads(body))

    def enqueue(self, job: PullJob, delay_s: int) -> None:
        self.jobs.append((job, delay_s))


@dataclass
class MemoryRuns:
    """The history: what each run counted and how it ended."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    remedies: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    cancelled: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)

    def started(self, job: PullJob, sync: Sync) -> str:
        run = job.run or f"run-{len(self.statuses) + 1}"
        self.counts.setdefault(run, Counter())
        self.statuses[run] = "running"
        return run

    def progress(self, tenant: str, run: str, counts: Mapping[str, int], api_calls: int) -> None:
        self.counts[run].update(counts)
        self.calls[run] += api_calls

    def ended(self, tenant: str, run: str, status: str, detail: str = "", remedy: str = "") -> None:
        self.statuses[run], self.details[run], self.remedies[run] = status, detail, remedy

    def waits(self, tenant: str, run: str, waiting: Waiting) -> None:
        self.statuses[run], self.details[run], self.waiting[run] = "waiting", waiting.detail, waiting

    def expects(self, tenant: str, run: str, total: int) -> None:
        self.totals[run] = total

    def is_open(self, tenant: str, run: str) -> bool:
        return run in self.statuses and not self.is_over(tenant, run)

    def noted(self, tenant: str, run: str, sync: str, problems: Sequence[Problem]) -> None:
        self.problems.extend(problems)

    def is_over(self, tenant: str, run: str) -> bool:
        return self.statuses.get(run) in RUN_IS_OVER

    def is_cancelled(self, tenant: str, run: str) -> bool:
        return run in self.cancelled


@dataclass
class MemorySlots:
    """The places for runs, by tenant and number: who holds it until when."""

    now_ms: Callable[[], int]
    held: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)

    def take(self, tenant: str, places: int, lease_ms: int, owner: str) -> Slot | None:
        for number in range(places):
            if self.held.get((tenant, number), ("", 0))[1] <= self.now_ms():
                self.held[tenant, number] = (owner, self.now_ms() + lease_ms)
                return Slot(number, owner)
        return None

    def release(self, tenant: str, slot: Slot) -> None:
        if self.held.get((tenant, slot.number), ("", 0))[0] == slot.owner:
            del self.held[tenant, slot.number]


@dataclass
class MemoryDueDates:
    """What was brought forward."""

    brought: list[tuple[str, str, int]] = field(default_factory=list)

    def bring_forward(self, tenant: str, sync: str, at_ms: int) -> None:
        self.brought.append((tenant, sync, at_ms))


@dataclass
class MemorySyncs:
    """One tenant's syncs."""

    syncs: dict[str, Sync]

    def get(self, tenant: str, sync_id: str) -> Sync | None:
        return self.syncs.get(sync_id)


@dataclass
class MemoryConnections:
    """One tenant's connection, changeable while a run goes on."""

    connection: Connection = field(
        default_factory=lambda: Connection("acme", Status.CONNECTED, org_id=ORG, instance_url="https://a", epoch=1)
    )

    def get(self, tenant: str) -> Connection:
        return self.connection


class NoLinks:
    """Nothing was ever pushed."""

    def of_records(self, sync: Sync, org_id: str, tenant: str, ids: Sequence[str]) -> dict[str, LinkedRecord]:
        return {}


@dataclass
class MemorySignals:
    """The signals that were published, and what was seen of records last."""

    events: list[dict[str, Any]] = field(default_factory=list)
    states: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    @property
    def published(self) -> list[tuple[str, list[str]]]:
        """Return the records and the signals that fired for them."""
        return [(event["salesforce_id"], [event["signal"]]) for event in self.events]

    def seen(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, dict[str, list[Any]]]:
        return {each: dict(self.states[each]) for each in ids if each in self.states}

    def publish(self, tenant: str, events: Sequence[Mapping[str, Any]]) -> None:
        self.events += [dict(event) for event in events]

    def keep(self, tenant: str, org_id: str, states: Mapping[str, Mapping[str, list[Any]]]) -> None:
        for each, found in states.items():
            self.states.setdefault(each, {}).update(found)


@dataclass
class Patience:
    """A deadline that is never near, unless set."""

    left_s: float = 900.0

    def remaining_s(self) -> float:
        return self.left_s
