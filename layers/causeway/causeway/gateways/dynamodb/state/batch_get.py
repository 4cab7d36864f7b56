"""Read many items of a table by their partition keys; what DynamoDB leaves over is asked for again."""

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

    def chunk(some: Sequence[str]) -> Items:
        return _chunk(client, table, some, not_now, consistent, retry_after_s)

    wanted = sorted(set(pks))
    chunks = [wanted[start : start + MAX_BATCH_GET] for start in range(0, len(wanted), MAX_BATCH_GET)]
    found: Items = {}
    for part in in_parallel(chunk, chunks):
        found.update(part)
    return found


def _chunk(
    client: Any, table: str, pks: Sequence[str], not_now: str, consistent: bool, retry_after_s: float | None
) -> Items:
    pending: list[Any] = [{"pk": {"S": pk}} for pk in pks]
    found: Items = {}
    for _ in range(ROUNDS):
        if not pending:
            return found
        request = {table: {"Keys": pending, **({"ConsistentRead": True} if consistent else {})}}
        with passing_faults(not_now):
            answer = client.batch_get_item(RequestItems=request)
        found |= {item["pk"]["S"]: item for item in answer["Responses"].get(table, ())}
        pending = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    raise StoreUnavailable(not_now, "It is tried again.", retry_after_s=retry_after_s)
