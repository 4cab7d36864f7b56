"""Use the record that Salesforce has already where it takes one of a kind only, such as a person's membership of a campaign."""

from __future__ import annotations

from causeway.push.saving.pending import PendingSave
from causeway.salesforce.calls import SaveError
from causeway.salesforce.natural_keys import natural_key
from causeway.salesforce.values.texts import text_of


def finds_present(item: PendingSave, error: SaveError) -> bool:
    """
    Leave the tasks of a create to the next pass, which looks for the record that is there by what it may be there once with.

    Returns False for any other refusal, and when that was tried.
    """
    if error.code != "DUPLICATE_VALUE" or item.planned.record_id is not None:
        return False
    values = {name: text for name, value in item.save.values.items() if (text := text_of(value))}
    key = natural_key(item.planned.merged.describe, values)
    if not key or any(task.natural_key for task in item.tasks):
        return False
    for task in item.tasks:
        task.natural_key = key
        task.resolved = {name: values[name] for name in key}
    return True
