"""A conversation as text for a Salesforce field: one line per message, oldest first, fitted to the field's length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from causeway.contract.changes import Utterance
from causeway.salesforce.values.text_fields import Measure
from causeway.salesforce.values.texts import cut_by, is_blank, salesforce_length, storable

_LINE = re.compile(r"\[\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC\] \S.*", re.ASCII)
_DROPPED = re.compile(r"\((\d+) earlier messages? left out to fit\)", re.ASCII)
_MOMENT = len("[2026-11-20 10:00 UTC]")
MIN_PART = 200  # a message of which less would fit is left out whole
CUT_MARK = " …"


class Transcript(NamedTuple):
    """The fitted text, how many of the oldest messages it leaves out, and whether a message that it holds was cut."""

    text: str
    dropped: int
    is_cut: bool = False


def conversation_text(
    utterances: Iterable[Utterance], limit: int, *, textarea: bool = True, measure: Measure | None = None
) -> Transcript:
    """
    Return the transcript within `limit` (Salesforce's count, or what `measure` counts; 0 = no limit), dropping the oldest messages first.

    The first line then says how many are missing. A newest message that alone is too long is cut, and so is an older one for which
    much room is left. Blank messages have no line.
    """
    ordered = sorted(utterances, key=lambda item: item.at_ms)
    lines = [line for item in ordered if (line := _line(item))]
    return _fitted(lines, 0, limit, measure or (lambda text: salesforce_length(text, textarea=textarea)))


def fitted_transcript(text: str, limit: int, measure: Measure) -> Transcript:
    """Return a transcript that Causeway wrote within a smaller limit, or by a stricter measure."""
    dropped, lines = _parts(text)
    return _fitted(lines, dropped, limit, measure)


def continued_transcript(current: str, newer: str, limit: int, measure: Measure) -> Transcript:
    """
    Return the newer transcript with the messages of the current one that come before it, as many of the newest as fit.

    A transcript that begins as early as the current one, or that left out messages itself, takes its place.
    """
    dropped, lines = _parts(newer)
    before, earlier = _parts(current)
    if dropped or not lines:
        return Transcript(newer, dropped)
    kept = _earlier_than(lines, earlier)
    return _fitted([*kept, *lines], before if kept or not earlier else 0, limit, measure)


def _earlier_than(newer: list[str], current: list[str]) -> list[str]:
    """
    Return the messages of the current transcript that a newer one continues: those before its first message.

    Lines carry the minute. Within the first minute the place of a repeated message decides; without one, all come before.
    """
    place = next((index for index, line in enumerate(current) if _is_part(line, newer[0])), None)
    if place is not None:
        return current[:place]
    first = newer[0][:_MOMENT]
    repeats = any(_is_part(known, line) for known in current for line in newer)
    return [line for line in current if line[:_MOMENT] < first or (line[:_MOMENT] == first and not repeats)]


def _parts(text: str) -> tuple[int, list[str]]:
    """Return how many messages a transcript says it leaves out, and its lines."""
    first, *others = lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    note = _DROPPED.fullmatch(first)
    return (int(note[1]), others) if note else (0, [line for line in lines if line])


def _fitted(lines: list[str], dropped_before: int, limit: int, measure: Measure) -> Transcript:
    """Return the lines within the limit; `dropped_before` messages are missing already."""
    kept = _newest_that_fit(lines, dropped_before, limit, measure) if limit else lines
    dropped = dropped_before + len(lines) - len(kept)
    text = "\n".join([_note(dropped), *kept] if dropped else kept)
    fitted = cut_by(text, limit, measure) if limit else text
    return Transcript(fitted, dropped, is_cut=fitted != text or (bool(kept) and kept[0] not in lines))


def _line(item: Utterance) -> str:
    text, _ = storable(" ".join(item.text.split()))
    speaker, _ = storable(" ".join(item.speaker.split()))
    at = datetime.fromtimestamp(item.at_ms // 1000, UTC)
    return f"[{at:%Y-%m-%d %H:%M} UTC] {speaker or 'unknown'}: {text}" if text else ""


def _note(dropped: int) -> str:
    return f"({dropped} earlier message{'' if dropped == 1 else 's'} left out to fit)"


def _newest_that_fit(lines: list[str], dropped_before: int, limit: int, measure: Measure) -> list[str]:
    """
    Return the longest tail of `lines` that fits together with its note, at least the newest line.

    Where much room is left, the beginning of the message before them fills it: an over-long message would leave next to nothing.
    """
    sizes = [measure(line + "\n") for line in lines]
    newline = measure("\n")
    noted = measure(_note(dropped_before) + "\n") if dropped_before else 0
    if noted + sum(sizes) - newline <= limit:
        return lines
    room = limit - measure(_note(dropped_before + len(lines)))
    start = len(lines)
    while start and room >= sizes[start - 1]:
        start -= 1
        room -= sizes[start]
    if start == len(lines):
        return lines[-1:]
    return [*_beginning(lines[start - 1], room - newline, measure), *lines[start:]] if start else lines


def _beginning(line: str, room: int, measure: Measure) -> list[str]:
    """Return as much of a message as fits, marked as cut; nothing where only little would fit."""
    if room < MIN_PART:
        return []
    return [cut_by(line.removesuffix(CUT_MARK), room - measure(CUT_MARK), measure) + CUT_MARK]


def _is_part(known: str, line: str) -> bool:
    """Return whether a line of a field is this line, whole or cut."""
    return line.startswith(known.removesuffix(CUT_MARK))


def is_causeways_text(current: object) -> bool:
    """
    Return whether a field's text is empty or a transcript that Causeway wrote.

    Every line must look like one of ours: a note that a person added below makes the whole text theirs.
    """
    if is_blank(current):
        return True
    first, *others = str(current).replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return bool(_LINE.fullmatch(first) or (_DROPPED.fullmatch(first) and others)) and all(map(_LINE.fullmatch, others))
