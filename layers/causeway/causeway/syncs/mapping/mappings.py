"""Evaluate a sync's mappings over one change: what the product wants written, by Salesforce field, before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jmespath.exceptions import JMESPathError

from causeway.contract.changes import Change
from causeway.contract.outcomes import Warning
from causeway.errors import BrokenMapping
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.picklists import record_type_id
from causeway.salesforce.texts import is_blank, storable, text_of
from causeway.salesforce.values import Coerced, cleared, coerced
from causeway.syncs.mapping.conditions import MISSING, Expression, condition, document, product_field
from causeway.syncs.mapping.conversation import conversation_text
from causeway.syncs.mapping.desired import CLEAR, DesiredField, DesiredFields, DesiredLookup, DesiredParent
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Sync, WriteRule

PEOPLE = ("Lead", "Contact")
CONVERSATION = "conversation"  # the product field that is the whole transcript
ABOUT = "about"  # the product field that is the person a change concerns
MAX_NAME_LENGTH = 255  # Account.Name; names of custom objects take 80, and Salesforce finds no longer one either


Kind = Literal["value", "conversation", "parent", "about", "record_type"]


@dataclass(frozen=True, slots=True)
class CompiledRow:
    """One mapping made ready: what to evaluate, the field it targets, and how."""

    kind: Kind
    field: FieldDescribe
    rule: WriteRule
    expression: Expression | None = None
    may_cut: bool = True
    always: bool = False
    create: bool = False


@dataclass(frozen=True, slots=True)
class CompiledSync:
    """
    A sync's rules compiled against a describe; keep it for as long as both are the same.

    `selected` are the fields of the sObject that decisions read, `reads` the paths that expressions name (record, account,
    owner), `broken` the rows that can not work in this org, told with every change.
    """

    sync: Sync
    describe: SObjectDescribe
    rows: tuple[CompiledRow, ...]
    when: Expression | None
    signals: tuple[tuple[str, Expression], ...]
    selected: frozenset[str]
    reads: frozenset[tuple[str, ...]]
    broken: tuple[Warning, ...]

    def desired(self, change: Change, given: Mapping[str, Any]) -> DesiredFields:
        """Return what `change` wants (`given` is its `conditions.document`); never raises."""
        result = DesiredFields()
        warnings = list(self.broken)
        parents: list[DesiredParent] = []
        lookups: list[DesiredLookup] = []
        for row in self.rows:
            if row.kind == "conversation":
                _want_conversation(row, change, result.fields, warnings)
            elif row.kind == "about":
                lookups.extend(_lookup(row, change))
            elif (value := _evaluated(row, given, warnings)) is not MISSING:
                if row.kind == "parent":
                    parents.extend(_parent(row, value, warnings))
                else:
                    self._want_value(row, value, result.fields, warnings)
        return DesiredFields(result.fields, tuple(parents), tuple(lookups), tuple(warnings))

    def _want_value(
        self, row: CompiledRow, value: Any, fields: dict[str, DesiredField], warnings: list[Warning]
    ) -> None:
        if value is None:
            kept = cleared(row.field) if row.rule == "overwrite" else None
            value = CLEAR
        elif row.kind == "record_type":
            kept = _record_type(self.describe, row.field, value)
        else:
            kept = coerced(row.field, value, may_cut=row.may_cut)
        if kept is None:
            return
        warnings.extend(kept.warnings)
        if kept.keep:
            fields[row.field.name] = DesiredField(row.field, CLEAR if value is CLEAR else kept.value, row.rule)

    def holds(self, given: Mapping[str, Any]) -> bool:
        """Return whether the sync's `when` condition is true, or there is none."""
        return self.when is None or self.when.holds(given)

    def signals_of(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the signals that are true."""
        return tuple(name for name, expression in self.signals if expression.holds(given))


def desired(
    sync: Sync, describe: SObjectDescribe, change: Change, given: Mapping[str, Any] | None = None
) -> DesiredFields:
    """Return what `change` wants of `sync`: per field a value or CLEAR with its rule, lookups to resolve, and warnings."""
    return compiled(sync, describe).desired(change, document(change) if given is None else given)


_compiled: dict[tuple[int, int], CompiledSync] = {}  # by identity: the entry keeps both alive, so no id is used twice
_MAX_COMPILED = 64  # a describe of 500 fields takes about half a megabyte


def compiled(sync: Sync, describe: SObjectDescribe) -> CompiledSync:
    """Return the compiled rules of this very pair of objects, compiling them once."""
    key = (id(sync), id(describe))
    found = _compiled.get(key)
    if found is None:
        if len(_compiled) >= _MAX_COMPILED:
            _compiled.clear()
        found = _compiled[key] = _compile(sync, describe)
    return found


def _compile(sync: Sync, describe: SObjectDescribe) -> CompiledSync:
    broken: list[Warning] = []
    rows: dict[str, CompiledRow] = {}
    for mapping in (*sync.mappings, *automatic_rows(sync, describe)):
        try:
            row = _compiled_row(sync, describe, mapping)
        except BrokenMapping as error:
            broken.append(Warning(mapping.salesforce, "mapping_broken", error.message))
            continue
        rows.setdefault(row.field.name, row)
    when, signals = _condition(sync.push.when), _signals(sync)
    expressions = [row.expression for row in rows.values()] + [when] + [item for _, item in signals]
    return CompiledSync(
        sync,
        describe,
        tuple(rows.values()),
        when,
        signals,
        frozenset(_selected(sync, describe, rows)),
        frozenset(
            path for item in expressions if item for path in item.reads if path[0] in ("record", "account", "owner")
        ),
        tuple(broken),
    )


def automatic_rows(sync: Sync, describe: SObjectDescribe) -> Iterator[Row]:
    """
    Yield the rows nobody has to write: Email of people, WhoId and WhatId of activities.

    They only fill what is empty; an explicit row for the same field takes their place.
    """
    mapped = {mapping.salesforce.lower() for mapping in sync.mappings}
    if sync.email == "automatic" and describe.name in PEOPLE and "email" not in mapped and describe.field("Email"):
        yield Row(product="email", salesforce="Email", write_rule="if_empty")
    if describe.field("WhoId"):
        for name in ("WhoId", "WhatId"):
            if name.lower() not in mapped and describe.field(name):
                yield Row(product=ABOUT, salesforce=name, write_rule="if_empty")


def _compiled_row(sync: Sync, describe: SObjectDescribe, mapping: Row) -> CompiledRow:
    if "." in mapping.salesforce:
        return _relationship_row(describe, mapping)
    target = describe.field(mapping.salesforce)
    if target is None:
        raise BrokenMapping(
            f"{describe.label} has no field {mapping.salesforce} any more, or the connected user may not see it.",
            "Correct the mapping, or give the connected user the field.",
        )
    product = mapping.product.strip()
    if product == CONVERSATION:
        always = mapping.overwrite == "always"
        return CompiledRow("conversation", target, mapping.write_rule or "overwrite", always=always)
    if product == ABOUT:
        return CompiledRow("about", target, mapping.write_rule or "if_empty")
    kind: Kind = "record_type" if target.name == "RecordTypeId" else "value"
    identifiers = {name.lower() for name in (*sync.push.match_fields, sync.push.external_id_field or "")}
    identifies = target.name.lower() in identifiers
    return CompiledRow(kind, target, mapping.write_rule or "overwrite", product_field(product), may_cut=not identifies)


def _relationship_row(describe: SObjectDescribe, mapping: Row) -> CompiledRow:
    lookup = parent_lookup(describe, mapping.salesforce)
    if lookup is None:
        raise BrokenMapping(
            f"{mapping.salesforce} can be read but not pushed: a push finds a parent by its Name and nothing else.",
            "Map the parent's Name, or its Id to the lookup field.",
        )
    expression = product_field(mapping.product)
    return CompiledRow("parent", lookup, mapping.write_rule or "if_empty", expression, create=mapping.create_related)


def parent_lookup(describe: SObjectDescribe, path: str) -> FieldDescribe | None:
    """Return the lookup that `Account.Name` fills on push; None for other paths, and for lookups to several sObjects."""
    relationship, _, last = path.partition(".")
    lookup = describe.relationship(relationship)
    return lookup if lookup and last.lower() == "name" and len(lookup.reference_to) == 1 else None


def _condition(text: str | None) -> Expression | None:
    """Compile a condition; one that can not be compiled holds for nothing (the save check refuses it)."""
    if text is None:
        return None
    try:
        return condition(text)
    except BrokenMapping:
        return condition("`false`")


def _signals(sync: Sync) -> tuple[tuple[str, Expression], ...]:
    found = ((name, _condition(text)) for name, text in sync.signals.items())
    return tuple((name, expression) for name, expression in found if expression)


def _selected(sync: Sync, describe: SObjectDescribe, rows: Mapping[str, CompiledRow]) -> Iterator[str]:
    """Yield the mapped fields, and what decides which of their picklist values are allowed."""
    for row in rows.values():
        here: FieldDescribe | None = row.field
        while here:
            yield here.name
            here = describe.field(here.controller_name) if here.controller_name else None
    if sync.direction == "bidirectional" and describe.field("LastModifiedDate"):
        yield "LastModifiedDate"  # by which the newest of two changes is told
    if describe.field("RecordTypeId") and any(item.get("picklists") for item in describe.record_types):
        yield "RecordTypeId"


def _evaluated(row: CompiledRow, given: Mapping[str, Any], warnings: list[Warning]) -> Any:
    if row.expression is None:
        return MISSING
    try:
        value = row.expression.value(given)
    except JMESPathError as error:
        detail = f"The expression for {row.field.label} could not be worked out for this change: {error}"
        warnings.append(Warning(row.field.name, "expression_failed", detail))
        return MISSING
    return MISSING if value is not None and is_blank(value) else value


def _want_conversation(
    row: CompiledRow, change: Change, fields: dict[str, DesiredField], warnings: list[Warning]
) -> None:
    if not change.conversation:
        return
    fitted = conversation_text(change.conversation, row.field.length, textarea=row.field.type == "textarea")
    if fitted.dropped:
        detail = f"{row.field.label} holds {row.field.length} characters; the {fitted.dropped} oldest messages were left out."
        warnings.append(Warning(row.field.name, "messages_dropped", detail))
    if fitted.text:
        fields[row.field.name] = DesiredField(row.field, fitted.text, row.rule, conversation=True, always=row.always)


def _parent(row: CompiledRow, value: Any, warnings: list[Warning]) -> Iterator[DesiredParent]:
    if value is None:
        if row.rule == "overwrite" and row.field.nillable:
            yield DesiredParent(row.field, row.field.reference_to[0], CLEAR, row.rule)
        return
    name, _ = storable(text_of(value) or "")
    if not name or len(name) > MAX_NAME_LENGTH:
        code, why = ("too_long", "is too long for a name") if name else ("type_mismatch", "is no text")
        warnings.append(Warning(row.field.name, code, f"{row.field.label} is found by name, and the value {why}."))
        return
    yield DesiredParent(row.field, row.field.reference_to[0], name, row.rule, row.create)


def normalized_name(name: str) -> str:
    """Return what two spellings of one name share: case folded, runs of white space as one space."""
    return " ".join(name.split()).casefold()


def _lookup(row: CompiledRow, change: Change) -> Iterator[DesiredLookup]:
    sobjects = tuple(name for name in (*PEOPLE, "Account") if name in row.field.reference_to)
    if change.about and sobjects:
        yield DesiredLookup(row.field, change.about, sobjects, row.rule)


def _record_type(describe: SObjectDescribe, target: FieldDescribe, value: Any) -> Coerced:
    found = record_type_id(describe, text_of(value) or "")
    if found:
        return Coerced(found)
    detail = f"{describe.label} has no such record type, or the connected user may not use it."
    return Coerced(None, (Warning(target.name, "record_type_unknown", detail),), keep=False)
