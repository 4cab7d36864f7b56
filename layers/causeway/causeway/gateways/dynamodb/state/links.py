"""What pushes remembered of records of the org, as pulls ask for it: read only, in batches (see claims.py for the items)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from causeway.gateways.dynamodb.batch_get import items_by_pk
from causeway.gateways.dynamodb.state.claim_items import state_of
from causeway.gateways.dynamodb.state.keys import owner_index_of, pk_of, record_attribute
from causeway.pull.jobs import LinkedRecord
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import written_hashes
from causeway.push.memory.links import key_of
from causeway.syncs.sync import Sync

_NOT_NOW = "The links cannot be read at the moment."

type Remembered = tuple[Entity, int]
"""What an entity holds, and when that was written (epoch ms; 0 when unknown)."""


class LinkTable:
    """The links between record keys and Salesforce Ids of every tenant."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of_records(self, sync: Sync, org_id: str, tenant: str, ids: Sequence[str]) -> dict[str, LinkedRecord]:
        """Return what is known of these Ids; unknown ones are absent. A key is given only of the sync's own source."""
        entities = self._owners(org_id, tenant, ids)
        items = self._items(tenant, entities.values())
        remembered = {entity: _remembered(item) for entity, item in items.items() if "state" in item}
        return {
            record_id: _linked(*remembered[entity], record_id, sync)
            for record_id, entity in entities.items()
            if entity in remembered
        }

    def _owners(self, org_id: str, tenant: str, ids: Sequence[str]) -> dict[str, str]:
        """Return the entity that owns each record, as far as one does."""
        indexes = {record_id: owner_index_of(org_id, record_id) for record_id in ids}
        items = self._items(tenant, indexes.values())
        found = {each: items.get(index, {}).get(record_attribute(each)) for each, index in indexes.items()}
        return {record_id: entity["S"] for record_id, entity in found.items() if entity}

    def _items(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        pks = (pk_of(tenant, identifier) for identifier in identifiers)
        items = items_by_pk(self._client, self._table, pks, _NOT_NOW, consistent=False)
        return {pk.partition("#")[2]: item for pk, item in items.items()}


def _remembered(item: Mapping[str, Any]) -> Remembered:
    return Entity.parse(state_of(item)), int(item["completed_at"]["N"]) if "completed_at" in item else 0


def _linked(entity: Entity, written_at_ms: int, record_id: str, sync: Sync) -> LinkedRecord:
    of = key_of(entity, record_id)
    key = of[1] if of and of[0] == sync.source else None
    written = written_hashes(entity, record_id)
    return LinkedRecord(key, written, written_at_ms)
