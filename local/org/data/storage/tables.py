"""Rows of one sObject by Id, with indices by field; rows are replaced, never changed in place."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import FieldType, SObjectType


def key_of(value: Any) -> Any:
    """Return a value as indices compare it: text without regard to case, as SOQL's `=` does."""
    return value.lower() if isinstance(value, str) else value


def is_indexed(field: FieldType) -> bool:
    """Say whether equality on this field is answered from an index (large data volumes guide: default indices)."""
    return (
        field.type in {"reference", "email"}
        or field.unique
        or field.external_id
        or field.id_lookup
        or field.name_field
        or field.auto_number
    )


class Index:
    """Ids by key; a key with one Id costs no set."""

    def __init__(self) -> None:
        self._ids: dict[Any, str | set[str]] = {}

    def add(self, key: Any, record_id: str) -> None:
        """Add a record under its key."""
        known = self._ids.get(key)
        if known is None:
            self._ids[key] = record_id
        elif isinstance(known, set):
            known.add(record_id)
        elif known != record_id:
            self._ids[key] = {known, record_id}

    def remove(self, key: Any, record_id: str) -> None:
        """Remove a record from under its key."""
        known = self._ids.get(key)
        if isinstance(known, set):
            known.discard(record_id)
        elif known == record_id:
            del self._ids[key]

    def ids(self, key: Any) -> Iterable[str]:
        """Return the Ids with this key, in ascending order."""
        known = self._ids.get(key)
        if known is None:
            return ()
        return sorted(known) if isinstance(known, set) else (known,)


@dataclass(slots=True)
class Hidden:
    """A change others cannot see yet: the row as they still see it (None: no row), until when, and whose change it is."""

    visible_at_ms: int
    previous: Row | None
    user_id: str | None


class Table:
    """Every row of one sObject, deleted ones included."""

    def __init__(self, sobject: SObjectType) -> None:
        self.sobject = sobject
        self.rows: dict[str, Row] = {}
        self.hidden: dict[str, Hidden] = {}
        self._indices: dict[tuple[str, ...], Index] = {}
        self._stamps: list[tuple[str, str]] | None = None
        for field in sobject.fields:
            if field.type == "email" or field.unique or field.external_id:
                self.index((field.name,))

    def put(self, record_id: str, row: Row | None) -> Row | None:
        """Store a row (None: remove it) and return the one it replaces."""
        previous = self.rows.get(record_id)
        self._restamp(record_id, previous, row)
        for names, index in self._indices.items():
            before = None if previous is None else _key(previous, names)
            after = None if row is None else _key(row, names)
            if before != after:
                if before is not None:
                    index.remove(before, record_id)
                if after is not None:
                    index.add(after, record_id)
        if row is None:
            self.rows.pop(record_id, None)
        else:
            self.rows[record_id] = row
        return previous

    def find(self, field: FieldType, values: Iterable[Any]) -> Iterator[Row]:
        """Return the rows whose field equals one of the values (None matches rows without a value)."""
        index = self.index((field.name,))
        for key in dict.fromkeys(key_of(value) for value in values):
            for record_id in index.ids((key,)):
                yield self.rows[record_id]

    def find_all(self, wanted: Mapping[str, Any]) -> Iterator[Row]:
        """Return the rows that equal every one of the values, of which the first is not None."""
        key = tuple(key_of(value) for value in wanted.values())
        for record_id in self.index(tuple(wanted)).ids(key):
            yield self.rows[record_id]

    def by_stamp(self, low: str, high: str) -> Iterator[Row]:
        """Return the rows stamped from `low` to `high`, both included, by SystemModstamp and Id."""
        if self._stamps is None:
            self._stamps = sorted((_stamp(row), record_id) for record_id, row in self.rows.items())
        for place in range(bisect_left(self._stamps, (low, "")), len(self._stamps)):
            stamp, record_id = self._stamps[place]
            if stamp > high:
                return
            yield self.rows[record_id]

    def _restamp(self, record_id: str, previous: Row | None, row: Row | None) -> None:
        """Update the order of stamps, once a reader asked for it."""
        if self._stamps is None:
            return
        if previous is not None:
            del self._stamps[bisect_left(self._stamps, (_stamp(previous), record_id))]
        if row is not None:
            insort(self._stamps, (_stamp(row), record_id))

    def index(self, names: tuple[str, ...]) -> Index:
        """Return the index over these fields together, built when it is first asked for and kept from then on."""
        index = self._indices.get(names)
        if index is None:
            index = self._indices[names] = Index()
            for record_id, row in self.rows.items():
                key = _key(row, names)
                if key is not None:
                    index.add(key, record_id)
        return index


def _stamp(row: Row) -> str:
    return row.get("SystemModstamp") or ""


def _key(row: Row, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the row's key; None (not in the index) where several fields together are asked for and the first is empty."""
    if len(names) > 1 and row.get(names[0]) is None:
        return None
    return tuple([key_of(row.get(name)) for name in names])
