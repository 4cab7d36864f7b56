"""
Read what changed in the org since the last time and publish it to the product, page by page.

A run holds a fenced lease on its sync. One conditional write stores each page together with the checkpoint that stands
after it, before the page is sent. A worker that takes over sends the stored page again under the same page id and reads
on from the checkpoint. So a crash loses no row and repeats at most one page, and a worker without its lease stores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from causeway.connections.connection import Connection
from causeway.connections.gates import YIELD_PERCENT, gate_of
from causeway.errors import CausewayError, ClaimBusy, StoreUnavailable
from causeway.pull.endings import (
    MAX_DELIVERIES,
    Ended,
    cancelled,
    close_run,
    end_after,
    hand_over,
    unforeseen,
    wait_for_gate,
    wait_for_place,
)
from causeway.pull.jobs import RELAY, SCHEDULE, Held, PullJob
from causeway.pull.pages.writer import PageWriter
from causeway.pull.ports import Deadline, PullPorts
from causeway.pull.reading.context import RunPart
from causeway.pull.reading.imports import read_import
from causeway.pull.reading.interruptions import Cancelled, GateClosed, Guard, OutOfTime
from causeway.pull.reading.window import read_window
from causeway.syncs.schedules import DAILY_LOOK, schedule_of
from causeway.syncs.sync import Sync

LEASE_MS = 300_000  # prolonged with every page; longer than any one call plus the handling of its rows
SLOT_MARGIN_MS = 30_000
OTHERS_RUN = "It waits for the tenant's other runs: so many run at a time as PullRunsPerTenant says."
WORKER_HOLDS = "It waits for the worker that holds this sync, or held it and died."
IMPORT_GOES_ON = "It waits for the import of this sync that is under way: the run {}."


def pull_sync(job: PullJob, ports: PullPorts, deadline: Deadline, deliveries: int = 1) -> Ended:
    """
    Run the job until it is done or this worker's time is up, and return how it ended.

    A job that cannot run now is queued for later, or left to the schedule. `deliveries`: how often the queue gave this job.
    Raises CausewayErrors that a person must resolve, after closing the run with their sentence, Unforeseen for defects, and
    StoreUnavailable.
    """
    try:
        return _run(job, ports, deadline, deliveries)
    except CausewayError:
        raise
    except Exception as error:  # a run that nobody ends would stay open for ever
        raise unforeseen(job, ports, type(error).__name__) from error


def _run(job: PullJob, ports: PullPorts, deadline: Deadline, deliveries: int) -> Ended:
    sync = ports.syncs.get(job.tenant, job.sync)
    if (
        sync is not None
        and sync.enabled
        and job.trigger == SCHEDULE
        and not job.run
        and schedule_of(sync) is DAILY_LOOK
    ):
        return _look_for_drift(job, sync, ports)
    if sync is None or not sync.pulls:
        close_run(job, ports, "stopped", "The sync was deleted, switched off, or no longer pulls.")
        return Ended.NOT_DUE
    if job.run and ports.runs.is_over(job.tenant, job.run):
        return Ended.NOT_DUE  # this delivery is a repeated one
    if job.run and ports.runs.is_cancelled(job.tenant, job.run):
        return cancelled(job, ports)
    connection = ports.connections.get(job.tenant)
    gate = gate_of(connection, ports.quota_share_percent, ports.now_ms(), yielded=YIELD_PERCENT)
    if not gate.is_open:
        return wait_for_gate(job, sync, gate, ports)
    return _in_a_slot(_Part(job, sync, connection, ports, deadline, deliveries))


def _look_for_drift(job: PullJob, sync: Sync, ports: PullPorts) -> Ended:
    """Describe the sObject of a sync that nothing pulls by itself: what changed shows on the sync and as an event, once."""
    connection = ports.connections.get(job.tenant)
    if not gate_of(connection, ports.quota_share_percent, ports.now_ms(), yielded=YIELD_PERCENT).is_open:
        return Ended.NOT_DUE
    try:
        org = ports.org_of(connection)
        org.described(sync.sobject)
        org.close()
    except StoreUnavailable:
        raise
    except CausewayError:
        return Ended.NOT_DUE  # the next day looks again
    return Ended.DONE


@dataclass
class _Part:
    """One worker's part of a run; `pages` once the org is open for it."""

    job: PullJob
    sync: Sync
    connection: Connection
    ports: PullPorts
    deadline: Deadline
    deliveries: int
    pages: PageWriter | None = None

    def following(self) -> PullJob:
        """Return the job that goes on after a failure: what was read since the last one makes it the first."""
        return replace(self.job, tries=0, since_ms=0) if self.pages and self.pages.has_moved else self.job


