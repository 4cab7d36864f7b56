"""Decide field by field what is written over the record as it was read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from causeway.contract.outcomes import Warning
from causeway.push.deciding.planning.text_decisions import (
    IsWritten,
    continued_value,
    dropped_messages,
    fitting_warnings,
    is_replaceable,
    with_entries,
)
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.comparison import same_value
from causeway.salesforce.values.picklists import (
    allowed_by_controller,
    allowed_by_record_type,
    default_record_type,
    default_value,
)
from causeway.salesforce.values.texts import is_blank
from causeway.syncs.mapping.desired import CLEAR, DesiredField

Action = Literal["write", "same", "kept", "left_out"]
_PICKLISTS = frozenset({"picklist", "multipicklist"})


def _never_written(name: str, entry: str) -> bool:
    return False


class FieldDecision(NamedTuple):
    """
    What becomes of one field: written, the same already, kept (its rule says so), or left out (with a warning).

    `is_default`: the change says nothing of it, and a new record gets the row's default.
    """

    field: str
    action: Action
    value: Any = None
    is_default: bool = False


@dataclass(slots=True)
class FieldDecisions:
    """The JSON values to send by canonical field name, each field's decision for the dry run, and the warnings."""

    values: dict[str, Any] = field(default_factory=dict)
    decisions: list[FieldDecision] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)

    def leave_out(self, name: str, code: str, detail: str) -> None:
        """Take the field back, whatever was decided for it, and say why."""
        self.values.pop(name, None)
        self.decisions = [item for item in self.decisions if item.field != name]
        self.decisions.append(FieldDecision(name, "left_out"))
        self.warnings.append(Warning(name, code, detail))


def decide_fields(
    describe: SObjectDescribe,
    desired: Iterable[DesiredField],
    current: Mapping[str, Any] | None,
    *,
    defaults: Iterable[DesiredField] = (),
    is_written: IsWritten = _never_written,
) -> FieldDecisions:
    """
    Return what to send, given the record as read (`CompiledSync.selected` fields), or None for a record to create.

    Equal values are not sent, `if_empty` fills only what is empty (a checkbox never is), `create_only` fills new records, `append`
    adds the entries that are not there (`is_written`: field and entry → whether it was written before), a transcript replaces only
    what Causeway wrote, and picklist values must suit the controlling field and the record type that the record will have.
    `defaults` are for a record to create, where nothing else is to be written.
    """
    decided = FieldDecisions()
    for item in desired:
        if item.rule == "append" and item.value is not CLEAR:
            _decide_entries(decided, item, current, is_written)
        elif current is None:
            _decide_create(decided, item)
        else:
            _decide_update(decided, item, current)
    if current is None:
        _decide_defaults(decided, defaults)
    if any(_depends(describe, name) for name in decided.values):
        _drop_unsuitable(decided, describe, current)
    return decided


def _decide_create(decided: FieldDecisions, desired: DesiredField) -> None:
    name = desired.field.name
    if not desired.field.createable:
        detail = f"{desired.field.label} cannot be set when a record is created."
        decided.leave_out(name, "not_writable_at_create", detail)
    elif desired.value is not CLEAR:
        _write(decided, name, desired.value)


def _decide_defaults(decided: FieldDecisions, defaults: Iterable[DesiredField]) -> None:
    """Give a new record the defaults of the fields that nothing is written to; a value that was left out keeps its warning."""
    for item in defaults:
        name = item.field.name
        if name not in decided.values and item.field.createable:
            decided.values[name] = item.value
            decided.decisions = [each for each in decided.decisions if each.field != name]
            decided.decisions.append(FieldDecision(name, "write", item.value, is_default=True))


def _decide_entries(
    decided: FieldDecisions, desired: DesiredField, current: Mapping[str, Any] | None, is_written: IsWritten
) -> None:
    """Add entries to the text of a record; its people's own text stays, whatever room that leaves."""
    described, text = desired.field, (current or {}).get(desired.field.name)
    name, label, found = described.name, described.label, with_entries(desired, text, is_written)
    if found.is_full:
        detail = f"{label} holds {described.length} characters and is full, so the text was not added."
        decided.leave_out(name, "no_room", detail)
    elif found.text is None:
        decided.decisions.append(FieldDecision(name, "same", text))
    elif current is None and not described.createable:
        decided.leave_out(name, "not_writable_at_create", f"{label} cannot be set when a record is created.")
    elif current is not None and not described.updateable:
        decided.leave_out(name, "not_writable_at_update", f"{label} cannot be changed on an existing record.")
    else:
        _write(decided, name, found.text)
        decided.warnings += fitting_warnings(described, found)


