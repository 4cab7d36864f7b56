"""Pushes in the sync history: what a settlement did counts once, though its worker may die and others note it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from causeway.contract.days import DAY_S
from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote, counted, failures
from causeway.contract.timeline import Noted
from causeway.errors import StoreUnavailable
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.dynamodb.config.runs import NOT_NOW, RunTable
from causeway.gateways.dynamodb.items import from_item, to_item

KEPT_S = 15 * DAY_S  # longer than a queue keeps a message: whoever looks for a note finds it
MAX_MARKS = 90  # DynamoDB limit: 100 items a transaction, and the run, its failures and the note are some
TRIES = 12  # workers that add to one run meet: DynamoDB cancels all transactions of an item but one
PAUSE_S = 0.05
WHOLE, IN_PARTS = "whole", "in parts"

type _Items = list[dict[str, Any]]


class PushHistory:
    """
    The push runs of every tenant.

    Counts, of the run and of the day, and the note that they are counted are one transaction: `NOTED#<settlement>#<run>#<source>`
    says that all is counted
    (`whole`, but for the changes in `left`), or that each change is noted on its own (`in parts`): `…#<mark>`.
    A settlement is noted whole by the worker that did it. Who recognizes what another worker settled finds that note, or, where
    that worker died, begins to note in parts.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        runs: RunTable,
        now_ms: Callable[[], int],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._table, self._runs = client, table, runs
        self._now_ms, self._pause = now_ms, pause

    def note_push(self, tenant: str, note: PushNote) -> None:
        """Add the outcomes that are not counted yet to their run. Raises StoreUnavailable; noting again is safe."""
        if not note.is_own or not self._note_whole(tenant, note):
            self._note_in_parts(tenant, note)

    def note_timeline(self, tenant: str, settlement: str, noted: Sequence[Noted]) -> None:
        """Keep what a settlement decided about each change. Raises StoreUnavailable; keeping the same again is safe."""
        self._runs.timeline.note(tenant, settlement, noted)

    def _note_whole(self, tenant: str, note: PushNote) -> bool:
        """Count everything; return False when others note the settlement in parts."""
        whole = self._noted(tenant, note, {"state": WHOLE, "left": list(note.left)})
        return self._counted(tenant, note, note.outcomes, [whole]) == []

    def _note_in_parts(self, tenant: str, note: PushNote) -> None:
        """Count the changes that are not counted yet, each with a note of its own."""
        known = self._read(tenant, note)
        is_whole = known.get("state") == WHOLE
        pending = {mark: one for mark, one in note.outcomes.items() if not is_whole or mark in known["left"]}
        while pending:
            some = dict(list(pending.items())[:MAX_MARKS])
            marks = [self._noted(tenant, note, {}, mark) for mark in some]
            fence = [] if is_whole else [self._in_parts(tenant, note)]
            refused = self._counted(tenant, note, some, [*marks, *fence])
            if len(marks) in refused:  # its worker is alive, and has just counted everything
                self._note_in_parts(tenant, note._replace(outcomes=pending))
                return
            counted_before = [mark for place, mark in enumerate(some) if place in refused]
            for mark in counted_before or some:
                del pending[mark]

    def _counted(self, tenant: str, note: PushNote, outcomes: Mapping[str, Outcome], notes: _Items) -> list[int]:
        """Add outcomes to their run if all the notes can be made; return the places of those that cannot."""
        starts_run_earlier = False
        of_day = {"Update": self._runs.days.adding(tenant, note, list(outcomes.values()))}
        for attempt in range(TRIES):
            added = [{"Update": self._adding(tenant, note, list(outcomes.values()), starts_run_earlier)}]
            found = failures(outcomes.values())
            listed = [{"Put": self._runs.listing(tenant, note.run_id, found)}] if found else []
            reasons = self._cancelled([*notes, *added, *listed, of_day])
            refused = [place for place, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"]
            if not reasons or (refused and refused[0] < len(notes)):
                return [place for place in refused if place < len(notes)]
            if refused:
                starts_run_earlier = not starts_run_earlier
            else:
                self._pause(random.uniform(0, PAUSE_S * (attempt + 1)))
        raise StoreUnavailable(NOT_NOW, "Nothing needs to be done; it is tried again.")

    def _adding(
        self, tenant: str, note: PushNote, outcomes: Sequence[Outcome], starts_run_earlier: bool
    ) -> dict[str, Any]:
        """Return the update of the run; it holds as long as the run began before the note's first message, or after."""
        first: dict[str, Any] = {"kind": "push", "trigger": "queue", "source": note.source}
        last = {"status": "completed", "ended_at_ms": self._now_ms()}
        (last if starts_run_earlier else first)["started_at_ms"] = note.started_at_ms
        counts = {**counted(outcomes), "read": len(outcomes)}
        update = self._runs.adding(tenant, note.run_id, counts, api_calls=note.api_calls, first=first, last=last)
        update["ExpressionAttributeNames"]["#began"] = "started_at_ms"
        update["ExpressionAttributeValues"][":began"] = {"N": str(note.started_at_ms)}
        is_later = "attribute_not_exists(#began) OR #began <= :began"
        return {**update, "ConditionExpression": "#began > :began" if starts_run_earlier else is_later}

    def _cancelled(self, items: _Items) -> list[str]:
        """Write the items in one transaction; return why it was cancelled, item by item, nothing when it was not."""
        try:
            with passing_faults(NOT_NOW):
                self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            reasons = [str(reason.get("Code")) for reason in error.response.get("CancellationReasons", ())]
            if not reasons:
                raise
            return reasons
        return []

    # --- notes

    def _read(self, tenant: str, note: PushNote) -> dict[str, Any]:
        with passing_faults(NOT_NOW):
            answer = self._client.get_item(TableName=self._table, Key=self._key(tenant, note), ConsistentRead=True)
        return from_item(answer.get("Item", {}))

    def _noted(self, tenant: str, note: PushNote, values: Mapping[str, Any], mark: str = "") -> dict[str, Any]:
        """Return the put of a note that is not there yet."""
        item = {**self._key(tenant, note, mark), **to_item({**values, "expires_at": self._expires_at()})}
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}

    def _in_parts(self, tenant: str, note: PushNote) -> dict[str, Any]:
        """Return the update that keeps the settlement from being noted whole."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": self._key(tenant, note),
                "UpdateExpression": "SET #state = :parts, expires_at = :at",
                "ConditionExpression": "attribute_not_exists(pk) OR #state = :parts",
                "ExpressionAttributeNames": {"#state": "state"},
                "ExpressionAttributeValues": to_item({":parts": IN_PARTS, ":at": self._expires_at()}),
            }
        }

    def _key(self, tenant: str, note: PushNote, mark: str = "") -> dict[str, Any]:
        name = "#".join(["NOTED", note.settlement, note.run_id, note.source, *([mark] if mark else [])])
        return to_item({"pk": f"T#{tenant}", "sk": name})

    def _expires_at(self) -> int:
        return self._now_ms() // 1000 + KEPT_S
