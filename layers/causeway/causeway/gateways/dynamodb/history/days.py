"""Counts by tenant and day: one update a batch of changes, however many they are, and one for a pull that ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from causeway.contract.days import DAY_S
from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.items import from_item, to_item

if TYPE_CHECKING:
    from causeway.contract.days import Day

KEPT_S = 35 * DAY_S
_COUNT, _CHANGED, _RUN, _RECENT = "c#", "l#", "r#", "b#"
_NOT_NOW = "The history does not answer at the moment."


class DayTable:
    """
    Days of every tenant in ConfigTable: pk `T#<tenant>`, sk `DAY#<date>`.

    Attributes: `c#<sync>#<result>` counts, `l#<sync>` when it settled changes last, `r#<sync>` the pull that ended
    last, `b#<source>` the settlement that came last.
    """

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int]) -> None:
        self._client, self._table, self._now_ms = client, table, now_ms

    def adding(self, tenant: str, note: PushNote, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """Return the update that adds outcomes of a note to the present day, for the transaction that notes them (push_history.py)."""
        counted = Counter((item.sync or "", item.result.value) for item in outcomes)
        adds = {f"{_COUNT}{sync}#{result}": count for (sync, result), count in counted.items()}
        now_ms = self._now_ms()
        changed = {_CHANGED + sync: now_ms for sync, _ in counted if sync}
        recent = {_RECENT + note.source: note.settlement} if note.is_own else {}
        return self._update(tenant, adds | {"api_calls": note.api_calls}, {**changed, **recent})

    def note_run(self, tenant: str, sync: str, run_id: str, status: str, detail: str) -> None:
        """Remember the run of a sync that ended."""
        ended = [run_id, status, self._now_ms(), detail[:300]]
        with passing_faults(_NOT_NOW):
            self._client.update_item(**self._update(tenant, {}, {_RUN + sync: ended}))

    def _update(self, tenant: str, adds: Mapping[str, int], sets: Mapping[str, Any]) -> dict[str, Any]:
        now_ms = self._now_ms()
        sets = {**sets, "expires_at": now_ms // 1000 + KEPT_S}
        adds = {name: count for name, count in adds.items() if count}
        values = [*sets.values(), *adds.values()]
        names = [*sets, *adds]
        added = ", ".join(f"#{len(sets) + number} :{len(sets) + number}" for number in range(len(adds)))
        setting = ", ".join(f"#{number} = :{number}" for number in range(len(sets)))
        return {
            "TableName": self._table,
            "Key": to_item({"pk": f"T#{tenant}", "sk": f"DAY#{day_of(now_ms)}"}),
            "UpdateExpression": f"SET {setting}" + (f" ADD {added}" if added else ""),
            "ExpressionAttributeNames": {f"#{number}": name for number, name in enumerate(names)},
            "ExpressionAttributeValues": to_item({f":{number}": value for number, value in enumerate(values)}),
        }

    def since(self, tenant: str, day: str) -> list[Day]:
        """Return a tenant's days from this one on, oldest first; days without changes are absent."""
        values = to_item({":pk": f"T#{tenant}", ":from": f"DAY#{day}", ":to": "DAY#~"})
        with passing_faults(_NOT_NOW):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :from AND :to",
                ExpressionAttributeValues=values,
            )
        return [_day(from_item(item)) for item in answer["Items"]]


def day_of(at_ms: int) -> str:
    """Return the day (UTC) of a moment, such as `2026-11-30`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")


def _day(item: Mapping[str, Any]) -> Day:
    from causeway.contract.days import Day, LastRun  # push only writes

    counts: dict[str, dict[str, int]] = {}
    for name, value in item.items():
        if name.startswith(_COUNT):
            sync, _, result = name.removeprefix(_COUNT).rpartition("#")
            counts.setdefault(sync, {})[result] = value
    changed = {name.removeprefix(_CHANGED): value for name, value in item.items() if name.startswith(_CHANGED)}
    recent = {name.removeprefix(_RECENT): value for name, value in item.items() if name.startswith(_RECENT)}
    runs = {name.removeprefix(_RUN): LastRun(*value) for name, value in item.items() if name.startswith(_RUN)}
    return Day(str(item["sk"]).removeprefix("DAY#"), counts, item.get("api_calls", 0), changed, runs, recent)
