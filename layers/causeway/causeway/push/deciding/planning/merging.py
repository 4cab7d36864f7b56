"""Merge what several changes ask of one record: per field the newest decides, also across batches. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from causeway.contract.outcomes import Warning
from causeway.push.deciding.planning.field_decisions import (
    FieldDecisions,
    decide_fields,
    missing_at_create,
    sent_value,
)
from causeway.push.deciding.planning.refused_before import Circumstances, RecordState, refused_before
from causeway.push.deciding.planning.text_decisions import continued_value
from causeway.push.memory.entity import Entity, Order
from causeway.push.memory.field_times import (
    BEFORE_ALL,
    decide_field,
    field_order,
    is_entry_written,
    note_entries,
)
from causeway.push.memory.rejected_values import end_refusal
from causeway.push.memory.two_way import Base, weighed
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.syncs.mapping.desired import CLEAR, DesiredField
from causeway.syncs.mapping.entries import entries_of, joined_entries


@dataclass(slots=True)
class Merged:
    """
    What the changes of one record ask for: per field the newest desired value and the order of its change.

    `record` is the row as read, None when it is to be created; `defaults` are for the fields that no change gives a value for.
    `mapped` are the fields that the syncs of these changes map.
    """

    describe: SObjectDescribe
    record: Mapping[str, Any] | None
    desired: dict[str, tuple[DesiredField, Order]] = field(default_factory=dict)
    defaults: dict[str, DesiredField] = field(default_factory=dict)
    mapped: set[str] = field(default_factory=set)

    def take(self, desired: Mapping[str, DesiredField], order: Order, entity: Entity | None) -> bool:
        """
        Add the desired fields of the next newer change; return False when newer changes of earlier batches decided them all.

        An older change still gives the fields that no newer one carried. At equal times the later sent, then the later
        position in its message, wins. A value for an empty field keeps the one of an older change: the field is not empty then.
        Entries are added however old they are.
        """
        record_id = str(self.record["Id"]) if self.record else ""
        fresh = 0
        for name, value in desired.items():
            decided = field_order(entity, record_id, name) if entity and record_id else None
            if decided is not None and decided > order and value.rule != "append":
                continue
            fresh += 1
            known = self.desired.get(name)
            self.desired[name] = (self._after(known[0], value) if known else value, order)
        return fresh > 0 or not desired

    def _after(self, older: DesiredField, newer: DesiredField) -> DesiredField:
        """Return the value that two desired values of one field result in, one after the other: `if_empty` keeps what is there."""
        is_cleared = older.value is CLEAR
        if newer.rule == "append":
            both = joined_entries(newer.field, (str(older.value), str(newer.value)))
            return newer if is_cleared else replace(older, value=both)
        if newer.conversation and older.conversation and not newer.always:
            return replace(newer, value=continued_value(newer, older.value))
        if newer.rule == "create_only":
            return newer if is_cleared and self.record is None else older
        if newer.rule != "if_empty" or (older.rule == "create_only" and self.record is not None):
            return newer
        return replace(newer, rule="overwrite") if is_cleared else older

    @property
    def state(self) -> RecordState:
        """Return the record as far as a refusal may depend on it."""
        return RecordState(self.describe, self.record, self.mapped | self.desired.keys())

    def wanted(self) -> list[DesiredField]:
        """Return the newest desired value of each field."""
        return [wanted for wanted, _ in self.desired.values()]


class Plan(NamedTuple):
    """What to do with one record: the values to send, each field's decision, warnings, and fields that a create lacks."""

    values: dict[str, Any]
    fields: FieldDecisions
    warnings: tuple[Warning, ...] = ()
    missing: tuple[FieldDescribe, ...] = ()


def plan_of(
    merged: Merged, entity: Entity | None, base: Base | None = None, circumstances: Circumstances | None = None
) -> Plan:
    """
    Return what is left to send after the record's present values, write rules and earlier refusals are considered.

    `base` is what both sides of a bidirectional sync had last: what changed in Salesforce since then is not overwritten,
    unless the sync's policy says so.
    """
    record_id = str(merged.record["Id"]) if merged.record else merged.describe.name
    decided = decide_fields(
        merged.describe,
        merged.wanted(),
        merged.record,
        defaults=merged.defaults.values(),
        is_written=lambda name, entry: entity is not None and is_entry_written(entity, record_id, name, entry),
    )
    warnings = list(decided.warnings)
    values = dict(decided.values)
    refused = refused_before(merged.state, values, entity, circumstances or Circumstances()) if entity else ()
    for name in refused:
        del values[name]
        detail = f"The org refused this value of {name} before, so it was not sent again."
        warnings.append(Warning(name, "refused_before", detail))
    if base and merged.record:
        _weigh(merged, merged.record, base, values, warnings)
    missing = () if merged.record else missing_at_create(merged.describe, values)
    return Plan(values, decided, tuple(warnings), missing)


def _weigh(
    merged: Merged, record: Mapping[str, Any], base: Base, values: dict[str, Any], warnings: list[Warning]
) -> None:
    """Take out of `values` what changes in Salesforce forbid, and report what both sides changed."""
    for name in list(values):
        desired, order = merged.desired[name]
        if desired.rule == "append":
            continue  # adds to what the other side wrote
        verdict = weighed(base, desired.field, record.get(name), values[name], order[0])
        if verdict.is_conflict:
            warnings.append(_conflict(desired.field, base, is_written=verdict.write))
        if not verdict.write:
            del values[name]


def _conflict(field: FieldDescribe, base: Base, *, is_written: bool) -> Warning:
    winner = "the product's value was written" if is_written else "Salesforce's value was kept"
    detail = f"{field.label} was changed on both sides; by the sync's policy '{base.policy}' {winner}."
    return Warning(field.name, "conflict_overwritten" if is_written else "conflict_kept", detail)


def remember(merged: Merged, plan: Plan, entity: Entity, record_id: str) -> None:
    """Note in the record's entity which change decided each field."""
    sent = plan.values
    for name, (desired, order) in merged.desired.items():
        decided = field_order(entity, record_id, name)
        if decided is None or decided <= order:
            decide_field(entity, record_id, name, order, sent.get(name, desired.value))
        end_refusal(entity, record_id, name, sent.get(name, sent_value(desired)), is_saved=name in sent)
        if desired.rule == "append" and name in sent:
            note_entries(
                entity,
                record_id,
                name,
                [*entries_of(desired.field, desired.value), entries_of(desired.field, str(sent[name]))[-1]],
            )
    for name in sent.keys() - merged.desired.keys():
        decide_field(entity, record_id, name, BEFORE_ALL, sent[name])
