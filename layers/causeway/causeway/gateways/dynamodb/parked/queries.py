"""The queries that find parked entries, and the token that says where a list goes on. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from causeway.gateways.dynamodb.items import to_item
from causeway.parked.entries import WAITING_PREFIX, Parked
from causeway.parked.grouping import shared_reason
from causeway.push.memory.hashes import hashed

type Query = dict[str, Any]


class Place(NamedTuple):
    """Where a list goes on: in which of its queries, after which item, and how many entries of which batch were shown."""

    query: int = 0
    after: Mapping[str, str] | None = None
    shown: int = 0
    batch: str = ""


def tenant_pk(tenant: str) -> str:
    """Return the partition key of a tenant's entries."""
    return f"T#{tenant}"


def code_pk(tenant: str, code: str) -> str:
    """Return the key of a tenant's entries with one code, in the index `by_code`."""
    return f"T#{tenant}#CODE#{code}"


def record_pk(tenant: str, source: str, key: str) -> str:
    """Return the key of one record's entries, in the index `by_record`."""
    return f"T#{tenant}#RECORD#{source}#{key}"


def groups_pk(tenant: str) -> str:
    """Return the key of a tenant's entries by group, in the index `by_group`."""
    return f"T#{tenant}#GROUPS"


def group_of(values: Mapping[str, Any]) -> str:
    """Return the group of an entry or batch: the same code, source, sync, and reason but for what only one record says."""
    names = ("code", "source", "sync", "retry_when")
    return hashed(*(values.get(name) or "" for name in names), shared_reason(values["reason"]))[:12]


def group_sk(values: Mapping[str, Any], expires_at: int) -> str:
    """Return the place of an entry or batch in its group: when it was parked and expires, and how many changes it holds."""
    return f"{group_of(values)}#{values['parked_at_ms']:014d}#{expires_at}#{values.get('changes', 1)}"


def group_query(tenant: str, group: str = "") -> Query:
    """Return the query for the keys of a tenant's entries in one group, or in all of them."""
    values = to_item({":value": groups_pk(tenant), ":group": group})
    condition = "group_pk = :value AND begins_with(group_sk, :group)" if group else "group_pk = :value"
    return {
        "IndexName": "by_group",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values if group else to_item({":value": groups_pk(tenant)}),
    }


def query_of(name: str, value: str) -> Query:
    """Return the query for the items whose attribute `name` has this value."""
    return {"KeyConditionExpression": f"{name} = :value", "ExpressionAttributeValues": to_item({":value": value})}


def waiting_query(tenant: str) -> Query:
    """Return the query for a tenant's waiting batches."""
    return _of_waiting(_of_tenant(tenant), True)


def queries_for(
    tenant: str,
    code: str | None,
    source: str | None,
    key: str | None,
    waiting: bool | None,
    group: str | None = None,
) -> list[Query]:
    """Return the queries that find these entries, one after the other; of a group, the caller leaves out those that wait."""
    if group is not None:
        return [group_query(tenant, group)]
    if source is not None and key is not None:
        rejected = query_of("record_pk", record_pk(tenant, source, key)) | {"IndexName": "by_record"}
        return [rejected] if waiting is False else [rejected, waiting_query(tenant)]
    query = _of_tenant(tenant)
    if code is not None:
        query = query_of("code_pk", code_pk(tenant, code)) | {"IndexName": "by_code"}
    return [query if waiting is None else _of_waiting(query, waiting)]


def _of_tenant(tenant: str) -> Query:
    return query_of("pk", tenant_pk(tenant)) | {"ConsistentRead": True}


def _of_waiting(query: Query, waiting: bool) -> Query:
    """Return the query for only the entries that wait, or only those that do not."""
    condition = " AND begins_with(sk, :waiting)" if waiting else " AND sk < :waiting"
    values = query["ExpressionAttributeValues"] | to_item({":waiting": WAITING_PREFIX})
    key_condition = query["KeyConditionExpression"] + condition
    return query | {"KeyConditionExpression": key_condition, "ExpressionAttributeValues": values}


def key_after(item: Mapping[str, Any], query: Query) -> dict[str, str]:
    """Return the key by which a query goes on after an item."""
    names = {"pk", "sk", query["KeyConditionExpression"].partition(" ")[0]}
    if query.get("IndexName") == "by_group":
        names.add("group_sk")
    return {name: item[name] for name in sorted(names)}


def matches(entry: Parked, code: str | None, source: str | None, key: str | None) -> bool:
    """Tell whether an entry has this code, source and key, as far as they are given."""
    pairs = ((code, entry.code), (source, entry.source), (key, entry.key))
    return all(given is None or given == found for given, found in pairs)


def token_of(place: Place) -> str:
    """Return the token of a place."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def place_of(token: str | None) -> Place:
    """Return the place of a token, the start for None."""
    return Place(*json.loads(base64.urlsafe_b64decode(token))) if token else Place()
