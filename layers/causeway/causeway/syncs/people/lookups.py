"""Lookups of one sObject by field values, split so that each fits a statement. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from causeway.salesforce.calls import Lookup

MAX_VALUES = 3_000  # per lookup: an Id and an email of one person find one row, and a page of the answer holds 2,000
MAX_TEXT = 90_000  # characters of the values in one lookup; one SOQL statement may have 100,000


def lookups(
    sobject: str, fields: tuple[str, ...], criteria: Mapping[str, Iterable[Any]], via: str = ""
) -> Iterator[Lookup]:
    """Yield lookups of one sObject, split so that each fits a statement and mostly one page."""
    values = [(name, value) for name, found in criteria.items() for value in sorted(set(found))]
    chunk: list[tuple[str, Any]] = []
    used = 0
    for name, value in values:
        size = _size(value)
        if chunk and (len(chunk) >= MAX_VALUES or used + size > MAX_TEXT):
            yield _lookup(sobject, fields, chunk, via)
            chunk, used = [], 0
        chunk.append((name, value))
        used += size
    if chunk:
        yield _lookup(sobject, fields, chunk, via)


def _size(value: Any) -> int:
    """Return about how many characters a value takes in a statement; quotes, backslashes and `@{` are escaped there."""
    text = str(value)
    return len(text) + sum(text.count(letter) for letter in "'\"\\") + 5 * text.count("@{") + 8


def _lookup(sobject: str, fields: tuple[str, ...], chunk: list[tuple[str, Any]], via: str) -> Lookup:
    by_field: dict[str, list[Any]] = {}
    for name, value in chunk:
        by_field.setdefault(name, []).append(value)
    return Lookup(sobject, fields, tuple((name, tuple(found)) for name, found in by_field.items()), via)
