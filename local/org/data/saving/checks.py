"""What keeps a record from being saved: injected faults, locked rows, the rules of the org and those of its admin."""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.row import Row
from ...setup.automation import automation_of
from ...wire.caller import Caller
from ..derived.person_accounts import bad_fields
from ..rules import facts
from ..rules.automation import limit_exception
from ..rules.duplicate_rules import detected
from ..rules.ruled_records import RuledRecords
from ..rules.save_results import RecordError, Save, SaveOptions
from ..rules.save_rules import failures_of
from ..rules.validation_rules import broken_rules
from ..storage.records import Records


class Rejected(Exception):
    """The record is not saved, for these reasons."""

    def __init__(self, *failures: RecordError) -> None:
        super().__init__(failures[0].message)
        self.failures = list(failures)


class NoSuchRecord(Rejected):
    """No record that the caller sees has the Id; such a result carries no Id (C: captured answers)."""


def check_faults(store: Records, action: str, sobject: str, record_id: str | None, values: Row) -> None:
    """Raise Rejected when a fault applies to this record."""
    fault = store.record_fault(action, sobject, record_id, values)
    if fault is not None:
        raise Rejected(RecordError(fault["statusCode"], fault["message"], list(fault.get("fields") or [])))


def check_locks(store: Records, caller: Caller | None, row: Row, changes: Row) -> None:
    """Raise Rejected when another transaction holds the record, or a parent that this save must lock."""
    parents = (value for name, value in row.items() if name in facts.PARENTS_LOCKED_BY_EVERY_SAVE or name in changes)
    for record_id in (row["Id"], *parents):
        if isinstance(record_id, str) and len(record_id) == 18 and store.locked(record_id, caller):
            raise Rejected(RecordError("UNABLE_TO_LOCK_ROW", facts.LOCK_MESSAGE.format(id=record_id)))


def check_rules(store: RuledRecords, save: Save, options: SaveOptions, failures: list[RecordError]) -> None:
    """
    Apply the rules of the org, then the admin's validation rules, the duplicate rules, and what its triggers never bear.

    `failures` are those of single fields. Raise Rejected with what the first of these kinds refuses.
    """
    refused = (
        failures_of(save, failures)
        or list(_refused_by_features(store, save))
        or list(_refused_by_validation(store, save))
        or list(_refused_as_duplicate(store, save, options))
        or list(_refused_by_automation(store, save))
    )
    if refused:
        raise Rejected(*refused)


def _refused_by_features(store: RuledRecords, save: Save) -> Iterator[RecordError]:
    if store.settings.person_accounts:
        yield from bad_fields(save)


def _refused_by_validation(store: RuledRecords, save: Save) -> Iterator[RecordError]:
    rules = store.validation_rules.get(save.sobject.name, ())
    return broken_rules(rules, store.view(None), save.sobject, save.row, store.clock.now_ms())


def _refused_by_automation(store: RuledRecords, save: Save) -> Iterator[RecordError]:
    rule = automation_of(store.settings.automation, save.sobject.name) if store.settings.automation else None
    if rule is not None and rule.never_bears(save.row):
        yield limit_exception(rule, save.sobject.name)


def _refused_as_duplicate(store: RuledRecords, save: Save, options: SaveOptions) -> Iterator[RecordError]:
    if not options.duplicate_rules:
        return
    rules, creating = store.duplicate_rules, save.before is None
    found = detected(rules, store, save.caller, save.sobject, save.row, options, creating=creating)
    if found is not None:
        yield found
