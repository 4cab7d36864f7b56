"""Saves a chunk of records together, as triggers see them: some limits refuse the whole of it (Apex guide, triggers)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local.org.data.rules.automation import refusals
from local.org.data.rules.ruled_records import RuledRecords
from local.org.data.rules.save_results import RecordError, SaveResult
from local.org.schema.sobjects import SObjectType
from local.org.setup.automation import Automation, automation_of
from local.org.wire.caller import Caller

CHUNK_RECORDS = 200  # D Apex guide, triggers: records of one trigger invocation
type Save = Callable[[], SaveResult]


class _Again(Exception):
    """The chunk is undone, and saved again without the records that its triggers refused."""


def save_chunk(
    store: RuledRecords, caller: Caller | None, sobject: SObjectType | None, saves: Sequence[Save]
) -> list[SaveResult]:
    """
    Run the saves of consecutive records of one sObject, up to 200, and return their results in order.

    What the setting `automation` refuses of a chunk is undone and fails; the others are saved again without it, as
    Salesforce retries a partial success (Apex guide, bulk DML exception handling).
    """
    automation = store.settings.automation
    rule = automation_of(automation, sobject.name) if automation and sobject else None
    if rule is None or sobject is None:
        return [save() for save in saves]
    refused: dict[int, SaveResult] = {}
    while True:
        try:
            return _attempt(store, caller, sobject, rule, saves, refused)
        except _Again:
            continue


def _attempt(
    store: RuledRecords,
    caller: Caller | None,
    sobject: SObjectType,
    rule: Automation,
    saves: Sequence[Save],
    refused: dict[int, SaveResult],
) -> list[SaveResult]:
    """Save all but the refused records; add those that are refused now and raise _Again when there are any."""
    with store.transaction(caller):
        results = [refused.get(place) or save() for place, save in enumerate(saves)]
        more = refusals(store, sobject, rule, results)
        if not more:
            return results
        refused.update((place, _refusal(results[place], error)) for place, error in more.items())
        raise _Again


def _refusal(result: SaveResult, error: RecordError) -> SaveResult:
    return SaveResult(None if result.created else result.id, failures=[error])
