"""What pushes remembered of records of the org, as pulls ask for it: read only, in batches (see claims.py for the items)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.state.claims import MAX_BATCH_GET, SHORT_ID, owner_index_of, pk_of
from causeway.pull.jobs import LinkedRecord
from causeway.push.memory.entity import Entity
from causeway.push.memory.field_times import written_hashes
from causeway.push.memory.links import key_of
from causeway.syncs.sync import Sync

ROUNDS = 8  # BatchGetItem may leave keys unprocessed


class LinkTable:
    """The ties between record keys and Salesforce Ids of every tenant."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of_records(self, sync: Sync, org_id: str, tenant: str, ids: Sequence[str]) -> dict[str, LinkedRecord]:
        """Return what is known of these Ids; unknown ones are absent. A key is told only of the sync's own source."""
        owner_indexes = self._items(tenant, {owner_index_of(org_id, record_id) for record_id in ids})
        entities: dict[str, str] = {}
        for record_id in ids:
            owner_index = owner_indexes.get(owner_index_of(org_id, record_id), {})
            found = owner_index.get(f"r{record_id[:SHORT_ID]}")
            if found:
                entities[record_id] = found["S"]
        states = self._items(tenant, set(entities.values()))
        parsed = {
            entity: (Entity.parse(item["state"]["S"]), int(item["completed_at"]["N"]) if "completed_at" in item else 0)
            for entity, item in states.items()
            if "state" in item
        }
        return {
            record_id: _linked(*parsed[entity], record_id, sync)
            for record_id, entity in entities.items()
            if entity in parsed
        }

    def _items(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        wanted = sorted(identifiers)
        chunks = [wanted[start : start + MAX_BATCH_GET] for start in range(0, len(wanted), MAX_BATCH_GET)]
        found: dict[str, Mapping[str, Any]] = {}
        for part in in_parallel(lambda chunk: self._chunk(tenant, chunk), chunks):
            found.update(part)
        return found

    def _chunk(self, tenant: str, identifiers: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        pending: list[Any] = [{"pk": {"S": pk_of(tenant, identifier)}} for identifier in identifiers]
        found: dict[str, Mapping[str, Any]] = {}
        for _ in range(ROUNDS):
            if not pending:
                return found
            with passing_faults("The links can not be read at the moment."):
                answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": pending}})
            for item in answer["Responses"].get(self._table, ()):
                found[item["pk"]["S"].partition("#")[2]] = item
            pending = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        raise StoreUnavailable("The links can not be read at the moment.", "It is tried again.")


def _linked(entity: Entity, written_at_ms: int, record_id: str, sync: Sync) -> LinkedRecord:
    of = key_of(entity, record_id)
    key = of[1] if of and of[0] == sync.source else None
    written = written_hashes(entity, record_id)
    return LinkedRecord(key, written, written_at_ms)