def _in_a_slot(part: _Part) -> Ended:
    """Run the job in one of the tenant's places for runs, or later when all are taken."""
    job, ports = part.job, part.ports
    lease_ms = int(part.deadline.remaining_s() * 1000) + SLOT_MARGIN_MS
    slot = ports.slots.take(job.tenant, ports.runs_per_tenant, lease_ms, ports.new_id())
    if slot is None:
        return wait_for_place(job, OTHERS_RUN, ports)
    try:
        return _under_lease(part)
    finally:
        ports.slots.release(job.tenant, slot)


def _under_lease(part: _Part) -> Ended:
    """Run the job under the lease of its sync; whatever follows is queued only after the lease was released."""
    job, ports = part.job, part.ports
    held = ports.checkpoints.claim(job.tenant, job.sync, part.connection.org_id, ports.new_id(), LEASE_MS)
    if held is None:
        return wait_for_place(job, WORKER_HOLDS, ports) if job.run or job.trigger == RELAY else Ended.BUSY
    if other := _other_import(job, held, ports):
        ports.checkpoints.release(held, is_sent=False)
        return wait_for_place(job, IMPORT_GOES_ON.format(other), ports)
    if _is_done_already(job, held, ports):
        ports.checkpoints.release(held, is_sent=False)
        return _closed_again(job, held, ports)
    if job.waits:
        job = replace(job, waits=0, since_ms=0)
    part.job = replace(job, run=_run_of(job, part.sync, held, ports))
    if part.deliveries > MAX_DELIVERIES:
        ports.checkpoints.release(held, is_sent=False)
        raise unforeseen(part.job, ports, f"its worker ended {MAX_DELIVERIES} times without an answer")
    return _ended_part(part, held)


def _ended_part(part: _Part, held: Held) -> Ended:
    """Read, and end the part as what stopped it says."""
    ports = part.ports
    try:
        _read(part, held)
    except OutOfTime as stop:
        return hand_over(part.job, ports, stop)
    except GateClosed as stop:
        return wait_for_gate(part.job, part.sync, stop.gate, ports)
    except Cancelled:
        return cancelled(part.job, ports)
    except ClaimBusy:
        return Ended.BUSY  # another worker took over and goes on
    except CausewayError as error:
        return end_after(error, part.following(), part.sync, ports)
    except Exception as error:  # only here the run is known that must not stay open
        raise unforeseen(part.job, ports, type(error).__name__) from error
    ports.runs.ended(part.job.tenant, part.job.run, "completed")
    return Ended.DONE


def _other_import(job: PullJob, held: Held, ports: PullPorts) -> str:
    """Return the run of another import that goes on, "" for none: one place is kept, and each would begin anew after the other."""
    kept = held.checkpoint.importing
    if not job.only or kept is None or kept.run == job.run:
        return ""
    goes_on = ports.runs.is_open(job.tenant, kept.run) and not ports.runs.is_cancelled(job.tenant, kept.run)
    return kept.run if goes_on else ""


def _is_done_already(job: PullJob, held: Held, ports: PullPorts) -> bool:
    """Tell whether the run for the job's moment is done: ticks may overlap, and deliveries repeat."""
    if job.trigger == RELAY and not job.run:
        return ports.runs.is_over(job.tenant, job.scheduled_run)
    done = held.checkpoint
    return job.trigger == SCHEDULE and 0 < job.due_ms <= done.due_ms and not done.window


def _closed_again(job: PullJob, held: Held, ports: PullPorts) -> Ended:
    """Close the run whose window is done, if its worker ended before it could."""
    run = held.checkpoint.run
    if run and ports.runs.is_open(job.tenant, run):
        ports.runs.ended(job.tenant, run, "completed")
    return Ended.NOT_DUE


def _run_of(job: PullJob, sync: Sync, held: Held, ports: PullPorts) -> str:
    """Return the run that this work belongs to: the job's own, that of an interrupted window, or a new one."""
    before = held.checkpoint.run if held.checkpoint.window and not job.only else ""
    if before and before != job.run and ports.runs.is_over(job.tenant, before):
        before = ""
    if before and job.run and before != job.run:
        ports.runs.ended(job.tenant, before, "stopped", f"The run {job.run} went on from here.")
    return ports.runs.started(replace(job, run=job.run or before or job.scheduled_run), sync)


def _read(part: _Part, held: Held) -> None:
    """Send what the last worker may not have sent, then read the window; the org is closed and the lease released at the end."""
    job, ports = part.job, part.ports
    org = ports.org_of(part.connection)
    try:
        part.pages = PageWriter(part.sync, job.run, held, ports, org.api_calls, is_import=bool(job.only))
        guard = Guard(job, part.connection, ports, part.deadline)
        part.pages.send_unsent()
        guard.check()
        read = read_import if job.only else read_window
        read(RunPart(job, part.sync, held, org, ports, guard, part.pages))
    finally:
        org.close()
        ports.checkpoints.release(held, is_sent=part.pages is not None and part.pages.all_sent)
