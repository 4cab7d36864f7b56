"""
Read what changed in the org since the last time and tell the product, page by page.

A run holds a fenced lease on its sync. Each page is kept together with the place behind it before it is sent, in one
conditional write; a worker that takes over sends the kept page again under the same page id and reads on from its
place. So a crash costs no row and repeats at most one page, and a worker that lost its lease can keep nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from causeway.domain.connections import Connection, Status
from causeway.domain.filters import where
from causeway.domain.pull_plan import planned
from causeway.domain.pulls import Held, PullJob
from causeway.domain.syncs import Sync
from causeway.errors import CausewayError, RetryableError
from causeway.services.pull_pages import PageWriter
from causeway.services.pull_phases import PhaseReader
from causeway.services.pull_ports import Checkpoints, Connections, Deadline, Links, PullOrg, PullQueues, RunLog, Syncs
from causeway.services.pull_stops import Cancelled, GateClosed, Guard, OutOfTime

LEASE_MS = 300_000  # prolonged with every page; longer than any one call plus the handling of its rows
MAX_HOPS = 400  # lives of a worker: far beyond any import, yet an end


class Ended(StrEnum):
    """How one worker's part of a run ended."""

    DONE = "done"
    BUSY = "busy"
    NOT_DUE = "not_due"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class PullPorts:
    """Everything a pull touches; `quota_share` is the part of the org's daily calls at which pulls yield to pushes."""

    syncs: Syncs
    connections: Connections
    org_of: Callable[[Connection], PullOrg]
    checkpoints: Checkpoints
    links: Links
    queues: PullQueues
    runs: RunLog
    new_id: Callable[[], str]
    quota_share: float = 0.7


def pull_sync(job: PullJob, ports: PullPorts, deadline: Deadline) -> Ended:
    """
    Run the job until it is done or this worker's time is up, and say how it ended.

    Raises RetryableError when the org can not be read just now (the job is to be delivered again), and other
    CausewayErrors after closing the run with their sentence.
    """
    sync = ports.syncs.get(job.tenant, job.sync)
    connection = ports.connections.get(job.tenant)
    if sync is None or not sync.pulls:
        return Ended.NOT_DUE
    if connection.status is not Status.CONNECTED:
        return Ended.WAITING
    held = ports.checkpoints.claim(job.tenant, job.sync, connection.org_id, ports.new_id(), LEASE_MS)
    if held is None:
        return Ended.BUSY
    in_progress = held.checkpoint.run if held.checkpoint.window else ""
    run = ports.runs.started(replace(job, run=in_progress or job.run), sync)
    org = ports.org_of(connection)
    pages = PageWriter(sync, run, held, ports.checkpoints, ports.queues, ports.runs, org.api_calls)
    try:
        return _settled(
            replace(job, run=run), ports, lambda: _read(run, sync, connection, org, held, ports, pages, deadline)
        )
    finally:
        org.close()
        ports.checkpoints.release(held, is_sent=pages.all_sent)


def _settled(job: PullJob, ports: PullPorts, read: Callable[[], None]) -> Ended:
    """Read, and say in the history how it ended."""
    try:
        read()
    except OutOfTime as stop:
        return _handed_over(replace(job, hop=job.hop + 1), ports, stop.delay_s)
    except GateClosed as stop:
        ports.runs.ended(job.tenant, job.run, "waiting", stop.reason)
        return Ended.WAITING
    except Cancelled:
        ports.runs.ended(job.tenant, job.run, "cancelled", "Cancelled by a person; the next run goes on from here.")
        return Ended.CANCELLED
    except RetryableError:
        raise
    except CausewayError as error:
        ports.runs.ended(job.tenant, job.run, "failed", f"{error.message} {error.remedy}".strip())
        raise
    ports.runs.ended(job.tenant, job.run, "completed")
    return Ended.DONE


def _read(
    run: str,
    sync: Sync,
    connection: Connection,
    org: PullOrg,
    held: Held,
    ports: PullPorts,
    pages: PageWriter,
    deadline: Deadline,
) -> None:
    guard = Guard(held.tenant, run, connection, ports.connections, ports.runs, deadline, ports.quota_share)
    pages.send_unsent()
    guard.check()
    describe = org.described(sync.sobject)
    plan = planned(sync, describe, where(sync.pull.filter, describe, org.org_now_ms()))
    reader = PhaseReader(plan, run, held, org, ports, guard, pages)
    try:
        reader.read()
    except OutOfTime:
        pages.flush()
        raise
    pages.finish(reader.finished())
    reader.tidy_up()


def _handed_over(job: PullJob, ports: PullPorts, delay_s: int) -> Ended:
    if job.hop > MAX_HOPS:
        detail = f"It handed over to itself {MAX_HOPS} times; the next scheduled run goes on from here."
        ports.runs.ended(job.tenant, job.run, "stopped", detail)
        return Ended.TOO_LONG
    ports.queues.again(job, delay_s)
    return Ended.HANDED_OVER
