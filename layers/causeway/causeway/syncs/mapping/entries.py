"""Entries added to a text area by the rule `append`: a dated paragraph for each change, below what is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from causeway.salesforce.values.texts import cut_to, salesforce_length, stored_lines

SEPARATOR = "\n\n"
MIN_ROOM = 80  # an entry of which less would be left is not added at all
MIN_CUT = 60  # what is left of a cut entry once the white space at its end is gone
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Appended:
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


def entries_of(text: str) -> list[str]:
    """Return the paragraphs of a text."""
    return text.split(SEPARATOR) if text else []


def appended(current: str, entries: Sequence[str], limit: int, is_written: Callable[[str], bool] = _none) -> Appended:
    """
    Return `current` with the entries that it does not hold and that were not written before, within `limit` (0: no limit).

    What people wrote is never dropped: the oldest of our entries make room, as far as each is there unchanged.
    """
    kept = entries_of(stored_lines(current))
    fresh = [entry for entry in dict.fromkeys(entries) if not is_written(entry) and not _holds(kept, entry)]
    if not fresh:
        return Appended(None)
    ours = [each for each in kept if is_written(each)] + fresh[:-1]
    everything, dropped = [*kept, *fresh], 0
    while ours and not _fits(everything, limit):
        everything.remove(ours.pop(0))
        dropped += 1
    if _fits(everything, limit):
        return Appended(SEPARATOR.join(everything), dropped)
    return _cut(everything, limit, dropped)


def _holds(paragraphs: Sequence[str], entry: str) -> bool:
    """Return whether an entry is there, whole or cut."""
    return any(each == entry or (len(each) >= MIN_CUT and entry.startswith(each)) for each in paragraphs)


def _fits(paragraphs: Sequence[str], limit: int) -> bool:
    return not limit or salesforce_length(SEPARATOR.join(paragraphs), textarea=True) <= limit


def _cut(paragraphs: Sequence[str], limit: int, dropped: int) -> Appended:
    """Cut the newest entry to the room that is left; without room nothing is added."""
    before = SEPARATOR.join(paragraphs[:-1])
    room = limit - (salesforce_length(before + SEPARATOR, textarea=True) if before else 0)
    if room < min(MIN_ROOM, limit):
        return Appended(None, is_full=True)
    cut = cut_to(paragraphs[-1], room, textarea=True)
    return Appended(SEPARATOR.join([*paragraphs[:-1], cut]), dropped, is_cut=True)
