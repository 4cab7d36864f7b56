"""The records of one page as text: plain, or with the data that people share written once (docs/pull.md). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from causeway.pull.pages.texts import record_text
from causeway.syncs.people.person_data import person_data

PLAIN, SHARED = 1, 2  # versions of the message
REFERENCE_BYTES = len(',"data":99999')
_OWN_ID = {"Lead": "salesforce_lead_id", "Contact": "salesforce_contact_id"}
_IDS = tuple(_OWN_ID.values())
_LEFT_OUT_WHEN_EMPTY = ("key", "signals", "merged_into", "converted")
SHARED_NAMES = tuple(name for name in person_data(None, None, None, None) if name not in _IDS)
_shared_values = itemgetter(*SHARED_NAMES)
MAX_KNOWN = 1_000  # many people share an account and an owner


class RecordText(NamedTuple):
    """One record as JSON; in a page of shared data without what others have too, which is `shared`, empty for none."""

    json: bytes
    shared: bytes = b""


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
    known: dict[tuple[Any, ...], bytes] = {}

    def shared_of(data: Mapping[str, Any]) -> bytes:
        values = _shared_values(data)
        found = known.get(values)
        if found is None:
            if len(known) >= MAX_KNOWN:
                known.clear()
            found = known[values] = record_text(dict(zip(SHARED_NAMES, values, strict=True)))
        return found

    def written(record: Mapping[str, Any]) -> RecordText:
        record_id, data = record["salesforce_id"], record["data"]
        short = {
            "kind": record["kind"],
            "salesforce_id": record_id,
            "system_modstamp": record["system_modstamp"],
            "values": record["values"],
        }
        for name in _LEFT_OUT_WHEN_EMPTY:
            if record[name]:
                short[name] = record[name]
        if not data:
            return RecordText(record_text(short))
        for name in _IDS:
            if data[name] != (record_id if name == own else None):
                short[name] = data[name]
        return RecordText(record_text(short), shared_of(data))

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

    def add(self, record: RecordText, growth: int) -> None:
        """Take a record in that lengthens the page by so much; an empty one brings the product nothing."""
        self.size += growth
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
