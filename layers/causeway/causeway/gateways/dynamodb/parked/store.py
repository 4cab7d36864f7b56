"""The parked store: rejected and waiting changes in ParkedTable, large bodies in the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from causeway.contract.days import DAY_S
from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.gateways.dynamodb.parked.batches import in_batches, whole_batches
from causeway.gateways.dynamodb.parked.items import ParkedItems
from causeway.gateways.dynamodb.parked.queries import (
    Place,
    Query,
    key_after,
    matches,
    place_of,
    queries_for,
    tenant_pk,
    token_of,
    waiting_query,
)
from causeway.gateways.dynamodb.parked.replay_marks import ReplayMarks
from causeway.parked.entries import Parked, ParkedPage, Redrive

if TYPE_CHECKING:
    from causeway.gateways.dynamodb.parked.groups import GroupIndex
    from causeway.parked.groups import ParkedGroups, Tally

MAX_WRITES = 25  # of one BatchWriteItem (DynamoDB API reference)
WRITE_TRIES = 5  # of what a throttled table left over
PAGE = 100
ENDED_KEPT_S = 30 * DAY_S  # how long a request that ended can be looked at
_NOT_NOW = "The parked store does not answer at the moment."


class ParkedTable:
    """
    Parked entries by tenant and id.

    Items: pk `T#<tenant>`, sk the parked id; the indexes `by_code` (code_pk, sk) and `by_record` (record_pk, sk) find them,
    `by_group` (group_pk, group_sk) counts and finds those with a reason in common (groups.py).
    Waiting changes are stored in batches (batches.py), which `by_record` does not know: those of a record are found by
    reading the batches of its tenant. Readers check expiry themselves.
    """

    def __init__(
        self, client: Any, table: str, objects: Any, bucket: str, now_ms: Callable[[], int], retention_days: int
    ) -> None:
        self._client, self._table, self._now_ms = client, table, now_ms
        self._items = ParkedItems(objects, bucket, now_ms, retention_days)
        self._marks = ReplayMarks(client, table, now_ms)

    # ── entries ──

    def put(self, entries: Sequence[Parked]) -> None:
        """Keep entries, each over one of the same id; raise StoreUnavailable when one could not be kept."""
        by_id = {(entry.tenant, entry.parked_id): entry for entry in entries}  # one request may not name an item twice
        waiting = [entry for entry in by_id.values() if entry.is_waiting]
        alone = [entry for entry in by_id.values() if not entry.is_waiting or entry.waits_alone]
        with passing_faults(_NOT_NOW):
            items = in_parallel(self._items.of_entry, alone)
            items += in_parallel(
                self._items.of_batch, list(in_batches(each for each in waiting if not each.waits_alone))
            )
            self._write([{"PutRequest": {"Item": item}} for item in items])
            self._marks.mark_waiting({entry.tenant for entry in waiting})

    def drop(self, tenant: str, parked_ids: Sequence[str]) -> None:
        """Forget entries; those of a batch when all of them are named."""
        keys = [to_item({"pk": tenant_pk(tenant), "sk": item_id}) for item_id in whole_batches(parked_ids)]
        with passing_faults(_NOT_NOW):
            self._write([{"DeleteRequest": {"Key": key}} for key in keys])

    def wake(self, tenant: str, parked_ids: Sequence[str]) -> None:
        """Make entries that wait alone due at once, under another id; those that are not there are passed over."""
        with passing_faults(_NOT_NOW):
            found = in_parallel(lambda parked_id: self._item(tenant, parked_id), list(parked_ids))
            items = [item for item in found if item is not None]
            self._write([{"PutRequest": {"Item": self._items.due_now(item)}} for item in items])
            if items:
                self._marks.mark_waiting([tenant])
        self.drop(tenant, [item["sk"] for item in items])

    def _item(self, tenant: str, parked_id: str) -> dict[str, Any] | None:
        key = to_item({"pk": tenant_pk(tenant), "sk": parked_id})
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return from_item(item) if item else None

    def _write(self, requests: Sequence[Mapping[str, Any]]) -> None:
        in_parallel(self._write_some, list(batched(requests, MAX_WRITES, strict=False)))

    def _write_some(self, requests: Sequence[Mapping[str, Any]]) -> None:
        left = list(requests)
        for _ in range(WRITE_TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: left})
            left = answer.get("UnprocessedItems", {}).get(self._table, [])
            if not left:
                return
        raise StoreUnavailable(_NOT_NOW, "Nothing needs to be done; it is tried again.")

    def page(
        self,
        tenant: str,
        *,
        code: str | None = None,
        source: str | None = None,
        key: str | None = None,
        after: str | None = None,
        limit: int = PAGE,
        waiting: bool | None = None,
        group: str | None = None,
    ) -> ParkedPage:
        """
        Return entries of a tenant by id: all, of one code, source, record or group; `after` is a page's token.

        With `waiting` only those that wait, in whole batches: there may be more than `limit`. With False only those that do not.
        """
        entries: list[Parked] = []
        queries = queries_for(tenant, code, source, key, waiting, group)
        with passing_faults(_NOT_NOW):
            for entry, place in self._entries(queries, place_of(after), limit):
                if matches(entry, code, source, key) and waiting in (None, entry.is_waiting):
                    entries.append(entry)
                if len(entries) >= limit and not (waiting and place.shown):
                    return ParkedPage(tuple(entries), token_of(place))
        return ParkedPage(tuple(entries))

    def _entries(self, queries: Sequence[Query], place: Place, limit: int) -> Iterator[tuple[Parked, Place]]:
        """Yield the entries from a place on, one query after the other, each with the place after it."""
        for number in range(place.query, len(queries)):
            for item in self._found(queries[number], place.after, limit):
                after = Place(number, key_after(item, queries[number]))
                entries, batch = self._items.entries_in(item), str(item["sk"])
                begin = place.shown if batch == place.batch else 0  # the batch that a page ended in may be gone
                for shown in range(begin + 1, len(entries) + 1):
                    within = Place(number, place.after, shown, batch)
                    yield entries[shown - 1], after if shown == len(entries) else within
                place = after
            place = Place(number + 1)

    def _found(self, query: Query, after: Mapping[str, str] | None, limit: int) -> Iterator[dict[str, Any]]:
        start = to_item(after) if after else None
        while True:
            more = {"ExclusiveStartKey": start} if start else {}
            answer = self._client.query(TableName=self._table, Limit=limit, **query, **more)
            items = [from_item(item) for item in answer["Items"]]
            if query.get("IndexName") == "by_group":  # it holds keys alone
                items = self._index().items([(item["pk"].removeprefix("T#"), item["sk"]) for item in items])
            yield from items
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return

    def by_ids(self, tenant: str, parked_ids: Sequence[str]) -> list[Parked]:
        """Return the entries of these ids that are there and stand alone, in their order."""
        with passing_faults(_NOT_NOW):
            items = self._index().items([(tenant, parked_id) for parked_id in parked_ids])
            return [entry for item in items for entry in self._items.entries_in(item)]

    def groups(self, tenant: str) -> ParkedGroups:
        """Return what a tenant's entries have in common, largest group first."""
        from causeway.parked.groups import ParkedGroup, ParkedGroups

        with passing_faults(_NOT_NOW):
            counts, newest, is_complete = self._index().counts(tenant)
            items = self._index().items([(tenant, item_id) for item_id in newest.values()])
            samples = {item["sk"]: entries[-1] for item in items if (entries := self._items.entries_in(item))}
        found = [ParkedGroup(counts[group], samples[each]) for group, each in newest.items() if each in samples]
        return ParkedGroups(sorted(found, key=lambda each: -each.counted.changes), is_complete)

    def tallies(self, tenants: Sequence[str]) -> dict[str, Tally]:
        """Return how many changes of each tenant are refused and wait: one small read a tenant, side by side."""
        with passing_faults(_NOT_NOW):
            return dict(zip(tenants, in_parallel(self._index().tally, list(tenants)), strict=True))

    def _index(self) -> GroupIndex:
        from causeway.gateways.dynamodb.parked.groups import GroupIndex  # push never asks for groups

        return GroupIndex(self._client, self._table, self._now_ms())

    def count_refused(self, redrive: Redrive) -> int:
        """Return how many refused changes that a request names are parked as they were when it was made."""
        with passing_faults(_NOT_NOW):
            if redrive.parked_ids:
                entries = self.by_ids(redrive.tenant, redrive.parked_ids)
                return sum(not each.is_waiting and each.parked_at_ms <= redrive.requested_at_ms for each in entries)
            return self._index().refused(redrive)

    def count_waiting(self, tenant: str, most: int = 100_000) -> int:
        """Return how many changes of a tenant wait, counting no further than the page that passes `most`."""
        query = waiting_query(tenant)
        values = query["ExpressionAttributeValues"] | to_item({":now": self._now_ms() // 1000})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ProjectionExpression="changes",
            FilterExpression="expires_at > :now",
            **query | {"ExpressionAttributeValues": values},
        )
        count = 0
        with passing_faults(_NOT_NOW):
            for page in pages:
                count += sum(from_item(item)["changes"] for item in page["Items"])
                if count >= most:
                    break
        return count

    # ── what the replay schedule works off (replay_marks.py) ──

    def mark_waiting(self, tenant: str) -> None:
        """Note that a tenant has waiting changes."""
        with passing_faults(_NOT_NOW):
            self._marks.mark_waiting({tenant})

    def unmark_waiting(self, tenant: str) -> None:
        """Note that a tenant has none any more; look again afterwards, one may just have arrived."""
        with passing_faults(_NOT_NOW):
            self._marks.unmark_waiting(tenant)

    def waiting_tenants(self) -> Iterator[str]:
        """Yield the tenants that may have waiting changes."""
        return self._marks.waiting_tenants()

    def request_redrive(self, redrive: Redrive, new_id: str) -> None:
        """Keep a request to redrive for the schedule, no longer than what it may name is kept."""
        self.note_redrive(f"{redrive.tenant}#{new_id}", redrive)

    def note_redrive(self, redrive_id: str, redrive: Redrive) -> None:
        """Keep how far a request is worked off."""
        with passing_faults(_NOT_NOW):
            self._marks.note_redrive(redrive_id, redrive, self._items.expires_at(self._now_ms()))

    def redrives(self) -> Iterator[tuple[str, Redrive]]:
        """Yield the requests to redrive, with what `fulfil` and `note_redrive` take."""
        return self._marks.redrives()

    def redrives_of(self, tenant: str) -> list[tuple[str, Redrive]]:
        """Return a tenant's requests, newest first: those under way, and those that ended less than 30 days ago."""
        with passing_faults(_NOT_NOW):
            found = self._marks.redrives_of(tenant)
        return sorted(found.items(), key=lambda each: -each[1].requested_at_ms)

    def fulfil(self, redrive_id: str, redrive: Redrive) -> None:
        """End a request that is worked off; it can be looked at for 30 days."""
        with passing_faults(_NOT_NOW):
            self._marks.end_redrive(redrive_id, redrive, self._now_ms() // 1000 + ENDED_KEPT_S)
