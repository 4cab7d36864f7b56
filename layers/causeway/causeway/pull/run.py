"""
Read what changed in the org since the last time and tell the product, page by page.

A run holds a fenced lease on its sync. Each page is kept together with the place behind it before it is sent, in one
conditional write; a worker that takes over sends the kept page again under the same page id and reads on from its
place. So a crash costs no row and repeats at most one page, and a worker that lost its lease can keep nothing.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from causeway.connections.connection import Connection
from causeway.connections.gates import Gate, gate_after, gate_of
from causeway.errors import CausewayError, ClaimBusy, OrgRefused, RetryableError
from causeway.pull.jobs import SCHEDULE, Held, PullJob
from causeway.pull.pages.pages import PageWriter
from causeway.pull.planning.checkpoints import BulkPlace
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.planning.plan import PullPlan, mapped_paths, planned
from causeway.pull.ports import Deadline, PullOrg, PullPorts
from causeway.pull.reading.interruptions import Cancelled, GateClosed, Guard, OutOfTime
from causeway.pull.reading.phases import PhaseReader
from causeway.salesforce import soql
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.filters import filter_paths, where
from causeway.syncs.sync import Sync

LEASE_MS = 300_000  # prolonged with every page; longer than any one call plus the handling of its rows
SLOT_MARGIN_MS = 30_000
MAX_HOPS = 400  # lives of a worker: far beyond any import, yet an end
MAX_WAITS = 500  # for a place among the tenant's runs, or for an org that does not answer: about a day
WAIT_S = 30
MOST_WAIT_S = 300
MINUTE_MS = 60_000
GOES_ON = "The pull goes on from here by itself."


class Ended(StrEnum):
    """How one worker's part of a run ended."""

    DONE = "done"
    BUSY = "busy"
    NOT_DUE = "not_due"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    LATER = "later"
    TOO_LONG = "too_long"
    FAILED = "failed"


def pull_sync(job: PullJob, ports: PullPorts, deadline: Deadline) -> Ended:
    """
    Run the job until it is done or this worker's time is up, and say how it ended.

    A job that can not run now is queued for later, or left to the schedule. Raises CausewayErrors that a person must mend
    after closing the run with their sentence, and StoreUnavailable.
    """
    sync = ports.syncs.get(job.tenant, job.sync)
    if sync is None or not sync.pulls:
        _close(job, ports, "stopped", "The sync was deleted, switched off, or no longer pulls.")
        return Ended.NOT_DUE
    if job.run and ports.runs.is_over(job.tenant, job.run):
        return Ended.NOT_DUE  # this delivery is a repeated one
    connection = ports.connections.get(job.tenant)
    gate = gate_of(connection, ports.quota_percent, ports.now_ms())
    if not gate.is_open:
        return _waiting(job, sync, gate, ports)
    slot = ports.slots.take(
        job.tenant, ports.runs_per_tenant, int(deadline.remaining_s() * 1000) + SLOT_MARGIN_MS, ports.new_id()
    )
    if slot is None:
        return _later(job, ports)
    try:
        return _alone(job, sync, connection, ports, deadline)
    finally:
        ports.slots.release(job.tenant, slot)


def _alone(job: PullJob, sync: Sync, connection: Connection, ports: PullPorts, deadline: Deadline) -> Ended:
    """Run the job under the lease of its sync; whatever follows is queued only after the lease was given back."""
    held = ports.checkpoints.claim(job.tenant, job.sync, connection.org_id, ports.new_id(), LEASE_MS)
    if held is None:
        return _later(job, ports) if job.run else Ended.BUSY
    if job.trigger == SCHEDULE and 0 < job.due_ms <= held.checkpoint.due_ms and not held.checkpoint.window:
        ports.checkpoints.release(held, is_sent=False)
        return Ended.NOT_DUE  # a tick that overlapped, or a repeated delivery: that run is done
    job = replace(job, run=_run_of(job, sync, held, ports))
    try:
        _read(job, sync, connection, held, ports, deadline)
    except OutOfTime as stop:
        return _handed_over(replace(job, hop=job.hop + 1), ports, stop.delay_s)
    except GateClosed as stop:
        return _waiting(job, sync, stop.gate, ports)
    except Cancelled:
        ports.runs.ended(job.tenant, job.run, "cancelled", "Cancelled by a person; the next run goes on from here.")
        return Ended.CANCELLED
    except ClaimBusy:
        return Ended.BUSY  # another worker took over and goes on
    except CausewayError as error:
        return _failed(job, sync, error, ports)
    ports.runs.ended(job.tenant, job.run, "completed")
    return Ended.DONE


def _run_of(job: PullJob, sync: Sync, held: Held, ports: PullPorts) -> str:
    """Return the run that this work belongs to: the job's own, that of an interrupted window, or a new one."""
    before = held.checkpoint.run if held.checkpoint.window else ""
    if before and before != job.run and ports.runs.is_over(job.tenant, before):
        before = ""
    if before and job.run and before != job.run:
        ports.runs.ended(job.tenant, before, "stopped", f"The run {job.run} went on from here.")
    return ports.runs.started(replace(job, run=job.run or before), sync)


