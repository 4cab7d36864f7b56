"""One version of a record as a pull reads it, and what is remembered of it once it was dealt with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from causeway.pull.jobs import LinkedRecord, Row
from causeway.pull.pages.fingerprints import as_own_write
from causeway.pull.pages.kinds import Kind
from causeway.pull.pages.page_content import NO_TEXT, RecordText
from causeway.syncs.signals import Look

GONE = ("deleted", "merged", "left_rule")
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class PublishedRow:
    """
    One row that was dealt with.

    `index`: its place among the rows given. `text`: its record, empty when it brings the product nothing new.
    `synced`: what both sides of a bidirectional sync have with it (column → fingerprint). `looks`: what its signals saw.
    """

    index: int
    record_id: str
    fingerprint: bytes
    stamp_ms: int
    kind: str
    text: RecordText
    synced: Mapping[str, str] = NOTHING
    looks: tuple[Look, ...] = ()
    key: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the record no longer exists."""
        return self.kind in GONE


@dataclass(slots=True)
class RowVersion:
    """
    A row as it was read: `content` are its values in the order of the plan's columns; `link` is what pushes know of it;
    `from_sweep`: it was found by reading the whole rule.
    """

    index: int
    record_id: str
    row: Row
    content: Sequence[Any]
    fingerprint: bytes
    stamp_ms: int
    kind: Kind
    link: LinkedRecord | None
    from_sweep: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether the record exists and is no converted lead."""
        return self.kind in ("created", "updated")

    def published(self, text: RecordText, synced: Mapping[str, str] = NOTHING) -> PublishedRow:
        """Return this version as one that the product receives as `text`."""
        return PublishedRow(self.index, self.record_id, self.fingerprint, self.stamp_ms, self.kind, text, synced)

    def without_news(self) -> PublishedRow:
        """Return this version as one that brings the product nothing new."""
        fingerprint = as_own_write(self.fingerprint)
        return PublishedRow(self.index, self.record_id, fingerprint, self.stamp_ms, self.kind, NO_TEXT)
