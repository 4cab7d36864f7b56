"""Entries added to a text area by the rule `append`: a dated paragraph for each change, below what is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.rich_texts import LINE_BREAK, is_rich
from causeway.salesforce.values.text_fields import measure_of, sent_text, shown_text, stored_length
from causeway.salesforce.values.texts import cut_by, stored_lines

MIN_ROOM = 80  # an entry of which less would be left is not added at all
MIN_CUT = 60  # what is left of a cut entry once the white space at its end is gone
_BLANK_LINES = re.compile(r"\n\s*\n")


class Appended(NamedTuple):
    """
    The text with its new entries; None: they are there already, or there is no room for them.

    `dropped` is how many of the oldest entries made room, `is_cut` whether the newest one lost its end.
    """

    text: str | None
    dropped: int = 0
    is_cut: bool = False
    is_full: bool = False


def _none(entry: str) -> bool:
    return False


def entry_text(text: str, at_ms: int) -> str:
    """Return the entry of a change: its moment and its text as one paragraph, the same whenever the change comes again."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"[{at:%Y-%m-%d %H:%M:%S} UTC] {_BLANK_LINES.sub(chr(10), text)}"


def entries_of(field: FieldDescribe, text: str) -> list[str]:
    """Return the paragraphs of what a field holds."""
    return text.split(_separator(field)) if text else []


def joined_entries(field: FieldDescribe, entries: Iterable[str]) -> str:
    """Return entries one below the other."""
    return _separator(field).join(entries)


def appended(
    field: FieldDescribe, current: str, entries: Sequence[str], is_written: Callable[[str], bool] = _none
) -> Appended:
    """
    Return `current` with the entries that it does not hold and that were not written before, within the field's length.

    What people wrote is never dropped: the oldest of our entries make room, as far as each is there unchanged. In rich text areas
    all of this is HTML.
    """
    kept = entries_of(field, stored_lines(current))
    shown = [shown_text(field, each) for each in kept]
    fresh = [
        each for each in dict.fromkeys(entries) if not is_written(each) and not _holds(shown, shown_text(field, each))
    ]
    if not fresh:
        return Appended(None)
    ours = [each for each in kept if is_written(each)] + fresh[:-1]
    everything, dropped = [*kept, *fresh], 0
    while ours and not _fits(field, everything):
        everything.remove(ours.pop(0))
        dropped += 1
    if _fits(field, everything):
        return Appended(joined_entries(field, everything), dropped)
    return _cut(field, everything, dropped)


def _separator(field: FieldDescribe) -> str:
    return LINE_BREAK * 2 if is_rich(field) else "\n\n"


def _holds(paragraphs: Sequence[str], entry: str) -> bool:
    """Return whether an entry is there, whole or cut."""
    return any(each == entry or (len(each) >= MIN_CUT and entry.startswith(each)) for each in paragraphs)


def _fits(field: FieldDescribe, paragraphs: Sequence[str]) -> bool:
    return not field.length or stored_length(field)(joined_entries(field, paragraphs)) <= field.length


def _cut(field: FieldDescribe, paragraphs: Sequence[str], dropped: int) -> Appended:
    """Cut the newest entry to the room that is left; without room nothing is added."""
    before = [*paragraphs[:-1], ""]
    room = field.length - stored_length(field)(joined_entries(field, before))
    if room < min(MIN_ROOM, field.length):
        return Appended(None, is_full=True)
    cut = cut_by(shown_text(field, paragraphs[-1]), room, measure_of(field))
    return Appended(joined_entries(field, [*paragraphs[:-1], sent_text(field, cut)]), dropped, is_cut=True)
