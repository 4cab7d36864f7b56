"""Look up what Causeway remembers about one record of the product: links, last outcomes, account and owner data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.connections.connection import Connection
from causeway.errors import NotFound
from causeway.push.memory.claims.answers import Seen
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import field_times
from causeway.push.memory.identifiers import key_identifier, memory_key
from causeway.push.memory.links import linked_records
from causeway.push.memory.settled_changes import data_of, last_outcomes, settlements_of
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.sync import Sync


class Connections(Protocol):
    """Stored connections: see gateways/dynamodb/config/connections.py."""

    def get(self, tenant: str) -> Connection: ...


class Syncs(Protocol):
    """Stored syncs: see gateways/dynamodb/config/syncs.py."""

    def of_source(self, tenant: str, source: str) -> Sequence[Sync]: ...


class Memory(Protocol):
    """Where entities are kept: see gateways/dynamodb/state/claims.py; a look claims nothing."""

    def look(self, tenant: str, identifiers: Iterable[str]) -> Mapping[str, Seen]: ...


@dataclass(frozen=True, slots=True)
class RememberedRecord:
    """
    Links by sObject, the last outcome by sync, and account and owner data as last published.

    `field_times` is by Salesforce Id and field when the change occurred that last decided it (epoch ms), `settlements` are the
    last ones that decided its changes: its timeline begins there.
    """

    source: str
    key: str
    links: Mapping[str, str]
    outcomes: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, Any]
    field_times: Mapping[str, Mapping[str, int]]
    settlements: tuple[str, ...]


def remembered_record(
    tenant: str, source: str, key: str, connections: Connections, syncs: Syncs, memory: Memory
) -> RememberedRecord:
    """Return what is remembered for the tenant's present org; raise NotFound for a key that no push settled."""
    org_id = connections.get(tenant).org_id
    kinds = {"", *(sync.sobject for sync in syncs.of_source(tenant, source) if sync.sobject not in PEOPLE)}
    entities = _entities(tenant, [key_identifier(org_id, source, key, kind) for kind in sorted(kinds)], memory)
    links: dict[str, str] = {}
    outcomes: dict[str, Mapping[str, Any]] = {}
    data: dict[str, Any] = {}
    settlements: dict[str, None] = {}
    times: dict[str, Mapping[str, int]] = {}
    place = memory_key(source, key)
    for entity in entities:
        links |= linked_records(entity, place)
        outcomes |= last_outcomes(entity, place)
        data |= data_of(entity, place)
        settlements |= dict.fromkeys(settlements_of(entity, place))
        times |= {each: field_times(entity, each) for each in linked_records(entity, place).values()}
    if not links and not outcomes:
        raise NotFound(f"Nothing is known of '{key}' in '{source}'.")
    return RememberedRecord(source, key, links, outcomes, data, times, tuple(settlements))


def _entities(tenant: str, identifiers: Sequence[str], memory: Memory) -> list[Entity]:
    """Return the entities that the identifiers lead to, each once."""
    seen = memory.look(tenant, identifiers)
    elsewhere = {found.entity for found in seen.values() if found.entity is not None}
    reached = {**seen, **(memory.look(tenant, elsewhere) if elsewhere else {})}
    return [Entity.parse(found.state) for _, found in sorted(reached.items()) if found.state]
