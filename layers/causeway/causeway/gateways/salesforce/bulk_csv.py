"""Read the CSV of a Bulk API 2.0 query as the rows that REST would give (Bulk API 2.0 guide, Get Results for a Query Job)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from causeway.errors import OutcomeUnknown
from causeway.pull.jobs import Row
from causeway.salesforce.values.coercion import NUMBER_TYPES

WHOLE_NUMBERS = frozenset({"int", "long"})
csv.field_size_limit(1_000_000)  # Salesforce limit: 131,072 characters a field, rich text with its HTML beyond it

type Convert = Callable[[str], Any]
type Build = Callable[[Sequence[Any]], dict[str, Any]]


def csv_rows(lines: Iterable[str], types: Mapping[str, str], count: int | None = None) -> Iterator[Row]:
    """
    Yield CSV lines as nested records, values typed by `types` (column → field type); an empty cell is null.

    Raises OutcomeUnknown where the lines do not fit their header, or are not `count` of them: the answer was cut, or is none.
    """
    read = 0
    try:
        for row in _rows(csv.reader(lines, strict=True), types):
            read += 1
            yield row
    except (ValueError, csv.Error) as error:
        raise OutcomeUnknown(
            "The org's results of a bulk query are no CSV, or were cut.", "They are read again."
        ) from error
    if count is not None and read != count:
        raise OutcomeUnknown(
            f"The org announced {count} results of a bulk query and sent {read}.", "They are read again."
        )


def _rows(cells_of_lines: Iterator[list[str]], types: Mapping[str, str]) -> Iterator[Row]:
    header = next(cells_of_lines, None)
    if header is None or "Id" not in header:
        raise ValueError("no header of records")
    converts = [(place, convert) for place, name in enumerate(header) if (convert := _convert(types, name))]
    build, width = _builder(list(enumerate(header))), len(header)
    for cells in cells_of_lines:
        if len(cells) != width:
            raise ValueError(f"a line of {len(cells)} cells under a header of {width}")
        values: list[Any] = [cell or None for cell in cells]
        for place, convert in converts:
            if values[place] is not None:
                values[place] = convert(values[place])
        yield build(values)


def _builder(columns: Sequence[tuple[int, str]]) -> Build:
    """Return what nests the values of these columns: those of `Account.Name` under `Account`, which is null without any."""
    own = [(name, place) for place, name in columns if "." not in name]
    parents: dict[str, list[tuple[int, str]]] = {}
    for place, name in columns:
        parent, _, rest = name.partition(".")
        if rest:
            parents.setdefault(parent, []).append((place, rest))
    branches = [(name, [place for place, _ in below], _builder(below)) for name, below in parents.items()]

    def build(values: Sequence[Any]) -> dict[str, Any]:
        row: dict[str, Any] = {name: values[place] for name, place in own}
        for name, places, below in branches:
            row[name] = below(values) if any(values[place] is not None for place in places) else None
        return row

    return build


def _convert(types: Mapping[str, str], name: str) -> Convert | None:
    kind = types.get(name) or _kind(name)
    if kind == "boolean":
        return lambda cell: cell == "true"
    if kind in WHOLE_NUMBERS:
        return lambda cell: int(float(cell))
    if kind in NUMBER_TYPES:
        return float
    if kind == "datetime":
        return lambda cell: f"{cell[:-1]}+0000" if cell.endswith("Z") else cell
    return None


def _kind(name: str) -> str:
    """Return the type of a parent's field whose describe is not at hand: pulls select texts and flags of users and accounts."""
    return "boolean" if name.rpartition(".")[2].startswith("Is") else "string"
