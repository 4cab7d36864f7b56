"""Reads the JSON of a message and marks what no queue, table or org can store. Pure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

MAX_DIGITS = 4_300  # of a whole number; Python reads no longer one

# Half of a surrogate pair and two code points that are no characters: no queue, table or org stores them. A message is
# searched for them only when its text contains the hint.
_HINT = re.compile(r"\\u(?:[dD][89a-fA-F]|[fF]{3}[eEfF])")
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
LEFT_OUT = "\x00"  # replaces such a character: fields lose it with a warning, and no key may contain it


@dataclass(frozen=True, slots=True)
class _NoNumber:
    """Replaces a number that cannot be stored, such as 1e999 or NaN."""

    text: str
    why: str


class Unstorable(ValueError):
    """A change that cannot be stored."""


class MessageJson:
    """Reads a message, and knows whether all its numbers can be stored."""

    def __init__(self, body: str) -> None:
        self._body = body
        self.has_good_numbers = True

    def load(self) -> Any:
        """Return what the message holds, characters that are none marked; raise ValueError when it is no JSON."""
        raw = json.loads(self._body, parse_float=self._float, parse_int=self._int, parse_constant=self._constant)
        return _storable(raw) if _HINT.search(self._body) else raw

    def _float(self, text: str) -> float | _NoNumber:
        number = float(text)
        return number if math.isfinite(number) else self._none(text, "a number is too large")

    def _int(self, text: str) -> int | _NoNumber:
        return int(text) if len(text) <= MAX_DIGITS else self._none(text, "a number is too large")

    def _constant(self, text: str) -> _NoNumber:
        return self._none(text, "NaN and Infinity are no JSON numbers")

    def _none(self, text: str, why: str) -> _NoNumber:
        self.has_good_numbers = False
        return _NoNumber(text, why)


def refuse_numbers(value: Any) -> None:
    """Raise Unstorable when a number in a change cannot be stored."""
    if isinstance(value, _NoNumber):
        raise Unstorable(value.why)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        refuse_numbers(item)


def _storable(value: Any) -> Any:
    """Return a JSON value in which every text can be stored."""
    if isinstance(value, str):
        return _NO_TEXT.sub(LEFT_OUT, value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def as_sent(value: _NoNumber) -> str:
    """Return the text of a number that cannot be stored."""
    return value.text
