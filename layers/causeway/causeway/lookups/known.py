"""What Causeway remembers of the keys and addresses of a lookup. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from causeway.lookups.items import Item
from causeway.lookups.ports import Memory, Place
from causeway.push.memory.claims.answers import Seen
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import email_identifier, key_identifier, memory_key
from causeway.push.memory.links import linked_by_email, linked_records
from causeway.salesforce.values.emails import normalized_email
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync


@dataclass(frozen=True, slots=True)
class Known:
    """The entities of a lookup's identifiers, by identifier."""

    org_id: str
    kinds: Mapping[str, tuple[str, ...]]
    entities: Mapping[str, Entity] = field(default_factory=dict)

    def links(self, item: Item) -> Mapping[str, str]:
        """Return the records that an item's key stands for: sObject → Id."""
        found: dict[str, str] = {}
        for identifier in _of_key(self.org_id, item, self.kinds):
            if identifier in self.entities:
                found |= linked_records(self.entities[identifier], memory_key(item.source, item.key))
        return found

    def of_email(self, email: str) -> Entity | None:
        """Return what is remembered of an address."""
        return self.entities.get(email_identifier(self.org_id, email))

    def remembered(self, email: str | None) -> Mapping[str, str]:
        """Return the records that are remembered of an address though they do not hold it: sObject → Id."""
        entity = self.of_email(email) if email else None
        return linked_by_email(entity, email) if entity and email else {}


class Ahead(NamedTuple):
    """What was read of the memory before the connection and the syncs were: it is true of one place alone."""

    place: Place
    seen: Mapping[str, Seen]


def place_of(org_id: str, syncs: Iterable[Sync]) -> Place:
    """Return the place of a tenant's identifiers."""
    return Place(org_id, _kinds(syncs))


def read_ahead(tenant: str, place: Place, items: Sequence[Item], memory: Memory) -> Ahead:
    """Read what is remembered at a place where the tenant's identifiers were last."""
    identifiers = _all_identifiers(place, items)
    return Ahead(place, memory.look(tenant, identifiers) if identifiers else {})


def what_is_known(
    tenant: str, place: Place, items: Sequence[Item], memory: Memory, ahead: Ahead | None = None
) -> Known:
    """Return what is remembered, in at most two reads of the memory; what was read `ahead` at this place is not read again."""
    identifiers = _all_identifiers(place, items)
    if not identifiers:
        return Known(*place)
    seen = ahead.seen if ahead is not None and ahead.place == place else memory.look(tenant, identifiers)
    elsewhere = {found.entity for found in seen.values() if found.entity is not None} - seen.keys()
    reached = {**seen, **(memory.look(tenant, elsewhere) if elsewhere else {})}
    return Known(*place, {each: Entity.parse(state) for each in identifiers if (state := _state(each, reached))})


def _all_identifiers(place: Place, items: Sequence[Item]) -> set[str]:
    return {identifier for item in items for identifier in _identifiers(place.org_id, item, place.kinds)}


def _state(identifier: str, reached: Mapping[str, Seen]) -> str | None:
    found = reached.get(identifier)
    if found is not None and found.entity is not None:
        found = reached.get(found.entity)
    return found.state if found else None


def _kinds(syncs: Iterable[Sync]) -> dict[str, tuple[str, ...]]:
    """Return by source what the keys of a source may stand for: "" for a person, else the sObject."""
    kinds: dict[str, set[str]] = {}
    for sync in syncs:
        kinds.setdefault(sync.source, {""}).add("" if sync.sobject in PEOPLE else sync.sobject)
    return {source: tuple(sorted(found)) for source, found in kinds.items()}


def _of_key(org_id: str, item: Item, kinds: Mapping[str, tuple[str, ...]]) -> list[str]:
    if not item.key:
        return []
    return [key_identifier(org_id, item.source, item.key, kind) for kind in kinds.get(item.source, ("",))]


def _identifiers(org_id: str, item: Item, kinds: Mapping[str, tuple[str, ...]]) -> list[str]:
    email = normalized_email(item.email) if item.email else None
    return [*_of_key(org_id, item, kinds), *([email_identifier(org_id, email)] if email else [])]
