"""Tasks that wait in one pass for another sync's task to create the person."""

from __future__ import annotations

from copy import replace
from typing import NamedTuple

from causeway.contract.outcomes import Candidate, Outcome, Result
from causeway.push.deciding.endings import Ending, end
from causeway.push.deciding.matching.tasks import MatchedTask
from causeway.push.deciding.planning.planned_records import PlannedRecord

DONE = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


class Deferred(NamedTuple):
    """A task, and the record of the other sObject of people that is being created first."""

    matched: MatchedTask
    creating: PlannedRecord


def settle_deferred(deferred: Deferred) -> None:
    """Skip the task if the person was created; redeliver it with the creating tasks; else leave it open for the next pass."""
    tasks = [contribution.task for contribution in deferred.creating.contributions]
    created = next((task.outcome for task in tasks if task.outcome and task.outcome.result in DONE), None)
    if created is not None:
        _skip(deferred, created)
    elif not tasks or any(task.redelivered for task in tasks):
        deferred.matched.prepared.task.redeliver(max((task.redeliver_at_ms for task in tasks), default=0))


def _skip(deferred: Deferred, created: Outcome) -> None:
    matched, word = deferred.matched, deferred.creating.sobject.lower()
    sobject = matched.prepared.task.sync.sobject
    why = f"The sync {created.sync} made the person a {word}, so no {sobject} was created."
    match = matched.match
    if created.salesforce_id:  # a dry run has none
        match = replace(match, candidates=(Candidate(created.salesforce_id, "sync", True),))
        matched = replace(matched, data=matched.data | {f"salesforce_{word}_id": created.salesforce_id})
    end(matched, Ending(Result.SKIPPED, f"exists_as_{word}", why, match))
