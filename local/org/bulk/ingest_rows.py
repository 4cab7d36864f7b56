"""Saves the rows of an ingest job one by one, in chunks of 200 as triggers see them (Bulk API 2.0 guide, ingest jobs)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.org.bulk import facts
from local.org.bulk.csv_files import CsvRow, invalid_file, invalid_job
from local.org.bulk.job_store import Job
from local.org.bulk.ports import BulkOrg
from local.org.data.rules.save_results import RecordError, SaveOptions, SaveResult
from local.org.data.saving.chunks import CHUNK_RECORDS, save_chunk
from local.org.schema.ids import normalized
from local.org.schema.sobjects import NUMBER_TYPES, FieldType, SObjectType
from local.org.wire.call import Call
from local.org.wire.messages import OrgError

NULL_MARK = "#N/A"
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")

type Values = dict[str, Any]
type SaveRow = Callable[[Values], SaveResult]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its field; for a lookup by external ID also the key's name and the target sObject."""

    field: FieldType
    key: str | None = None
    target: str | None = None

    def put(self, values: Values, text: str) -> None:
        """Add the column's value: an empty cell adds none, #N/A clears the field."""
        if text == "":
            return
        if self.key is None:
            values[self.field.name] = None if text == NULL_MARK else typed(self.field, text)
            return
        by_key: Values = {self.key: text, **({"attributes": {"type": self.target}} if self.target else {})}
        values[str(self.field.relationship_name)] = None if text == NULL_MARK else by_key


def ingest(call: Call[BulkOrg], job: Job, rows: list[CsvRow]) -> None:
    """
    Save every row and record its result; raise OrgError for a file that fails as a whole.

    Results come chunk by chunk, the last chunk first: their order is not that of the file (Bulk API 2.0 guide, get
    job successful record results).
    """
    sobject = call.org.store.view(call.session).schema.sobject(job.sobject)
    if sobject is None:
        raise invalid_job(f"Unable to find object: {job.sobject}")
    columns = [_column(call, sobject, name) for name in job.header]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise invalid_file(f"Row {number} has {len(row)} values for {len(columns)} columns")
    save = RowSaver(call, job, sobject).by(job.operation)
    starts = range(0, len(rows), CHUNK_RECORDS)
    for start in starts if facts.BULK_RESULTS_KEEP_ORDER else reversed(starts):
        chunk = rows[start : start + CHUNK_RECORDS]
        saves = [lambda row=row: _saved(columns, row, save) for row in chunk]
        with call.org.store.transaction(call.session):
            results = save_chunk(call.org.store, call.session, sobject, saves)
        for row, result in zip(chunk, results, strict=True):
            _keep(job, row, result)


def typed(field: FieldType, text: str) -> Any:
    """Return a cell's text as the JSON value the field takes; raise RecordError where it is not of the field's type."""
    if field.type == "boolean":
        known = {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())
        if known is None:
            raise _wrong_type(field, text)
        return known
    if field.type in NUMBER_TYPES:
        try:
            return int(text) if field.type in ("int", "long") else float(text)
        except ValueError as error:
            raise _wrong_type(field, text) from error
    return text


def _wrong_type(field: FieldType, text: str) -> RecordError:
    return RecordError(
        "INVALID_TYPE_ON_FIELD_IN_RECORD", f"{field.label}: value not of required type: {text}", [field.name]
    )


def _column(call: Call[BulkOrg], sobject: SObjectType, name: str) -> Column:
    """Return the column that a header names: a field, `Account.Ext__c`, or `Lead:Who.Email` for a polymorphic relationship."""
    path, _, key = name.partition(".")
    if not key:
        field = sobject.field(name)
        if field is None:
            raise invalid_file(f"Field name not found : {name}")
        return Column(field)
    target, _, relationship = path.rpartition(":")
    reference = sobject.relationship(relationship)
    if target and reference and not reference.polymorphic:
        raise invalid_file(f"type is not needed for non polymorphic foreign key references: {relationship}")
    schema = call.org.store.view(call.session).schema
    parent = schema.sobject(target or reference.reference_to[0]) if reference else None
    key_field = parent.field(key) if parent else None
    if reference is None or parent is None or key_field is None or parent.name not in reference.reference_to:
        raise invalid_file(f"Field name not found : {name}")
    return Column(reference, key_field.name, parent.name if target else None)


def _saved(columns: list[Column], row: CsvRow, save: SaveRow) -> SaveResult:
    values: Values = {}
    try:
        for column, text in zip(columns, row, strict=True):
            column.put(values, text)
        return save(values)
    except RecordError as error:
        return SaveResult(failures=[error])
    except OrgError as error:
        return SaveResult(failures=[RecordError(error.code, error.message, error.fields)])


def _keep(job: Job, row: CsvRow, result: SaveResult) -> None:
    if result.success:
        job.results.append([result.id or "", "true" if result.created else "false", *row])
    else:
        job.failures.append([result.id or "", _error_text(result.failures[0]), *row])


def _error_text(error: RecordError) -> str:
    """Return an error as sf__Error spells it: `CODE:message:fields --`."""
    return f"{error.status_code}:{error.message}:{','.join(error.fields)} --"


class RowSaver:
    """Saves one row's values by each of the operations; no header can allow duplicates in bulk."""

    def __init__(self, call: Call[BulkOrg], job: Job, sobject: SObjectType) -> None:
        self._store, self._caller, self._sobject = call.org.store, call.session, sobject
        self._key = str(job.external_id_field)
        self._options = SaveOptions(auto_assign=job.assignment_rule_id or False, version=call.version)

    def by(self, operation: str) -> SaveRow:
        """Return what saves a row by this operation."""
        saves = (self.insert, self.update, self.upsert, self.delete, self.hard_delete)
        return dict(zip(OPERATIONS, saves, strict=True))[operation]

    def insert(self, values: Values) -> SaveResult:
        """Create a record."""
        return self._store.create(self._caller, self._sobject.name, values, self._options)

    def update(self, values: Values) -> SaveResult:
        """Change the record of the row's Id."""
        record_id = _required_id(values)
        result = self._store.update(self._caller, self._sobject.name, record_id, values, self._options)
        result.id = normalized(record_id) or record_id
        return result

    def upsert(self, values: Values) -> SaveResult:
        """Change the record that has the row's external ID, or create one."""
        if self._key == "Id":
            return self.update(values)
        return self._store.upsert(self._caller, self._sobject.name, self._key, values, self._options)

    def delete(self, values: Values) -> SaveResult:
        """Move the record of the row's Id to the recycle bin."""
        record_id = _required_id(values)
        result = self._store.delete(self._caller, self._sobject.name, record_id, self._options)
        result.id = normalized(record_id) or record_id
        return result

    def hard_delete(self, values: Values) -> SaveResult:
        """Delete the record of the row's Id permanently."""
        result = self.delete(values)
        if result.success and result.id:
            self._store.hard_delete(self._caller, result.id)
        return result


def _required_id(values: Values) -> str:
    record_id = values.pop("Id", None)
    if not record_id:
        raise RecordError("MISSING_ARGUMENT", "Id not specified in an update call")
    return str(record_id)
