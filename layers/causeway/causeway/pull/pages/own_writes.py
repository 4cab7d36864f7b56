"""Tell own writes from changes made in Salesforce: by values, never by user (docs/pull.md). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from causeway.push.memory.hashes import value_hash
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.coercion import coerced
from causeway.salesforce.values.texts import is_blank
from causeway.syncs.mapping.desired import CLEAR

_BLANK = frozenset(value_hash(value) for value in (None, "", False, CLEAR))

type OwnWriteFields = tuple[tuple[FieldDescribe, int], ...]


def own_write_fields(describe: SObjectDescribe, columns: Iterable[str], place: Mapping[str, int]) -> OwnWriteFields:
    """
    Return, for each mapped column, the field that a push would write and where its value stands in a row's content.

    A relationship path is written by its lookup. A column that no push can write makes the answer empty: it may always
    hold news.
    """
    found: list[tuple[FieldDescribe, int]] = []
    for column in columns:
        head, _, rest = column.partition(".")
        target = describe.relationship(head) if rest else describe.field(head)
        if target is None or target.name not in place or (rest and rest != "Name"):
            return ()
        found.append((target, place[target.name]))
    return tuple(found)


def is_written(fields: OwnWriteFields, content: Sequence[Any], written: Mapping[str, str], *, is_new: bool) -> bool:
    """
    Tell whether every mapped field holds what Causeway wrote last (`written`: field → value_hash).

    `is_new`: the product never received the record, so a field that Causeway left empty and that is still empty is no news.
    """
    if not fields or not written:
        return False
    return all(_is_same(field, content[place], written.get(field.name), is_new) for field, place in fields)


def _is_same(field: FieldDescribe, value: Any, kept: str | None, is_new: bool) -> bool:
    if kept is None:
        return is_new and (is_blank(value) or value is False)
    if is_blank(value) or value is False:
        return kept in _BLANK
    return kept in (value_hash(value), value_hash(coerced(field, value).value))
