"""Complete the data of a pass: the Ids of records that were just created, whichever sync created them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from causeway.contract.outcomes import Result
from causeway.push.deciding.matching.same_person import PersonGroups
from causeway.push.deciding.prepare import PreparedTask
from causeway.syncs.mapping.rows import PEOPLE


def add_created_ids(prepared_tasks: Iterable[PreparedTask], groups: PersonGroups) -> None:
    """Add the Ids of a person's records just created to every outcome about the person that lacks them."""
    people = [each for each in prepared_tasks if each.task.sync.sobject in PEOPLE and each.task.outcome]
    created = _created_ids(people, groups)
    for prepared in people if created else ():
        task = prepared.task
        if task.outcome is not None:
            data, ids = task.outcome.data, created.get(groups.of(prepared), {})
            added = {name: record_id for name, record_id in ids.items() if not data.get(name)}
            task.outcome = replace(task.outcome, data=data | added)


def _created_ids(people: Iterable[PreparedTask], groups: PersonGroups) -> dict[str, dict[str, str]]:
    """Return the Ids of created records by group and by the name under which outcomes carry them."""
    created: dict[str, dict[str, str]] = {}
    for prepared in people:
        outcome = prepared.task.outcome
        if outcome and outcome.result is Result.CREATED and outcome.salesforce_id:
            name = f"salesforce_{prepared.task.sync.sobject.lower()}_id"
            created.setdefault(groups.of(prepared), {})[name] = outcome.salesforce_id
    return created
