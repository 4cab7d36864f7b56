"""Turn rows into records for the product, without what it received before and what Causeway wrote itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from causeway.pull.jobs import LinkedRecord, Row
from causeway.pull.pages.fingerprints import NO_VERSION, is_same_version, was_published
from causeway.pull.pages.fitting import fitted
from causeway.pull.pages.kinds import Kind, kind_of
from causeway.pull.pages.own_writes import is_written
from causeway.pull.pages.page_content import PLAIN, form_of
from causeway.pull.pages.texts import content_fingerprint, gone_record, stamp_ms
from causeway.pull.pages.versions import GONE, NOTHING, PublishedRow, RowVersion
from causeway.pull.planning.person_view import PersonView
from causeway.pull.planning.plan import PullPlan
from causeway.pull.planning.watermarks import Window
from causeway.push.memory.two_way import LastSynced
from causeway.syncs.sync import Problem

WRITE_SLACK_MS = 5_000  # between the org's clock and ours


@dataclass(frozen=True, slots=True)
class RelatedData:
    """
    What is known of the rows of one page from elsewhere, by Id.

    `links`: what pushes know of them. `people`: whom a look-up found for them. `synced`: for bidirectional syncs what both
    sides had last.
    """

    links: Mapping[str, LinkedRecord]
    people: Mapping[str, PersonView]
    synced: Mapping[str, LastSynced] | None = None


class RowPublisher:
    """
    Decides for each row of a window whether the product receives it, and as what.

    `seen`: Id → fingerprint of what was published with a stamp inside the window. `horizon_ms`: a record created after it
    may never have been published; `published_since` returns those that were, and `ever_published` all of them; each is
    asked only when that is in doubt. `sends_all`: somebody asked for the records again, whatever is known of them.
    `version`: of the message that the records go in.
    """

    def __init__(
        self,
        plan: PullPlan,
        window: Window,
        seen: dict[str, bytes],
        horizon_ms: int,
        published_since: Callable[[], Mapping[str, bytes]],
        ever_published: Callable[[], Mapping[str, bytes]],
        *,
        sends_all: bool = False,
        version: int = PLAIN,
    ) -> None:
        self._sends_all, self._form = sends_all, form_of(version, plan.sync.sobject)
        self._plan, self._seen = plan, seen
        self._is_first_import, self._recent_ms = window.is_first_import, window.recent_ms
        self._horizon_ms, self._published_since, self._ever_published = horizon_ms, published_since, ever_published
        self._read_at = _rest_time(window.upto_ms)
        self._since_horizon: Mapping[str, bytes] | None = None
        self._gone: set[str] = set()
        self._there: set[str] = set()  # published by this worker, and not gone since
        self.problems: list[Problem] = []

    def published(self, rows: Sequence[Row], related: RelatedData, *, is_sweep: bool = False) -> Iterator[PublishedRow]:
        """
        Yield what is to be remembered of these rows, in their order, without versions that were published before.

        `is_sweep`: whatever was never published is new to the product, whenever it was created.
        """
        read, seen = self._plan.content_of, self._seen
        for index, row in enumerate(rows):
            content = read(row)
            fingerprint = content_fingerprint(content)
            known = seen.get(row["Id"])
            if known is None or not is_same_version(known, fingerprint):
                version = self._version(index, row, content, fingerprint, related, is_sweep=is_sweep)
                yield self._one(version, related)

    def recognize(self, published: Mapping[str, bytes]) -> None:
        """Recognize these versions too (Id → fingerprint), as reading begins anew."""
        self._seen.update({each: found for each, found in published.items() if each not in self._seen})

    def vanished(self, index: int, record_id: str, at_ms: int) -> PublishedRow:
        """Return the row of a record that is gone without a row of its own."""
        return self._without_row(index, record_id, at_ms, "deleted")

    def left(self, index: int, record_id: str, at_ms: int) -> PublishedRow:
        """Return the row of a record that exists and is not one of the rule's any more."""
        return self._without_row(index, record_id, at_ms, "left_rule")

    def _without_row(self, index: int, record_id: str, at_ms: int, kind: Kind) -> PublishedRow:
        self._forget(record_id)
        record = gone_record(record_id, _rest_time(at_ms), None, kind)
        return PublishedRow(index, record_id, NO_VERSION, at_ms, kind, self._form(record))

    def _forget(self, record_id: str) -> None:
        self._gone.add(record_id)
        self._there.discard(record_id)

    def is_gone(self, record_id: str) -> bool:
        """Tell whether this run published that the record no longer exists, or left the rule."""
        return record_id in self._gone

    def _version(
        self,
        index: int,
        row: Row,
        content: Sequence[Any],
        fingerprint: bytes,
        related: RelatedData,
        *,
        is_sweep: bool,
    ) -> RowVersion:
        if self._plan.stamp_field not in row:
            row = {**row, self._plan.stamp_field: self._read_at}
        record_id, stamp = row["Id"], self._plan.stamp_ms(row)
        if is_sweep or self._plan.rule:
            is_new = not self._is_known(record_id, stamp)
        else:
            is_recent = "CreatedDate" not in row or stamp_ms(row["CreatedDate"]) > self._horizon_ms
            is_new = is_recent and not self._was_published(record_id, stamp)
        kind = kind_of(row, is_new=is_new)
        link = related.links.get(record_id) if related.links else None
        return RowVersion(index, record_id, row, content, fingerprint, stamp, kind, link, is_sweep)

    def _one(self, version: RowVersion, related: RelatedData) -> PublishedRow:
        """Decide on one version and remember it where the same one may come again."""
        found = self._decided(version, related)
        if self._plan.signal_rules and version.is_alive:
            found.key = version.link.key if version.link else None
            person = related.people.get(version.record_id) if related.people else None
            found.looks = self._plan.looks(version.row, version.content, found.key, person)
        if version.stamp_ms > self._recent_ms or not self._is_first_import:
            self._seen[found.record_id] = found.fingerprint
            self._there.add(found.record_id)
        if found.kind in GONE:
            self._forget(found.record_id)
        return found

    def _decided(self, version: RowVersion, related: RelatedData) -> PublishedRow:
        is_two_way = related.synced is not None and version.is_alive
        if (is_two_way or version.link) and (self._sends_all or self._has_entered(version)):
            synced = self._plan.fingerprints(version.content) if is_two_way else NOTHING
            return version.published(fitted(self._record(version, related), self.problems, self._form), synced)
        if related.synced is not None and version.is_alive:
            return self._two_way(version, related, related.synced.get(version.record_id))
        if version.link and self._is_own_write(version, version.link):
            return version.without_news()
        return version.published(fitted(self._record(version, related), self.problems, self._form))

    def _two_way(self, version: RowVersion, related: RelatedData, last: LastSynced | None) -> PublishedRow:
        """Publish only the fields that changed in Salesforce since both sides were last the same."""
        fingerprints = self._plan.fingerprints(version.content)
        changed = {name: each for name, each in fingerprints.items() if last is None or last.differs(name, each)}
        if last and not changed:
            return version.without_news()
        if last:
            version.kind = "updated"
        record = self._record(version, related)
        if last:
            products = self._plan.products
            record["values"] = {name: each for name, each in record["values"].items() if products[name] in changed}
        return version.published(fitted(record, self.problems, self._form), changed)

    def _has_entered(self, version: RowVersion) -> bool:
        """Tell whether a record came into the rule other than by being created: news to the product, whatever it holds."""
        if version.kind != "created" or not self._plan.rule:
            return False
        return version.from_sweep or self._remembered(version.record_id) == NO_VERSION

    def _record(self, version: RowVersion, related: RelatedData) -> dict[str, Any]:
        key = version.link.key if version.link else None
        person = related.people.get(version.record_id) if related.people else None
        return self._plan.record(version.row, version.content, version.kind, key, person)

    def _was_published(self, record_id: str, stamp: int) -> bool:
        if record_id in self._seen:
            return True
        if self._is_first_import and stamp <= self._recent_ms:
            return False  # in keyset order each record comes once; only one that surfaces late can come again
        if not self._plan.has("CreatedDate"):
            return record_id in self._ever_published()
        return self._remembered(record_id) is not None

    def _remembered(self, record_id: str) -> bytes | None:
        """Return the fingerprint of what was published last of a record since the horizon, gone ones among them."""
        if self._since_horizon is None:
            self._since_horizon = self._published_since()
        return self._since_horizon.get(record_id)

    def _is_known(self, record_id: str, stamp: int) -> bool:
        """Tell whether the product has the record: it was published, and neither is gone nor left the rule since."""
        if record_id in self._there:
            return True
        if record_id in self._gone or (self._is_first_import and stamp <= self._recent_ms):
            return False  # in keyset order each record comes once; only one that surfaces late can come again
        return record_id in self._ever_published()

    def _is_own_write(self, version: RowVersion, link: LinkedRecord) -> bool:
        """
        Tell whether the mapped fields all hold what Causeway wrote last, which is no news for the product.

        It is news where the product received another version since then: it must learn of a value that was set back.
        """
        is_new = version.kind == "created"
        if not version.is_alive or not is_written(self._plan.own_writes, version.content, link.written, is_new=is_new):
            return False
        if is_new or version.stamp_ms <= link.written_at_ms + WRITE_SLACK_MS:
            return True
        last = self._seen.get(version.record_id) or self._ever_published().get(version.record_id)
        return last is None or not was_published(last)


def _rest_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
