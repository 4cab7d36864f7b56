"""
Checkpoints of pulls, in ConfigTable: every write is conditional on the fence of the lease.

Items of one sync in one org (pk `T#tenant`): `PULL#sync#org` holds lease, fence and checkpoint; `…#PAGE#generation#number`
what is remembered of each page (Ids and fingerprints, compressed); `…#UNSENT#n` the message that was kept last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.errors import ClaimBusy, StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.config.checkpoint_pages import (
    fingerprints_in,
    inventory_items,
    name_of,
    page_item,
    pages_prefix,
    unsent_items,
    unsent_name,
    unsent_of,
)
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.pull.jobs import EmittedPage, Held, Unsent
from causeway.pull.planning.checkpoints import Checkpoint, checkpoint_from_json

TAKEN = "ConditionalCheckFailed"
OURS = "fence = :fence AND #owner = :owner"
FREE = "attribute_not_exists(lease_until) OR lease_until < :now OR #owner = :owner"
OWNER = {"#owner": "owner"}
_NOT_NOW = "The table of pull checkpoints does not answer at the moment."


class CheckpointTable:
    """The checkpoints of every tenant's pulls."""

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int]) -> None:
        self._client, self._table, self._now_ms = client, table, now_ms

    def claim(self, tenant: str, sync: str, org_id: str, owner: str, lease_ms: int) -> Held | None:
        """Take the lease, or None while another holds it."""
        now_ms = self._now_ms()
        values = {":owner": owner, ":until": now_ms + lease_ms, ":now": now_ms, ":zero": 0, ":one": 1}
        try:
            with passing_faults(_NOT_NOW):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(tenant, f"PULL#{sync}#{org_id}"),
                    UpdateExpression="SET #owner = :owner, lease_until = :until, fence = if_not_exists(fence, :zero) + :one",
                    ConditionExpression=FREE,
                    ExpressionAttributeNames=OWNER,
                    ExpressionAttributeValues=to_item(values),
                    ReturnValues="ALL_NEW",
                )
        except ClientError as error:
            _raise_unless_taken(error)
            return None
        item = from_item(answer["Attributes"])
        return Held(tenant, sync, org_id, owner, item["fence"], lease_ms, _checkpoint_in(item))

    def run_under_way(self, tenant: str, sync: str, org_id: str) -> str | None:
        """Return the run whose window is being read, or waits to be read on; None when there is none."""
        checkpoint = _checkpoint_in(self._item(tenant, f"PULL#{sync}#{org_id}"))
        return checkpoint.run if checkpoint.window else None

    def save(self, held: Held, checkpoint: Checkpoint, page: EmittedPage) -> None:
        """Store a page that is about to be sent together with the checkpoint after it, all or nothing; prolong the lease."""
        chunks = unsent_items(held, page)
        puts = [*chunks, page_item(held, checkpoint.generation, page)]
        self._transact(held, checkpoint, puts, unsent=len(chunks))

    def advance(self, held: Held, checkpoint: Checkpoint) -> None:
        """Store a checkpoint without a page; the page stored before counts as sent."""
        self._transact(held, checkpoint, [], unsent=0)

    def _transact(self, held: Held, checkpoint: Checkpoint, puts: Sequence[Mapping[str, Any]], unsent: int) -> None:
        update = self._advanced(held, checkpoint, unsent)
        items = [{"Put": {"TableName": self._table, "Item": _item_of(held, put)}} for put in puts]
        try:
            with passing_faults(_NOT_NOW):
                self._client.transact_write_items(TransactItems=[{"Update": update}, *items])
        except ClientError as error:
            _raise_unless_taken(error)
            raise ClaimBusy("Another worker took over this pull.", "Nothing needs to be done.") from error

    def _advanced(self, held: Held, checkpoint: Checkpoint, unsent: int) -> dict[str, Any]:
        """Return the update that stores a checkpoint under the lease that is held, and prolongs it."""
        values = {
            ":checkpoint": json.dumps(checkpoint.to_json()),
            ":until": self._now_ms() + held.lease_ms,
            ":unsent": unsent,
            ":fence": held.fence,
            ":owner": held.owner,
        }
        return {
            "TableName": self._table,
            "Key": _key(held.tenant, name_of(held)),
            "UpdateExpression": "SET checkpoint = :checkpoint, lease_until = :until, unsent = :unsent",
            "ConditionExpression": OURS,
            "ExpressionAttributeNames": OWNER,
            "ExpressionAttributeValues": to_item(values),
        }

    def unsent(self, held: Held) -> Unsent | None:
        """Return the page that was stored last and may not have been sent."""
        item = self._item(held.tenant, name_of(held))
        names = (unsent_name(held, number) for number in range(item.get("unsent", 0)))
        return unsent_of(self._item(held.tenant, name)["body"] for name in names)

    def newer_pages(self, held: Held, after_ms: int) -> dict[str, bytes]:
        """Return Id → fingerprint of the pages that hold a stamp after `after_ms`."""
        return fingerprints_in(self._pages(held, after_ms), with_gone=True)

    def inventory(self, held: Held) -> dict[str, bytes]:
        """Return Id → fingerprint of every record published and not gone."""
        return fingerprints_in(self._pages(held, -1), with_gone=False)

    def compact(self, held: Held, checkpoint: Checkpoint, inventory: Mapping[str, bytes]) -> None:
        """Replace all remembered pages by one inventory: written as a new generation, switched to, then the old one goes."""
        old = list(self._pages(held, -1))
        newest, following = max((item["newest_ms"] for item in old), default=0), checkpoint.generation + 1
        for values in inventory_items(held, following, newest, inventory):
            self._client.put_item(TableName=self._table, Item=_item_of(held, values))
        self.advance(held, checkpoint.of_generation(following))
        for item in old:
            self._client.delete_item(TableName=self._table, Key=_key(held.tenant, item["sk"]))

    def release(self, held: Held, *, is_sent: bool) -> None:
        """Release the lease if it is still held; `is_sent`: the page stored last was sent."""
        sent = ", unsent = :zero" if is_sent else ""
        try:
            with passing_faults(_NOT_NOW):
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(held.tenant, name_of(held)),
                    UpdateExpression=f"SET lease_until = :zero{sent}",
                    ConditionExpression=OURS,
                    ExpressionAttributeNames=OWNER,
                    ExpressionAttributeValues=to_item({":zero": 0, ":fence": held.fence, ":owner": held.owner}),
                )
        except ClientError as error:
            _raise_unless_taken(error)

    def _item(self, tenant: str, sk: str) -> dict[str, Any]:
        with passing_faults(_NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=_key(tenant, sk), ConsistentRead=True)
        return from_item(answer.get("Item", {}))

    def _pages(self, held: Held, after_ms: int) -> Iterator[dict[str, Any]]:
        """Yield the remembered pages of the generation in use, oldest first."""
        generation = _checkpoint_in(self._item(held.tenant, name_of(held))).generation
        values = {":pk": f"T#{held.tenant}", ":prefix": pages_prefix(held, generation), ":after": after_ms}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            FilterExpression="newest_ms > :after",
            ExpressionAttributeValues=to_item(values),
            ConsistentRead=True,
        )
        with passing_faults(_NOT_NOW):
            for page in pages:
                yield from (from_item(item) for item in page["Items"])


def _key(tenant: str, sk: str) -> dict[str, Any]:
    return to_item({"pk": f"T#{tenant}", "sk": sk})


def _item_of(held: Held, values: Mapping[str, Any]) -> dict[str, Any]:
    return to_item({"pk": f"T#{held.tenant}", **values})


def _checkpoint_in(item: Mapping[str, Any]) -> Checkpoint:
    return checkpoint_from_json(json.loads(item["checkpoint"]) if "checkpoint" in item else None)


def _raise_unless_taken(error: ClientError) -> None:
    """Raise again what does not say that the lease is another worker's; a transaction may be cancelled for passing reasons."""
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
    if error.response["Error"]["Code"] == f"{TAKEN}Exception" or TAKEN in reasons:
        return
    if reasons:
        raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.") from error
    raise error
