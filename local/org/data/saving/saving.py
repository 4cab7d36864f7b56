"""Saving one record: the order in which the org checks, completes and writes it (Apex guide, order of execution)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...schema.ids import normalized
from ...schema.row import Row
from ...wire.caller import Caller
from ...wire.messages import OrgError
from ..derived.after_save import after_save
from ..derived.derived_values import derive, number
from ..derived.row_versions import changed_row, new_row
from ..rules import facts
from ..rules.assignment_rules import assigned_owner
from ..rules.field_values import stored
from ..rules.ruled_records import RuledRecords
from ..rules.save_results import RecordError, Save, SaveOptions, SaveResult
from ..rules.save_rules import undeletable
from ..rules.text_values import WIDE
from ..storage.visibility import sobject_of
from .bodies import stored_values
from .checks import NoSuchRecord, Rejected, check_faults, check_locks, check_rules
from .external_ids import matching_rows, split_key
from .recycle_bin import put_in_recycle_bin


class Saving:
    """One caller's saves of one sObject: `seen` is the sObject as the caller sees it, `kind` as it is."""

    def __init__(self, store: RuledRecords, caller: Caller | None, name: str, options: SaveOptions) -> None:
        self._store, self._caller, self._options = store, caller, options
        self._view = store.view(caller)
        self._seen = sobject_of(self._view, name)
        self._kind = store.table(name).sobject

    def create(self, body: Mapping[str, Any]) -> SaveResult:
        """Insert one record; a failure leaves nothing behind."""
        result = self._settled(lambda: self._create(body))
        result.created = result.success
        return result

    def update(self, record_id: str, body: Mapping[str, Any]) -> SaveResult:
        """Change the fields of one record that the body names; nothing changes when it fails."""
        return self._settled(lambda: self._update(record_id, body), record_id)

    def delete(self, record_id: str) -> SaveResult:
        """Move one record, and what is deleted with it, to the recycle bin."""
        return self._settled(lambda: self._delete(record_id), record_id)

    def upsert(self, key: str, body: Mapping[str, Any]) -> SaveResult:
        """Update the record whose external ID the body gives, or insert one; several matches are the record's failure."""
        field = split_key(self._seen, key, "")[0]
        given = next((value for name, value in body.items() if name.lower() == field.name.lower()), None)
        if given is None or given == "":
            return SaveResult(failures=[RecordError("MISSING_ARGUMENT", f"{field.name} not specified")])
        try:
            rows = matching_rows(self._view, self._seen, field, stored(field, given, WIDE))
        except RecordError as error:
            return SaveResult(failures=[error])
        if len(rows) > 1:
            ids = ", ".join(row["Id"] for row in rows)
            message = facts.SEVERAL_FOR_EXTERNAL_ID.format(label=field.label, ids=ids)
            return SaveResult(failures=[RecordError("DUPLICATE_EXTERNAL_ID", message)])
        values = {name: value for name, value in body.items() if name.lower() != field.name.lower()}
        return self.update(rows[0]["Id"], values) if rows else self.create({**values, field.name: given})

    def _settled(self, save: Callable[[], str], record_id: str | None = None) -> SaveResult:
        """Run one save in a savepoint of its own; turn its refusal into the record's result."""
        try:
            with self._store.transaction(self._caller):
                return SaveResult(save(), True)
        except NoSuchRecord as rejected:
            return SaveResult(failures=rejected.failures)
        except Rejected as rejected:
            return SaveResult(record_id, False, failures=rejected.failures)
        except OrgError as error:
            if self._options.reject_request_faults:
                raise
            return SaveResult(record_id, False, failures=[RecordError(error.code, error.message, error.fields)])

    def _create(self, body: Mapping[str, Any]) -> str:
        if not self._seen.createable:
            code, message = facts.NO_CREATE_RIGHT
            raise Rejected(RecordError(code, message.format(label=self._seen.label)))
        changes, failures = self._stored_values(body, creating=True)
        check_faults(self._store, "create", self._kind.name, None, changes)
        row = new_row(self._store, self._caller, self._kind, changes)
        derive(self._store, self._kind, row)
        self._check(None, row, changes, failures)
        check_locks(self._store, self._caller, row, changes)
        self._assign(row)
        number(self._store, self._kind, row)
        return self._write(row, "created", changes)

    def _update(self, record_id: str, body: Mapping[str, Any]) -> str:
        before = self._existing(record_id)
        if not self._seen.updateable:
            raise Rejected(RecordError(*facts.NO_UPDATE_RIGHT))
        changes, failures = self._stored_values(body, creating=False)
        check_faults(self._store, "update", self._kind.name, before["Id"], changes)
        check_locks(self._store, self._caller, before, changes)
        row = changed_row(self._store, self._caller, before, changes)
        derive(self._store, self._kind, row, before)
        self._check(before, row, changes, failures)
        self._assign(row)
        return self._write(row, "updated", changes, before)

    def _delete(self, record_id: str) -> str:
        row = self._existing(record_id)
        if not self._seen.deletable:
            raise Rejected(RecordError(*facts.NO_UPDATE_RIGHT))
        check_faults(self._store, "delete", self._kind.name, row["Id"], {})
        check_locks(self._store, self._caller, row, {})
        refused = list(undeletable(self._store, self._kind, row))
        if refused:
            raise Rejected(*refused)
        put_in_recycle_bin(self._store, self._caller, self._kind, row)
        return str(row["Id"])

    def _stored_values(self, body: Mapping[str, Any], *, creating: bool) -> tuple[Row, list[RecordError]]:
        return stored_values(self._view, self._seen, body, creating=creating, rules=self._store.value_rules())

    def _existing(self, record_id: str) -> Row:
        """Return the live row of an Id; raise the record's error for a malformed, unknown or deleted one."""
        full = normalized(record_id)
        if full is None or not self._kind.owns(full):
            message = f"{self._kind.label} ID: id value of incorrect type: {record_id}"
            raise Rejected(RecordError("MALFORMED_ID", message, ["Id"]))
        row = self._store.table(self._kind.name).rows.get(full)
        if row is None or self._store.is_unshared(full, self._caller):
            raise NoSuchRecord(RecordError(*facts.UNKNOWN_REFERENCE))
        if row.get("IsDeleted"):
            raise Rejected(RecordError(*facts.DELETED_REFERENCE))
        return row

    def _check(self, before: Row | None, row: Row, changes: Row, failures: list[RecordError]) -> None:
        save = Save(self._store, self._caller, self._kind, before, row, changes)
        check_rules(self._store, save, self._options, failures)

    def _assign(self, row: Row) -> None:
        store = self._store
        if store.assignment_rules:
            view, now_ms, choice = store.view(None), store.clock.now_ms(), self._options.auto_assign
            owner_id = assigned_owner(store.assignment_rules, view, self._kind, row, choice, now_ms)
            if owner_id is not None:
                row["OwnerId"] = owner_id

    def _write(self, row: Row, action: str, changes: Row, before: Row | None = None) -> str:
        self._store.write(self._kind, row, row["Id"], action, changes)
        after_save(self._store, self._caller, self._kind, row, before)
        return str(row["Id"])
