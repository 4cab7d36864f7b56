"""The sync history in ConfigTable: runs with their counts, failing records as items of their own, both with an expiry."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from causeway.contract.days import DAY_S
from causeway.contract.runs import WINDOW_MS, Failure, Run, RunFilter, run_id_at
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.batch_get import items_by_key
from causeway.gateways.dynamodb.history.days import DayTable
from causeway.gateways.dynamodb.history.timeline import TimelineTable
from causeway.gateways.dynamodb.items import from_item, to_item
from causeway.push.memory.hashes import hashed

PAGE = 50
ANY = RunFilter()
LOOKED_AT_ONCE = 500
MOST_LOOKED_AT = 5_000  # runs for one page of those that a filter lets pass: 1 MB or so
LAST = "\U0010ffff"  # sorts after all that an id may hold
NOT_NOW = "The history does not answer at the moment."
_WAIT = ("waiting_since_ms", "next_try_ms", "waits_until_ms")
_PLAIN = (
    *("kind", "trigger", "source", "sync", "started_at_ms", "ended_at_ms", "status", "detail", "remedy", "api_calls"),
    *_WAIT,
    "total",
)
_COUNT = "n_"


class RunTable:
    """
    Runs of every tenant: pk `T#<tenant>`, sk `RUN#<id>` (ids begin with the time); failing records under `RUNREC#<run>#<n>`.

    Counts grow by ADD, so that parallel workers do not overwrite each other.
    """

    def __init__(self, client: Any, table: str, now_ms: Callable[[], int], retention_days: int) -> None:
        self._client, self._table = client, table
        self._now_ms, self._retention_days = now_ms, retention_days
        self.days = DayTable(client, table, now_ms)
        self.timeline = TimelineTable(client, table, now_ms, retention_days)

    def add(
        self,
        tenant: str,
        run_id: str,
        counts: Mapping[str, int],
        *,
        api_calls: int = 0,
        first: Mapping[str, Any] | None = None,
        last: Mapping[str, Any] | None = None,
    ) -> None:
        """Add to a run's counts; `first` is kept only where it has no such value yet, `last` always."""
        with passing_faults(NOT_NOW):
            self._client.update_item(**self.adding(tenant, run_id, counts, api_calls=api_calls, first=first, last=last))

    def adding(
        self,
        tenant: str,
        run_id: str,
        counts: Mapping[str, int],
        *,
        api_calls: int = 0,
        first: Mapping[str, Any] | None = None,
        last: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the update that adds to a run, as DynamoDB takes it."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        sets = [_set(names, values, name, value, once=True) for name, value in (first or {}).items()]
        sets += [_set(names, values, name, value, once=False) for name, value in (last or {}).items()]
        sets.append(_set(names, values, "expires_at", self._expires_at(), once=False))
        counted = {"api_calls": api_calls, **{_COUNT + word: count for word, count in counts.items()}}
        adds = [_add(names, values, name, count) for name, count in counted.items() if count]
        return {
            "TableName": self._table,
            "Key": to_item({"pk": f"T#{tenant}", "sk": f"RUN#{run_id}"}),
            "UpdateExpression": "SET " + ", ".join(sets) + (" ADD " + ", ".join(adds) if adds else ""),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(values),
        }

    def note_failures(self, tenant: str, run_id: str, found: Sequence[Failure]) -> None:
        """Keep failing records of a run; the same ones noted again replace themselves."""
        with passing_faults(NOT_NOW):
            self._client.put_item(**self.listing(tenant, run_id, found))

    def listing(self, tenant: str, run_id: str, found: Sequence[Failure]) -> dict[str, Any]:
        """Return the put that lists failing records of a run, as DynamoDB takes it."""
        records = [[item.key, item.sync, item.code, item.reason, item.remedy] for item in found]
        text = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
        item = {
            "pk": f"T#{tenant}",
            "sk": f"RUNREC#{run_id}#{hashed(text)}",
            "records": text,
            "expires_at": self._expires_at(),
        }
        return {"TableName": self._table, "Item": to_item(item)}

    def _expires_at(self) -> int:
        return self._now_ms() // 1000 + self._retention_days * DAY_S

    def get(self, tenant: str, run_id: str) -> Run | None:
        """Return one run, or None."""
        key = to_item({"pk": f"T#{tenant}", "sk": f"RUN#{run_id}"})
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return self._alive(tenant, from_item(answer["Item"])) if "Item" in answer else None

    def page(
        self, tenant: str, after: str | None = None, limit: int = PAGE, wanted: RunFilter = ANY
    ) -> tuple[list[Run], str | None]:
        """
        Return a tenant's runs that a filter lets pass, newest first, and the token of the next page.

        A page is short, or empty, where MOST_LOOKED_AT runs were looked at for it; its token goes on behind them.
        """
        found: list[Run] = []
        at_once = limit if wanted == ANY else LOOKED_AT_ONCE
        for _ in range(MOST_LOOKED_AT // LOOKED_AT_ONCE):
            items, token = self._page(tenant, "RUN#", after, at_once, newest_first=True, since_ms=wanted.since_ms)
            for place, item in enumerate(items):
                run = self._alive(tenant, item)
                if run is None or not wanted.fits(run):
                    continue
                found.append(run)
                if len(found) == limit:
                    is_last = place == len(items) - 1
                    return found, token if is_last else _token({"pk": item["pk"], "sk": item["sk"]})
            if token is None or wanted == ANY:
                return found, token
            after = token
        return found, after

    def runs(self, tenant: str, run_ids: Iterable[str]) -> list[Run]:
        """Return the runs of these ids that are kept, newest first."""
        keys = [{"pk": f"T#{tenant}", "sk": f"RUN#{run_id}"} for run_id in sorted(set(run_ids), reverse=True)]
        items = [from_item(item) for item in items_by_key(self._client, self._table, keys, NOT_NOW)]
        found = [run for item in items if (run := self._alive(tenant, item))]
        return sorted(found, key=lambda run: run.run_id, reverse=True)

    def failures(
        self, tenant: str, run_id: str, after: str | None = None, limit: int = 20
    ) -> tuple[list[Failure], str | None]:
        """Return failing records of a run and the token of the next page."""
        items, token = self._page(tenant, f"RUNREC#{run_id}#", after, limit)
        return [Failure(*record) for item in items for record in json.loads(item["records"])], token

    def _page(
        self,
        tenant: str,
        prefix: str,
        after: str | None,
        limit: int,
        *,
        newest_first: bool = False,
        since_ms: int | None = None,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return items of a prefix and the token of the next page; of runs, those that began well before `since_ms` may be left out."""
        first = prefix if since_ms is None else prefix + run_id_at(max(0, since_ms - 2 * WINDOW_MS))
        start = {"ExclusiveStartKey": to_item(json.loads(base64.urlsafe_b64decode(after)))} if after else {}
        with passing_faults(NOT_NOW):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues=to_item({":pk": f"T#{tenant}", ":first": first, ":last": prefix + LAST}),
                ScanIndexForward=not newest_first,
                Limit=limit,
                **start,
            )
        last = answer.get("LastEvaluatedKey")
        return [from_item(item) for item in answer["Items"]], _token(from_item(last)) if last else None

    def _alive(self, tenant: str, item: Mapping[str, Any]) -> Run | None:
        if int(item["expires_at"]) * 1000 <= self._now_ms():
            return None
        plain = {name: item[name] for name in _PLAIN if name in item}
        counts = {name.removeprefix(_COUNT): count for name, count in item.items() if name.startswith(_COUNT)}
        return Run(
            run_id=str(item["sk"]).removeprefix("RUN#"),
            tenant=tenant,
            counts=counts,
            **{"kind": "", "trigger": "", "source": "", **plain},
        )


def _token(key: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _set(names: dict[str, str], values: dict[str, Any], name: str, value: Any, *, once: bool) -> str:
    place = len(names)
    names[f"#{place}"], values[f":{place}"] = name, value
    return f"#{place} = if_not_exists(#{place}, :{place})" if once else f"#{place} = :{place}"


def _add(names: dict[str, str], values: dict[str, Any], name: str, count: int) -> str:
    place = len(names)
    names[f"#{place}"], values[f":{place}"] = name, count
    return f"#{place} :{place}"
