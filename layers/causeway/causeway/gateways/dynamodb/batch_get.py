"""Read many items of a table by their keys; what DynamoDB leaves over is asked for again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel

MAX_BATCH_GET = 100  # DynamoDB limit: keys per BatchGetItem
ROUNDS = 8  # BatchGetItem may leave keys unprocessed

type Items = dict[str, Mapping[str, Any]]
"""Items by their partition key."""


def items_by_pk(
    client: Any,
    table: str,
    pks: Iterable[str],
    not_now: str,
    *,
    consistent: bool = True,
    retry_after_s: float | None = None,
) -> Items:
    """Return the items that exist; raise StoreUnavailable with the sentence `not_now` when some cannot be read."""
    keys = [{"pk": pk} for pk in sorted(set(pks))]
    found = items_by_key(client, table, keys, not_now, consistent=consistent, retry_after_s=retry_after_s)
    return {item["pk"]["S"]: item for item in found}


def items_by_key(
    client: Any,
    table: str,
    keys: Sequence[Mapping[str, str]],
    not_now: str,
    *,
    consistent: bool = False,
    retry_after_s: float | None = None,
) -> list[Mapping[str, Any]]:
    """
    Return the items that exist, in any order and as DynamoDB holds them; no key may come twice.

    Raises StoreUnavailable with the sentence `not_now` when some cannot be read.
    """

    def chunk(some: Sequence[Mapping[str, str]]) -> list[Mapping[str, Any]]:
        return _chunk(client, table, some, not_now, consistent, retry_after_s)

    chunks = [keys[start : start + MAX_BATCH_GET] for start in range(0, len(keys), MAX_BATCH_GET)]
    return [item for part in in_parallel(chunk, chunks) for item in part]


def _chunk(
    client: Any,
    table: str,
    keys: Sequence[Mapping[str, str]],
    not_now: str,
    consistent: bool,
    retry_after_s: float | None,
) -> list[Mapping[str, Any]]:
    pending: list[Any] = [{name: {"S": value} for name, value in key.items()} for key in keys]
    found: list[Mapping[str, Any]] = []
    for _ in range(ROUNDS):
        if not pending:
            return found
        request = {table: {"Keys": pending, **({"ConsistentRead": True} if consistent else {})}}
        with passing_faults(not_now):
            answer = client.batch_get_item(RequestItems=request)
        found += answer["Responses"].get(table, ())
        pending = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    raise StoreUnavailable(not_now, "It is tried again.", retry_after_s=retry_after_s)
