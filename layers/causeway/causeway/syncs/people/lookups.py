"""
Lookups of one sObject by field values, split so that each asks for one field's values and fits a statement. Pure.

An OR over two fields needs an index on each, and the optimizer gives it up where their rows are too many together; one field
alone is led by its own index (Best Practices for Deployments with Large Data Volumes, query optimizer; confidence B).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from causeway.salesforce.calls import Lookup

MAX_VALUES = 3_000  # per lookup: an Id and an email of one person find one row, and a page of the answer holds 2,000
MAX_TEXT = 90_000  # characters of the values in one lookup; one SOQL statement may have 100,000

type Values = tuple[tuple[str, Any], ...]
"""What several fields of one record hold: (field, value)."""


class _Item(NamedTuple):
    """One value to look for in a field, and what else the record must hold."""

    field: str
    value: Any
    more: Values = ()

    def shares_fields(self, other: _Item) -> bool:
        """Return whether both are filtered by the same fields: a statement asks for the values of the same ones throughout."""
        if not self.more and not other.more:
            return self.field == other.field
        return self.names() == other.names()

    def names(self) -> set[str]:
        """Return the names of these fields."""
        return {self.field, *(name for name, _ in self.more)}


def lookups(
    sobject: str,
    fields: tuple[str, ...],
    criteria: Mapping[str, Iterable[Any]],
    together: Iterable[Values] = (),
) -> Iterator[Lookup]:
    """
    Yield lookups of one sObject: one for each field, or set of fields together, and so many that each fits a statement.

    A record is found by any value of `criteria`, or by all the values of one of `together`.
    """
    single = (_Item(name, value) for name, found in criteria.items() for value in sorted(set(found)))
    chunk: list[_Item] = []
    used = 0
    for item in chain(single, _items_together(together)):
        size = _size(item, chunk[-1] if chunk else None)
        if chunk and (not chunk[-1].shares_fields(item) or len(chunk) >= MAX_VALUES or used + size > MAX_TEXT):
            yield _lookup(sobject, fields, chunk)
            chunk, used, size = [], 0, _size(item, None)
        chunk.append(item)
        used += size
    if chunk:
        yield _lookup(sobject, fields, chunk)


def _items_together(together: Iterable[Values]) -> Iterator[_Item]:
    """Yield several values of one record as one value and what the record must hold, too: the field with the most values is listed."""
    by_fields: dict[tuple[str, ...], set[tuple[Any, ...]]] = {}
    for values in together:
        by_fields.setdefault(tuple(name for name, _ in values), set()).add(tuple(value for _, value in values))
    for names, found in sorted(by_fields.items()):
        listed = max(range(len(names)), key=lambda place: len({values[place] for values in found}))
        items = [_item(names, values, listed) for values in found]
        yield from sorted(items, key=lambda item: (item.more, item.value))


def _item(names: Sequence[str], values: Sequence[Any], listed: int) -> _Item:
    more = tuple(
        (name, value) for place, (name, value) in enumerate(zip(names, values, strict=True)) if place != listed
    )
    return _Item(names[listed], values[listed], more)


def _size(item: _Item, before: _Item | None) -> int:
    """Return about how many characters a value adds to a statement in which another one comes before it."""
    is_listed = before is not None and (before.field, before.more) == (item.field, item.more)
    own = _length(item.value)
    return own if is_listed else own + sum(len(name) + _length(value) + 8 for name, value in item.more)


def _length(value: Any) -> int:
    """Return about how many characters a value takes in a statement; quotes, backslashes and `@{` are escaped there."""
    text = str(value)
    escaped = text.count("'") + text.count('"') + text.count("\\")
    return len(text) + escaped + 5 * text.count("@{") + 8


def _lookup(sobject: str, fields: tuple[str, ...], chunk: list[_Item]) -> Lookup:
    listed: dict[tuple[str, Values], list[Any]] = {}
    for item in chunk:
        listed.setdefault((item.field, item.more), []).append(item.value)
    any_of = tuple((name, tuple(found)) for (name, more), found in listed.items() if not more)
    all_of = tuple(
        (*((other, (value,)) for other, value in more), (name, tuple(found)))
        for (name, more), found in listed.items()
        if more
    )
    return Lookup(sobject, fields, any_of, all_of=all_of)
