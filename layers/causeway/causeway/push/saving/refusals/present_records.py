"""Use the record that Salesforce has already where it takes one of a kind only, such as a person's membership of a campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from causeway.push.saving.pending import PendingSave
from causeway.push.tasks import Task
from causeway.salesforce.calls import SaveError
from causeway.salesforce.natural_keys import natural_values


def finds_present(item: PendingSave, error: SaveError) -> bool:
    """
    Leave the tasks of a create to the next pass, which looks for the record that is there by what it may be there once with.

    Returns False for any other refusal, and when that was tried.
    """
    if error.code != "DUPLICATE_VALUE" or item.planned.record_id is not None:
        return False
    return look_for_present(item.tasks, natural_values(item.planned.merged.describe, item.save.values))


def look_for_present(tasks: Sequence[Task], values: Mapping[str, str]) -> bool:
    """Let tasks look for the record that holds these values next; return False when there are none, or that was tried."""
    if not values or any(task.natural_key for task in tasks):
        return False
    for task in tasks:
        task.natural_key, task.resolved = tuple(values), dict(values)
    return True
