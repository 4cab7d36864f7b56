"""What the triggers of an org refuse of a chunk of records that are saved together (Apex guide, governor limits)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...schema.sobjects import SObjectType
from ...setup.automation import Automation
from ..storage.records import Records
from . import facts
from .save_results import RecordError, SaveResult


class LimitException(RecordError):
    """A governor limit that the record's triggers exceeded; it ends the transaction of the whole chunk."""


def limit_exception(rule: Automation, sobject: str) -> LimitException:
    """Return the failure of each record in a chunk that exceeded the rule's limit."""
    return LimitException(facts.LIMIT_EXCEPTION_CODE, rule.message(sobject))


def refusals(
    records: Records, sobject: SObjectType, rule: Automation, results: list[SaveResult]
) -> dict[int, RecordError]:
    """Return, by place in the chunk, the failures of records that were saved so far but whose triggers refuse the chunk."""
    saved = [place for place, result in enumerate(results) if result.success]
    alone = any(isinstance(failure, LimitException) for result in results for failure in result.failures)
    if saved and (alone or len(saved) > rule.records > 0):
        return dict.fromkeys(saved, limit_exception(rule, sobject.name))
    return dict(_locked_out(records, sobject, rule, {place: str(results[place].id) for place in saved}))


def _locked_out(
    records: Records, sobject: SObjectType, rule: Automation, saved: dict[int, str]
) -> Iterator[tuple[int, RecordError]]:
    """Yield the failures of records that share a parent with more others than may be saved side by side."""
    if not rule.siblings:
        return
    names = [
        each.name for each in sobject.fields if each.name in facts.PARENTS_LOCKED_BY_EVERY_SAVE or each.cascade_delete
    ]
    parents = {place: [row[name] for name in names if row.get(name)] for place, row in _rows(records, saved)}
    count = Counter(parent for each in parents.values() for parent in each)
    for place, each in parents.items():
        crowded = next((parent for parent in each if count[parent] > rule.siblings), None)
        if crowded is not None:
            yield place, RecordError("UNABLE_TO_LOCK_ROW", facts.LOCK_MESSAGE.format(id=crowded))


def _rows(records: Records, saved: dict[int, str]) -> Iterator[tuple[int, dict[str, str]]]:
    for place, record_id in saved.items():
        row = records.raw(record_id)
        if row is not None:
            yield place, row
