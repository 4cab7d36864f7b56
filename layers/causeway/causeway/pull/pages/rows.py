"""Turn rows into records to tell, leaving out what was told before and what Causeway wrote itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from causeway.pull.jobs import LinkedRecord, Row
from causeway.pull.pages.fingerprints import as_own_write, is_same_version, was_published
from causeway.pull.pages.own_writes import is_written
from causeway.pull.pages.pulled import Kind, kind_of
from causeway.pull.pages.texts import content_fingerprint, gone_record, record_text, stamp_ms
from causeway.pull.planning.plan import PersonView, PullPlan
from causeway.pull.planning.watermarks import Window
from causeway.push.memory.two_way import LastSynced
from causeway.syncs.sync import Problem

MAX_RECORD_BYTES = 900_000  # a record fits a message beside nothing else
WRITE_SLACK_MS = 5_000  # between the org's clock and ours


NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class PublishedRow:
    """
    One row that was dealt with: its index among the rows given, its record as JSON text (empty for an echo), and what to
    remember of it; `synced`: what both sides of a bidirectional sync have with it (column → mark).
    """

    index: int
    record_id: str
    fingerprint: bytes
    stamp_ms: int
    kind: str
    text: bytes
    synced: Mapping[str, str] = NOTHING

    @property
    def is_gone(self) -> bool:
        """Whether the record exists no more."""
        return self.kind in ("deleted", "merged")


@dataclass(frozen=True, slots=True)
class RelatedData:
    """
    What is known of the rows of one page from elsewhere, by Id: links, whom a look-up found behind them, and for bidirectional
    syncs what both sides had last.
    """

    links: Mapping[str, LinkedRecord]
    people: Mapping[str, PersonView]
    synced: Mapping[str, LastSynced] | None = None


class RowPublisher:
    """
    Decides for each row of a window whether and as what it is told.

    `seen`: Id → mark of what was told with a stamp inside the window. `horizon_ms`: a record created after it may never
    have been told; `published_since` tells which were, and `ever_published` all of them; each is asked only when that is in doubt.
    """

    def __init__(
        self,
        plan: PullPlan,
        window: Window,
        seen: dict[str, bytes],
        horizon_ms: int,
        published_since: Callable[[], Mapping[str, bytes]],
        ever_published: Callable[[], Mapping[str, bytes]],
    ) -> None:
        self._plan, self._seen = plan, seen
        self._is_first_import, self._recent_ms = window.is_first_import, window.recent_ms
        self._horizon_ms, self._published_since, self._ever_published = horizon_ms, published_since, ever_published
        self._told: Mapping[str, bytes] | None = None
        self._gone: set[str] = set()
        self.problems: list[Problem] = []

    def published(self, rows: Sequence[Row], related: RelatedData) -> Iterator[PublishedRow]:
        """Yield what there is to remember of these rows, in their order; rows told before are left out."""
        read, seen = self._plan.read, self._seen
        for index, row in enumerate(rows):
            content = read(row)
            fingerprint = content_fingerprint(content)
            known = seen.get(row["Id"])
            if known is None or not is_same_version(known, fingerprint):
                yield self._one(index, row, content, fingerprint, related)

    def recognize(self, told: Mapping[str, bytes]) -> None:
        """Recognize these versions too (Id → mark), as reading begins anew."""
        self._seen.update(
            {record_id: fingerprint for record_id, fingerprint in told.items() if record_id not in self._seen}
        )

    def vanished(self, index: int, record_id: str, at_ms: int) -> PublishedRow:
        """Return what to tell of a record that is gone without a row."""
        self._gone.add(record_id)
        stamp = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        record = gone_record(record_id, stamp, None, "deleted")
        return PublishedRow(index, record_id, b"", at_ms, "deleted", record_text(record))

    def is_gone(self, record_id: str) -> bool:
        """Tell whether this run told that the record exists no more."""
        return record_id in self._gone

    def _one(
        self, index: int, row: Row, content: Sequence[Any], fingerprint: bytes, related: RelatedData
    ) -> PublishedRow:
        record_id, stamp = row["Id"], stamp_ms(row["SystemModstamp"])
        created = stamp_ms(row["CreatedDate"]) > self._horizon_ms
        kind = kind_of(row, created, created and self._was_published(record_id, stamp))
        if kind in ("deleted", "merged"):
            self._gone.add(record_id)
        link = related.links.get(record_id) if related.links else None
        if related.synced is not None and kind in ("created", "updated"):
            told = self._two_way(index, row, content, fingerprint, kind, link, related)
        elif link and self._is_own_write(record_id, stamp, kind, content, link):
            fingerprint = as_own_write(fingerprint)
            told = PublishedRow(index, record_id, fingerprint, stamp, kind, b"")
        else:
            person = related.people.get(record_id)
            record = self._plan.record(row, content, kind, link.key if link else None, person)
            told = PublishedRow(index, record_id, fingerprint, stamp, kind, self._fitted(record))
        if stamp > self._recent_ms or not self._is_first_import:
            self._seen[record_id] = told.fingerprint
        return told

    def _two_way(
        self,
        index: int,
        row: Row,
        content: Sequence[Any],
        fingerprint: bytes,
        kind: Kind,
        link: LinkedRecord | None,
        related: RelatedData,
    ) -> PublishedRow:
        """Tell only the fields that changed in Salesforce since both sides were last the same."""
        record_id, stamp = row["Id"], stamp_ms(row["SystemModstamp"])
        known = (related.synced or {}).get(record_id)
        fingerprints = self._plan.fingerprints(content)
        changed = {
            column: each for column, each in fingerprints.items() if known is None or known.differs(column, each)
        }
        if known and not changed:
            return PublishedRow(index, record_id, as_own_write(fingerprint), stamp, kind, b"")
        kind = "updated" if known else kind
        record = self._plan.record(row, content, kind, link.key if link else None, related.people.get(record_id))
        if known:
            products = self._plan.products
            record["values"] = {name: each for name, each in record["values"].items() if products[name] in changed}
        return PublishedRow(index, record_id, fingerprint, stamp, kind, self._fitted(record), changed)

    def _fitted(self, record: dict[str, Any]) -> bytes:
        """Return the record as text that fits a message: its longest values are left out otherwise, and reported."""
        text = record_text(record)
        while len(text) > MAX_RECORD_BYTES and record["values"]:
            longest = max(record["values"], key=lambda name: len(record_text({name: record["values"][name]})))
            del record["values"][longest]
            message = (
                f"{longest} of {record['salesforce_id']} is too long for a message with the record and was left out."
            )
            self.problems.append(Problem(level="warning", code="too_long", message=message, field=longest))
            text = record_text(record)
        return text

    def _was_published(self, record_id: str, stamp: int) -> bool:
        if record_id in self._seen:
            return True
        if self._is_first_import and stamp <= self._recent_ms:
            return False  # in keyset order each record comes once; only one that surfaces late can come again
        if self._told is None:
            self._told = self._published_since()
        return record_id in self._told

    def _is_own_write(self, record_id: str, stamp: int, kind: Kind, content: Sequence[Any], link: LinkedRecord) -> bool:
        """
        Tell whether the mapped fields all hold what Causeway wrote last, which tells the product nothing new.

        Unless the product was told of something else since then: who sets a value back must be heard, too.
        """
        if kind not in ("created", "updated"):
            return False
        if not is_written(self._plan.own_writes, content, link.written, is_new=kind == "created"):
            return False
        if kind == "created" or stamp <= link.written_at_ms + WRITE_SLACK_MS:
            return True
        last = self._seen.get(record_id) or self._ever_published().get(record_id)
        return last is None or not was_published(last)
