"""Find records of the product by their key, an address, or the Id of what they are linked to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from causeway.connections.connection import Connection
from causeway.push.memory.claims.answers import Seen
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import email_identifier, key_identifier, memory_key
from causeway.push.memory.links import linked_by_email
from causeway.salesforce.ids import valid_id
from causeway.salesforce.values.emails import normalized_email
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync


class Memory(Protocol):
    """Where entities are kept: see gateways/dynamodb/state/claims.py; a look claims nothing."""

    def look(self, tenant: str, identifiers: Iterable[str]) -> Mapping[str, Seen]: ...
    def owners(self, tenant: str, org_id: str, record_ids: Iterable[str]) -> Mapping[str, str]: ...


class Found(NamedTuple):
    """A record of the product: its source and key, what it is linked to (sObject → Id), and by what it was found."""

    source: str
    key: str
    links: Mapping[str, str]
    found_by: str


def search_records(
    text: str, connection: Connection, syncs: Sequence[Sync], memory: Memory, source: str | None = None
) -> list[Found]:
    """Return the records that a text names, for the tenant's present org; `source` narrows the search to one."""
    text = text.strip()
    found = [*_by_key(text, connection, syncs, memory, source)]
    if (email := normalized_email(text)) is not None:
        found += _by_email(email, connection, memory)
    if (record_id := valid_id(text)) is not None:
        found += _by_ids([record_id], connection, memory, "salesforce_id")
    unique = {(each.source, each.key): each for each in reversed(found) if source in (None, each.source)}
    return sorted(unique.values(), key=lambda each: (each.source, each.key))


def _by_key(
    key: str, connection: Connection, syncs: Sequence[Sync], memory: Memory, source: str | None
) -> Iterator[Found]:
    kinds = {(sync.source, "" if sync.sobject in PEOPLE else sync.sobject) for sync in syncs}
    kinds |= {(each, "") for each, _ in kinds} | ({(source, "")} if source else set())
    identifiers = [key_identifier(connection.org_id, each, key, kind) for each, kind in sorted(kinds)]
    wanted = {memory_key(each, key): each for each, _ in kinds}
    merged: dict[str, dict[str, str]] = {}
    for entity in _entities(connection.tenant, identifiers, memory):
        for name in entity.keys.keys() & wanted.keys():
            merged.setdefault(name, {}).update(entity.keys[name].get("links", {}))
    for name, links in merged.items():
        yield Found(wanted[name], key, links, "key")


def _by_email(email: str, connection: Connection, memory: Memory) -> list[Found]:
    entities = _entities(connection.tenant, [email_identifier(connection.org_id, email)], memory)
    linked = [record_id for entity in entities for record_id in linked_by_email(entity, email).values()]
    return [*_keys_in(entities, "email"), *_by_ids(linked, connection, memory, "email")]


def _by_ids(record_ids: Sequence[str], connection: Connection, memory: Memory, found_by: str) -> list[Found]:
    if not record_ids:
        return []
    owners = memory.owners(connection.tenant, connection.org_id, record_ids)
    found = _keys_in(_entities(connection.tenant, list(owners.values()), memory), found_by)
    return [each for each in found if set(each.links.values()) & set(record_ids)]


def _keys_in(entities: Iterable[Entity], found_by: str) -> list[Found]:
    return [
        Found(kept["of"][0], kept["of"][1], kept.get("links", {}), found_by)
        for entity in entities
        for kept in entity.keys.values()
        if kept.get("of") and kept["of"][0]
    ]


def _entities(tenant: str, identifiers: Sequence[str], memory: Memory) -> list[Entity]:
    """Return the entities that the identifiers lead to, each once."""
    seen = memory.look(tenant, identifiers) if identifiers else {}
    elsewhere = {found.entity for found in seen.values() if found.entity is not None}
    reached = {**seen, **(memory.look(tenant, elsewhere) if elsewhere else {})}
    return [Entity.parse(found.state) for _, found in sorted(reached.items()) if found.state]
