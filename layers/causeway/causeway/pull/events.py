"""The events that tell how a pull ended: `run.completed` and `run.failed` (docs/messages.md). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from causeway.contract.runs import Run
from causeway.salesforce.values.dates import rfc3339

_KINDS = {"completed": "run.completed", "failed": "run.failed", "stopped": "run.failed"}


def run_events(run: Run) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the event of a run that ended, none for one that a person cancelled."""
    if run.status in _KINDS:
        yield _KINDS[run.status], _detail(run)


def _detail(run: Run) -> dict[str, Any]:
    return {
        "tenant": run.tenant,
        "run": run.run_id,
        "sync": run.sync,
        "source": run.source,
        "kind": run.kind,
        "trigger": run.trigger,
        "status": run.status,
        "detail": run.detail or None,
        "remedy": run.remedy or None,
        "started_at": rfc3339(run.started_at_ms),
        "ended_at": rfc3339(run.ended_at_ms),
        "duration_s": max(0, run.ended_at_ms - run.started_at_ms) // 1000,
        "api_calls": run.api_calls,
        "counts": dict(run.counts),
    }
