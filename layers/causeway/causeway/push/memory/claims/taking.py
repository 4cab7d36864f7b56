"""Claim every person and record of a pass before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causeway.push.memory.claims.answers import Busy, Claim, Pointed
from causeway.push.memory.claims.held import HeldClaims, acquire
from causeway.push.memory.claims.recognition import recognize, recognize_seen
from causeway.push.memory.claims.resolution import identifiers_of, resolve_tasks
from causeway.push.tasks import Task

RESOLVED_ELSEWHERE_MS = 1_000  # another worker gave an identifier its entity a moment ago


def take_claims(claims: HeldClaims, tasks: list[Task], now_ms: int) -> None:
    """Resolve identifiers to entities, recognize what is settled, claim the rest; tasks that cannot be claimed are redelivered."""
    resolution = resolve_tasks(claims.scope, tasks)
    recognize_seen(tasks, resolution.seen)
    waiting = [task for task in tasks if task.is_open]
    _redeliver_unclaimed(waiting, _acquire(claims, waiting), now_ms)
    _point(claims, resolution.new, [task for task in waiting if task.is_open], now_ms)
    for task in waiting:
        if task.is_open:
            recognize(task, claims.entities[task.entities[0]])


def _acquire(claims: HeldClaims, tasks: Iterable[Task]) -> dict[str, Claim]:
    """Try to claim the entities of tasks; keep the claims that are ours, and return every answer."""
    return acquire(claims, {entity for task in tasks for entity in task.entities})


def _redeliver_unclaimed(tasks: Iterable[Task], answers: Mapping[str, Claim], now_ms: int) -> None:
    """Redeliver tasks that need an entity which another worker holds, or which resolved elsewhere in the meantime."""
    for task in tasks:
        for entity in task.entities:
            met = answers.get(entity)
            if isinstance(met, Busy):
                task.redeliver(met.until_ms)
            elif isinstance(met, Pointed):
                task.redeliver(now_ms + RESOLVED_ELSEWHERE_MS)


def _point(claims: HeldClaims, new: Mapping[str, str], tasks: Iterable[Task], now_ms: int) -> None:
    """Store the entities of new identifiers before anything is written under them; redeliver tasks for which that fails."""
    identifiers = [(task, identifiers_of(claims.scope.org_id, task)) for task in tasks]
    needed = {item for _, found in identifiers for item in found}
    pointers = {item: entity for item, entity in new.items() if item in needed and item != entity}
    if not pointers:
        return
    pointed = claims.scope.store.point(claims.scope.tenant, pointers)
    lost = {item for item, entity in pointers.items() if pointed.get(item) != entity}
    for task, found in identifiers:
        if lost.intersection(found):
            task.redeliver(now_ms + RESOLVED_ELSEWHERE_MS)
