"""Decide, field by field, what of a request is written over the record as it is: pure, from one read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from causeway.contract.outcomes import Warning
from causeway.salesforce.comparison import same_value
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.picklists import (
    allowed_by_controller,
    allowed_by_record_type,
    default_record_type,
    default_value,
)
from causeway.salesforce.texts import is_blank
from causeway.syncs.mapping.conversation import is_causeways_text
from causeway.syncs.mapping.desired import CLEAR, DesiredField

Action = Literal["write", "same", "kept", "left_out"]
_PICKLISTS = frozenset({"picklist", "multipicklist"})


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What becomes of one field: written, the same already, kept (its rule says so), or left out (with a warning)."""

    field: str
    action: Action
    value: Any = None


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
    describe: SObjectDescribe, desired: Iterable[DesiredField], current: Mapping[str, Any] | None
) -> FieldDecisions:
    """
    Return what to send, given the record as read (`CompiledSync.selected` fields), or None for a record to create.

    Equal values are not sent, `if_empty` fills only what is empty (a checkbox never is), a transcript replaces only what
    Causeway wrote, and picklist values must suit the controlling field and the record type that the record will have.
    """
    decided = FieldDecisions()
    for prepared in desired:
        _decide(decided, prepared, current)
    if any(name for name in decided.values if _depends(describe, name)):
        _drop_unsuitable(decided, describe, current)
    return decided


def _decide(decided: FieldDecisions, prepared: DesiredField, current: Mapping[str, Any] | None) -> None:
    name = prepared.field.name
    if current is None:
        if not prepared.field.createable:
            decided.leave_out(
                name, "not_writable_at_create", f"{prepared.field.label} can not be set when a record is created."
            )
        elif prepared.value is not CLEAR:
            _write(decided, name, prepared.value)
        return
    value = _sent(prepared)
    if name in current and same_value(prepared.field, current[name], value):
        decided.decisions.append(FieldDecision(name, "same", value))
    elif prepared.rule == "if_empty" and not _is_empty(prepared.field, current, name):
        decided.decisions.append(FieldDecision(name, "kept", current.get(name)))
    elif not prepared.field.updateable:
        decided.leave_out(
            name, "not_writable_at_update", f"{prepared.field.label} can not be changed on an existing record."
        )
    elif prepared.conversation and not prepared.always and not is_causeways_text(current.get(name)):
        detail = (
            f"{prepared.field.label} holds text that Causeway did not write, so the conversation did not replace it."
        )
        decided.leave_out(name, "text_kept", detail)
    else:
        _write(decided, name, value)


def _write(decided: FieldDecisions, name: str, value: Any) -> None:
    decided.values[name] = value
    decided.decisions.append(FieldDecision(name, "write", value))


def _sent(prepared: DesiredField) -> Any:
    """Return the JSON value: CLEAR is null, or false for a checkbox."""
    if prepared.value is not CLEAR:
        return prepared.value
    return False if prepared.field.type == "boolean" else None


def _is_empty(planned: FieldDescribe, current: Mapping[str, Any], name: str) -> bool:
    """Return whether the record's field is known to be empty."""
    return planned.type != "boolean" and name in current and is_blank(current[name])


def _depends(describe: SObjectDescribe, name: str) -> bool:
    planned = describe.field(name)
    return bool(planned and planned.type in _PICKLISTS and (planned.controller_name or describe.record_types))


def _drop_unsuitable(decided: FieldDecisions, describe: SObjectDescribe, current: Mapping[str, Any] | None) -> None:
    """Leave out values that do not suit; as a value may control the next one, repeat until all that is left does."""
    while True:
        misfit = next((found for name in decided.values if (found := _misfit(decided, describe, current, name))), None)
        if misfit is None:
            return
        decided.leave_out(*misfit)


def _misfit(
    decided: FieldDecisions, describe: SObjectDescribe, current: Mapping[str, Any] | None, name: str
) -> tuple[str, str, str] | None:
    planned, value = describe.field(name), decided.values[name]
    if planned is None or planned.type not in _PICKLISTS or not isinstance(value, str):
        return None
    parts = value.split(";") if planned.type == "multipicklist" else [value]
    record_type = _effective(decided, describe, current, "RecordTypeId")
    for part in parts:
        if not allowed_by_record_type(describe, name, part, record_type):
            return name, "picklist_not_for_record_type", f"The record type does not offer '{part}' for {planned.label}."
    controller = describe.field(planned.controller_name) if planned.controller_name else None
    if controller is None or (current is not None and controller.name not in {**current, **decided.values}):
        return None
    controlling = _effective(decided, describe, current, controller.name)
    for part in parts:
        if not allowed_by_controller(planned, part, controller, controlling):
            detail = f"{planned.label} does not offer '{part}' while {controller.label} is '{controlling or ''}'."
            return name, "picklist_not_for_controller", detail
    return None


def _effective(decided: FieldDecisions, describe: SObjectDescribe, current: Mapping[str, Any] | None, name: str) -> Any:
    """Return the value that the record will have: the one written, else its own, else what a create is given."""
    if name in decided.values:
        return decided.values[name]
    if current is not None:
        return current.get(name)
    if name == "RecordTypeId":
        return default_record_type(describe)
    planned = describe.field(name)
    return default_value(planned) if planned else None


def missing_at_create(describe: SObjectDescribe, values: Mapping[str, Any]) -> tuple[FieldDescribe, ...]:
    """Return the fields that a create needs and `values` (by canonical name) does not give."""
    return tuple(item for item in describe.fields if item.required_at_create and is_blank(values.get(item.name)))


def missing_sentence(describe: SObjectDescribe, missing: Iterable[FieldDescribe]) -> str:
    """Return why a record can not be created, such as `A Lead needs Company; the change gives no value for it.`"""
    names = [_shown(item) for item in missing]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    label = describe.label or describe.name
    article = "An" if label[0] in "AEIOU" else "A"
    return f"{article} {label} needs {listed}; the change gives no value for {'it' if len(names) == 1 else 'them'}."


def _shown(item: FieldDescribe) -> str:
    return f"{item.label} ({item.name})" if item.label and item.label != item.name else item.name
