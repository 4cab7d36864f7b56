"""Reads the JSON of a message and marks what no queue, table or org can store. Pure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

BYTE_ORDER_MARK = "\ufeff"  # begins files that some programs write
FLOAT_DIGITS = 16  # a decimal number with more characters may have digits that a float does not keep
MAX_DIGITS = 4_300  # of a whole number; Python reads no longer one

# Half of a surrogate pair and two code points that are no characters: no queue, table or org stores them. A message is
# searched for them only when its text contains the hint.
_HINT = re.compile(r"\\u(?:[dD][89a-fA-F]|[fF]{3}[eEfF])")
_LONG_AMOUNT = re.compile(r"-?[1-9]\d{9,}\.\d+")  # kept as its text: its last digits are cents
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
LEFT_OUT = "\x00"  # replaces such a character: fields lose it with a warning, and no key may contain it


@dataclass(frozen=True, slots=True)
class _NoNumber:
    """Replaces a number that cannot be stored, such as 1e999 or NaN."""

    text: str
    why: str


class _RepeatedKey(dict[str, Any]):
    """An object in which a key stands twice, so that it is unknown which of its values is meant."""

    def __init__(self, name: str, found: dict[str, Any]) -> None:
        super().__init__(found)
        self.name = name


class Unstorable(ValueError):
    """A change that cannot be stored."""


class MessageJson:
    """Reads a message, and knows whether all its numbers can be stored and no key stands twice in an object."""

    def __init__(self, body: str) -> None:
        self._body = body
        self.is_whole = True

    def load(self) -> Any:
        """
        Return what the message holds, characters that are none marked; raise ValueError when it is no JSON.

        A byte order mark before it is passed over. A decimal number that a float would round is kept as its text.
        """
        raw = json.loads(
            self._body.removeprefix(BYTE_ORDER_MARK),
            parse_float=self._float,
            parse_int=self._int,
            parse_constant=self._constant,
            object_pairs_hook=self._object,
        )
        return _storable(raw) if _HINT.search(self._body) else raw

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self.is_whole = False
            names = [name for name, _ in pairs]
            return _RepeatedKey(next(name for name in names if names.count(name) > 1), found)
        return found

    def _float(self, text: str) -> float | str | _NoNumber:
        number = float(text)
        if not math.isfinite(number):
            return self._none(text, "a number is too large")
        return text if len(text) > FLOAT_DIGITS and _LONG_AMOUNT.fullmatch(text) else number

    def _int(self, text: str) -> int | _NoNumber:
        return int(text) if len(text) <= MAX_DIGITS else self._none(text, "a number is too large")

    def _constant(self, text: str) -> _NoNumber:
        return self._none(text, "NaN and Infinity are no JSON numbers")

    def _none(self, text: str, why: str) -> _NoNumber:
        self.is_whole = False
        return _NoNumber(text, why)


def refuse_faults(value: Any) -> None:
    """Raise Unstorable when a number in a change cannot be stored, or a key stands twice in an object."""
    refuse_repeated(value)
    if isinstance(value, _NoNumber):
        raise Unstorable(value.why)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        refuse_faults(item)


def refuse_repeated(value: Any) -> None:
    """Raise Unstorable when a key stands twice in this very object."""
    if isinstance(value, _RepeatedKey):
        raise Unstorable(f"the key '{value.name[:80]}' stands twice in one object")


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