def _decide_update(decided: FieldDecisions, desired: DesiredField, current: Mapping[str, Any]) -> None:
    name, label = desired.field.name, desired.field.label
    value = continued_value(desired, current.get(name)) if desired.conversation else sent_value(desired)
    if name in current and same_value(desired.field, current[name], value):
        decided.decisions.append(FieldDecision(name, "same", value))
    elif desired.rule == "create_only" or (desired.rule == "if_empty" and not _is_empty(desired.field, current)):
        decided.decisions.append(FieldDecision(name, "kept", current.get(name)))
    elif not desired.field.updateable:
        decided.leave_out(name, "not_writable_at_update", f"{label} cannot be changed on an existing record.")
    elif desired.conversation and not desired.always and not is_replaceable(desired, current.get(name)):
        detail = f"{label} holds text that Causeway did not write, so the conversation did not replace it."
        decided.leave_out(name, "text_kept", detail)
    else:
        _write(decided, name, value)
        decided.warnings += dropped_messages(desired, value)


def _write(decided: FieldDecisions, name: str, value: Any) -> None:
    decided.values[name] = value
    decided.decisions.append(FieldDecision(name, "write", value))


def sent_value(desired: DesiredField) -> Any:
    """Return the JSON value: CLEAR is null, or false for a checkbox."""
    if desired.value is not CLEAR:
        return desired.value
    return False if desired.field.type == "boolean" else None


def _is_empty(described: FieldDescribe, current: Mapping[str, Any]) -> bool:
    """Return whether the record's field is known to be empty; a checkbox never is."""
    return described.type != "boolean" and described.name in current and is_blank(current[described.name])


def _depends(describe: SObjectDescribe, name: str) -> bool:
    """Return whether other fields decide which values a picklist allows."""
    described = describe.field(name)
    if described is None or described.type not in _PICKLISTS:
        return False
    return bool(described.controller_name or describe.record_types)


def _drop_unsuitable(decided: FieldDecisions, describe: SObjectDescribe, current: Mapping[str, Any] | None) -> None:
    """Leave out values that do not suit; as a value may control the next one, repeat until all values suit."""
    after = _RecordAfter(describe, current, decided.values)
    while misfit := next((found for name in decided.values if (found := _misfit(after, name))), None):
        decided.leave_out(*misfit)


class _RecordAfter(NamedTuple):
    """A record as it will be once `values` are written; `current` is None for one to create."""

    describe: SObjectDescribe
    current: Mapping[str, Any] | None
    values: Mapping[str, Any]

    def is_known(self, name: str) -> bool:
        """Return whether the value of a field is known."""
        return self.current is None or name in self.current or name in self.values

    def value(self, name: str) -> Any:
        """Return the value that the record will have: the written one, else its own, else what a create is given."""
        if name in self.values:
            return self.values[name]
        if self.current is not None:
            return self.current.get(name)
        if name == "RecordTypeId":
            return default_record_type(self.describe)
        described = self.describe.field(name)
        return default_value(described) if described else None


def _misfit(after: _RecordAfter, name: str) -> tuple[str, str, str] | None:
    """Return the field, the code and the reason when a picklist does not offer its value, None when it does."""
    described, value = after.describe.field(name), after.values[name]
    if described is None or described.type not in _PICKLISTS or not isinstance(value, str):
        return None
    parts = value.split(";") if described.type == "multipicklist" else [value]
    return _misfit_of_record_type(after, described, parts) or _misfit_of_controller(after, described, parts)


def _misfit_of_record_type(
    after: _RecordAfter, described: FieldDescribe, parts: Iterable[str]
) -> tuple[str, str, str] | None:
    record_type = after.value("RecordTypeId")
    for part in parts:
        if not allowed_by_record_type(after.describe, described.name, part, record_type):
            detail = f"The record type does not offer '{part}' for {described.label}."
            return described.name, "picklist_not_for_record_type", detail
    return None


def _misfit_of_controller(
    after: _RecordAfter, described: FieldDescribe, parts: Iterable[str]
) -> tuple[str, str, str] | None:
    controller = after.describe.field(described.controller_name) if described.controller_name else None
    if controller is None or not after.is_known(controller.name):
        return None
    controlling = after.value(controller.name)
    for part in parts:
        if not allowed_by_controller(described, part, controller, controlling):
            detail = f"{described.label} does not offer '{part}' while {controller.label} is '{controlling or ''}'."
            return described.name, "picklist_not_for_controller", detail
    return None


def missing_at_create(describe: SObjectDescribe, values: Mapping[str, Any]) -> tuple[FieldDescribe, ...]:
    """Return the fields that a create needs and `values` (by canonical name) does not give."""
    return tuple(item for item in describe.fields if item.required_at_create and is_blank(values.get(item.name)))


def missing_sentence(describe: SObjectDescribe, missing: Iterable[FieldDescribe]) -> str:
    """Return why a record cannot be created, such as `A Lead needs Company; the change gives no value for it.`"""
    names = [_shown(item) for item in missing]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    label = describe.label or describe.name
    article = "An" if label[0] in "AEIOU" else "A"
    return f"{article} {label} needs {listed}; the change gives no value for {'it' if len(names) == 1 else 'them'}."


def _shown(item: FieldDescribe) -> str:
    return f"{item.label} ({item.name})" if item.label and item.label != item.name else item.name
