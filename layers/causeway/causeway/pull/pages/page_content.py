"""The records of one page as text: plain, or with the data that people share written once (docs/pull.md). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from causeway.pull.pages.texts import record_text

PLAIN, SHARED = 1, 2  # versions of the message
REFERENCE_BYTES = len(',"data":99999')
_OWN_ID = {"Lead": "salesforce_lead_id", "Contact": "salesforce_contact_id"}
_LEFT_OUT_WHEN_EMPTY = ("key", "signals", "merged_into", "converted")


class RecordText(NamedTuple):
    """One record as JSON; in a page of shared data without what others have too, which is `shared`, empty for none."""

    json: bytes
    shared: bytes = b""

    @property
    def length(self) -> int:
        """Return how many bytes the record has, what it shares included."""
        return len(self.json) + len(self.shared)


NO_TEXT = RecordText(b"")


type RecordForm = Callable[[Mapping[str, Any]], RecordText]
"""Writes a record as the product receives it (docs/pull.md) in one version of the message."""


def form_of(version: int, sobject: str) -> RecordForm:
    """Return how records of an sObject are written in a version of the message."""
    return _shared_form(_OWN_ID.get(sobject)) if version == SHARED else _plain


def _plain(record: Mapping[str, Any]) -> RecordText:
    return RecordText(record_text(record))


def _shared_form(own: str | None) -> RecordForm:
    """
    Return the form that leaves out what is empty, and takes apart what many people have alike: account and owner.

    A person's own Id is the record's; only another one is written, such as that of the contact that a lead's address found.
    """

    def written(record: Mapping[str, Any]) -> RecordText:
        short = {name: record[name] for name in ("kind", "salesforce_id", "system_modstamp", "values")}
        short |= {name: record[name] for name in _LEFT_OUT_WHEN_EMPTY if record[name]}
        if not record["data"]:
            return RecordText(record_text(short))
        shared = dict(record["data"])
        for name in _OWN_ID.values():
            person = shared.pop(name, None)
            if person != (record["salesforce_id"] if name == own else None):
                short[name] = person
        return RecordText(record_text(short), record_text(shared))

    return written


class PageContent:
    """What was collected for one page; `size` is its length in bytes without the head."""

    def __init__(self) -> None:
        self.size = 0
        self._records: list[bytes] = []
        self._shared: dict[bytes, int] = {}

    def growth(self, record: RecordText) -> int:
        """Return by how many bytes a record would lengthen the page."""
        text, shared = record
        if not text:
            return 0
        if not shared:
            return len(text) + 1
        return len(text) + 1 + REFERENCE_BYTES + (0 if shared in self._shared else len(shared) + 1)

    def add(self, record: RecordText) -> None:
        """Take a record in; an empty one brings the product nothing."""
        self.size += self.growth(record)
        text, shared = record
        if text and shared:
            place = self._shared.setdefault(shared, len(self._shared))
            text = b'%b,"data":%d}' % (text[:-1], place)
        if text:
            self._records.append(text)

    @property
    def records(self) -> Sequence[bytes]:
        """Return the records in their order."""
        return self._records

    @property
    def shared(self) -> Sequence[bytes]:
        """Return the data that records name by its place."""
        return list(self._shared)
