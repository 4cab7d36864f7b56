"""Turn rows into records to tell, leaving out what was told before and what Causeway wrote itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from causeway.domain.pull_plan import PullPlan, Row, record_text, stamp_ms
from causeway.domain.pulled import kind_of
from causeway.domain.pulls import LinkedRecord
from causeway.domain.watermarks import Window


@dataclass(slots=True)
class ToldRow:
    """One row that was dealt with: its index among the rows given, its record as JSON text ('' for an echo), what to remember."""

    index: int
    record_id: str
    fingerprint: bytes
    stamp_ms: int
    kind: str
    text: str

    @property
    def is_gone(self) -> bool:
        """Whether the record exists no more."""
        return self.kind in ("deleted", "merged")


class RowTeller:
    """
    Decides for each row of a window whether and as what it is told.

    `seen`: Id → fingerprint of what was told with a stamp inside the window. `horizon_ms`: a record created after it
    may never have been told; `told_since` tells which were (Id → fingerprint), and is asked only when that is in doubt.
    """

    def __init__(
        self,
        plan: PullPlan,
        window: Window,
        seen: dict[str, bytes],
        horizon_ms: int,
        told_since: Callable[[], Mapping[str, bytes]],
    ) -> None:
        self._plan, self._window, self._seen = plan, window, seen
        self._horizon_ms, self._told_since = horizon_ms, told_since
        self._told: Mapping[str, bytes] | None = None
        self._gone: set[str] = set()

    def told(self, rows: Sequence[Row], links: Mapping[str, LinkedRecord]) -> Iterator[ToldRow]:
        """Yield what there is to remember of these rows, in their order; rows told before are left out."""
        for index, row in enumerate(rows):
            mark = self._plan.fingerprint(row)
            if self._seen.get(row["Id"]) != mark:
                yield self._one(index, row, mark, links.get(row["Id"]))

    def vanished(self, index: int, record_id: str, at_ms: int) -> ToldRow:
        """Return what to tell of a record that is gone without a row."""
        self._gone.add(record_id)
        stamp = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        row = {"Id": record_id, "SystemModstamp": stamp, "IsDeleted": True}
        return ToldRow(index, record_id, b"", at_ms, "deleted", self._text(row, "deleted", None))

    def is_gone(self, record_id: str) -> bool:
        """Tell whether this run told that the record exists no more."""
        return record_id in self._gone

    def _one(self, index: int, row: Row, mark: bytes, link: LinkedRecord | None) -> ToldRow:
        record_id, stamp = row["Id"], stamp_ms(row["SystemModstamp"])
        created = stamp_ms(row["CreatedDate"]) > self._horizon_ms
        kind = kind_of(row, created, created and self._was_told(record_id, stamp))
        if stamp > self._window.recent_ms or not self._window.is_first_import:
            self._seen[record_id] = mark
        if kind in ("deleted", "merged"):
            self._gone.add(record_id)
        text = "" if link and self._is_echo(row, kind, link) else self._text(row, kind, link)
        return ToldRow(index, record_id, mark, stamp, kind, text)

    def _was_told(self, record_id: str, stamp: int) -> bool:
        if record_id in self._seen:
            return True
        if self._window.is_first_import and stamp <= self._window.recent_ms:
            return False  # in keyset order each record comes once; only one that surfaces late can come again
        if self._told is None:
            self._told = self._told_since()
        return record_id in self._told

    def _text(self, row: Row, kind: str, link: LinkedRecord | None) -> str:
        return record_text(self._plan.record(row, kind, link.key if link else None))  # type: ignore[arg-type]

    def _is_echo(self, row: Row, kind: str, link: LinkedRecord) -> bool:
        """A record whose mapped fields all equal what Causeway wrote last tells the product nothing new."""
        if kind in ("deleted", "merged", "converted") or not self._plan.values:
            return False
        return link.is_echo({path: getter(row) for _, path, getter in self._plan.values})
