"""Start a run of a sync on request, and cancel a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from causeway.connections.connection import Connection, Status
from causeway.connections.statuses import sentence_of
from causeway.contract.runs import Run
from causeway.errors import Conflict, NotConnected, NotFound
from causeway.pull.jobs import PullJob
from causeway.pull.planning.imports import Import
from causeway.syncs.sync import Sync

PERSON = "person"
GOES_ON = ("running", "waiting", "cancelling")


class Connections(Protocol):
    """Stored connections."""

    def get(self, tenant: str) -> Connection: ...


class Checkpoints(Protocol):
    """How far pulls have come."""

    def run_under_way(self, tenant: str, sync: str, org_id: str) -> str | None: ...


class Runs(Protocol):
    """The sync history."""

    def add(
        self, tenant: str, run_id: str, counts: Mapping[str, int], *, first: Mapping[str, Any] | None = None
    ) -> None: ...
    def get(self, tenant: str, run_id: str) -> Run | None: ...


class PullRuns(Protocol):
    """The pulls in the sync history."""

    def new_run(self) -> str: ...
    def started(self, job: PullJob, sync: Sync) -> str: ...
    def cancel(self, tenant: str, run: str) -> None: ...
    def is_over(self, tenant: str, run: str) -> bool: ...
    def ended(self, tenant: str, run: str, status: str, detail: str = "") -> None: ...


class PullJobs(Protocol):
    """The pull queue."""

    def enqueue(self, job: PullJob, delay_s: int) -> None: ...


class RunsNow:
    """
    Runs on a person's request.

    A pull is the schedule's job with a requester. A push can only be asked for: the event `sync.resend_requested` carries the
    run's id, and the product sends its records with that `run`, which gives the re-send its progress.
    """

    def __init__(
        self,
        connections: Connections,
        checkpoints: Checkpoints,
        runs: Runs,
        pulls: PullRuns,
        jobs: PullJobs,
        publish: Callable[[str, dict[str, Any]], None],
        now_ms: Callable[[], int],
    ) -> None:
        self._connections, self._checkpoints, self._runs = connections, checkpoints, runs
        self._pulls, self._jobs, self._publish, self._now_ms = pulls, jobs, publish, now_ms

    def start(self, tenant: str, sync: Sync) -> Run:
        """Start the sync's run, or go on with the one in progress, and return it; raise Conflict or NotConnected."""
        connection = self._refuse_unless_ready(tenant, sync)
        run = self._pulled(tenant, sync, connection.org_id) if sync.pulls else self._asked_for(tenant, sync)
        if sync.pushes:
            self._publish(
                "sync.resend_requested",
                {"tenant": tenant, "sync": sync.id, "source": sync.source, "sobject": sync.sobject, "run": run},
            )
        return self._found(tenant, run)

    def import_once(self, tenant: str, sync: Sync, only: Import) -> Run:
        """Read records of the sync's rule once more and publish all of them; the schedule goes on from where it was."""
        self._refuse_unless_ready(tenant, sync)
        if not sync.pulls:
            raise Conflict(
                f"The sync '{sync.id}' does not pull.", "Run it instead: the product is asked to send again."
            )
        job = PullJob(tenant, sync.id, self._pulls.new_run(), trigger=PERSON, only=only.text())
        self._pulls.started(job, sync)
        self._jobs.enqueue(job, 0)
        return self._found(tenant, job.run)

    def _refuse_unless_ready(self, tenant: str, sync: Sync) -> Connection:
        """Return the connection; raise Conflict or NotConnected where nothing can run."""
        if not sync.enabled:
            raise Conflict(f"The sync '{sync.id}' is off.", "Enable it first.")
        connection = self._connections.get(tenant)
        if connection.status is not Status.CONNECTED:
            raise NotConnected(*sentence_of(connection))
        return connection

    def cancel(self, tenant: str, run_id: str) -> Run:
        """Stop a pull before its next call to the org; raise NotFound, or Conflict for what is no pull or has ended."""
        run = self._found(tenant, run_id)
        if run.kind == "push":
            raise Conflict("A push cannot be cancelled: its changes are the product's.", "Stop sending them.")
        if run.status not in GOES_ON:
            raise Conflict(f"The run has ended: it is {run.status}.", "Nothing needs to be done.")
        if run.status == "waiting":
            self._pulls.ended(tenant, run_id, "cancelled", "Cancelled by a person while it waited.")
        else:
            self._pulls.cancel(tenant, run_id)
        return self._found(tenant, run_id)

    def _pulled(self, tenant: str, sync: Sync, org_id: str) -> str:
        under_way = self._checkpoints.run_under_way(tenant, sync.id, org_id)
        if under_way and self._pulls.is_over(tenant, under_way):
            under_way = None  # a cancelled run leaves its window to the next one
        job = PullJob(tenant, sync.id, under_way or self._pulls.new_run(), trigger=PERSON)
        self._pulls.started(job, sync)
        self._jobs.enqueue(job, 0)
        return job.run

    def _asked_for(self, tenant: str, sync: Sync) -> str:
        run = self._pulls.new_run()
        opened = {
            "kind": "push",
            "trigger": PERSON,
            "source": sync.source,
            "sync": sync.id,
            "started_at_ms": self._now_ms(),
            "status": "requested",
        }
        self._runs.add(tenant, run, {}, first=opened)
        return run

    def _found(self, tenant: str, run_id: str) -> Run:
        run = self._runs.get(tenant, run_id)
        if run is None:
            raise NotFound(f"There is no run '{run_id}'.")
        return run
