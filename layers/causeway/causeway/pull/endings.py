"""How one worker's part of a run ends, and what is queued or scheduled so that the run goes on. Every way has a bound."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from causeway.connections.gates import Gate, gate_after
from causeway.contract.days import DAY_MS
from causeway.errors import CausewayError, OrgRefused, RetryableError, Unforeseen
from causeway.pull.jobs import PullJob, Waiting
from causeway.pull.ports import PullPorts
from causeway.pull.reading.interruptions import OutOfTime
from causeway.pull.refusals import sentence_of
from causeway.salesforce.answers.reading import UNKNOWN_TRIES
from causeway.salesforce.values.dates import rfc3339
from causeway.syncs.sync import Sync

MAX_HOPS = 400  # workers of one run: far beyond any import, yet an end
MAX_WAITS = 500  # for a place among the tenant's runs: about a day
MAX_TRIES = 28  # of what fails: about six hours
GIVE_UP_MS = 6 * 3_600_000
MAX_DELIVERIES = 5  # of one job whose worker ends without an answer each time
WAIT_S = 30
MOST_WAIT_S = 300
MOST_BACKOFF_S = 900  # SQS limit: DelaySeconds
MINUTE_MS = 60_000
GOES_ON = "The pull goes on from here by itself."
NEXT_RUN = "The next run goes on from the place that was reached."
NO_NEXT_RUN = "An import has no next run: start it again to get all of it."
CANCELLED = "Cancelled by a person."


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


def hand_over(job: PullJob, ports: PullPorts, stop: OutOfTime) -> Ended:
    """Queue the rest of the run for another worker, until it was handed over MAX_HOPS times."""
    following = replace(job, hop=job.hop + 1, tries=0, since_ms=0)
    if following.hop > MAX_HOPS:
        close_run(job, ports, "stopped", f"It handed over to itself {MAX_HOPS} times. {_what_follows(job)}")
        return Ended.TOO_LONG
    if not stop.waits_for:
        ports.queues.enqueue(following, stop.delay_s)
        return Ended.HANDED_OVER
    since = job.since_ms or ports.now_ms()
    following = replace(following, polls=job.polls + 1, since_ms=since)
    return _queued(following, stop.waits_for, stop.delay_s, since + GIVE_UP_MS, ports, Ended.HANDED_OVER)


def wait_for_gate(job: PullJob, sync: Sync, gate: Gate, ports: PullPorts) -> Ended:
    """Leave the rest to the schedule, which runs the sync once the gate may be open; when it is paused, to a person."""
    if _is_cancelled(job, ports):
        return cancelled(job, ports)
    if job.only:  # no schedule goes on with an import
        return wait_for_place(job, " ".join(filter(None, (gate.detail, gate.remedy))), ports)
    goes_on = "Its schedule is paused: run it again to go on." if sync.pull.schedule.paused else GOES_ON
    if job.run:
        remedy = gate.remedy if gate.retry_when == "later" else ""  # only a person can do something
        detail = " ".join(filter(None, (gate.detail, remedy, goes_on)))
        ports.runs.waits(job.tenant, job.run, Waiting(detail, ports.now_ms(), gate.not_before_ms))
    if gate.not_before_ms:
        ports.due.bring_forward(job.tenant, job.sync, gate.not_before_ms)
    return Ended.WAITING


def wait_for_place(job: PullJob, reason: str, ports: PullPorts) -> Ended:
    """
    Try again when the tenant's other runs may be done.

    A run that has begun, or that a person asked for, is queued; any other is left to the schedule.
    """
    if not job.run:
        ports.due.bring_forward(job.tenant, job.sync, ports.now_ms() + MINUTE_MS)
        return Ended.LATER
    if job.waits >= MAX_WAITS:
        close_run(job, ports, "stopped", f"It waited for a day. {reason} {_what_follows(job)}")
        return Ended.TOO_LONG
    since = job.since_ms or ports.now_ms()
    following = replace(job, waits=job.waits + 1, since_ms=since)
    delay_s = min(WAIT_S * (1 + job.waits // 4), MOST_WAIT_S)
    return _queued(following, reason, delay_s, since + DAY_MS, ports, Ended.LATER)


def try_again(job: PullJob, error: CausewayError, ports: PullPorts) -> Ended:
    """Queue the run once more after a failure that may pass, later each time, MAX_TRIES times or six hours at most."""
    now = ports.now_ms()
    since = job.since_ms or now
    if job.tries >= MAX_TRIES or now >= since + GIVE_UP_MS:
        detail = f"{error.message} It was tried {job.tries + 1} times since {rfc3339(since)}. {_what_follows(job)}"
        close_run(job, ports, "failed", detail, error.remedy)
        return Ended.FAILED
    wanted = max(WAIT_S << min(job.tries, 10), getattr(error, "retry_after_s", None) or 0)
    following = replace(job, tries=job.tries + 1, since_ms=since)
    return _queued(following, error.message, int(min(wanted, MOST_BACKOFF_S)), since + GIVE_UP_MS, ports, Ended.LATER)


def _queued(job: PullJob, reason: str, delay_s: int, until_ms: int, ports: PullPorts, ended: Ended) -> Ended:
    """Show what the run waits for, and queue the job; a run that was cancelled meanwhile ends here."""
    if _is_cancelled(job, ports):
        return cancelled(job, ports)
    waiting = Waiting(reason, job.since_ms, ports.now_ms() + delay_s * 1000, until_ms)
    ports.runs.waits(job.tenant, job.run, waiting)
    ports.queues.enqueue(job, delay_s)
    return ended


def end_after(error: CausewayError, job: PullJob, sync: Sync, ports: PullPorts) -> Ended:
    """End a part that met an error: wait or try again where that helps, else close the run and raise the error."""
    gate = gate_after(error, ports.now_ms())
    if gate is not None:
        return wait_for_gate(job, sync, gate, ports)
    if isinstance(error, RetryableError) and error.final is not None and job.tries >= UNKNOWN_TRIES:
        return end_after(error.final, job, sync, ports)
    if isinstance(error, RetryableError):
        return try_again(job, error, ports)
    message, remedy = sentence_of(error) if isinstance(error, OrgRefused) else (error.message, error.remedy)
    if isinstance(error, OrgRefused) and not remedy:
        remedy = f"Correct the sync's filter and mappings as Salesforce says. {_what_follows(job)}"
    close_run(job, ports, "failed", message, remedy)
    raise error


def unforeseen(job: PullJob, ports: PullPorts, reason: str) -> Unforeseen:
    """Close the run for a defect and return the error to raise."""
    message = f"The run met an error that Causeway does not foresee: {reason}. {_what_follows(job)}"
    remedy = "If it happens again, give the operator of this deployment the run's id: its log says where."
    close_run(job, ports, "failed", message, remedy)
    return Unforeseen(message, remedy)


def cancelled(job: PullJob, ports: PullPorts) -> Ended:
    """Close a run that a person cancelled."""
    close_run(job, ports, "cancelled", f"{CANCELLED} {_what_follows(job)}")
    return Ended.CANCELLED


def _what_follows(job: PullJob) -> str:
    """Return what goes on after a run that ended before its end."""
    return NO_NEXT_RUN if job.only else NEXT_RUN


def _is_cancelled(job: PullJob, ports: PullPorts) -> bool:
    return bool(job.run) and ports.runs.is_cancelled(job.tenant, job.run)


def close_run(job: PullJob, ports: PullPorts, status: str, detail: str, remedy: str = "") -> None:
    """Note in the history how the run ended, if it has begun."""
    if job.run:
        ports.runs.ended(job.tenant, job.run, status, detail, remedy)
