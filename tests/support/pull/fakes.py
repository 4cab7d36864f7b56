"""In-memory stand-ins for what a pull touches: an org whose commits become visible late, checkpoints with a fence, queues, runs."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from causeway.connections.connection import Connection, Status
from causeway.errors import ClaimBusy
from causeway.pull.jobs import (
    RUN_IS_OVER,
    Deleted,
    EmittedPage,
    Held,
    LinkedRecord,
    PullJob,
    QueryPage,
    Row,
    Slot,
    Unsent,
)
from causeway.pull.planning.checkpoints import Checkpoint, checkpoint_from_json
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.sync import Problem, Sync

ORG = "00D000000000001EAA"
START_MS = 1_780_000_000_000


def rest_time(at_ms: int) -> str:
    """Return a moment as REST writes it."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def contact_describe(*extra: FieldDescribe) -> SObjectDescribe:
    """Return a Contact describe with what a pull asks of one."""
    kinds = {"Id": "id", "SystemModstamp": "datetime", "CreatedDate": "datetime", "IsDeleted": "boolean"}
    system = [FieldDescribe(name, name, kind, createable=False, updateable=False) for name, kind in kinds.items()]
    more = [
        FieldDescribe("MasterRecordId", "Master", "reference"),
        FieldDescribe("LastName", "Last Name", "string", 80),
    ]
    return SObjectDescribe("Contact", "Contact", "003", fields=(*system, *more, *extra))


def described(name: str, *fields: str) -> SObjectDescribe:
    """Return a describe of an sObject with these fields and its Id; names that end in Id are lookups to users."""
    found = (
        FieldDescribe(each, each, "reference", relationship_name=each[:-2], reference_to=("User",))
        if each.endswith("Id")
        else FieldDescribe(each, each, "string", 255)
        for each in fields
    )
    return SObjectDescribe(name, name, fields=(FieldDescribe("Id", "Id", "id"), *found))


def lead_describe() -> SObjectDescribe:
    """Return a Lead describe: a Contact's fields and those of conversion."""
    names = ("ConvertedContactId", "ConvertedAccountId", "ConvertedOpportunityId")
    fields = (FieldDescribe("IsConverted", "Converted", "boolean"), *(FieldDescribe(n, n, "reference") for n in names))
    return replace(contact_describe(*fields), name="Lead", label="Lead", key_prefix="00Q")


ADDRESS = FieldDescribe("Email", "Email", "email", 80)
PARENTS = {
    "Account": described("Account", "Name", "Website", "OwnerId"),
    "User": described("User", "Name", "Email", "IsActive"),
    "Contact": contact_describe(ADDRESS),
    "Lead": replace(lead_describe(), fields=(*lead_describe().fields, ADDRESS)),
}
"""What a pull may ask of besides its own sObject, as a user sees it from whom nothing is hidden."""


@dataclass(slots=True)
class Version:
    """One committed version of a record: when it becomes visible, its stamp, its row; hard-deleted rows have none."""

    number: int
    visible_ms: int
    stamp_ms: int
    row: dict[str, Any] | None


