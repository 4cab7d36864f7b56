"""Which of the sent fields a refusal may be about, when the answer does not say so: by its code, and by the words of its message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from causeway.push.saving.pending import PendingSave
from causeway.push.saving.refusals.refusal_codes import REFERENCES
from causeway.salesforce.calls import SaveError
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.coercion import NUMBER_TYPES, TEXT_TYPES

MOST_ALONE = 6  # of the suspects that are tried one by one; then all go together
_ID_IN_TEXT = re.compile(r"\b[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?\b")
_SHORTEST_WORD = 3  # a label or value of fewer characters is in any sentence


def suspects_of(item: PendingSave, error: SaveError, may_go: Callable[[str], bool]) -> list[tuple[str, ...]]:
    """
    Return what to try the record without, one after the other; nothing when no sent field can be to blame.

    First what the message names, then each field that the code may be about, at last all of these. `may_go` says whether the
    record can be saved without a field.
    """
    sent = [(name, field) for name in item.save.values if (field := _field(item, name)) and may_go(name)]
    said = [name for name, field in sent if _is_said(field, item.save.values[name], error.message)]
    by_code = [name for name, field in sent if _is_about(error.code, field)]
    alone = list(dict.fromkeys((*said, *sorted(by_code, key=_owner_first))))
    together = tuple(dict.fromkeys((*by_code, *said)))
    return [(name,) for name in alone[:MOST_ALONE]] + ([together] if len(together) > 1 else [])


def _field(item: PendingSave, sent_name: str) -> FieldDescribe | None:
    """Return the field under whose name a value is sent; a person account's are those of the account."""
    planned = item.planned
    describe = planned.person_account.describe if planned.person_account else planned.merged.describe
    return describe.field(sent_name)


def _is_said(field: FieldDescribe, value: Any, message: str) -> bool:
    """Return whether a message names the field, by its name or label, or quotes its value."""
    if any(_has_word(message, word) for word in (field.name, field.label)):
        return True
    if not isinstance(value, str) or len(value) < _SHORTEST_WORD:
        return False
    if field.type == "reference":
        return any(found[:15] == value[:15] for found in _ID_IN_TEXT.findall(message))
    return value in message


def _has_word(message: str, word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message, re.I) is not None


def _is_about(code: str, field: FieldDescribe) -> bool:
    """Return whether a code may be about a field, as far as describe says."""
    if code in _ABOUT:
        return _ABOUT[code](field)
    return code in REFERENCES and field.type == "reference"


def _names_user(field: FieldDescribe) -> bool:
    return field.type == "reference" and "User" in field.reference_to


def _is_picklist(field: FieldDescribe) -> bool:
    return field.type in ("picklist", "multipicklist")


_ABOUT: dict[str, Callable[[FieldDescribe], bool]] = {
    "DUPLICATE_VALUE": lambda field: field.unique,
    "FIELD_INTEGRITY_EXCEPTION": lambda field: field.type == "reference",
    "INACTIVE_OWNER_OR_USER": _names_user,
    "INVALID_CURRENCY_ISO": lambda field: field.name == "CurrencyIsoCode",
    "INVALID_EMAIL_ADDRESS": lambda field: field.type == "email",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": _is_picklist,
    "INVALID_STATUS": lambda field: _is_picklist(field) and field.name.endswith("Status"),
    "NUMBER_OUTSIDE_VALID_RANGE": lambda field: field.type in (*NUMBER_TYPES, "date", "datetime"),
    "OP_WITH_INVALID_USER_TYPE_EXCEPTION": _names_user,
    "STRING_TOO_LONG": lambda field: field.type in TEXT_TYPES,
    "TRANSFER_REQUIRES_READ": _names_user,
    "UNAVAILABLE_RECORDTYPE_EXCEPTION": lambda field: field.name == "RecordTypeId",
}


def _owner_first(name: str) -> bool:
    return name != "OwnerId"


def needed_at_create(item: PendingSave) -> set[str]:
    """Return the fields without which a record is not created: the required ones, and those by which it would be found again."""
    planned = item.planned
    required = (each.name for each in planned.merged.describe.fields if each.required_at_create)
    return {*required, *_identifiers(item)}


def _identifiers(item: PendingSave) -> Iterator[str]:
    names: Iterable[str] = (
        name
        for task in item.tasks
        for name in (*task.sync.push.match_fields, task.sync.push.external_id_field or "", *task.natural_key)
    )
    for name in names:
        if field := item.planned.merged.describe.field(name):
            yield field.name
