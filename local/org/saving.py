"""Saving one record: the order in which the org checks, completes and writes it (Apex guide, order of execution)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.org import facts
from local.org.assignment import assigned_owner
from local.org.bodies import stored_values
from local.org.derived import derive, number
from local.org.duplicates import detected
from local.org.external_ids import matching_rows, split_key
from local.org.ids import normalized
from local.org.messages import OrgError
from local.org.records import Caller
from local.org.rules import Save, failures_of, undeletable
from local.org.save_results import RecordError, SaveOptions, SaveResult
from local.org.schema import SObjectType
from local.org.tables import Row
from local.org.validation import broken_rules
from local.org.values import stored
from local.org.visibility import View

if TYPE_CHECKING:
    from local.org.store import Store

LOCK_MESSAGE = "unable to obtain exclusive access to this record or 1 records: {id}"


class Rejected(Exception):
    """The record is not saved, for these reasons."""

    def __init__(self, failures: list[RecordError]) -> None:
        super().__init__(failures[0].message)
        self.failures = failures


def sobject_of(view: View, name: str) -> SObjectType:
    """Return the sObject as the user sees it; raise NOT_FOUND as the REST resources of an unknown sObject do."""
    sobject = view.schema.sobject(name)
    if sobject is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return sobject


def create(store: Store, caller: Caller | None, name: str, body: Mapping[str, Any], options: SaveOptions) -> SaveResult:
    """Insert one record; nothing stays of it when it fails."""
    view = store.view(caller)
    sobject = sobject_of(view, name)
    return _settled(store, caller, options, lambda: _create(store, view, caller, sobject, body, options))


def update(
    store: Store, caller: Caller | None, name: str, record_id: str, body: Mapping[str, Any], options: SaveOptions
) -> SaveResult:
    """Change one record's fields that the body names; nothing changes when it fails."""
    view = store.view(caller)
    sobject = sobject_of(view, name)
    return _settled(
        store, caller, options, lambda: _update(store, view, caller, sobject, record_id, body, options), record_id
    )


def upsert(
    store: Store, caller: Caller | None, name: str, key: str, body: Mapping[str, Any], options: SaveOptions
) -> SaveResult:
    """Update the record whose external ID the body gives, or insert one; several matches are the record's failure."""
    view = store.view(caller)
    sobject = sobject_of(view, name)
    field = split_key(sobject, key, "")[0]
    given = next((value for each, value in body.items() if each.lower() == field.name.lower()), None)
    if given is None or given == "":
        return SaveResult(failures=[RecordError("MISSING_ARGUMENT", f"{field.name} not specified")])
    values = {each: value for each, value in body.items() if each.lower() != field.name.lower()}
    try:
        rows = matching_rows(view, sobject, field, stored(field, given, wide_email=True))
    except RecordError as error:
        return SaveResult(failures=[error])
    if len(rows) > 1:
        ids = ", ".join(row["Id"] for row in rows)
        message = facts.SEVERAL_FOR_EXTERNAL_ID.format(label=field.label, ids=ids)
        return SaveResult(failures=[RecordError("DUPLICATE_EXTERNAL_ID", message)])
    if rows:
        return update(store, caller, name, rows[0]["Id"], values, options)
    result = create(store, caller, name, {**values, field.name: given}, options)
    result.created = result.success
    return result


def delete(store: Store, caller: Caller | None, name: str, record_id: str, options: SaveOptions) -> SaveResult:
    """Move one record, and what hangs on it, to the recycle bin."""
    view = store.view(caller)
    sobject = sobject_of(view, name)
    return _settled(store, caller, options, lambda: _delete(store, caller, sobject, record_id), record_id)


def _settled(
    store: Store, caller: Caller | None, options: SaveOptions, save: Any, record_id: str | None = None
) -> SaveResult:
    """Run one save as its own savepoint and turn what it raises into the record's result."""
    try:
        with store.transaction(caller):
            return SaveResult(save(), True)
    except Rejected as rejected:
        return SaveResult(record_id, False, failures=rejected.failures)
    except OrgError as error:
        if options.reject_request_faults:
            raise
        return SaveResult(record_id, False, failures=[RecordError(error.code, error.message, error.fields)])


def _create(
    store: Store, view: View, caller: Caller | None, sobject: SObjectType, body: Mapping[str, Any], options: SaveOptions
) -> str:
    if not sobject.createable:
        raise Rejected([RecordError(facts.NO_CREATE_RIGHT[0], facts.NO_CREATE_RIGHT[1].format(label=sobject.label))])
    changes, failures = stored_values(
        view, sobject, body, creating=True, wide_email=store.settings.internationalized_email
    )
    _ask_faults(store, "create", sobject, None, changes)
    row = new_row(store, caller, sobject, changes)
    derive(store, sobject, row)
    _check(store, Save(store, caller, sobject, None, row, changes), failures, options)
    _check_locks(store, caller, sobject, row, changes)
    _assign(store, sobject, row, options)
    number(store, sobject, row)
    store.write(sobject, row, row["Id"], "created", changes)
    store.after_save(caller, sobject, row)
    return str(row["Id"])


