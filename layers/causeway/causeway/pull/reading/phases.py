"""The phases of a run: changed records (by REST, or by Bulk API 2.0 when there are many), hard deletes, the slow sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import batched

from causeway.errors import MissingPermission, NotFound, OrgRefused
from causeway.pull.jobs import Held, PullJob, Row
from causeway.pull.pages.fingerprints import is_same_version
from causeway.pull.pages.pages import PageWriter, PeopleOfRows
from causeway.pull.pages.published import DAY_MS, PublishedBefore
from causeway.pull.pages.rows import PublishedRow, RowPublisher
from causeway.pull.pages.texts import content_fingerprint
from causeway.pull.planning.checkpoints import BulkPlace, Checkpoint, Phase
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.queries import ids_query, records_query, sweep_query
from causeway.pull.planning.watermarks import VISIBILITY_DELAY_MS, Place, Window, next_window
from causeway.pull.ports import PullOrg, PullPorts
from causeway.pull.reading.interruptions import Guard, OutOfTime
from causeway.pull.reading.related import RelatedReader
from causeway.syncs.sync import Problem

BULK_ROWS = 20_000  # from here on Bulk API 2.0 takes fewer calls than REST's 2,000 rows a page
WIDE_MS = DAY_MS  # only a first import or a gap of a day is worth a counting call
BULK_POLL_S = 10
DELETES_EVERY_MS = 3_600_000  # soft deletes come with every run; the log of hard ones is asked hourly
DELETES_REACH_MS = 15 * DAY_MS  # getDeleted tells 15 days: SOAP API guide, getDeleted()
SWEEP_EVERY_MS = DAY_MS
COMPACT_PAGES = 500
IDS_PER_QUERY = 2_000
LINKS_PER_READ = 2_000


class PhaseReader:
    """Reads one window phase by phase from wherever the checkpoint stands, and hands every row to the page writer."""

    def __init__(
        self,
        plan: PullPlan,
        job: PullJob,
        held: Held,
        org: PullOrg,
        describes: RelatedDescribes,
        ports: PullPorts,
        guard: Guard,
        pages: PageWriter,
    ) -> None:
        self._plan, self._held, self._org, self._ports = plan, held, org, ports
        self._describes, self._guard, self._pages = describes, guard, pages
        self._related = RelatedReader(plan, held, org, describes, ports, guard.check)
        start = held.checkpoint
        if start.window is None:
            window = next_window(start.read_upto_ms, org.org_now_ms())
            start = replace(
                start,
                window=window,
                phase="records",
                place=window.after,
                bulk=None,
                run=job.run,
                page=0,
                due_ms=job.due_ms,
            )
        self._at = start
        self._window: Window = _the_window(start)
        told = PublishedBefore(start, self._window, held, ports.checkpoints, pages)
        self._ever_published = told.ever
        self._publisher = RowPublisher(
            plan, self._window, told.in_window(), told.horizon_ms, told.since_horizon, self._ever_published
        )

    def read(self) -> None:
        """Read every phase that is left; raises OutOfTime when another worker must go on."""
        if self._at.phase == "records" and self._at.bulk is None and self._is_bulk_worth():
            self._start_bulk()
        if self._at.phase == "bulk":
            self._read_bulk_or_rest()
        if self._at.phase == "records":
            self._read_records()
            self._enter("deletes")
        if self._at.phase == "deletes":
            self._read_deletes()
            self._enter("sweep")
        if self._at.phase == "sweep":
            self._sweep()

    @property
    def problems(self) -> Sequence[Problem]:
        """Return what can not be read, or could not be told as it is."""
        return [*self._plan.problems, *self._publisher.problems]

    def finished(self) -> Checkpoint:
        """Return the checkpoint of the window once everything in it was read."""
        return replace(
            self._at,
            window=None,
            phase="done",
            place=None,
            bulk=None,
            read_upto_ms=self._window.upto_ms,
            hidden=self._describes.hidden,
        )

    def tidy_up(self) -> None:
        """Replace many small remembered pages by one inventory, now that the window is done."""
        if self._pages.kept > COMPACT_PAGES:
            inventory = self._ports.checkpoints.inventory(self._held)
            self._ports.checkpoints.compact(self._held, self.finished(), inventory)

    def _enter(self, phase: Phase) -> None:
        self._at = replace(self._at, phase=phase, place=None, bulk=None)

    # ── changed records ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _with_deleted(self) -> bool:
        return self._plan.sync.pull.deletes and self._plan.has("IsDeleted") and not self._window.is_first_import

    def _read_records(self) -> None:
        soql = records_query(self._plan, self._at.place, self._window.upto_ms)
        for rows in self._query_pages(soql, with_deleted=self._with_deleted):
            self._tell(rows, self._behind_row)

    def _behind_row(self, told: PublishedRow) -> Checkpoint:
        return replace(self._at, phase="records", place=Place(told.stamp_ms, told.record_id))

    def _query_pages(self, soql: str, *, with_deleted: bool) -> Iterator[Sequence[Row]]:
        """Yield the pages of a query; while one is dealt with, the next is on its way."""
        self._guard.check()
        page = self._org.query(soql, with_deleted=with_deleted)
        while page.next_url:
            self._guard.check()
            coming = self._org.ahead(page.next_url)
            yield page.rows
            page = coming()
        yield page.rows

    def _tell(self, rows: Sequence[Row], behind: PeopleOfRows) -> None:
        for told in self._publisher.told(rows, self._related.of(rows)):
            self._pages.add(told, behind)

    # ── Bulk API 2.0 ───────────────────────────────────────────────────────────────────────────────────────────────

    def _is_bulk_worth(self) -> bool:
        if self._at.page or self._window.upto_ms - self._window.lower_ms < WIDE_MS:
            return False
        self._guard.check()
        soql = records_query(self._plan, self._at.place, self._window.upto_ms, count=True)
        return self._org.count(soql, with_deleted=self._with_deleted) > BULK_ROWS

    def _start_bulk(self) -> None:
        soql = records_query(self._plan, self._at.place, self._window.upto_ms, ordered=False)
        self._guard.check()
        try:
            job = self._org.start_bulk(soql, with_deleted=self._with_deleted)
        except (OrgRefused, MissingPermission):
            return  # no more jobs today, or no right to the Bulk API: REST reads the same
        self._at = replace(self._at, phase="bulk", bulk=BulkPlace(job, columns=self._plan.columns))
        self._ports.checkpoints.advance(self._held, self._at)

    def _read_bulk_or_rest(self) -> None:
        """Read the job's rows; when it failed or is gone, REST begins anew, and what was told is recognized."""
        try:
            self._read_bulk()
        except (OrgRefused, NotFound):
            self._publisher.recognize(self._ever_published())
            self._at = replace(self._at, phase="records", place=self._window.after, bulk=None)
        else:
            self._enter("deletes")

    def _read_bulk(self) -> None:
        place = self._at.bulk
        if place is None:
            raise ValueError("a bulk phase has a job")
        self._guard.check()
        if not self._org.bulk_is_complete(place.job):
            raise OutOfTime(BULK_POLL_S)
        self._guard.check()
        opened = self._org.bulk_ahead(place.job, place.locator, self._plan.types)
        while True:
            rows, locator = opened()
            if not locator:
                return self._tell_bulk(rows, place)
            self._guard.check()
            opened = self._org.bulk_ahead(place.job, locator, self._plan.types)
            self._tell_bulk(rows, place)
            place = replace(place, locator=locator, rows=0)

    def _tell_bulk(self, rows: Iterable[Row], place: BulkPlace) -> None:
        done = 0
        missing = {column.partition(".")[0] for column in set(self._plan.columns) - set(place.columns)}
        if missing:
            rows = ({**dict.fromkeys(missing), **row} for row in rows)
        for chunk in batched(rows, LINKS_PER_READ, strict=False):
            fresh = chunk[max(0, place.rows - done) :]
            before, done = done + len(chunk) - len(fresh), done + len(chunk)
            self._tell(fresh, partial(self._behind_bulk_row, place, before))

    def _behind_bulk_row(self, place: BulkPlace, before: int, told: PublishedRow) -> Checkpoint:
        here = replace(place, rows=before + told.index + 1)
        return replace(self._at, phase="bulk", bulk=here)

    # ── hard deletes ───────────────────────────────────────────────────────────────────────────────────────────────

    def _read_deletes(self) -> None:
        """
        Tell records that vanished without a trace in the recycle bin.

        Only deletes old enough for their soft delete to have been read are looked at, and only of records told before.
        """
        upto, since = self._window.recent_ms, self._at.deleted_upto_ms
        plan = self._plan
        if not plan.sync.pull.deletes or not plan.describe.replicateable:
            return
        if since is None:
            self._at = replace(self._at, deleted_upto_ms=upto)
            return
        if upto - since < DELETES_EVERY_MS:
            return
        gone = self._vanished(since, upto)
        for index, record_id in enumerate(gone):
            self._pages.add(self._publisher.vanished(index, record_id, upto), self._behind_vanished)
        self._at = replace(self._at, deleted_upto_ms=upto)

    def _behind_vanished(self, told: PublishedRow) -> Checkpoint:
        return replace(self._at, phase="deletes", deleted_upto_ms=self._held.checkpoint.deleted_upto_ms)

    def _vanished(self, since: int, upto: int) -> list[str]:
        self._guard.check()
        if upto - since < DELETES_REACH_MS:
            log = self._org.deleted(self._plan.sync.sobject, since - VISIBILITY_DELAY_MS, upto)
            if log.earliest_ms <= since:
                told = self._ever_published() if log.records else {}
                ids = dict.fromkeys(record_id for record_id, _ in log.records)
                return [record_id for record_id in ids if record_id in told and not self._publisher.is_gone(record_id)]
        return self._missing_by_id()

    def _missing_by_id(self) -> list[str]:
        """Ask for every Id ever told: those the org does not know any more are gone (the delete log reaches 15 days)."""
        missing: list[str] = []
        for ids in batched(self._ever_published(), IDS_PER_QUERY, strict=False):
            soql = ids_query(self._plan.sync.sobject, ids)
            there = {row["Id"] for rows in self._query_pages(soql, with_deleted=False) for row in rows}
            missing += [each for each in ids if each not in there and not self._publisher.is_gone(each)]
        return missing

    # ── the slow sweep ─────────────────────────────────────────────────────────────────────────────────────────────

    def _sweep(self) -> None:
        """Once a day re-read every record whose formulas or parents' fields may have changed without stamping it."""
        if self._at.swept_ms is None or not self._plan.sweeps:
            self._at = replace(self._at, swept_ms=self._window.began_ms)
            return
        if self._window.began_ms - self._at.swept_ms < SWEEP_EVERY_MS:
            return
        told = self._ever_published()
        soql = sweep_query(self._plan, self._at.place.record_id if self._at.place else "", self._window.upto_ms)
        for rows in self._query_pages(soql, with_deleted=False):
            changed = [row for row in rows if self._is_news(row, told.get(row["Id"]))]
            self._tell(changed, self._behind_swept)
        self._at = replace(self._at, swept_ms=self._window.began_ms)

    def _is_news(self, row: Row, known: bytes | None) -> bool:
        return known is None or not is_same_version(known, content_fingerprint(self._plan.read(row)))

    def _behind_swept(self, told: PublishedRow) -> Checkpoint:
        return replace(self._at, phase="sweep", place=Place(0, told.record_id), swept_ms=self._held.checkpoint.swept_ms)


def _the_window(checkpoint: Checkpoint) -> Window:
    if checkpoint.window is None:
        raise ValueError("a run in progress has a window")
    return checkpoint.window
