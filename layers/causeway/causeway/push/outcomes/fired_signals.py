"""
The signals that fire for a task: found under the claim of its record, remembered with its outcome, published with it.

Whoever dies before the publishing leaves the edges with the settled change, which publishes them again, under the same ids.
"""

from __future__ import annotations

from dataclasses import replace

from causeway.contract.outcomes import Outcome
from causeway.push.memory.claims.held import HeldClaims
from causeway.push.memory.hashes import hashed
from causeway.push.memory.settled_changes import edges_of_change
from causeway.push.tasks import Task
from causeway.syncs.signals import States, edge_json, edges


def fire_signals(task: Task, claims: HeldClaims) -> None:
    """Add the signals that fire to a task's outcome, and keep what was seen with the entity that owns its record."""
    if task.outcome is None:
        return
    own = claims.entities[task.entities[0]]
    at_ms = task.change.occurred_at_ms
    org_id, place = claims.scope.org_id, task.outcome.salesforce_id or task.memory_key
    by = hashed(task.sync.id, task.memory_key, task.content, str(at_ms))[:12]
    fired = edges(_states(task, task.outcome, claims), task.looks, at_ms, by)
    before = edges_of_change(own, task.memory_key, task.sync, task.change, task.content)
    mine = [edge_json(edge, org_id, place, by) for edge in fired]
    known = {each["id"] for each in before}
    task.outcome = replace(task.outcome, edges=(*before, *(each for each in mine if each["id"] not in known)))


def _states(task: Task, outcome: Outcome, claims: HeldClaims) -> States:
    """Return what was seen last of the task's record; what was seen of its key before the record was there moves with it."""
    own, record_id = claims.entities[task.entities[0]], outcome.salesforce_id
    if not record_id:
        return own.signals.setdefault(task.memory_key, {})
    owner_id = claims.owners.get(record_id, "")
    owner = claims.entities.get(owner_id, own)
    if owner is not own:
        claims.store_after(task.entities[0], owner_id)
    before = own.signals.pop(task.memory_key, {})
    states = owner.signals.setdefault(record_id, {})
    for name, state in before.items():
        states.setdefault(name, state)
    return states
