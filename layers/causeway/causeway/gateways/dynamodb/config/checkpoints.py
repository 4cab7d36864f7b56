"""
Where pulls stand, in ConfigTable: every write is conditional on the fence of the lease.

Items of one sync in one org (pk `T#tenant`): `PULL#sync#org` holds lease, fence and checkpoint; `…#PAGE#generation#number`
what is remembered of each page (Ids and fingerprints, compressed); `…#UNSENT#n` the message that was kept last.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from causeway.errors import ClaimBusy, StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.pull.jobs import EmittedPage, Held, Unsent
from causeway.pull.pages.pulled import FINGERPRINT_BYTES
from causeway.pull.planning.checkpoints import Checkpoint, checkpoint_from_json

CHUNK_BYTES = 350_000  # DynamoDB limit: 400 KB an item, keys and names included
ROWS_PER_PAGE_ITEM = 10_000  # 26 bytes a row before compression
ID_BYTES = 18
TAKEN = "ConditionalCheckFailed"
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
                    ConditionExpression="attribute_not_exists(lease_until) OR lease_until < :now OR #owner = :owner",
                    ExpressionAttributeNames={"#owner": "owner"},
                    ExpressionAttributeValues=to_item(values),
                    ReturnValues="ALL_NEW",
                )
        except ClientError as error:
            _raise_unless_taken(error)
            return None
        item = from_item(answer["Attributes"])
        stored = json.loads(item["checkpoint"]) if "checkpoint" in item else None
        return Held(tenant, sync, org_id, owner, item["fence"], lease_ms, checkpoint_from_json(stored))

    def run_under_way(self, tenant: str, sync: str, org_id: str) -> str | None:
        """Return the run whose window is being read, or waits to be read on; None when there is none."""
        item = self._item(tenant, f"PULL#{sync}#{org_id}")
        checkpoint = checkpoint_from_json(json.loads(item["checkpoint"]) if "checkpoint" in item else None)
        return checkpoint.run if checkpoint.window else None

    def save(self, held: Held, checkpoint: Checkpoint, page: EmittedPage) -> None:
        """Keep a page that is about to be sent together with the place behind it, all or nothing; prolong the lease."""
        beside = json.dumps([dict(page.synced), page.cut_ms]).encode()
        body = zlib.compress(page.body + b"\n" + beside, 1) if page.body else b""
        chunks = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
        puts = [{"sk": f"{_name(held)}#UNSENT#{number}", "body": chunk} for number, chunk in enumerate(chunks)]
        puts.append(_page_item(held, checkpoint.generation, page))
        self._transact(held, checkpoint, puts, unsent=len(chunks))

    def advance(self, held: Held, checkpoint: Checkpoint) -> None:
        """Keep a place without a page; the page kept before counts as sent."""
        self._transact(held, checkpoint, [], unsent=0)

    def _transact(self, held: Held, checkpoint: Checkpoint, puts: Iterable[dict[str, Any]], unsent: int) -> None:
        update = {
            "TableName": self._table,
            "Key": _key(held.tenant, _name(held)),
            "UpdateExpression": "SET checkpoint = :checkpoint, lease_until = :until, unsent = :unsent",
            "ConditionExpression": "fence = :fence AND #owner = :owner",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": to_item(
                {
                    ":checkpoint": json.dumps(checkpoint.to_json()),
                    ":until": self._now_ms() + held.lease_ms,
                    ":unsent": unsent,
                    ":fence": held.fence,
                    ":owner": held.owner,
                }
            ),
        }
        items = [
            {"Put": {"TableName": self._table, "Item": to_item({"pk": f"T#{held.tenant}", **put})}} for put in puts
        ]
        try:
            with passing_faults(_NOT_NOW):
                self._client.transact_write_items(TransactItems=[{"Update": update}, *items])
        except ClientError as error:
            _raise_unless_taken(error)
            raise ClaimBusy("Another worker took over this pull.", "Nothing needs to be done.") from error

    def unsent(self, held: Held) -> Unsent | None:
        """Return the page that was kept last and may not have been sent."""
        item = self._item(held.tenant, _name(held))
        names = [f"{_name(held)}#UNSENT#{number}" for number in range(item.get("unsent", 0))]
        body = b"".join(self._item(held.tenant, name)["body"] for name in names)
        if not body:
            return None
        text, _, beside = zlib.decompress(body).partition(b"\n")  # JSON texts have no line breaks of their own
        return Unsent(text, *json.loads(beside))

    def newer_pages(self, held: Held, after_ms: int) -> dict[str, bytes]:
        """Return Id → fingerprint of the pages that hold a stamp after `after_ms`."""
        fingerprints: dict[str, bytes] = {}
        for item in self._pages(held, after_ms):
            fingerprints.update(_unpacked(item["marks"]))
        return fingerprints

    def inventory(self, held: Held) -> dict[str, bytes]:
        """Return Id → fingerprint of every record told and not gone."""
        fingerprints: dict[str, bytes] = {}
        for item in self._pages(held, -1):
            fingerprints.update(_unpacked(item["marks"]))
            for record_id in item["gone"]:
                fingerprints.pop(record_id, None)
        return fingerprints

    def compact(self, held: Held, checkpoint: Checkpoint, inventory: Mapping[str, bytes]) -> None:
        """Replace all kept pages by one inventory: written as a new generation first, then switched to, then the old one goes."""
        old = list(self._pages(held, -1))
        newest, following = max((item["newest_ms"] for item in old), default=0), checkpoint.generation + 1
        for number, ids in enumerate(batched(inventory, ROWS_PER_PAGE_ITEM, strict=False)):
            fingerprints = {record_id: inventory[record_id] for record_id in ids}
            sk = f"{_page_name(held, following, 0)}#{number:06d}"
            base: dict[str, Any] = {
                "pk": f"T#{held.tenant}",
                "sk": sk,
                "newest_ms": newest,
                "marks": _packed(fingerprints),
                "gone": [],
            }
            self._client.put_item(TableName=self._table, Item=to_item(base))
        self.advance(held, checkpoint.of_generation(following))
        for item in old:
            self._client.delete_item(TableName=self._table, Key=_key(held.tenant, item["sk"]))

    def release(self, held: Held, *, is_sent: bool) -> None:
        """Give the lease back if it is still held; `is_sent`: the page kept last was sent."""
        sent = ", unsent = :zero" if is_sent else ""
        try:
            with passing_faults(_NOT_NOW):
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(held.tenant, _name(held)),
                    UpdateExpression=f"SET lease_until = :zero{sent}",
                    ConditionExpression="fence = :fence AND #owner = :owner",
                    ExpressionAttributeNames={"#owner": "owner"},
                    ExpressionAttributeValues=to_item({":zero": 0, ":fence": held.fence, ":owner": held.owner}),
                )
        except ClientError as error:
            _raise_unless_taken(error)

    def _item(self, tenant: str, sk: str) -> dict[str, Any]:
        with passing_faults(_NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=_key(tenant, sk), ConsistentRead=True)
        return from_item(answer.get("Item", {}))

    def _pages(self, held: Held, after_ms: int) -> Iterator[dict[str, Any]]:
        stored = self._item(held.tenant, _name(held)).get("checkpoint")
        generation = checkpoint_from_json(json.loads(stored) if stored else None).generation
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            FilterExpression="newest_ms > :after",
            ExpressionAttributeValues=to_item(
                {":pk": f"T#{held.tenant}", ":prefix": f"{_name(held)}#PAGE#{generation:06d}#", ":after": after_ms}
            ),
            ConsistentRead=True,
        )
        with passing_faults(_NOT_NOW):
            for page in pages:
                yield from (from_item(item) for item in page["Items"])


def _name(held: Held) -> str:
    return f"PULL#{held.sync}#{held.org_id}"


def _key(tenant: str, sk: str) -> dict[str, Any]:
    return to_item({"pk": f"T#{tenant}", "sk": sk})


def _page_name(held: Held, generation: int, kept: int) -> str:
    return f"{_name(held)}#PAGE#{generation:06d}#{kept:012d}"


def _page_item(held: Held, generation: int, page: EmittedPage) -> dict[str, Any]:
    return {
        "sk": _page_name(held, generation, page.kept),
        "newest_ms": page.newest_ms,
        "marks": _packed(page.fingerprints),
        "gone": list(page.gone),
    }


def _packed(fingerprints: Mapping[str, bytes]) -> bytes:
    return zlib.compress(
        b"".join(
            record_id.encode() + fingerprint.ljust(FINGERPRINT_BYTES, b"\0")
            for record_id, fingerprint in fingerprints.items()
        ),
        1,
    )


def _unpacked(batched: bytes) -> dict[str, bytes]:
    raw, width = zlib.decompress(batched), ID_BYTES + FINGERPRINT_BYTES
    rows = (raw[start : start + width] for start in range(0, len(raw), width))
    return {row[:ID_BYTES].decode(): row[ID_BYTES:] for row in rows}


def _raise_unless_taken(error: ClientError) -> None:
    """Raise again what does not say that the lease is another worker's; a transaction may be cancelled for passing reasons."""
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
    if error.response["Error"]["Code"] == f"{TAKEN}Exception" or TAKEN in reasons:
        return
    if reasons:
        raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.") from error
    raise error
