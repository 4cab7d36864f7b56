"""One save: what its rules look at, its options, the errors of the record, and its result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...schema.row import Row
from ...schema.sobjects import SObjectType
from ...wire.caller import Caller
from ..storage.records import Records


class RecordError(Exception):
    """Why one record was not saved: `statusCode`, message, field names, and a duplicate rule's extra element."""

    def __init__(
        self, status_code: str, message: str, fields: list[str] | None = None, extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status_code, self.message, self.fields, self.extra = status_code, message, fields or [], extra or {}

    def in_collection(self, *, named: bool = True) -> dict[str, Any]:
        """Return the error as collections spell it (`statusCode`; REST API guide, sObject Collections)."""
        return {
            **(self.extra if named else {}),
            "statusCode": self.status_code,
            "message": self.message,
            "fields": self.fields,
        }

    def in_row_answer(self) -> dict[str, Any]:
        """Return the error as single-record resources spell it (`errorCode`; REST API guide, status codes and errors)."""
        answer = {**self.extra, "message": self.message, "errorCode": self.status_code}
        return answer if self.extra else {**answer, "fields": self.fields}


@dataclass(slots=True)
class SaveResult:
    """The outcome of one record; `created` distinguishes an upsert's insert from its update."""

    id: str | None = None
    success: bool = False
    created: bool = False
    failures: list[RecordError] = field(default_factory=list)

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Return the errors with `statusCode`, `message`, `fields`."""
        return [failure.in_collection() for failure in self.failures]

    def as_json(self, *, upsert: bool = False, named: bool = True) -> dict[str, Any]:
        """Return the record's element of a collections answer; `named`: with the records a duplicate rule found."""
        answer: dict[str, Any] = {} if self.id is None else {"id": self.id}
        answer |= {"success": self.success, "errors": [each.in_collection(named=named) for each in self.failures]}
        if upsert:
            answer["created"] = self.created
        return answer


@dataclass(slots=True, frozen=True)
class SaveOptions:
    """
    The request's choices for a save.

    `auto_assign`: Sforce-Auto-Assign (True: active rule, False: none, or a rule's Id).
    `reject_request_faults`: raise OrgError for errors of the request itself (unknown field, value
    of a wrong JSON type), instead of answering it as the record's failure.
    """

    allow_save: bool = False
    include_record_details: bool = False
    auto_assign: bool | str = True
    all_or_none: bool = False
    duplicate_rules: bool = True
    reject_request_faults: bool = False
    version: float = 66.0


@dataclass(slots=True, frozen=True)
class Save:
    """One record to save: the stored version (None: new), the new version, and what the request changes."""

    records: Records
    caller: Caller | None
    sobject: SObjectType
    before: Row | None
    row: Row
    changes: Row
