"""Saves a chunk of records together, as triggers see them: some limits refuse the whole of it (Apex guide, triggers)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ...schema.sobjects import NUMBER_TYPES, FieldType, SObjectType
from ...setup.automation import Automation, automation_of
from ...wire.caller import Caller
from ..rules import facts
from ..rules.automation import refusals
from ..rules.ruled_records import RuledRecords
from ..rules.save_results import RecordError, SaveResult

CHUNK_RECORDS = 200  # D Apex guide, triggers: records of one trigger invocation
type Save = Callable[[], SaveResult]


class _Again(Exception):
    """The chunk is undone, and saved again without the records that its triggers refused."""


class RepeatedUpdates:
    """The Ids that one batch updates, and how often it updated one again."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._again = 0

    def refusal(self, record_id: str) -> RecordError | None:
        """Count an update; return its refusal when the batch updated Ids again too often."""
        self._again += record_id in self._seen
        if record_id in self._seen and self._again > facts.REPEATED_UPDATES_ALLOWED:
            code, message = facts.REPEATED_UPDATE
            return RecordError(code, message.format(id=record_id[:15]))
        self._seen.add(record_id)
        return None


def repeated_keys(field: FieldType, records: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the external IDs that more than one record of an upsert names, as `external_key` has them."""
    keys = Counter(external_key(field, each) for each in records)
    return {key for key, count in keys.items() if key and count > 1}


def external_key(field: FieldType, record: Mapping[str, Any]) -> str:
    """Return a record's external ID as it is compared: without regard to case unless the field has it; empty: none."""
    given = next((value for name, value in record.items() if name.lower() == field.name.lower()), None)
    text = "" if given is None else str(given).strip()
    if field.type in NUMBER_TYPES:
        return _number(text)
    return text if field.case_sensitive else text.lower()


def _number(text: str) -> str:
    """Return a number in one spelling, so that 1, 1.0 and "1.00" are one key; what is none stays as it is."""
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text


def repeated_key_error(field: FieldType, record: Mapping[str, Any]) -> RecordError:
    """Return the refusal of a record whose external ID another record of the upsert names too."""
    given = next(value for name, value in record.items() if name.lower() == field.name.lower())
    code, message = facts.REPEATED_EXTERNAL_ID
    return RecordError(code, message.format(value=given), [field.name])


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