def new_row(store: Store, caller: Caller | None, sobject: SObjectType, values: Row) -> Row:
    """Return a row with a fresh Id, the fields' defaults, the values and the audit fields."""
    user_id, stamp = store.user_id(caller), store.stamp()
    row: Row = {"Id": store.new_id(sobject), **store.defaults(sobject)}
    owner = sobject.field("OwnerId")
    if owner is not None:
        row["OwnerId"] = user_id
    record_type = next((each for each in sobject.record_types if each.default), None)
    if record_type is not None:
        row["RecordTypeId"] = record_type.record_type_id
    row.update({name: value for name, value in values.items() if value is not None})
    row.update(
        CreatedDate=stamp, CreatedById=user_id, LastModifiedDate=stamp, LastModifiedById=user_id, SystemModstamp=stamp
    )
    return row


def _update(
    store: Store,
    view: View,
    caller: Caller | None,
    sobject: SObjectType,
    record_id: str,
    body: Mapping[str, Any],
    options: SaveOptions,
) -> str:
    before = existing(store, sobject, record_id)
    if not sobject.updateable:
        raise Rejected([RecordError(*facts.NO_UPDATE_RIGHT)])
    changes, failures = stored_values(
        view, sobject, body, creating=False, wide_email=store.settings.internationalized_email
    )
    _ask_faults(store, "update", sobject, before["Id"], changes)
    _check_locks(store, caller, sobject, before, changes)
    row = changed_row(store, caller, before, changes)
    derive(store, sobject, row, before)
    _check(store, Save(store, caller, sobject, before, row, changes), failures, options)
    _assign(store, sobject, row, options)
    store.write(sobject, row, row["Id"], "updated", changes)
    store.after_save(caller, sobject, row)
    return str(row["Id"])


def changed_row(store: Store, caller: Caller | None, before: Row, changes: Row) -> Row:
    """Return the row with the changes over it and a new stamp; a null takes the field away."""
    row = {name: value for name, value in (before | changes).items() if value is not None}
    stamp = store.stamp()
    row.update(LastModifiedDate=stamp, LastModifiedById=store.user_id(caller), SystemModstamp=stamp)
    return row


def existing(store: Store, sobject: SObjectType, record_id: str) -> Row:
    """Return the live row of an Id; raise the record's error for a malformed, unknown or deleted one."""
    full = normalized(record_id)
    if full is None or not full.startswith(sobject.key_prefix):
        raise Rejected(
            [RecordError("MALFORMED_ID", f"{sobject.label} ID: id value of incorrect type: {record_id}", ["Id"])]
        )
    row = store.table(sobject.name).rows.get(full)
    if row is None:
        raise Rejected([RecordError(*facts.UNKNOWN_REFERENCE)])
    if row.get("IsDeleted"):
        raise Rejected([RecordError(*facts.DELETED_REFERENCE)])
    return row


def _check(store: Store, save: Save, failures: list[RecordError], options: SaveOptions) -> None:
    """Apply the org's rules, then the admin's validation rules, then the duplicate rules; stop at the first that refuse."""
    refused = failures_of(save, failures) or list(store.feature_failures(save))
    if not refused:
        rules = store.validation_rules.get(save.sobject.name, ())
        refused = list(broken_rules(rules, store.view(None), save.sobject, save.row, store.clock.now_ms()))
    if not refused and options.duplicate_rules:
        creating = save.before is None
        found = detected(store.duplicate_rules, store, save.caller, save.sobject, save.row, options, creating=creating)
        refused = [found] if found else []
    if refused:
        raise Rejected(refused)


def _ask_faults(store: Store, action: str, sobject: SObjectType, record_id: str | None, values: Row) -> None:
    fault = store.record_fault(action, sobject.name, record_id, values)
    if fault is not None:
        raise Rejected([RecordError(fault["statusCode"], fault["message"], list(fault.get("fields") or []))])


def _check_locks(store: Store, caller: Caller | None, sobject: SObjectType, row: Row, changes: Row) -> None:
    """Refuse when somebody holds the record, or a parent that this save must lock."""
    held = [
        row["Id"],
        *(value for name, value in row.items() if name in ("AccountId", "CampaignId") or name in changes),
    ]
    for record_id in held:
        if isinstance(record_id, str) and len(record_id) == 18 and store.locked(record_id, caller):
            raise Rejected([RecordError("UNABLE_TO_LOCK_ROW", LOCK_MESSAGE.format(id=record_id))])


def _assign(store: Store, sobject: SObjectType, row: Row, options: SaveOptions) -> None:
    if store.assignment_rules:
        now_ms = store.clock.now_ms()
        owner_id = assigned_owner(store.assignment_rules, store.view(None), sobject, row, options.auto_assign, now_ms)
        if owner_id is not None:
            row["OwnerId"] = owner_id


def _delete(store: Store, caller: Caller | None, sobject: SObjectType, record_id: str) -> str:
    row = existing(store, sobject, record_id)
    if not sobject.deletable or not store.rights(caller).may("delete", sobject.name):
        raise Rejected([RecordError(*facts.NO_UPDATE_RIGHT)])
    _ask_faults(store, "delete", sobject, row["Id"], {})
    _check_locks(store, caller, sobject, row, {})
    refused = list(undeletable(store, sobject, row))
    if refused:
        raise Rejected(refused)
    store.put_in_recycle_bin(caller, sobject, row)
    return str(row["Id"])
