"""
Find what a worker created that died, or never heard the answer, before it could remember it.

Before a create is sent, its values are written into the entity that is claimed for it. Whoever claims the entity next looks for
a record with these values, created since then, that no other entity owns, and goes on with it instead of creating a second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from causeway.errors import StoreUnavailable
from causeway.push.memory.claims.held import HeldClaims, store_entities
from causeway.push.memory.claims.owners import own_unowned
from causeway.push.memory.pending_creates import PendingCreate, adopt_record, pending_creates
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.comparison import same_value
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.people.lookups import lookups

CLOCKS_DIFFER_MS = 600_000  # how far the org's clock may lag behind ours
TELLING = ("Email", "LastName", "Name", "Subject")  # looked for by the first of these that the record was created with
UNTELLING = frozenset({"boolean", "textarea", "encryptedstring", "base64"})  # of no use, or no field to filter by

type Described = Callable[[str], SObjectDescribe | None]
type Read = Callable[[list[Lookup]], list[list[Row]]]


@dataclass(frozen=True, slots=True)
class _Lost:
    """One create whose result nobody remembers."""

    entity: str
    sobject: str
    pending: PendingCreate


def recover(claims: HeldClaims, described: Described, read: Read) -> None:
    """Note in each held entity which record an earlier, unremembered create made; one call when there is any such create."""
    lost = [
        _Lost(place, sobject, pending)
        for place, entity in sorted(claims.entities.items())
        for sobject, pending in pending_creates(entity)
    ]
    asked = list(_lookups(lost, described))
    if not asked:
        return
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for lookup, found in zip(asked, read(asked), strict=True):
        rows[lookup.sobject].update((str(row["Id"]), row) for row in found if not row.get("IsDeleted"))
    adopted: set[str] = set()
    for item in lost:
        describe = described(item.sobject)
        fitting = (row for row in rows[item.sobject].values() if describe and _fits(row, item.pending, describe))
        if _is_adopted(item, claims, fitting):
            adopted.add(item.entity)
    if store_entities(claims, adopted) != adopted:  # once the record is changed, it could not be recognized any more
        raise StoreUnavailable(
            "The claims can not be stored at the moment.", "Nothing needs to be done; it is tried again."
        )


def _lookups(lost: list[_Lost], described: Described) -> Iterator[Lookup]:
    """Yield what to ask: per sObject the records created since the oldest of its creates, by the most telling value."""
    by_sobject: dict[str, list[_Lost]] = defaultdict(list)
    for item in lost:
        by_sobject[item.sobject].append(item)
    for sobject, items in sorted(by_sobject.items()):
        describe = described(sobject)
        if describe is None:
            continue
        criteria: dict[str, set[Any]] = defaultdict(set)
        for item in items:
            if name := _identifying(item.pending.values, describe):
                criteria[name].add(item.pending.values[name])
        names = {name for item in items for name in item.pending.values if describe.field(name)}
        fields = tuple(dict.fromkeys(("Id", "IsDeleted", "CreatedDate", *sorted(names))))
        visible = tuple(name for name in fields if describe.field(name))
        since = min(item.pending.at_ms for item in items) - CLOCKS_DIFFER_MS
        for lookup in lookups(sobject, visible, criteria):
            yield replace(lookup, created_since_ms=since)


def _identifying(values: Mapping[str, Any], describe: SObjectDescribe) -> str | None:
    """Return by which field a record with these values is looked for."""
    for name in (*TELLING, *sorted(values)):
        found = describe.field(name)
        if name in values and found and found.filterable and found.type not in UNTELLING and values[name] is not None:
            return name
    return None


def _fits(row: Row, pending: PendingCreate, describe: SObjectDescribe) -> bool:
    fields = [(field, value) for name, value in pending.values.items() if (field := describe.field(name))]
    return bool(fields) and all(same_value(field, row.get(field.name), value) for field, value in fields)


def _is_adopted(item: _Lost, claims: HeldClaims, fitting: Iterator[Row]) -> bool:
    """Take the first record that no other entity owns: two people of one name are not one person."""
    for row in fitting:
        if own_unowned(claims, str(row["Id"]), item.entity):
            adopt_record(claims.entities[item.entity], item.sobject, str(row["Id"]))
            return True
    return False
