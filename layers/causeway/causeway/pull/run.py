"""
Read what changed in the org since the last time and publish it to the product, page by page.

A run holds a fenced lease on its sync. One conditional write stores each page together with the checkpoint that stands
after it, before the page is sent. A worker that takes over sends the stored page again under the same page id and reads
on from the checkpoint. So a crash loses no row and repeats at most one page, and a worker without its lease stores nothing.
"""

from __future__ import annotations

from dataclasses import replace

from causeway.connections.connection import Connection
from causeway.connections.gates import gate_of
from causeway.errors import CausewayError, ClaimBusy
from causeway.pull.endings import Ended, close_run, end_after, hand_over, try_later, wait_for_gate
from causeway.pull.jobs import SCHEDULE, Held, PullJob
from causeway.pull.pages.writer import PageWriter
from causeway.pull.ports import Deadline, PullPorts
from causeway.pull.reading.context import RunPart
from causeway.pull.reading.interruptions import Cancelled, GateClosed, Guard, OutOfTime
from causeway.pull.reading.window import read_window
from causeway.syncs.sync import Sync

LEASE_MS = 300_000  # prolonged with every page; longer than any one call plus the handling of its rows
SLOT_MARGIN_MS = 30_000


def pull_sync(job: PullJob, ports: PullPorts, deadline: Deadline) -> Ended:
    """
    Run the job until it is done or this worker's time is up, and return how it ended.

    A job that cannot run now is queued for later, or left to the schedule. Raises CausewayErrors that a person must
    resolve, after closing the run with their sentence, and StoreUnavailable.
    """
    sync = ports.syncs.get(job.tenant, job.sync)
    if sync is None or not sync.pulls:
        close_run(job, ports, "stopped", "The sync was deleted, switched off, or no longer pulls.")
        return Ended.NOT_DUE
    if job.run and ports.runs.is_over(job.tenant, job.run):
        return Ended.NOT_DUE  # this delivery is a repeated one
    connection = ports.connections.get(job.tenant)
    gate = gate_of(connection, ports.quota_percent, ports.now_ms())
    if not gate.is_open:
        return wait_for_gate(job, sync, gate, ports)
    return _in_a_slot(job, sync, connection, ports, deadline)


def _in_a_slot(job: PullJob, sync: Sync, connection: Connection, ports: PullPorts, deadline: Deadline) -> Ended:
    """Run the job in one of the tenant's places for runs, or later when all are taken."""
    lease_ms = int(deadline.remaining_s() * 1000) + SLOT_MARGIN_MS
    slot = ports.slots.take(job.tenant, ports.runs_per_tenant, lease_ms, ports.new_id())
    if slot is None:
        return try_later(job, ports)
    try:
        return _under_lease(job, sync, connection, ports, deadline)
    finally:
        ports.slots.release(job.tenant, slot)


def _under_lease(job: PullJob, sync: Sync, connection: Connection, ports: PullPorts, deadline: Deadline) -> Ended:
    """Run the job under the lease of its sync; whatever follows is queued only after the lease was released."""
    held = ports.checkpoints.claim(job.tenant, job.sync, connection.org_id, ports.new_id(), LEASE_MS)
    if held is None:
        return try_later(job, ports) if job.run else Ended.BUSY
    if _is_done_already(job, held):
        ports.checkpoints.release(held, is_sent=False)
        return Ended.NOT_DUE
    job = replace(job, run=_run_of(job, sync, held, ports))
    try:
        _read(job, sync, connection, held, ports, deadline)
    except OutOfTime as stop:
        return hand_over(job, ports, stop.delay_s)
    except GateClosed as stop:
        return wait_for_gate(job, sync, stop.gate, ports)
    except Cancelled:
        ports.runs.ended(job.tenant, job.run, "cancelled", "Cancelled by a person; the next run goes on from here.")
        return Ended.CANCELLED
    except ClaimBusy:
        return Ended.BUSY  # another worker took over and goes on
    except CausewayError as error:
        return end_after(error, job, sync, ports)
    ports.runs.ended(job.tenant, job.run, "completed")
    return Ended.DONE


def _is_done_already(job: PullJob, held: Held) -> bool:
    """Tell whether the run for the job's moment is done: ticks may overlap, and deliveries repeat."""
    done = held.checkpoint
    return job.trigger == SCHEDULE and 0 < job.due_ms <= done.due_ms and not done.window


def _run_of(job: PullJob, sync: Sync, held: Held, ports: PullPorts) -> str:
    """Return the run that this work belongs to: the job's own, that of an interrupted window, or a new one."""
    before = held.checkpoint.run if held.checkpoint.window else ""
    if before and before != job.run and ports.runs.is_over(job.tenant, before):
        before = ""
    if before and job.run and before != job.run:
        ports.runs.ended(job.tenant, before, "stopped", f"The run {job.run} went on from here.")
    return ports.runs.started(replace(job, run=job.run or before), sync)


def _read(job: PullJob, sync: Sync, connection: Connection, held: Held, ports: PullPorts, deadline: Deadline) -> None:
    """Send what the last worker may not have sent, then read the window; the org is closed and the lease released at the end."""
    pages = None
    org = ports.org_of(connection)
    try:
        pages = PageWriter(sync, job.run, held, ports, org.api_calls)
        guard = Guard(job, connection, ports, deadline)
        pages.send_unsent()
        guard.check()
        read_window(RunPart(job, sync, held, org, ports, guard, pages))
    finally:
        org.close()
        ports.checkpoints.release(held, is_sent=pages is not None and pages.all_sent)
