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
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.batch_get import items_by_pk
from causeway.gateways.dynamodb.batch_statements import LOST, REFUSED, Answer, Statement, each_written
from causeway.gateways.dynamodb.state import claim_statements
from causeway.gateways.dynamodb.state.claim_items import Item, held_of, old_item, seen_of, state_of
from causeway.gateways.dynamodb.state.claim_statements import FIRST_FENCE
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
from causeway.push.memory.claims.answers import Busy, Claim, Held, Pointed, Seen

THROTTLED_WAIT_MS = 5_000
CLOCK_MARGIN_MS = 2_000  # how far the clocks of two workers may differ
UNREADABLE_WAIT_S = 5
UNKNOWN = ""  # for an identifier's entity: no answer came
_NOT_NOW = "The claims cannot be read at the moment."


class ClaimTable:
    """
    The claims of every tenant. `owner` is unique to this worker's invocation.

    Many items are written by statements in batches, one alone by an update; both keep one contract.
    `writes` counts written items, for the benchmarks. A write whose answer was lost never counts as done: an
    acquisition counts as busy, a completion as not completed. A claim that this worker had and left to its lease is busy for
    it, too: what was sent under it may still land.
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
        self._fences: dict[tuple[str, str], int | None] = {}  # as read last; None: there was nothing
        self._had: dict[tuple[str, str], int] = {}  # the fences of the claims that this worker was given
        self.writes = 0

    def look(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Seen]:
        """Return what is stored of these identifiers (strong reads); unknown ones are missing from the answer."""
        wanted = set(identifiers)
        items = self._items(tenant, wanted)
        fences = {each: items[each].get("fence") if each in items else None for each in wanted}
        self._fences |= {(tenant, each): int(fence["N"]) if fence else None for each, fence in fences.items()}
        return {identifier: seen_of(item) for identifier, item in items.items()}

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
        """Try to claim each entity; nothing blocks. One that was not looked at before is claimed alone."""
        ordered, now_ms = sorted(set(entities)), self._now_ms()
        fences = {each: self._fences[tenant, each] for each in ordered if (tenant, each) in self._fences}

        def alone(entity: str) -> Claim:
            return self._acquire_one(tenant, entity)

        def statement(entity: str) -> Statement:
            until_ms, free_before_ms = now_ms + self._lease_ms, now_ms - self._margin_ms
            pk = pk_of(tenant, entity)
            return claim_statements.acquiring(self._table, pk, self._owner, until_ms, free_before_ms, fences[entity])

        def read(entity: str, answer: Answer) -> Claim | None:
            return self._acquired(entity, answer, fences[entity], now_ms)

        others = [each for each in ordered if each not in fences]
        claims = dict(zip(fences, self._each(list(fences), statement, read, alone), strict=True))
        claims |= dict(zip(others, in_parallel(alone, others), strict=True))
        self._had |= {(tenant, each): claim.fence for each, claim in claims.items() if isinstance(claim, Held)}
        return claims

    def _acquired(self, entity: str, answer: Answer, fence: int | None, now_ms: int) -> Claim | None:
        """Return the claim that an answer tells of, None when it must be looked at alone."""
        if answer.fault == LOST:
            return Busy(now_ms + self._lease_ms)  # perhaps ours, perhaps not: only the lease's end decides
        if answer.fault == REFUSED:
            return Busy(now_ms + THROTTLED_WAIT_MS)
        if not answer.is_written:
            return None
        if fence is None:
            return Held(entity, FIRST_FENCE, None)
        return held_of(entity, answer.item) if answer.item else None

    def _acquire_one(self, tenant: str, entity: str) -> Claim:
        now_ms = self._now_ms()
        update = acquiring(self._owner, now_ms + self._lease_ms, now_ms - self._margin_ms)
        try:
            return held_of(entity, self._updated(tenant, entity, update))
        except ClientError as error:
            return self._not_acquired(tenant, entity, error, now_ms)
        except BotoCoreError:
            return Busy(now_ms + self._lease_ms)  # perhaps ours, perhaps not: only the lease's end decides

    def _not_acquired(self, tenant: str, entity: str, error: ClientError, now_ms: int) -> Claim:
        old = old_item(error)
        if old is None:
            return Busy(now_ms + THROTTLED_WAIT_MS)
        if "home" in old:
            return Pointed(old["home"]["S"])
        if old.get("owner", {}).get("S") == self._owner:
            held = held_of(entity, old)
            if self._had.get((tenant, entity)) != held.fence:  # the SDK sent our own write twice
                return held
        return Busy(int(old["lease_until"]["N"]) + self._margin_ms if "lease_until" in old else now_ms)

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        """Give identifiers their entities where they have none; return the entity that each has now (missing: unknown)."""
        pairs = sorted(entities.items())

        def statement(pair: tuple[str, str]) -> Statement:
            return claim_statements.pointing(self._table, pk_of(tenant, pair[0]), pair[1])

        def read(pair: tuple[str, str], answer: Answer) -> str | None:
            return pair[1] if answer.is_written else UNKNOWN if answer.is_final else None

        found = self._each(pairs, statement, read, lambda pair: self._point_one(tenant, *pair))
        return {identifier: entity for (identifier, _), entity in zip(pairs, found, strict=True) if entity != UNKNOWN}

    def _point_one(self, tenant: str, identifier: str, entity: str) -> str:
        try:
            self._updated(tenant, identifier, pointing(entity))
        except ClientError as error:
            old = old_item(error)
            return UNKNOWN if old is None else old["home"]["S"] if "home" in old else identifier
        except BotoCoreError:
            return UNKNOWN
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
        tasks, now_ms = [(entity, *known) for entity, known in sorted(entities.items())], self._now_ms()

        def statement(task: tuple[str, int, str]) -> Statement:
            pk = pk_of(tenant, task[0])
            return claim_statements.completing(self._table, pk, self._owner, task[1], task[2], now_ms, keep=keep)

        def read(task: tuple[str, int, str], answer: Answer) -> bool | None:
            return answer.is_written if answer.is_final else None

        done = self._each(tasks, statement, read, lambda task: self._complete_one(tenant, *task, keep=keep))
        return {entity for (entity, *_), stored in zip(tasks, done, strict=True) if stored}

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

        def statement(pair: tuple[str, int]) -> Statement:
            return claim_statements.releasing(self._table, pk_of(tenant, pair[0]), self._owner, pair[1])

        pairs = sorted(entities.items())

        def read(pair: tuple[str, int], answer: Answer) -> bool | None:
            return answer.is_written if answer.is_final else None

        self._each(pairs, statement, read, lambda pair: self._release_one(tenant, *pair))

    def _release_one(self, tenant: str, entity: str, fence: int) -> bool:
        try:
            self._updated(tenant, entity, releasing(self._owner, fence))
        except (ClientError, BotoCoreError):
            return False
        return True

    def _each[T, R](
        self,
        items: Sequence[T],
        statement: Callable[[T], Statement],
        read: Callable[[T, Answer], R | None],
        alone: Callable[[T], R],
    ) -> list[R]:
        """Write items together, as each_written does."""

        def counted(item: T) -> Statement:
            self.writes += 1
            return statement(item)

        return each_written(self._client, items, counted, read, alone)

    def _updated(self, tenant: str, identifier: str, update: Update) -> Item:
        """Write one item and return the attributes that the update answers."""
        self.writes += 1
        key = {"pk": {"S": pk_of(tenant, identifier)}}
        answer = self._client.update_item(TableName=self._table, Key=key, **update.request())
        attributes: Item = answer.get("Attributes", {})
        return attributes
