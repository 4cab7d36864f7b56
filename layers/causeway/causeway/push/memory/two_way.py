"""
Decide both directions of one sync: compare each field with the value that both sides had last, and let only one side win. Pure.

That value is kept as a hash: a comparison needs no more, and nothing readable is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from causeway.contract.days import DAY_MS
from causeway.push.memory.hashes import value_hash
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.coercion import coerced
from causeway.salesforce.values.rich_texts import is_rich, plain_text
from causeway.salesforce.values.texts import is_blank

REPORT_BACK_MS = DAY_MS  # for so long after a value is published, a product may change the field without having read it

Policy = Literal["newest", "salesforce", "product"]


@dataclass(frozen=True, slots=True)
class LastSynced:
    """
    What both sides of one record had last, by column: the value's hash, and when it was published to the product (epoch ms; 0: it
    came from the product). `version` grows with every write.
    """

    columns: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    version: int = 0

    def differs(self, column: str, mark: str) -> bool:
        """Return whether a value is not what both sides had last; an empty one that was never synced does not differ."""
        known = self.columns.get(column)
        return known[0] != mark if known else mark != EMPTY


NEVER_SYNCED = LastSynced()


class Base(NamedTuple):
    """What a push to a record of a bidirectional sync is weighed against; `modified_ms` is the record's LastModifiedDate."""

    policy: Policy
    last: LastSynced
    modified_ms: int


class Verdict(NamedTuple):
    """Whether the product's value is written, and whether both sides had changed the field."""

    write: bool
    is_conflict: bool = False


def synced_mark(planned: FieldDescribe | None, value: Any) -> str:
    """Return the hash by which values of a field are compared: the same for what a push sends and what a pull reads."""
    if is_blank(value) or value is False:
        return EMPTY
    if planned and is_rich(planned) and isinstance(value, str):
        return value_hash(plain_text(value))
    written = coerced(planned, value) if planned else None
    return value_hash(written.value if written and written.keep else value)


EMPTY = value_hash(None)


def weighed(base: Base, planned: FieldDescribe, current: Any, desired: Any, occurred_at_ms: int) -> Verdict:
    """
    Return what becomes of a product's value for one field of a record that both sides may change.

    `current` is Salesforce's value. Only fields that changed on one side move; the policy settles what both changed. A change
    that is older than the value published since was made without knowing of it: that is a conflict, too.
    """
    known = base.last.columns.get(planned.name)
    if known is None:
        return Verdict(True)
    last, published_ms = known
    if synced_mark(planned, current) == last and occurred_at_ms >= published_ms:
        return Verdict(True)
    if synced_mark(planned, current) != last and synced_mark(planned, desired) == last:
        return Verdict(False)
    wins = base.policy == "product" or (base.policy == "newest" and occurred_at_ms > base.modified_ms)
    return Verdict(wins, is_conflict=True)


def must_report_back(last: LastSynced, column: str, occurred_at_ms: int) -> bool:
    """Return whether a page on its way to the product may put another value over the one that it changed itself."""
    published_ms = last.columns.get(column, ("", 0))[1]
    return published_ms > 0 and occurred_at_ms < published_ms + REPORT_BACK_MS
