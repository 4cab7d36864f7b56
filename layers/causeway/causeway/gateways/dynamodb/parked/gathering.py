"""Windows of paced delivery and the changes that they hold, in ParkedTable under keys that no index and no list knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from causeway.contract.days import DAY_S
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.push.memory.hashes import hashed
from causeway.push.pacing.encoding import decoded
from causeway.push.pacing.windows import Held, Window

KEPT_S = 7 * DAY_S  # held changes expire by themselves; a flush, or the replay, takes them within minutes
COUNT_STEP = 10  # changes that this process holds before it counts them in the window: counting costs a write
_NOT_NOW = "The parked store does not answer at the moment."
_FLUSHING = "flushing_"


class GatheringTable:
    """
    Items: pk `GATHER#<tenant>`; sk `0` the window, sk `<generation>#<name>` changes held together.

    What a process held and did not count yet is known to it alone: `held` may be too low by COUNT_STEP for each process.
    """

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int]) -> None:
        self._client, self._table, self._now_ms = client, table, now_ms
        self._uncounted: dict[tuple[str, int], int] = {}
        self._lock = Lock()

    def read(self, tenant: str) -> Window:
        """Return the tenant's window as of now (strong read)."""
        with passing_faults(_NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=_key(tenant, "0"), ConsistentRead=True)
        return self._window(tenant, answer.get("Item", {}))

    def open(self, tenant: str, window: Window, flush_at_ms: int) -> Window | None:
        """Open the window until a time and return it; None when another worker changed it."""
        now_ms = self._now_ms()
        values = {":flush": flush_at_ms, ":now": now_ms, ":none": 0, ":generation": window.generation}
        change = "SET flush_at_ms = :flush, opened_at_ms = :now, generation = :generation, held = :none"
        seen = (
            "(attribute_not_exists(generation) OR generation = :generation)"
            " AND (attribute_not_exists(flush_at_ms) OR flush_at_ms = :none)"
        )
        if not self._update(
            tenant, change, values, condition=seen, ours={"opened_at_ms": now_ms, "flush_at_ms": flush_at_ms}
        ):
            return None
        return window._replace(flush_at_ms=flush_at_ms, opened_at_ms=now_ms, held=0)

    def hold(self, tenant: str, window: Window, name: str, content: bytes, changes: int) -> Window | None:
        """Keep changes under the window's generation; return the window afterwards, None when it had been closed."""
        now_ms = self._now_ms()
        item = {"content": content, "since_ms": now_ms, "expires_at": now_ms // 1000 + KEPT_S}
        key = {"pk": _pk(tenant), "sk": f"{_prefix(window.generation)}{hashed(name)}"}
        with passing_faults(_NOT_NOW):
            self._client.put_item(TableName=self._table, Item=to_item({**key, **item}))
        after = self._counted(tenant, window.generation, changes)
        return after if after is not None and after.generation == window.generation and after.is_open else None

    def _counted(self, tenant: str, generation: int, changes: int) -> Window | None:
        """Return the window after the write, and count what was held there if it is enough for a write."""
        place = (tenant, generation)
        with self._lock:
            uncounted = self._uncounted.pop(place, 0) + changes
            if uncounted < COUNT_STEP:
                self._uncounted[place] = uncounted
        if uncounted < COUNT_STEP:
            return self.read(tenant)
        values = {":count": uncounted, ":generation": generation}
        found = self._update(tenant, "ADD held :count", values, condition="generation = :generation")
        return self._window(tenant, found) if found else None

    def close(self, tenant: str, window: Window) -> bool:
        """Begin to flush the window's generation; return False when another worker did, or opened it anew."""
        generation = window.generation
        with self._lock:
            self._uncounted.pop((tenant, generation), None)
        name, now_ms = f"{_FLUSHING}{generation}", self._now_ms()
        values = {
            ":generation": generation,
            ":next": generation + 1,
            ":flush": window.flush_at_ms,
            ":none": 0,
            ":now": now_ms,
        }
        change = f"SET generation = :next, flush_at_ms = :none, held = :none, {name} = :now"
        condition = "generation = :generation AND flush_at_ms = :flush"
        return bool(self._update(tenant, change, values, condition=condition, ours={name: now_ms}))

    def take_over(self, tenant: str, window: Window, generation: int) -> bool:
        """Go on with a flush that its worker left; return False when another one does."""
        name, now_ms = f"{_FLUSHING}{generation}", self._now_ms()
        values, condition = {":now": now_ms, ":seen": window.flushing[generation]}, f"{name} = :seen"
        return bool(self._update(tenant, f"SET {name} = :now", values, condition=condition, ours={name: now_ms}))

    def held(self, tenant: str, generation: int) -> list[Held]:
        """Return the changes of a closed generation (strong read)."""
        values = to_item({":pk": _pk(tenant), ":prefix": _prefix(generation)})
        with passing_faults(_NOT_NOW):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues=values,
                ConsistentRead=True,
            )
            items = [from_item(item) for page in pages for item in page["Items"]]
        return [Held(decoded(tenant, item["content"]), item["since_ms"], item["sk"]) for item in items]

    def give_up(self, tenant: str, generation: int) -> None:
        """Leave a flush to whoever comes next."""
        name = f"{_FLUSHING}{generation}"
        self._update(tenant, f"SET {name} = :none", {":none": 0}, condition=f"attribute_exists({name})")

    def finish(self, tenant: str, generation: int) -> None:
        """Note that nothing of a generation is left to flush; its items expire."""
        self._update(tenant, f"REMOVE {_FLUSHING}{generation}", {}, condition="attribute_exists(generation)")

    def _update(
        self,
        tenant: str,
        change: str,
        values: Mapping[str, Any],
        *,
        condition: str,
        ours: Mapping[str, int] | None = None,
    ) -> dict[str, Any]:
        """
        Change the window's item and return it, empty when the condition does not hold.

        A write that was applied although its answer was lost (the SDK sends it again) counts, as far as `ours` shows it.
        """
        given = {"ExpressionAttributeValues": to_item(values)} if values else {}
        try:
            with passing_faults(_NOT_NOW):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(tenant, "0"),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **given,
                )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            item: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # absent from the stubs
            stored = from_item(item)
            return item if ours and all(stored.get(name) == value for name, value in ours.items()) else {}
        attributes: dict[str, Any] = answer["Attributes"]
        return attributes

    def _window(self, tenant: str, item: Mapping[str, Any]) -> Window:
        stored = from_item(item)
        generation, names = stored.get("generation", 0), (name for name in stored if name.startswith(_FLUSHING))
        flushing = {int(name.removeprefix(_FLUSHING)): stored[name] for name in names}
        held = stored.get("held", 0) + self._uncounted.get((tenant, generation), 0)
        return Window(
            generation,
            stored.get("opened_at_ms", 0),
            stored.get("flush_at_ms", 0),
            held,
            dict(sorted(flushing.items())),
        )


def _pk(tenant: str) -> str:
    return f"GATHER#{tenant}"


def _key(tenant: str, name: str) -> dict[str, Any]:
    return to_item({"pk": _pk(tenant), "sk": name})


def _prefix(generation: int) -> str:
    return f"{generation:010d}#"
