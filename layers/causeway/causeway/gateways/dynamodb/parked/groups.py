"""
Parked entries by group, counted from the index `by_group`, which holds nothing but keys: some 8,000 entries a read.

Entries that an older version wrote are not in the index; the first look at a tenant's groups puts them there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.batch_get import items_by_key
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.gateways.dynamodb.parked.queries import (
    group_query,
    group_sk,
    groups_pk,
    queries_for,
    query_of,
    tenant_pk,
)
from causeway.parked.entries import WAITING_PREFIX, Redrive
from causeway.parked.groups import GroupCount, Tally

MOST_COUNTED = 100_000  # keys of one tenant that one look reads: about 13 reads of 1 MB
MOST_TALLIED = 1_000  # keys of one tenant that a list of all tenants reads: 16 read units or so
MOST_ADOPTED = 5_000  # entries of older versions that one look gives their group
NOT_NOW = "The parked store does not answer at the moment."

type Key = tuple[str, str]
"""The tenant and the id of an item."""


class GroupIndex:
    """Counts a tenant's groups; marks under pk `GROUPED` say whose older entries are in the index."""

    def __init__(self, client: Any, table: str, now_ms: int) -> None:
        self._client, self._table, self._now_s = client, table, now_ms // 1000

    def counts(self, tenant: str) -> tuple[dict[str, GroupCount], dict[str, str], bool]:
        """Return the counts by group, the id of each one's newest item, and whether all entries were counted."""
        is_adopted = self._adopt(tenant)
        counts: dict[str, GroupCount] = {}
        newest: dict[str, str] = {}
        for number, item in enumerate(self._items(group_query(tenant))):
            if number >= MOST_COUNTED:
                return counts, newest, False
            group, parked_at, expires_at, changes = item["group_sk"].split("#")
            if int(expires_at) <= self._now_s:
                continue
            known = counts.get(group, GroupCount(group, 0, int(parked_at), 0))
            counts[group] = known._replace(changes=known.changes + int(changes), last_at_ms=int(parked_at))
            newest[group] = item["sk"]  # the index lists a group by time
        return counts, newest, is_adopted

    def refused(self, redrive: Redrive) -> int:
        """Return how many refused changes that a request names were parked by the time it was made, and are alive."""
        if redrive.code or redrive.source or redrive.key:
            return self._refused_by_content(redrive)
        self._adopt(redrive.tenant)
        found = 0
        for item in self._items(group_query(redrive.tenant, redrive.group or "")):
            _, parked_at, expires_at, _ = item["group_sk"].split("#")
            is_named = not item["sk"].startswith(WAITING_PREFIX) and int(parked_at) <= redrive.requested_at_ms
            found += is_named and int(expires_at) > self._now_s
        return found

    def _refused_by_content(self, redrive: Redrive) -> int:
        """Count by the entries themselves: what the index holds does not say of which code, source and record they are."""
        given = {"code": redrive.code, "source": redrive.source, "key": redrive.key}
        asked = {f"asked_{name}": (name, value) for name, value in given.items() if value is not None}
        (query,) = queries_for(redrive.tenant, redrive.code, redrive.source, redrive.key, False)
        conditions = [f"#{each} = :{each}" for each in asked]
        values = {f":{each}": value for each, (_, value) in asked.items()}
        query |= {
            "FilterExpression": " AND ".join(["parked_at_ms <= :at AND expires_at > :now", *conditions]),
            "ExpressionAttributeNames": {f"#{each}": name for each, (name, _) in asked.items()},
            "ExpressionAttributeValues": query["ExpressionAttributeValues"]
            | to_item({":at": redrive.requested_at_ms, ":now": self._now_s, **values}),
        }
        pages = self._client.get_paginator("query").paginate(TableName=self._table, Select="COUNT", **query)
        return sum(page["Count"] for page in pages)

    def tally(self, tenant: str) -> Tally:
        """Count a tenant's changes by one read of keys, at most MOST_TALLIED of them; entries of older versions count once adopted."""
        answer = self._client.query(TableName=self._table, Limit=MOST_TALLIED, **group_query(tenant))
        refused = waiting = 0
        for item in map(from_item, answer["Items"]):
            _, _, expires_at, changes = item["group_sk"].split("#")
            if int(expires_at) <= self._now_s:
                continue
            if item["sk"].startswith(WAITING_PREFIX):
                waiting += int(changes)
            else:
                refused += int(changes)
        return Tally(refused, waiting, "LastEvaluatedKey" not in answer)

    def items(self, keys: Sequence[Key]) -> list[dict[str, Any]]:
        """Return the items of these tenants and ids that exist, in their order."""
        pairs = list(dict.fromkeys((tenant_pk(tenant), item_id) for tenant, item_id in keys))
        wanted = [{"pk": pk, "sk": sk} for pk, sk in pairs]
        items = [from_item(item) for item in items_by_key(self._client, self._table, wanted, NOT_NOW)]
        found = {(item["pk"], item["sk"]): item for item in items}
        return [found[pair] for pair in pairs if pair in found]

    def _adopt(self, tenant: str) -> bool:
        """Give entries of older versions their group; return whether none is left."""
        mark = to_item({"pk": "GROUPED", "sk": tenant})
        if self._client.get_item(TableName=self._table, Key=mark).get("Item"):
            return True
        query = query_of("pk", tenant_pk(tenant)) | {"FilterExpression": "attribute_not_exists(group_pk)"}
        older = []
        for item in self._items(query):
            older.append(item)
            if len(older) >= MOST_ADOPTED:
                break
        in_parallel(self._adopt_one, older)
        if len(older) < MOST_ADOPTED:
            self._client.put_item(TableName=self._table, Item=mark)
        return len(older) < MOST_ADOPTED

    def _adopt_one(self, item: Mapping[str, Any]) -> None:
        values = {":pk": groups_pk(item["tenant"]), ":sk": group_sk(item, item["expires_at"])}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": item["pk"], "sk": item["sk"]}),
                UpdateExpression="SET group_pk = :pk, group_sk = :sk",
                ConditionExpression="attribute_exists(pk)",  # it may be settled by now
                ExpressionAttributeValues=to_item(values),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise

    def _items(self, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("query").paginate(TableName=self._table, **query):
            yield from (from_item(item) for item in page["Items"])