@dataclass
class FakeOrg:
    """
    An org of one sObject whose commits become visible later than their stamp.

    Answers the four queries of `pull_queries` by reading their conditions, so a wrong watermark reads wrong rows.
    """

    describe: SObjectDescribe
    now_ms: int = START_MS
    page_size: int = 2_000
    versions: dict[str, list[Version]] = field(default_factory=dict)
    calls: int = 0
    commits: int = 0
    parents: dict[str, SObjectDescribe | None] = field(default_factory=lambda: {**PARENTS})
    people: dict[str, list[Row]] = field(default_factory=dict)
    deleted_log: list[tuple[int, int, str]] = field(default_factory=list)
    _current: dict[str, Version] = field(default_factory=dict)
    _order: list[tuple[int, str]] = field(default_factory=list)
    _hidden: list[tuple[int, int, str]] = field(default_factory=list)
    _cursors: dict[str, list[Row]] = field(default_factory=dict)

    # ── what happens in the org ──

    def commit(self, record_id: str, delay_ms: int = 0, **values: Any) -> Version:
        """Save a version stamped now that others see `delay_ms` later."""
        before = self.versions.get(record_id, [])
        base = before[-1].row if before and before[-1].row else {"Id": record_id, "CreatedDate": rest_time(self.now_ms)}
        empty = {each.name: None for each in self.describe.fields}
        row = {**empty, "IsDeleted": False, **base, **values, "SystemModstamp": rest_time(self.now_ms)}
        return self._add(record_id, delay_ms, row)

    def purge(self, record_id: str) -> None:
        """Delete for good: no row remains, only the delete log names it."""
        self.deleted_log.append((self.now_ms, self.now_ms, record_id))
        self._add(record_id, 0, None)

    def _add(self, record_id: str, delay_ms: int, row: dict[str, Any] | None) -> Version:
        self.commits += 1
        stamp = self.now_ms // 1000 * 1000
        visible = max([self.now_ms + delay_ms, *(v.visible_ms for v in self.versions.get(record_id, [])[-1:])])
        version = Version(self.commits, visible, stamp, row)
        self.versions.setdefault(record_id, []).append(version)
        insort(self._hidden, (visible, version.number, record_id))
        self.surface()
        return version

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ms += int(seconds * 1000)
        self.surface()

    def surface(self) -> None:
        """Make visible what is due."""
        due = bisect_right(self._hidden, (self.now_ms, 1 << 60, ""))
        for _, number, record_id in self._hidden[:due]:
            self._show(record_id, number)
        del self._hidden[:due]

    def _show(self, record_id: str, number: int) -> None:
        old = self._current.pop(record_id, None)
        if old is not None:
            self._order.pop(bisect_left(self._order, (old.stamp_ms, record_id)))
        version = next(v for v in reversed(self.versions[record_id]) if v.number == number)
        if version.row is not None:
            self._current[record_id] = version
            insort(self._order, (version.stamp_ms, record_id))

    def visible(self) -> Mapping[str, Version]:
        """Return what a reader sees now."""
        return self._current

    # ── the port ──

    def described(self, sobject: str) -> SObjectDescribe:
        return self.describe

    def described_again(self, sobject: str) -> SObjectDescribe:
        return self.describe

    def parent_described(self, sobject: str, *, fresh: bool = False) -> SObjectDescribe | None:
        return self.parents[sobject]

    def read(self, lookups: Sequence[Lookup]) -> list[list[Row]]:
        self.calls += 1
        return [self.people.get(lookup.sobject, []) for lookup in lookups]

    def org_now_ms(self) -> int:
        return self.now_ms // 1000 * 1000

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        self.calls += 1
        self.surface()
        return self._page([row for row in self._matching(soql) if with_deleted or not row["IsDeleted"]])

    def ahead(self, next_url: str) -> Callable[[], QueryPage]:
        self.calls += 1
        page = self._page(self._cursors.pop(next_url))
        return lambda: page

    def close(self) -> None:
        """Nothing runs."""

    def _page(self, rows: list[Row]) -> QueryPage:
        if len(rows) <= self.page_size:
            return QueryPage(rows, None)
        name = f"cursor-{self.calls}"
        self._cursors[name] = rows[self.page_size :]
        return QueryPage(rows[: self.page_size], name)

    def count(self, soql: str, *, with_deleted: bool) -> int:
        self.calls += 1
        return sum(1 for row in self._matching(soql) if with_deleted or not row["IsDeleted"])

    def deleted(self, sobject: str, start_ms: int, end_ms: int) -> Deleted:
        self.calls += 1
        found = [(each, at) for at, _, each in self.deleted_log if start_ms <= at <= end_ms]
        return Deleted(found, self.now_ms - 15 * 86_400_000)

    def start_bulk(self, soql: str, *, with_deleted: bool) -> str:
        self.calls += 1
        job = f"750{self.calls:012d}AAA"
        self._cursors[job] = [row for row in self._matching(soql) if with_deleted or not row["IsDeleted"]]
        return job

    def bulk_is_complete(self, job: str) -> bool:
        self.calls += 1
        return True

    def bulk_ahead(self, job: str, locator: str, types: Mapping[str, str]) -> Callable[[], tuple[Iterator[Row], str]]:
        self.calls += 1
        start = int(locator or 0)
        upto = start + 5 * self.page_size
        rows = self._cursors[job]
        return lambda: (iter(rows[start:upto]), str(upto) if upto < len(rows) else "")

    def api_calls(self) -> int:
        return self.calls

    # ── reading a query's conditions ──

    def _matching(self, soql: str) -> list[Row]:
        if ids := re.search(r"Id IN \(([^)]*)\)", soql):
            wanted = re.findall(r"'(\w+)'", ids[1])
            return [self._row(each) for each in wanted if each in self._current]
        upto = _moment(re.findall(r"SystemModstamp <= ([\dT:-]+Z)", soql)[0])
        if "ORDER BY Id" in soql:
            after = re.findall(r"Id > '(\w+)'", soql)
            ids_after = sorted(each for each in self._current if each > (after[0] if after else ""))
            return [self._row(each) for each in ids_after if self._current[each].stamp_ms <= upto]
        return [self._row(each) for _, each in self._order[_first(self._order, soql) : self._upto(upto)]]

    def _upto(self, upto_ms: int) -> int:
        return bisect_right(self._order, (upto_ms, "~"))

    def _row(self, record_id: str) -> dict[str, Any]:
        row = self._current[record_id].row
        if row is None:
            raise LookupError(record_id)
        return dict(row)


def _first(order: list[tuple[int, str]], soql: str) -> int:
    if inclusive := re.search(r"SystemModstamp >= ([\dT:-]+Z)", soql):
        return bisect_left(order, (_moment(inclusive[1]), ""))
    if same := re.search(r"SystemModstamp = ([\dT:-]+Z)\) AND \(Id > '(\w+)'", soql):
        return bisect_right(order, (_moment(same[1]), same[2]))
    if strict := re.search(r"SystemModstamp > ([\dT:-]+Z)", soql):
        return bisect_right(order, (_moment(strict[1]), "~"))
    return 0


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


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
        unsent = Unsent(page.body, page.synced, page.cut_ms) if page.body else None
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
    calls: Counter[str] = field(default_factory=Counter)
    cancelled: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def started(self, job: PullJob, sync: Sync) -> str:
        run = job.run or f"run-{len(self.statuses) + 1}"
        self.counts.setdefault(run, Counter())
        self.statuses[run] = "running"
        return run

    def progress(self, tenant: str, run: str, counts: Mapping[str, int], api_calls: int) -> None:
        self.counts[run].update(counts)
        self.calls[run] += api_calls

    def ended(self, tenant: str, run: str, status: str, detail: str = "") -> None:
        self.statuses[run], self.details[run] = status, detail

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
    """The signals that were published."""

    published: list[tuple[str, list[str]]] = field(default_factory=list)

    def matched(self, tenant: str, sync: Sync, records: Sequence[Mapping[str, Any]]) -> None:
        self.published += [(record["salesforce_id"], record["signals"]) for record in records]


@dataclass
class Patience:
    """A deadline that is never near, unless set."""

    left_s: float = 900.0

    def remaining_s(self) -> float:
        return self.left_s
