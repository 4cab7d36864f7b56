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

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.push.memory.claims.answers import Busy, Claim, Held, Pointed, Seen
from causeway.push.memory.hashes import hashed

MAX_BATCH_GET = 100  # DynamoDB limit: keys per BatchGetItem
THROTTLED_WAIT_MS = 5_000
CLOCK_MARGIN_MS = 2_000  # how far the clocks of two workers may differ
SHORT_ID = 15


class ClaimTable:
    """
    The claims of every tenant. `owner` is unique to this worker's invocation.

    `writes` counts written items, for the benchmarks. A write whose answer was lost is never taken for done: an
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
        return {identifier: _seen(item) for identifier, item in self._items(tenant, identifiers).items()}

    def owners(self, tenant: str, org_id: str, record_ids: Iterable[str]) -> dict[str, str]:
        """Return the entity that owns each record, as far as one does (strong reads); nothing is written."""
        places = {record_id: owner_index_of(org_id, record_id) for record_id in record_ids}
        owner_indexes = self._items(tenant, places.values())
        found = {
            record_id: owner_indexes.get(owner_index, {}).get(_slot(record_id))
            for record_id, owner_index in places.items()
        }
        return {record_id: entity["S"] for record_id, entity in found.items() if entity}

    def _items(self, tenant: str, identifiers: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        wanted = sorted(set(identifiers))
        chunks = [wanted[start : start + MAX_BATCH_GET] for start in range(0, len(wanted), MAX_BATCH_GET)]
        found: dict[str, Mapping[str, Any]] = {}
        for part in in_parallel(lambda chunk: self._items_chunk(tenant, chunk), chunks):
            found.update(part)
        return found

    def _items_chunk(self, tenant: str, identifiers: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        pending = [{"pk": {"S": pk_of(tenant, identifier)}} for identifier in identifiers]
        found: dict[str, Mapping[str, Any]] = {}
        for _ in range(8):
            if not pending:
                return found
            request = {self._table: {"Keys": pending, "ConsistentRead": True}}
            with passing_faults("The claims can not be read at the moment."):
                answer = self._client.batch_get_item(RequestItems=request)
            for item in answer["Responses"].get(self._table, ()):
                found[item["pk"]["S"].partition("#")[2]] = item
            pending = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        raise StoreUnavailable("The claims can not be read at the moment.", "It is tried again.", retry_after_s=5)

    def acquire(self, tenant: str, entities: Iterable[str]) -> dict[str, Claim]:
        """Try to claim each entity, in sorted order; nothing blocks."""
        wanted = sorted(set(entities))
        return dict(zip(wanted, in_parallel(lambda entity: self._acquire_one(tenant, entity), wanted), strict=True))

    def _acquire_one(self, tenant: str, entity: str) -> Claim:
        now_ms = self._now_ms()
        try:
            answer = self._update(
                tenant,
                entity,
                "SET #owner = :owner, lease_until = :until, fence = if_not_exists(fence, :zero) + :one",
                "attribute_not_exists(home) AND (attribute_not_exists(lease_until) OR lease_until < :now)",
                {
                    ":owner": {"S": self._owner},
                    ":until": _number(now_ms + self._lease_ms),
                    ":now": _number(now_ms - self._margin_ms),
                    ":zero": _number(0),
                    ":one": _number(1),
                },
                "ALL_NEW",
            )
        except ClientError as error:
            return self._not_acquired(entity, error, now_ms)
        except BotoCoreError:
            return Busy(now_ms + self._lease_ms)  # perhaps ours, perhaps not: only the lease tells
        return _held(entity, answer["Attributes"])

    def _not_acquired(self, entity: str, error: ClientError, now_ms: int) -> Claim:
        old = _old_item(error)
        if old is None:
            return Busy(now_ms + THROTTLED_WAIT_MS)
        if "home" in old:
            return Pointed(old["home"]["S"])
        if old.get("owner", {}).get("S") == self._owner:  # the SDK sent our own write twice
            return _held(entity, old)
        return Busy(int(old["lease_until"]["N"]) + self._margin_ms if "lease_until" in old else now_ms)

    def point(self, tenant: str, entities: Mapping[str, str]) -> dict[str, str]:
        """Give identifiers their entities where they have none; return the entity that each has now (missing: could not be told)."""
        pairs = sorted(entities.items())
        told = in_parallel(lambda pair: self._point_one(tenant, *pair), pairs)
        return {identifier: entity for (identifier, _), entity in zip(pairs, told, strict=True) if entity is not None}

    def _point_one(self, tenant: str, identifier: str, entity: str) -> str | None:
        try:
            self._update(
                tenant, identifier, "SET home = :home", "attribute_not_exists(pk)", {":home": {"S": entity}}, "NONE"
            )
        except ClientError as error:
            old = _old_item(error)
            return None if old is None else old["home"]["S"] if "home" in old else identifier
        except BotoCoreError:
            return None
        return entity

    def own(self, tenant: str, org_id: str, entities: Mapping[str, str]) -> dict[str, str]:
        """Give records their entities where they have none; return the entity that owns each now (missing: could not be told)."""
        owner_indexes: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for record_id, entity in entities.items():
            owner_indexes[owner_index_of(org_id, record_id)][record_id] = entity
        owned: dict[str, str] = {}
        for part in in_parallel(
            lambda owner_index: self._own_in_index(tenant, *owner_index), sorted(owner_indexes.items())
        ):
            owned.update(part)
        return owned

    def _own_in_index(self, tenant: str, owner_index: str, entities: Mapping[str, str]) -> dict[str, str]:
        names = {f"#r{place}": _slot(record_id) for place, record_id in enumerate(entities)}
        values = {f":h{place}": {"S": entity} for place, entity in enumerate(entities.values())}
        sets = (f"{name} = if_not_exists({name}, {value})" for name, value in zip(names, values, strict=True))
        try:
            answer = self._update(tenant, owner_index, "SET " + ", ".join(sets), None, values, "ALL_NEW", names)
        except (ClientError, BotoCoreError):
            return {}
        return {record_id: answer["Attributes"][_slot(record_id)]["S"] for record_id in entities}

    def complete(self, tenant: str, entities: Mapping[str, tuple[int, str]], *, keep: bool = False) -> set[str]:
        """
        Store what entities (entity → fence, state) hold now and free them; return those that were stored.

        With `keep` the lease stays: part of what was sent has an unknown outcome.
        """
        pairs = sorted(entities.items())
        done = in_parallel(lambda pair: self._complete_one(tenant, pair[0], *pair[1], keep=keep), pairs)
        return {entity for (entity, _), stored in zip(pairs, done, strict=True) if stored}

    def _complete_one(self, tenant: str, entity: str, fence: int, state: str, *, keep: bool) -> bool:
        values = {":state": {"S": state}, ":now": _number(self._now_ms()), ":fence": _number(fence)}
        change = "SET #state = :state, completed_at = :now" + ("" if keep else " REMOVE #owner, lease_until")
        try:
            self._update(tenant, entity, change, "fence = :fence AND #owner = :owner", values | self._me(), "NONE")
        except ClientError as error:
            old = _old_item(error)  # the SDK may have sent our own write twice
            return old is not None and old.get("fence") == _number(fence) and old.get("state") == {"S": state}
        except BotoCoreError:
            return False
        return True

    def release(self, tenant: str, entities: Mapping[str, int]) -> None:
        """Free claims (entity → fence) under which nothing was sent; one that can not be freed expires by itself."""
        in_parallel(lambda pair: self._release_one(tenant, *pair), sorted(entities.items()))

    def _release_one(self, tenant: str, entity: str, fence: int) -> None:
        values = {":fence": _number(fence)} | self._me()
        try:
            self._update(
                tenant, entity, "REMOVE #owner, lease_until", "fence = :fence AND #owner = :owner", values, "NONE"
            )
        except (ClientError, BotoCoreError):
            return

    def _me(self) -> dict[str, Any]:
        return {":owner": {"S": self._owner}}

    def _update(
        self,
        tenant: str,
        identifier: str,
        change: str,
        condition: str | None,
        values: Mapping[str, Any],
        answer: str,
        names: Mapping[str, str] | None = None,
    ) -> Any:
        used = names or {
            name: word
            for name, word in (("#owner", "owner"), ("#state", "state"))
            if name in change or name in (condition or "")
        }
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": {"pk": {"S": pk_of(tenant, identifier)}},
            "UpdateExpression": change,
            "ExpressionAttributeValues": dict(values),
            "ReturnValues": answer,
        }
        if condition:
            request |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if used:
            request["ExpressionAttributeNames"] = used
        self.writes += 1
        return self._client.update_item(**request)


def owner_index_of(org_id: str, record_id: str) -> str:
    """Return the identifier of the owner index that tells a record's home."""
    return hashed("shelf", org_id, record_id[: SHORT_ID - 1])


def _slot(record_id: str) -> str:
    """Return the attribute of an owner index that names the entity of a record."""
    return f"r{record_id[:SHORT_ID]}"


def pk_of(tenant: str, identifier: str) -> str:
    return f"{hashed('tenant', tenant)}#{identifier}"


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _seen(item: Mapping[str, Any]) -> Seen:
    entity = item["home"]["S"] if "home" in item else None
    until_ms = int(item["lease_until"]["N"]) if "lease_until" in item else 0
    return Seen(entity, item["state"]["S"] if "state" in item else None, until_ms)


def _held(entity: str, item: Mapping[str, Any]) -> Held:
    state = item["state"]["S"] if "state" in item else None
    completed_ms = int(item["completed_at"]["N"]) if "completed_at" in item else 0
    return Held(entity, int(item["fence"]["N"]), state, completed_ms)


def _old_item(error: ClientError) -> Mapping[str, Any] | None:
    """Return the item that a condition failed on, None when the write failed for another reason."""
    if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
        return None
    item: Mapping[str, Any] = error.response.get("Item") or {}  # type: ignore[assignment]  # absent from the stubs
    return item
