"""The sync history as push writes it, over the tables of a test."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.contract.outcomes import Outcome
from causeway.contract.runs import PushNote
from causeway.gateways.dynamodb.config.push_history import PushHistory
from causeway.gateways.dynamodb.config.runs import RunTable


def push_history_of(runs: RunTable) -> PushHistory:
    """Return the history of pushes in the table of these runs; it never pauses."""
    return PushHistory(runs._client, runs._table, runs, runs._now_ms, pause=lambda seconds: None)


def note_push(
    runs: RunTable, tenant: str, run_id: str, source: str, outcomes: Sequence[Outcome], api_calls: int = 0
) -> None:
    """Let a push run have these outcomes."""
    marked = {f"m{place}": outcome for place, outcome in enumerate(outcomes)}
    note = PushNote(run_id, source, f"{runs._now_ms()}.test", marked, runs._now_ms(), api_calls)
    push_history_of(runs).note_push(tenant, note)
