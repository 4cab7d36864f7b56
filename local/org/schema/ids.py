"""Salesforce Ids: 15 case-sensitive characters, or 18 with a checksum of the letters' case. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
PREFIX_LENGTH = 3
COUNTER_LENGTH = 8
MASTER_RECORD_TYPE_ID = "012000000000000AAA"
_ID = re.compile(r"[0-9A-Za-z]{15}([0-9A-Za-z]{3})?")


def checksum(short: str) -> str:
    """Return the three characters that make a 15-character Id case-safe: one bit per capital, lowest first."""
    groups = (short[0:5], short[5:10], short[10:15])
    return "".join(CHECKSUM_ALPHABET[sum(1 << bit for bit, c in enumerate(g) if "A" <= c <= "Z")] for g in groups)


def to18(short: str) -> str:
    """Return the 18-character form of a 15-character Id."""
    return short + checksum(short)


@lru_cache(maxsize=65536)
def normalized(value: str) -> str | None:
    """Return the 18-character form of an Id in either length, or None when it is not one (or its checksum is wrong)."""
    if not _ID.fullmatch(value):
        return None
    if len(value) == 15:
        return to18(value)
    return _with_case_restored(value)


def _with_case_restored(value: str) -> str | None:
    """Return an 18-character Id in its true case, restored from its checksum whatever case the caller used."""
    short, suffix = value[:15], value[15:].upper()
    if to18(short) == short + suffix:
        return short + suffix
    restored = ""
    for index, letter in enumerate(short):
        bits = CHECKSUM_ALPHABET.find(suffix[index // 5])
        restored += letter.upper() if bits >> (index % 5) & 1 else letter.lower()
    return to18(restored) if checksum(restored) == suffix else None


class IdFactory:
    """Creates Ids in ascending order, one counter per key prefix; `instance` is the org's own four characters."""

    def __init__(self, instance: str) -> None:
        if len(instance) != 15 - PREFIX_LENGTH - COUNTER_LENGTH or not instance.isalnum():
            raise ValueError(f"the org's part of an Id is four letters or digits, not {instance!r}")
        self._instance = instance
        self._last: dict[str, int] = {}

    def next(self, key_prefix: str) -> str:
        """Return the next 18-character Id of the prefix."""
        number = self._last.get(key_prefix, 0) + 1
        self._last[key_prefix] = number
        return to18(key_prefix + self._instance + _base62(number))


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = ALPHABET[rest] + digits
    return digits.rjust(COUNTER_LENGTH, "0")
