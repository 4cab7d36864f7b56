"""Pulls in the sync history: one run however many workers it takes, with live counts and a request to cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from causeway.contract.runs import Failure, run_id_at
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.pull.events import run_events
from causeway.pull.jobs import RUN_IS_OVER, PullJob, Waiting
from causeway.syncs.sync import Problem, Sync

RUNNING, WAITING, CANCELLING = "running", "waiting", "cancelling"
NO_WAIT = {"waiting_since_ms": 0, "next_try_ms": 0, "waits_until_ms": 0}


class PullHistory:
    """The pull runs of every tenant."""

    def __init__(
        self,
        runs: RunTable,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        publish: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._runs, self._now_ms, self._new_id, self._publish = runs, now_ms, new_id, publish

    def started(self, job: PullJob, sync: Sync) -> str:
        """Open (or go on with) a run and return its id; one that is being cancelled stays so."""
        found = self._runs.get(job.tenant, job.run) if job.run else None
        if found is None:
            return self._opened(job, sync)
        if found.status == WAITING:
            self._runs.add(job.tenant, job.run, {}, last={"status": RUNNING, "detail": "", "ended_at_ms": 0, **NO_WAIT})
        return job.run

    def _opened(self, job: PullJob, sync: Sync) -> str:
        run = job.run or self.new_run()
        opened = {
            "kind": sync.direction,
            "trigger": job.trigger,
            "source": sync.source,
            "sync": sync.id,
            "started_at_ms": self._now_ms(),
            "status": RUNNING,
        }
        self._runs.add(job.tenant, run, {}, first=opened)
        return run

    def new_run(self) -> str:
        """Return a run id; ids sort by time, together with those of pushes."""
        return run_id_at(self._now_ms(), self._new_id()[:12])

    def progress(self, tenant: str, run: str, counts: Mapping[str, int], api_calls: int) -> None:
        """Add to the run's counts; `read` counts every row, also those without news."""
        read = sum(counts.values())
        self._runs.add(tenant, run, {**counts, "read": read}, api_calls=api_calls)

    def ended(self, tenant: str, run: str, status: str, detail: str = "", remedy: str = "") -> None:
        """
        Close the run, after publishing that it completed or failed; a crash in between publishes it once more.

        Raises EventNotSent.
        """
        found, now_ms = self._runs.get(tenant, run), self._now_ms()
        if found is not None and found.status not in RUN_IS_OVER:
            ended = replace(found, status=status, detail=detail, remedy=remedy, ended_at_ms=now_ms)
            for kind, event in run_events(ended):
                self._publish(kind, event)
            self._runs.days.note_run(tenant, found.sync, run, status, detail)
        closed = {"status": status, "detail": detail, "remedy": remedy, "ended_at_ms": now_ms, **NO_WAIT}
        self._runs.add(tenant, run, {}, last=closed)

    def expects(self, tenant: str, run: str, total: int) -> None:
        """Show how many rows the run will read."""
        self._runs.add(tenant, run, {}, last={"total": total})

    def waits(self, tenant: str, run: str, waiting: Waiting) -> None:
        """Show what the run waits for, since when, when it tries again and when it gives up."""
        shown = {
            "status": WAITING,
            "detail": waiting.detail,
            "waiting_since_ms": waiting.since_ms,
            "next_try_ms": waiting.next_try_ms,
            "waits_until_ms": waiting.until_ms,
        }
        self._runs.add(tenant, run, {}, last=shown)

    def is_open(self, tenant: str, run: str) -> bool:
        """Return whether the run was opened and is not over."""
        found = self._runs.get(tenant, run)
        return found is not None and found.status not in RUN_IS_OVER

    def noted(self, tenant: str, run: str, sync: str, problems: Sequence[Problem]) -> None:
        """Keep what the run could not read, and why, among its failing records."""
        remedy = "Correct the mapping, or give the connected user access to the field."
        found = [Failure(each.field or "", sync, each.code, each.message, remedy) for each in problems]
        self._runs.note_failures(tenant, run, found)

    def cancel(self, tenant: str, run: str) -> None:
        """Ask the run to stop before its next call."""
        self._runs.add(tenant, run, {}, last={"status": CANCELLING})

    def is_over(self, tenant: str, run: str) -> bool:
        """Return whether the run was closed for good, so that nothing more may be done for it."""
        found = self._runs.get(tenant, run)
        return found is not None and found.status in RUN_IS_OVER

    def is_cancelled(self, tenant: str, run: str) -> bool:
        """Return whether somebody cancelled the run."""
        found = self._runs.get(tenant, run)
        return found is not None and found.status == CANCELLING
