"""How one worker's part of a run ends, and what is queued or scheduled so that the run goes on."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from causeway.connections.gates import Gate, gate_after
from causeway.errors import CausewayError, RetryableError
from causeway.pull.jobs import PullJob
from causeway.pull.ports import PullPorts
from causeway.salesforce.answers.reading import UNKNOWN_TRIES
from causeway.syncs.sync import Sync

MAX_HOPS = 400  # workers of one run: far beyond any import, yet an end
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


def hand_over(job: PullJob, ports: PullPorts, delay_s: int) -> Ended:
    """Queue the rest of the run for another worker, until it was handed over MAX_HOPS times."""
    following = replace(job, hop=job.hop + 1)
    if following.hop > MAX_HOPS:
        detail = f"It handed over to itself {MAX_HOPS} times; the next scheduled run goes on from here."
        close_run(job, ports, "stopped", detail)
        return Ended.TOO_LONG
    ports.queues.enqueue(following, delay_s)
    return Ended.HANDED_OVER


def wait_for_gate(job: PullJob, sync: Sync, gate: Gate, ports: PullPorts) -> Ended:
    """Leave the rest to the schedule, which runs the sync once the gate may be open; when it is paused, to a person."""
    goes_on = "Its schedule is paused: run it again to go on." if sync.pull.schedule.paused else GOES_ON
    remedy = gate.remedy if gate.retry_when == "later" else ""  # only a person can do something
    close_run(job, ports, "waiting", " ".join(filter(None, (gate.detail, remedy, goes_on))))
    if gate.not_before_ms:
        ports.due.bring_forward(job.tenant, job.sync, gate.not_before_ms)
    return Ended.WAITING


def try_later(job: PullJob, ports: PullPorts) -> Ended:
    """
    Try again when the tenant's other runs, or the org, may be ready.

    A run that has begun, or that a person asked for, is queued; any other is left to the schedule.
    """
    if not job.run:
        ports.due.bring_forward(job.tenant, job.sync, ports.now_ms() + MINUTE_MS)
        return Ended.LATER
    if job.waits >= MAX_WAITS:
        close_run(job, ports, "stopped", "It waited for a day; the next scheduled run goes on from here.")
        return Ended.TOO_LONG
    ports.queues.enqueue(replace(job, waits=job.waits + 1), min(WAIT_S * (1 + job.waits // 4), MOST_WAIT_S))
    return Ended.LATER


def end_after(error: CausewayError, job: PullJob, sync: Sync, ports: PullPorts) -> Ended:
    """End a part that met an error: wait or try later where that helps, else close the run and raise the error."""
    gate = gate_after(error, ports.now_ms())
    if gate is not None:
        return wait_for_gate(job, sync, gate, ports)
    if isinstance(error, RetryableError) and error.final is not None and job.waits >= UNKNOWN_TRIES:
        return end_after(error.final, job, sync, ports)
    if isinstance(error, RetryableError):
        return try_later(job, ports)
    close_run(job, ports, "failed", f"{error.message} {error.remedy}".strip())
    raise error


def close_run(job: PullJob, ports: PullPorts, status: str, detail: str) -> None:
    """Note in the history how the run ended, if it has begun."""
    if job.run:
        ports.runs.ended(job.tenant, job.run, status, detail)
