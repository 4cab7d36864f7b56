"""Let changes wait for the people they concern, and wake them when these appear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from causeway.contract.outcomes import Result
from causeway.push.context import PushContext
from causeway.push.deciding.awaiting import following_gate, waiting_gate
from causeway.push.memory.claims.awaited import followers_of, note_followers
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.outcomes.parked_entries import waiting_id_of
from causeway.push.tasks import Task
from causeway.syncs.mapping.rows import PEOPLE


def await_people(context: PushContext, claims: HeldClaims, tasks: Sequence[Task], read_started_ms: int) -> None:
    """
    Let tasks wait for their people until the wait is over; then they go on, and follow the people.

    A task whose person may be written just now is redelivered.
    """
    if not tasks:
        return
    now_ms = context.now_ms()
    waits = [(task, read_started_ms < task.wait_until_ms) for task in tasks]
    gates = [
        (task, waiting_gate(task) if waiting else following_gate(task, now_ms), waiting) for task, waiting in waits
    ]
    followers = {waiting_id_of(task, gate): task for task, gate, _ in gates}
    noted = note_followers(claims, followers, read_started_ms, now_ms)
    for task, gate, waiting in gates:
        if waiting_id_of(task, gate) not in noted:
            task.redeliver(followers[waiting_id_of(task, gate)].redeliver_at_ms)
        elif waiting:
            task.wait(gate)
        else:
            task.follows = gate


def wake_followers(context: PushContext, claims: HeldClaims, tasks: Iterable[Task]) -> None:
    """Make the changes due that waited for people who are in Salesforce now."""
    followers = followers_of(claims, [task for task in tasks if _is_known_now(task)])
    if not followers:
        return
    context.ports.parked.wake(
        context.tenant, sorted({parked_id for found in followers.values() for parked_id in found})
    )
    for entity in followers:
        claims.entities[entity].followers.clear()


def _is_known_now(task: Task) -> bool:
    outcome = task.outcome
    is_person = task.sync.sobject in PEOPLE and not task.redelivered
    return is_person and outcome is not None and bool(outcome.salesforce_id) and outcome.result is not Result.REJECTED
