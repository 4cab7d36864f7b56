"""A conversation as text for a Salesforce field: one line per message, oldest first, fitted to the field's length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from causeway.contract.changes import Utterance
from causeway.salesforce.values.texts import cut_to, is_blank, salesforce_length, storable

_LINE = re.compile(r"\[\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC\] \S.*", re.ASCII)
_DROPPED = re.compile(r"\(\d+ earlier messages? left out to fit\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The fitted text, and how many of the oldest messages it leaves out."""

    text: str
    dropped: int


def conversation_text(utterances: Iterable[Utterance], limit: int, *, textarea: bool = True) -> Transcript:
    """
    Return the transcript within `limit` (Salesforce's count; 0 = no limit), dropping the oldest messages first.

    The first line then says how many are missing. A newest message that alone is too long is cut. Blank messages have no line.
    """
    ordered = sorted(utterances, key=lambda item: item.at_ms)
    lines = [line for item in ordered if (line := _line(item))]
    kept = _newest_that_fit(lines, limit, textarea=textarea) if limit else lines
    dropped = len(lines) - len(kept)
    text = "\n".join([_note(dropped), *kept] if dropped else kept)
    return Transcript(cut_to(text, limit, textarea=textarea) if limit else text, dropped)


def _line(item: Utterance) -> str:
    text, _ = storable(" ".join(item.text.split()))
    speaker, _ = storable(" ".join(item.speaker.split()))
    at = datetime.fromtimestamp(item.at_ms // 1000, UTC)
    return f"[{at:%Y-%m-%d %H:%M} UTC] {speaker or 'unknown'}: {text}" if text else ""


def _note(dropped: int) -> str:
    return f"({dropped} earlier message{'' if dropped == 1 else 's'} left out to fit)"


def _newest_that_fit(lines: list[str], limit: int, *, textarea: bool) -> list[str]:
    """Return the longest tail of `lines` that fits together with its note, at least the newest line."""
    sizes = [salesforce_length(line + "\n", textarea=textarea) for line in lines]
    newline = salesforce_length("\n", textarea=textarea)
    if sum(sizes) - newline <= limit:
        return lines
    room = limit - len(_note(len(lines)))
    start = len(lines)
    while start and room >= sizes[start - 1]:
        start -= 1
        room -= sizes[start]
    return lines[start:] if start < len(lines) else lines[-1:]


def is_causeways_text(current: object) -> bool:
    """
    Return whether a field's text is empty or a transcript that Causeway wrote.

    Every line must look like one of ours: a note that a person added below makes the whole text theirs.
    """
    if is_blank(current):
        return True
    first, *others = str(current).replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return bool(_LINE.fullmatch(first) or (_DROPPED.fullmatch(first) and others)) and all(map(_LINE.fullmatch, others))
