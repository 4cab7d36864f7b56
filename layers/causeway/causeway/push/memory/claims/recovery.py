"""
Find the records of creates whose result was never remembered: the worker died, or the answer was lost.

Before a create is sent, its values are written into the entity that is claimed for it. Whoever claims the entity next looks for
a record with these values, created since then, that no other entity owns, and goes on with it instead of creating a second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from copy import replace
from typing import Any, NamedTuple

from causeway.errors import StoreUnavailable
from causeway.push.memory.claims.held import HeldClaims, store_entities
from causeway.push.memory.claims.owners import own_unowned
from causeway.push.memory.links import keys_of_record
from causeway.push.memory.pending_creates import IDENTIFYING, PendingCreate, adopt_record, pending_creates, sobject_of
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values.comparison import same_value
from causeway.syncs.people.lookups import lookups

CLOCKS_DIFFER_MS = 600_000  # how far the org's clock may be slow against ours
UNFIT_TYPES = frozenset({"boolean", "textarea", "encryptedstring", "base64"})  # of no use, or no field to filter by

type Described = Callable[[str], SObjectDescribe | None]
type Read = Callable[[list[Lookup]], list[list[Row]]]


class _Lost(NamedTuple):
    """One create whose result is not remembered."""

    entity: str
    place: str
    pending: PendingCreate

    @property
    def sobject(self) -> str:
        """Return the sObject that was created."""
        return sobject_of(self.place)


def recover(claims: HeldClaims, described: Described, read: Read) -> None:
    """Note in each held entity which record an earlier, unremembered create made; one call when there is any such create."""
    lost = list(_lost_creates(claims))
    asked = list(_lookups(lost, described))
    if not asked:
        return
    rows = _live_rows(asked, read(asked))
    adopted = {item.entity for item in lost if _adopt(item, claims, _fitting(item, rows, described))}
    if store_entities(claims, adopted) != adopted:  # once the record is changed, it could not be recognized any more
        raise StoreUnavailable(
            "The claims cannot be stored at the moment.", "Nothing needs to be done; it is tried again."
        )


def _lost_creates(claims: HeldClaims) -> Iterator[_Lost]:
    for place, entity in sorted(claims.entities.items()):
        for name, pending in pending_creates(entity):
            yield _Lost(place, name, pending)


def _lookups(lost: list[_Lost], described: Described) -> Iterator[Lookup]:
    """Yield what to ask per sObject: the records created since the oldest of its creates, by the most identifying values."""
    by_sobject: dict[str, list[_Lost]] = defaultdict(list)
    for item in lost:
        by_sobject[item.sobject].append(item)
    for sobject, items in sorted(by_sobject.items()):
        describe = described(sobject)
        if describe is not None:
            since_ms = min(item.pending.at_ms for item in items) - CLOCKS_DIFFER_MS
            for lookup in lookups(sobject, _fields(items, describe), _criteria(items, describe)):
                yield replace(lookup, created_since_ms=since_ms)


def _criteria(items: list[_Lost], describe: SObjectDescribe) -> dict[str, set[Any]]:
    criteria: dict[str, set[Any]] = defaultdict(set)
    for item in items:
        if name := _identifying(item.pending.values, describe):
            criteria[name].add(item.pending.values[name])
    return criteria


def _fields(items: list[_Lost], describe: SObjectDescribe) -> tuple[str, ...]:
    """Return the fields to read: those that a row is compared by, as far as the user sees them."""
    names = sorted({name for item in items for name in item.pending.values})
    return tuple(name for name in dict.fromkeys(("Id", "IsDeleted", "CreatedDate", *names)) if describe.field(name))


def _identifying(values: Mapping[str, Any], describe: SObjectDescribe) -> str | None:
    """Return the field by which a record with these values is looked for."""
    for name in (*IDENTIFYING, *sorted(values)):
        found = describe.field(name)
        if name in values and found and found.filterable and found.type not in UNFIT_TYPES and values[name] is not None:
            return name
    return None


def _live_rows(asked: list[Lookup], answers: list[list[Row]]) -> dict[str, dict[str, Row]]:
    """Return the rows that are not deleted, by sObject and Id."""
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for lookup, found in zip(asked, answers, strict=True):
        rows[lookup.sobject].update((str(row["Id"]), row) for row in found if not row.get("IsDeleted"))
    return rows


def _fitting(item: _Lost, rows: Mapping[str, Mapping[str, Row]], described: Described) -> Iterator[Row]:
    describe = described(item.sobject)
    if describe is not None:
        yield from (row for row in rows.get(item.sobject, {}).values() if _fits(row, item.pending, describe))


def _fits(row: Row, pending: PendingCreate, describe: SObjectDescribe) -> bool:
    """Return whether a row holds the values that the create was sent with."""
    fields = [(field, value) for name, value in pending.values.items() if (field := describe.field(name))]
    return bool(fields) and all(same_value(field, row.get(field.name), value) for field, value in fields)


def _adopt(item: _Lost, claims: HeldClaims, fitting: Iterator[Row]) -> bool:
    """Adopt the first record that no other entity owns, nor another key of this one: two people of one name are not one person."""
    entity, own = claims.entities[item.entity], {who.memory for who in item.pending.of}
    for row in fitting:
        linked = keys_of_record(entity, item.sobject, str(row["Id"]))
        if (linked and not linked & own) or not own_unowned(claims, str(row["Id"]), item.entity):
            continue
        adopt_record(entity, item.place, str(row["Id"]))
        return True
    return False