def _read(job: PullJob, sync: Sync, connection: Connection, held: Held, ports: PullPorts, deadline: Deadline) -> None:
    pages = None
    org = ports.org_of(connection)
    try:
        pages = PageWriter(
            sync,
            job.run,
            held,
            ports.checkpoints,
            ports.queues,
            ports.runs,
            ports.signals,
            ports.synced,
            ports.now_ms,
            org.api_calls,
        )
        guard = Guard(job, connection, ports.connections, ports.runs, deadline, ports.quota_percent, ports.now_ms)
        pages.send_unsent()
        guard.check()
        _read_window(job, sync, org, held, ports, pages, guard)
    finally:
        org.close()
        ports.checkpoints.release(held, is_sent=pages is not None and pages.all_sent)


def _read_window(
    job: PullJob, sync: Sync, org: PullOrg, held: Held, ports: PullPorts, pages: PageWriter, guard: Guard
) -> None:
    describe = org.described(sync.sobject)
    related = RelatedDescribes(org, guard.check, held.checkpoint.hidden)

    def as_far_as_visible() -> PhaseReader:
        plan = _plan(sync, org, describe, related, held.checkpoint.bulk)
        return PhaseReader(plan, job, held, org, related, ports, guard, pages)

    reader = as_far_as_visible()
    try:
        while not _is_read(reader, org, describe, related, pages):
            reader = as_far_as_visible()
    finally:
        if reader.problems:
            ports.runs.noted(job.tenant, job.run, sync.id, reader.problems)
    pages.finish(reader.finished())
    reader.tidy_up()


def _is_read(
    reader: PhaseReader, org: PullOrg, describe: SObjectDescribe, related: RelatedDescribes, pages: PageWriter
) -> bool:
    """Read the window; False when it is to be begun again without what the org refused before any row was taken in."""
    try:
        reader.read()
    except OutOfTime:
        pages.flush()
        raise
    except OrgRefused as refused:
        is_learnt = related.learn(refused)
        if is_learnt and not pages.has_rows:
            return False
        if not is_learnt and (refused.org_code != "INVALID_FIELD" or org.described_again(describe.name) == describe):
            raise
        pages.flush()
        raise OutOfTime from refused  # a field went away while the run went on; the next worker reads without it
    return True


def _plan(
    sync: Sync, org: PullOrg, describe: SObjectDescribe, related: RelatedDescribes, bulk: BulkPlace | None
) -> PullPlan:
    """
    Compile what to read; raises BrokenMapping when the filter does not fit the org: nothing beyond the rule is read.

    A bulk query under way goes on with the columns that it selects, whatever was mapped or shown since.
    """
    paths = (*mapped_paths(sync), *filter_paths(sync.pull.filter))
    parents = soql.related_describes(describe, paths, related.of)
    rule = where(sync.pull.filter, describe, org.org_now_ms(), parents)
    plan = planned(sync, describe, rule, related.known)
    missing = set(plan.columns) - set(bulk.columns) if bulk else set()
    return planned(plan.without(missing), describe, rule, related.known, missing) if missing else plan


def _handed_over(job: PullJob, ports: PullPorts, delay_s: int) -> Ended:
    if job.hop > MAX_HOPS:
        detail = f"It handed over to itself {MAX_HOPS} times; the next scheduled run goes on from here."
        _close(job, ports, "stopped", detail)
        return Ended.TOO_LONG
    ports.queues.again(job, delay_s)
    return Ended.HANDED_OVER


def _waiting(job: PullJob, sync: Sync, gate: Gate, ports: PullPorts) -> Ended:
    """Leave the rest to the schedule, which comes again as soon as the gate may be open; a paused one leaves it to a person."""
    goes_on = "Its schedule is paused: run it again to go on." if sync.pull.schedule.paused else GOES_ON
    _close(job, ports, "waiting", f"{gate.detail} {goes_on}".strip())
    if gate.not_before_ms:
        ports.due.bring_forward(job.tenant, job.sync, gate.not_before_ms)
    return Ended.WAITING


def _later(job: PullJob, ports: PullPorts) -> Ended:
    """Come again when the tenant's other runs, or the org, may be ready: a person's run by the queue, others by the schedule."""
    if not job.run:
        ports.due.bring_forward(job.tenant, job.sync, ports.now_ms() + MINUTE_MS)
        return Ended.LATER
    if job.waits >= MAX_WAITS:
        _close(job, ports, "stopped", "It waited for a day; the next scheduled run goes on from here.")
        return Ended.TOO_LONG
    ports.queues.again(replace(job, waits=job.waits + 1), min(WAIT_S * (1 + job.waits // 4), MOST_WAIT_S))
    return Ended.LATER


def _failed(job: PullJob, sync: Sync, error: CausewayError, ports: PullPorts) -> Ended:
    gate = gate_after(error, ports.now_ms())
    if gate is not None:
        return _waiting(job, sync, gate, ports)
    if isinstance(error, RetryableError):
        return _later(job, ports)
    _close(job, ports, "failed", f"{error.message} {error.remedy}".strip())
    raise error


def _close(job: PullJob, ports: PullPorts, status: str, detail: str) -> None:
    if job.run:
        ports.runs.ended(job.tenant, job.run, status, detail)
