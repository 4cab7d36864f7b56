"""Saves the rows of an ingest job one by one, in chunks of 200 as triggers see them (Bulk API 2.0 guide, ingest jobs)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..data.rules.field_values import stored
from ..data.rules.save_results import RecordError, SaveOptions, SaveResult
from ..data.saving.chunks import (
    CHUNK_RECORDS,
    RepeatedUpdates,
    Save,
    external_key,
    repeated_key_error,
    repeated_keys,
    save_chunk,
)
from ..rest.sobjects.describe import SOAP_TYPES
from ..schema.ids import normalized
from ..schema.sobjects import NUMBER_TYPES, FieldType, SObjectType
from ..wire.call import Call
from ..wire.messages import OrgError
from . import facts
from .csv_files import CsvRow, invalid_file, invalid_job
from .job_store import Job
from .ports import BulkOrg

NULL_MARK = "#N/A"
DESERIALIZED = NUMBER_TYPES | {"boolean", "date", "datetime", "time"}
"""Types whose cells are read before a record is saved."""
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")

type Values = dict[str, Any]
type SaveRow = Callable[[Values], SaveResult]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its field; for a lookup by external ID also the key's name and the target sObject."""

    field: FieldType
    key: str | None = None
    target: str | None = None
    place: int = 0

    def put(self, values: Values, text: str) -> None:
        """Add the column's value: an empty cell adds none, #N/A clears the field."""
        if text == "":
            return
        if self.key is None:
            values[self.field.name] = None if text == NULL_MARK else self._typed(text)
            return
        by_key: Values = {self.key: text, **({"attributes": {"type": self.target}} if self.target else {})}
        values[str(self.field.relationship_name)] = None if text == NULL_MARK else by_key

    def _typed(self, text: str) -> Any:
        """Return a cell as the JSON value its field takes; raise RecordError where it is not of the field's type."""
        try:
            value = typed(self.field, text)
            if self.field.type in DESERIALIZED:
                stored(self.field, value)
            return value
        except (OrgError, ValueError) as error:
            kind = SOAP_TYPES.get(self.field.type, "xsd:string")
            code, message = facts.BULK_WRONG_TYPE
            raise RecordError(code, message.format(col=self.place, text=text, kind=kind), [self.field.name]) from error


def ingest(call: Call[BulkOrg], job: Job, rows: list[CsvRow]) -> None:
    """
    Save every row and record its result; raise OrgError for a file that fails as a whole.

    Results come chunk by chunk, the last chunk first: their order is not that of the file (Bulk API 2.0 guide, get
    job successful record results).
    """
    sobject = call.org.store.view(call.session).schema.sobject(job.sobject)
    if sobject is None:
        raise invalid_job(f"Unable to find object: {job.sobject}")
    columns = [replace(_column(call, sobject, name), place=place) for place, name in enumerate(job.header)]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise invalid_file(f"Row {number} has {len(row)} values for {len(columns)} columns")
    saver = RowSaver(call, job, sobject)
    starts = range(0, len(rows), CHUNK_RECORDS)
    for start in starts if facts.BULK_RESULTS_KEEP_ORDER else reversed(starts):
        chunk = rows[start : start + CHUNK_RECORDS]
        saves = saver.of_chunk([_values(columns, row) for row in chunk])
        with call.org.store.transaction(call.session):
            results = save_chunk(call.org.store, call.session, sobject, saves)
        for row, result in zip(chunk, results, strict=True):
            _keep(job, row, result)


def typed(field: FieldType, text: str) -> Any:
    """Return a cell's text as the JSON value the field takes; raise ValueError where it is no value of the type."""
    if field.type == "boolean":
        known = {"true": True, "1": True, "false": False, "0": False}
        if text.strip().lower() not in known:
            raise ValueError(text)
        return known[text.strip().lower()]
    if field.type in NUMBER_TYPES:
        return int(text) if field.type in ("int", "long") else float(text)
    if field.type == "date":
        return facts.BULK_DATE_ZONE.sub("", text)
    return text


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


def _values(columns: list[Column], row: CsvRow) -> Values | RecordError:
    """Return a row's values, or why one of its cells cannot be read."""
    values: Values = {}
    try:
        for column, text in zip(columns, row, strict=True):
            column.put(values, text)
    except RecordError as error:
        return error
    return values


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
        self._key, self._operation = str(job.external_id_field), job.operation
        self._options = SaveOptions(auto_assign=job.assignment_rule_id or False, version=call.version)

    def of_chunk(self, rows: list[Values | RecordError]) -> list[Save]:
        """Return what saves each row of a chunk by the job's operation; what rows may not repeat is refused."""
        saves = (self.insert, self.update, self.upsert, self.delete, self.hard_delete)
        save = dict(zip(OPERATIONS, saves, strict=True))[self._operation]
        refusals = self._repeats(rows)
        return [partial(_saved, save, row, refusals.get(place)) for place, row in enumerate(rows)]

    def _repeats(self, rows: list[Values | RecordError]) -> dict[int, RecordError]:
        """Return, by place, the refusals of Ids updated again too often and of external IDs that several rows name."""
        readable = {place: row for place, row in enumerate(rows) if isinstance(row, dict)}
        field = self._sobject.field(self._key)
        if self._operation == "upsert" and field is not None and self._key != "Id":
            repeated = repeated_keys(field, readable.values())
            named = {place: row for place, row in readable.items() if external_key(field, row) in repeated}
            return {place: repeated_key_error(field, row) for place, row in named.items()}
        if self._operation not in ("update", "upsert"):
            return {}
        updates = RepeatedUpdates()
        ids = {place: str(row.get("Id") or "") for place, row in readable.items()}
        found = {place: updates.refusal(normalized(each) or each) for place, each in ids.items() if each}
        return {place: error for place, error in found.items() if error is not None}

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
        """Change the record that has the row's external ID or Id, or create one; a row without Id is a new record."""
        if self._key == "Id" and values.get("Id"):
            return self.update(values)
        if self._key == "Id":
            return self.insert({name: value for name, value in values.items() if name != "Id"})
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


def _saved(save: SaveRow, row: Values | RecordError, refusal: RecordError | None) -> SaveResult:
    """Save a row that can be read and that nothing refuses; a refusal is its result."""
    if isinstance(row, RecordError):
        return SaveResult(failures=[row])
    if refusal is not None:
        return SaveResult(failures=[refusal])
    try:
        return save(dict(row))
    except RecordError as error:
        return SaveResult(failures=[error])
    except OrgError as error:
        return SaveResult(failures=[RecordError(error.code, error.message, error.fields)])


def _required_id(values: Values) -> str:
    record_id = values.pop("Id", None)
    if not record_id:
        raise RecordError("MISSING_ARGUMENT", "Id not specified in an update call")
    return str(record_id)
