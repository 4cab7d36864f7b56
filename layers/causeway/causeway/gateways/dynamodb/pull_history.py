"""Pulls in the sync history: one run however many workers it takes, with live counts and a wish to cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from causeway.domain.pulls import PullJob
from causeway.domain.syncs import Sync
from causeway.gateways.dynamodb.runs import RunTable

RUNNING, CANCELLING = "running", "cancelling"
TOLD = ("created", "updated", "deleted", "merged", "converted")


class PullHistory:
    """The pull runs of every tenant."""

    def __init__(self, runs: RunTable, now_ms: Callable[[], int], new_id: Callable[[], str]) -> None:
        self._runs, self._now_ms, self._new_id = runs, now_ms, new_id

    def started(self, job: PullJob, sync: Sync) -> str:
        """Open (or go on with) a run and return its id."""
        run = job.run or self.new_run()
        opened = {
            "kind": "bidirectional" if sync.direction == "bidirectional" else "pull",
            "trigger": job.trigger,
            "source": sync.source,
            "sync": sync.id,
            "started_at_ms": self._now_ms(),
            "status": RUNNING,
        }
        self._runs.add(job.tenant, run, {}, first=opened)
        return run

    def new_run(self) -> str:
        """Return a run id; ids sort by time."""
        return f"{self._now_ms():013d}-{self._new_id()[:12]}"

    def progress(self, tenant: str, run: str, counts: Mapping[str, int], api_calls: int) -> None:
        """Add to the run's counts; `read` counts every row, also those that told nothing new."""
        read = sum(counts.values())
        self._runs.add(tenant, run, {**counts, "read": read}, api_calls=api_calls)

    def ended(self, tenant: str, run: str, status: str, detail: str = "") -> None:
        """Close the run."""
        self._runs.add(tenant, run, {}, last={"status": status, "detail": detail, "ended_at_ms": self._now_ms()})

    def cancel(self, tenant: str, run: str) -> None:
        """Ask the run to stop before its next call."""
        self._runs.add(tenant, run, {}, last={"status": CANCELLING})

    def is_cancelled(self, tenant: str, run: str) -> bool:
        """Tell whether somebody cancelled the run."""
        found = self._runs.get(tenant, run)
        return found is not None and found.status == CANCELLING
