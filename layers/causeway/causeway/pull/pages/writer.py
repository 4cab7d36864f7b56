"""Collect published rows into messages as full as possible; store each with its checkpoint before it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from causeway.pull.jobs import EmittedPage, Fired, Held, Unsent
from causeway.pull.pages.fired_signals import fired_signals
from causeway.pull.pages.page_content import SHARED, PageContent
from causeway.pull.pages.texts import page_id, page_text
from causeway.pull.pages.versions import PublishedRow
from causeway.pull.planning.checkpoints import Checkpoint
from causeway.pull.ports import PullPorts
from causeway.syncs.sync import Sync

type CheckpointAfter = Callable[[PublishedRow], Checkpoint]
"""Gives the checkpoint that stands after a row."""

PAGE_BYTES = 1_000_000  # an SQS message holds 1,048,576 bytes; the envelope takes the rest
PAGE_ROWS = 10_000  # rows without news (own writes) are remembered in pages too


class PageWriter:
    """
    The pages of one run.

    A page is cut only when the next row would not fit, so that at the end there is always one to be marked `last`.
    `has_moved`: this worker stored a place beyond the one at which it began.
    """

    def __init__(
        self,
        sync: Sync,
        run: str,
        held: Held,
        ports: PullPorts,
        api_calls: Callable[[], int],
        *,
        is_import: bool = False,
    ) -> None:
        self._is_import = is_import
        self._sync, self._run, self._held, self._ports, self._api_calls = sync, run, held, ports, api_calls
        self._rows: list[PublishedRow] = []
        self._content = PageContent()
        self._number = _last_page(held.checkpoint, run)
        self._count = held.checkpoint.cut
        self._kept = held.checkpoint.kept
        self._after: CheckpointAfter = lambda row: held.checkpoint
        self._calls_reported = 0
        self._passed: Checkpoint | None = None
        self.all_sent = False
        self.has_moved = False

    @property
    def kept(self) -> int:
        """Return how many pages are remembered of this sync."""
        return self._kept

    @property
    def has_rows(self) -> bool:
        """Tell whether this worker took any row in."""
        return bool(self._rows) or self._kept > self._held.checkpoint.kept

    def send_unsent(self) -> None:
        """Send the page that the last worker stored and may not have sent; its page id is the same."""
        unsent = self._ports.checkpoints.unsent(self._held)
        if unsent:
            self._send(unsent)
        self.all_sent = True

    def _send(self, page: Unsent) -> None:
        """Send a page; what both sides have with it counts from when it was cut, however often it is sent."""
        if page.synced:
            self._ports.synced.note_published(self._held.tenant, self._held.org_id, page.synced, page.cut_ms)
        self._ports.queues.publish(self._held.tenant, page.body)
        if page.fired:
            self._ports.signals.publish(self._held.tenant, page.fired.events)
            self._ports.signals.keep(self._held.tenant, self._held.org_id, page.fired.states)

    def add(self, row: PublishedRow, after: CheckpointAfter) -> None:
        """Take one row in; `after` gives the checkpoint that stands after it."""
        length = self._content.growth(row.text)  # bytes: SQS counts them
        if self._rows and (self._content.size + length > PAGE_BYTES or len(self._rows) >= PAGE_ROWS):
            self.flush()
            length = self._content.growth(row.text)  # what it shares is in no page yet
        self._rows.append(row)
        self._content.add(row.text, length)
        self._after, self._passed = after, None

    def pass_by(self, checkpoint: Checkpoint) -> None:
        """Note that everything up to this checkpoint was taken in, also what brought no news."""
        self._passed = checkpoint

    def flush(self) -> None:
        """Store and send what was collected, as a page with more to come."""
        if self._rows:
            self._cut(self._passed or self._after(self._rows[-1]), last=False)
            self._passed = None

    def store_place(self) -> None:
        """Store how far this worker came, with what was collected or alone: the next one goes on from there."""
        self.flush()
        if self._passed:
            self._ports.checkpoints.advance(self._held, self._numbered(self._passed))
            self.has_moved, self._passed = True, None

    def finish(self, checkpoint: Checkpoint) -> Checkpoint:
        """Store and send the last page together with the end of the window; return the checkpoint as stored."""
        if self._rows or self._number:
            return self._cut(checkpoint, last=True)
        stored = replace(checkpoint, run=checkpoint.run if self._is_import else self._run, kept=self._kept)
        self._ports.checkpoints.advance(self._held, stored)
        self._report_progress(Counter())
        return stored

    def _cut(self, after: Checkpoint, *, last: bool) -> Checkpoint:
        rows, self._rows = self._rows, []
        content, self._content = self._content, PageContent()
        self._number += 1
        self._kept += 1
        self._count += 1
        checkpoint = self._numbered(after)
        page = self._page(rows, content, last)
        self.all_sent = False
        self._ports.checkpoints.save(self._held, checkpoint, page)
        self.has_moved = True
        if page.body:
            self._send(Unsent(page.body, page.synced, page.cut_ms, page.fired))
        self.all_sent = True
        self._report_progress(Counter(row.kind if row.text.json else "echoed" for row in rows))
        return checkpoint

    def _numbered(self, checkpoint: Checkpoint) -> Checkpoint:
        """Return the checkpoint with the run and the pages that were cut so far; an import's are apart."""
        if self._is_import:
            place = checkpoint.importing
            importing = replace(place, page=self._number) if place else None
            return replace(checkpoint, importing=importing, kept=self._kept, cut=self._count)
        return replace(checkpoint, run=self._run, page=self._number, kept=self._kept, cut=self._count)

    def _page(self, rows: list[PublishedRow], content: PageContent, last: bool) -> EmittedPage:
        fired = self._fired(rows)
        return EmittedPage(
            number=self._number,
            kept=self._kept,
            newest_ms=max((row.stamp_ms for row in rows), default=0),
            fingerprints={row.record_id: row.fingerprint for row in rows},
            gone=tuple(row.record_id for row in rows if row.is_gone),
            body=self._body(content, last) if content.records or last or fired else b"",
            synced={row.record_id: row.synced for row in rows if row.synced},
            cut_ms=self._ports.now_ms(),
            fired=fired,
        )

    def _body(self, content: PageContent, last: bool) -> bytes:
        tenant, org_id = self._held.tenant, self._held.org_id
        identity = page_id(tenant, org_id, self._sync.id, self._count)
        shared = content.shared if self._ports.records_version == SHARED else None
        return page_text(self._sync, tenant, self._run, self._number, identity, last, content.records, shared)

    def _fired(self, rows: Sequence[PublishedRow]) -> Fired:
        """Return the signals that fire for these rows; what was seen of them before is read for syncs with signals alone."""
        looking = [row for row in rows if row.looks]
        if not looking:
            return Fired()
        ids = [row.record_id for row in looking]
        return fired_signals(
            self._sync, self._held, looking, self._ports.signals.seen(self._held.tenant, self._held.org_id, ids)
        )

    def _report_progress(self, counts: Counter[str]) -> None:
        calls = self._api_calls()
        self._ports.runs.progress(self._held.tenant, self._run, counts, calls - self._calls_reported)
        self._calls_reported = calls


def _last_page(checkpoint: Checkpoint, run: str) -> int:
    """Return the number of the page that a run has cut last, 0 for none."""
    if checkpoint.importing and checkpoint.importing.run == run:
        return checkpoint.importing.page
    return checkpoint.page if checkpoint.window and checkpoint.run == run else 0
