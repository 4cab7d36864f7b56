"""Text as Salesforce counts, trims and stores it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

TEXTAREA_NEWLINE_UNITS = 2  # Salesforce counts a line break in a text area as CR LF

_UNSEEN = r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
INVISIBLE = re.compile(
    f"[{_UNSEEN}]"
)  # characters that show nothing: joiners, marks of direction, variation selectors, fillers
_NOTHING_SEEN = re.compile(rf"[\s{_UNSEEN}]*")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def is_blank(value: Any) -> bool:
    """Return whether a value is empty: null, a text that shows nothing, or an empty list or object. 0 and false are values."""
    if isinstance(value, str):
        return _NOTHING_SEEN.fullmatch(value) is not None
    return value is None or (isinstance(value, (list, dict, tuple)) and not value)


def text_of(value: Any) -> str | None:
    """Return a scalar as text (true, 5, 2.5), None for lists, objects and numbers that are none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return None


def composed(text: str) -> str:
    """Return a text in Unicode's composed form (NFC): a letter and its accent as one character, however they were typed."""
    return text if text.isascii() else normalize("NFC", text)


def salesforce_length(text: str, *, textarea: bool) -> int:
    """Return the length as Salesforce counts it: UTF-16 code units, a line break in a text area as two."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + text.count("\n") * (TEXTAREA_NEWLINE_UNITS - 1) if textarea else units


def cut_to(text: str, limit: int, *, textarea: bool) -> str:
    """Return the longest beginning of `text` that fits `limit`, without the white space that Salesforce would trim."""
    return cut_by(text, limit, lambda part: salesforce_length(part, textarea=textarea))


def cut_by(text: str, limit: int, measure: Callable[[str], int]) -> str:
    """Return the longest beginning of `text` whose measure, which grows with every character, is at most `limit`; its end trimmed."""
    if measure(text) <= limit:
        return text
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip()


def storable(text: str) -> tuple[str, bool]:
    """Return the text composed, trimmed, with LF line breaks and without what Salesforce cannot store; and whether it lost any."""
    text = composed(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNSTORABLE.search(text):
        return _UNSTORABLE.sub("", text).strip(), True
    return text.strip(), False


def stored_lines(text: str) -> str:
    """Return a text in the form in which equal stored texts are equal."""
    text = composed(text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() if "\r" in text else text.strip()
