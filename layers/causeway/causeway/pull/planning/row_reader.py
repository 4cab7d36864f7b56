"""Read the selected fields of Salesforce rows into flat lists, by a reader that is compiled once and run for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

Row = Mapping[str, Any]
Reader = Callable[[Row], list[Any]]


def compiled_reader(paths: Iterable[str]) -> tuple[tuple[str, ...], Reader]:
    """
    Return the order in which values come, and the reader: a row as REST gives it → its values, null below a missing parent.

    `paths` are fields and relationship paths such as `Account.Owner.Email`, spelled as describe does; a row has them all.
    """
    names: list[str] = []
    parents: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        parent, _, rest = path.partition(".")
        if rest:
            parents.setdefault(parent, []).append(rest)
        else:
            names.append(path)
    readers = [(parent, *compiled_reader(rest)) for parent, rest in parents.items()]
    columns = (*names, *(f"{parent}.{column}" for parent, below, _ in readers for column in below))
    branches = [(parent, read, [None] * len(below)) for parent, below, read in readers]
    return columns, _reader(picker(names), branches)


def picker(keys: Iterable[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that takes these keys (or positions) out of a row as a tuple, however few there are."""
    wanted = tuple(keys)
    if len(wanted) > 1:
        return itemgetter(*wanted)
    if wanted:
        only = itemgetter(wanted[0])
        return lambda row: (only(row),)
    return lambda row: ()


def _reader(pick: Callable[[Row], tuple[Any, ...]], branches: list[tuple[str, Reader, list[None]]]) -> Reader:
    def read(row: Row) -> list[Any]:
        values = list(pick(row))
        for parent, below, nothing in branches:
            found = row[parent]
            values += nothing if found is None else below(found)
        return values

    return read
