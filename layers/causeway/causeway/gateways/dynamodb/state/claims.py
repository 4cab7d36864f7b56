"""
Claims in StateTable: one item per identifier, one writer per entity, kept by lease and fence.

Items (pk = hash of the tenant # hash of the identifier):
- a *pointer* has `home`: the entity that the identifier resolves to;
- an *entity* has `state`, `fence`, `completed_at` and, while claimed, `owner` and `lease_until`;
- an *owner index* has one attribute per record Id that names the entity owning it. It holds the up to 62 records whose Ids
  differ in the last character alone, so that records created together cost one write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.batch_get import items_by_pk
from causeway.gateways.dynamodb.state.claim_items import Item, held_of, old_item, seen_of, state_of
from causeway.gateways.dynamodb.state.claim_updates import (
    Update,
    acquiring,
    completing,
    number,
    owning,
    pointing,
    releasing,
)
from causeway.gateways.dynamodb.state.keys import owner_index_of, pk_of, record_attribute
from causeway.push.memory.claims.answers import Busy, Claim, Pointed, Seen

THROTTLED_WAIT_MS = 5_000
CLOCK_MARGIN_MS = 2_000  # how far the clocks of two workers may differ
UNREADABLE_WAIT_S = 5
_NOT_NOW = "The claims can not be read at the moment."


class ClaimTable:
    """
    The claims of every tenant. `owner` is unique to this worker's invocation.

    `writes` counts written items, for the benchmarks. A write whose answer was lost never counts as done: an
    acquisition counts as busy, a completion as not completed.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        owner: str,
        now_ms: Callable[[], int],
        lease_ms: int,
        margin_ms: int = CLOCK_MARGIN_MS,
    ) -> None:
        self._client, self._table, self._owner = client, table, owner
        self._now_ms, self._lease_ms, self._margin_ms = now_ms, lease_ms, margin_ms
        self.writes = 0

    def look(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Seen]:
        """Return what is stored of these identifiers (strong reads); unknown ones are missing from the answer."""
        return {identifier: seen_of(item) for identifier, item in self._items(tenant, identifiers).items()}

    def owners(self, tenant: str, org_id: str, record_ids: Iterable[str]) -> dict[str, str]:
        """Return the entity that owns each record, as far as one does (strong reads); nothing is written."""
        indexes = {record_id: owner_index_of(org_id, record_id) for record_id in record_ids}
        items = self._items(tenant, indexes.values())
        found = {each: items.get(index, {}).get(record_attribute(each)) for each, index in indexes.items()}
        return {record_id: entity["S"] for record_id, entity in found.items() if entity}

    def _items(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Item]:
        pks = (pk_of(tenant, identifier) for identifier in identifiers)
        items = items_by_pk(self._client, self._table, pks, _NOT_NOW, retry_after_s=UNREADABLE_WAIT_S)
        return {pk.partition("#")[2]: item for pk, item in items.items()}

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        """Try to claim each entity, in sorted order; nothing blocks."""
        ordered = sorted(set(entities))
        return dict(zip(ordered, in_parallel(lambda entity: self._acquire_one(tenant, entity), ordered), strict=True))

    def _acquire_one(self, tenant: str, entity: str) -> Claim:
        now_ms = self._now_ms()
        update = acquiring(self._owner, now_ms + self._lease_ms, now_ms - self._margin_ms)
        try:
            return held_of(entity, self._updated(tenant, entity, update))
        except ClientError as error:
            return self._not_acquired(entity, error, now_ms)
        except BotoCoreError:
            return Busy(now_ms + self._lease_ms)  # perhaps ours, perhaps not: only the lease's end decides

    def _not_acquired(self, entity: str, error: ClientError, now_ms: int) -> Claim:
        old = old_item(error)
        if old is None:
            return Busy(now_ms + THROTTLED_WAIT_MS)
        if "home" in old:
            return Pointed(old["home"]["S"])
        if old.get("owner", {}).get("S") == self._owner:  # the SDK sent our own write twice
            return held_of(entity, old)
        return Busy(int(old["lease_until"]["N"]) + self._margin_ms if "lease_until" in old else now_ms)

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        """Give identifiers their entities where they have none; return the entity that each has now (missing: unknown)."""
        pairs = sorted(entities.items())
        found = in_parallel(lambda pair: self._point_one(tenant, *pair), pairs)
        return {identifier: entity for (identifier, _), entity in zip(pairs, found, strict=True) if entity is not None}

    def _point_one(self, tenant: str, identifier: str, entity: str) -> str | None:
        try:
            self._updated(tenant, identifier, pointing(entity))
        except ClientError as error:
            old = old_item(error)
            return None if old is None else old["home"]["S"] if "home" in old else identifier
        except BotoCoreError:
            return None
        return entity

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        """Give records their entities where they have none; return the entity that owns each now (missing: unknown)."""
        indexes: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for record_id, entity in entities.items():
            indexes[owner_index_of(org_id, record_id)][record_id] = entity
        owned: dict[str, str] = {}
        for part in in_parallel(lambda index: self._own_in_index(tenant, *index), sorted(indexes.items())):
            owned.update(part)
        return owned

    def _own_in_index(self, tenant: str, owner_index: str, entities: Mapping[str, str]) -> dict[str, str]:
        try:
            stored = self._updated(tenant, owner_index, owning(entities))
        except (ClientError, BotoCoreError):
            return {}
        return {record_id: stored[record_attribute(record_id)]["S"] for record_id in entities}

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        """
        Store what entities (entity → fence, state) hold now and free them; return those that were stored.

        With `keep` the lease stays: part of what was sent has an unknown outcome.
        """
        pairs = sorted(entities.items())
        done = in_parallel(lambda pair: self._complete_one(tenant, pair[0], *pair[1], keep=keep), pairs)
        return {entity for (entity, _), stored in zip(pairs, done, strict=True) if stored}

    def _complete_one(self, tenant: str, entity: str, fence: int, state: str, *, keep: bool) -> bool:
        try:
            self._updated(tenant, entity, completing(self._owner, fence, state, self._now_ms(), keep=keep))
        except ClientError as error:
            old = old_item(error)  # the SDK may have sent our own write twice
            return old is not None and old.get("fence") == number(fence) and state_of(old) == state
        except BotoCoreError:
            return False
        return True

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        """Free claims (entity → fence) under which nothing was sent; one that cannot be freed expires by itself."""
        in_parallel(lambda pair: self._release_one(tenant, *pair), sorted(entities.items()))

    def _release_one(self, tenant: str, entity: str, fence: int) -> None:
        try:
            self._updated(tenant, entity, releasing(self._owner, fence))
        except (ClientError, BotoCoreError):
            return

    def _updated(self, tenant: str, identifier: str, update: Update) -> Item:
        """Write one item and return the attributes that the update answers."""
        self.writes += 1
        key = {"pk": {"S": pk_of(tenant, identifier)}}
        answer = self._client.update_item(TableName=self._table, Key=key, **update.request())
        attributes: Item = answer.get("Attributes", {})
        return attributes
