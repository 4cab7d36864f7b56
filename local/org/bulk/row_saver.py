"""Saves the rows of a chunk one by one, by the operation of their job."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from ..data.rules.save_results import RecordError, SaveOptions, SaveResult
from ..data.saving.chunks import RepeatedUpdates, Save, external_key, repeated_key_error, repeated_keys
from ..rest.ports import DataOrg
from ..schema.ids import normalized
from ..schema.sobjects import SObjectType
from ..wire.call import Call
from ..wire.messages import OrgError
from .columns import Values

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")

type SaveRow = Callable[[Values], SaveResult]


class SavingJob(Protocol):
    """A job as its rows see it."""

    @property
    def operation(self) -> str:
        """Return which of OPERATIONS it carries out."""

    @property
    def external_id_field(self) -> str | None:
        """Return the field an upsert finds records by."""

    @property
    def assignment_rule_id(self) -> str | None:
        """Return the Id of the assignment rule that it names."""


class RowSaver:
    """Saves one row's values by each of the operations; no header can allow duplicates in bulk."""

    def __init__(self, call: Call[DataOrg], job: SavingJob, sobject: SObjectType) -> None:
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


def error_text(error: RecordError) -> str:
    """Return an error as sf__Error spells it: `CODE:message:fields --`."""
    return f"{error.status_code}:{error.message}:{','.join(error.fields)} --"
