"""A sync's rules compiled against a describe: what each row evaluates, which field it targets, and what is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from causeway.contract.outcomes import Warning
from causeway.errors import BrokenMapping
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.texts import is_blank
from causeway.syncs.mapping.conditions import MISSING, Expression, condition, holds_in_budget, product_field
from causeway.syncs.mapping.name_parts import NamePart, parts_of_name, takes_whole_name
from causeway.syncs.mapping.parent_rows import NAME, parent_path
from causeway.syncs.mapping.rows import ABOUT, CONVERSATION, automatic_rows
from causeway.syncs.mapping.translation import NotInTable, ValueTable, value_table
from causeway.syncs.signals import SignalRule, signal_rules
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Sync, WriteRule

Kind = Literal["value", "conversation", "parent", "about", "record_type"]


class CompiledRow(NamedTuple):
    """
    One mapping made ready: what to evaluate, the field it targets, and how.

    `default` is what a new record gets where the change says nothing. A parent is one of `sobjects`, found `by` a field.
    `part` names the part of a person's name that the field takes of a whole name.
    """

    kind: Kind
    field: FieldDescribe
    rule: WriteRule
    expression: Expression | None = None
    may_cut: bool = True
    always: bool = False
    create: bool = False
    table: ValueTable | None = None
    default: Any = None
    sobjects: tuple[str, ...] = ()
    by: str = NAME
    part: NamePart | None = None

    def value(self, given: Mapping[str, Any]) -> Any:
        """
        Return what a change says, translated by the row's table; MISSING where it says nothing.

        Raises JMESPathError when a function refuses its arguments, and NotInTable.
        """
        found = self._translated(self.expression.value(given) if self.expression else MISSING)
        return found if self.part is None else self.part.of(found, given)

    @property
    def has_usual_value(self) -> bool:
        """Whether there may be a value for a new record of which the change says nothing."""
        return self.default is not None or (self.expression is not None and not self.expression.path)

    def usual_value(self, given: Mapping[str, Any]) -> Any:
        """
        Return what a new record gets where the change says nothing: what its expression makes of that, else `default`.

        MISSING: nothing.
        """
        computed = self.expression.value_of_nothing(given) if self.expression else MISSING
        try:
            computed = self._translated(computed)
        except NotInTable:
            computed = MISSING
        if computed is MISSING or is_blank(computed):
            computed = MISSING if is_blank(self.default) else self.default
        if self.part is not None:
            computed = self.part.of(computed, given)
        return MISSING if computed is None else computed

    def _translated(self, value: Any) -> Any:
        return value if self.table is None or value is MISSING or is_blank(value) else self.table.translated(value)


class CompiledSync(NamedTuple):
    """
    A sync's rules compiled against a describe; keep it for as long as both are the same.

    `selected` are the fields of the sObject that decisions read, `reads` the paths that expressions name (record, account,
    owner), `broken` the rows that cannot work in this org, reported with every change.
    """

    sync: Sync
    describe: SObjectDescribe
    rows: tuple[CompiledRow, ...]
    when: Expression | None
    signals: tuple[tuple[str, Expression], ...]
    selected: frozenset[str]
    reads: frozenset[tuple[str, ...]]
    broken: tuple[Warning, ...]
    signal_rules: tuple[SignalRule, ...] = ()

    def holds(self, given: Mapping[str, Any]) -> bool:
        """Return whether the sync's `when` condition is true, or there is none. Raises ExpressionTooCostly."""
        return self.when is None or self.when.holds(given)

    def signals_of(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the signals that are true; one that takes more work than an expression may is not."""
        return tuple(name for name, expression in self.signals if holds_in_budget(expression, given))


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
    rows, broken = _compiled_rows(sync, describe)
    when, rules = _condition(sync.push.when), signal_rules(sync)
    expressions = (*(row.expression for row in rows), when, *(rule.expression for rule in rules))
    signals = tuple((rule.name, rule.expression) for rule in rules if rule.kind == "when")
    selected = frozenset(_selected(sync, describe, rows))
    return CompiledSync(sync, describe, rows, when, signals, selected, frozenset(_reads(expressions)), broken, rules)


def _compiled_rows(sync: Sync, describe: SObjectDescribe) -> tuple[tuple[CompiledRow, ...], tuple[Warning, ...]]:
    """Return the rows that work, the first one of each field, and a warning for each that cannot."""
    rows: dict[str, CompiledRow] = {}
    broken: list[Warning] = []
    mappings = (*sync.mappings, *automatic_rows(sync, describe))
    for mapping in sorted(mappings, key=lambda each: takes_whole_name(sync, describe, each.salesforce)):
        try:
            found = _compiled_rows_of(sync, describe, mapping)
        except BrokenMapping as error:
            broken.append(Warning(mapping.salesforce, "mapping_broken", error.message))
            continue
        for row in found:
            rows.setdefault(row.field.name, row)
    return tuple(rows.values()), tuple(broken)


def _compiled_rows_of(sync: Sync, describe: SObjectDescribe, mapping: Row) -> list[CompiledRow]:
    """Return the row of a mapping; of a person's whole name one for each of its parts."""
    if not takes_whole_name(sync, describe, mapping.salesforce):
        return [_compiled_row(sync, describe, mapping)]
    parts = parts_of_name(describe)
    return [_value_row(sync, part.field, mapping)._replace(part=part) for part in parts]


def _compiled_row(sync: Sync, describe: SObjectDescribe, mapping: Row) -> CompiledRow:
    if "." in mapping.salesforce:
        return _relationship_row(sync, describe, mapping)
    field = describe.field(mapping.salesforce)
    if field is None:
        raise BrokenMapping(
            f"{describe.label} has no field {mapping.salesforce} any more, or the connected user may not see it.",
            "Correct the mapping, or give the connected user the field.",
        )
    product = mapping.product.strip()
    if product == CONVERSATION:
        always = mapping.overwrite == "always"
        rule = mapping.write_rule or "overwrite"
        return CompiledRow("conversation", field, rule, always=always, default=mapping.default)
    if product == ABOUT:
        return CompiledRow("about", field, mapping.write_rule or "if_empty", default=mapping.default)
    return _value_row(sync, field, mapping)


def _value_row(sync: Sync, field: FieldDescribe, mapping: Row) -> CompiledRow:
    """Return the row of a value; values by which records are found are never cut."""
    kind: Kind = "record_type" if field.name == "RecordTypeId" else "value"
    identifiers = {name.lower() for name in (*sync.push.match_fields, sync.push.external_id_field or "")}
    may_cut = field.name.lower() not in identifiers
    expression = product_field(mapping.product.strip())
    rule, table = mapping.write_rule or "overwrite", value_table(mapping)
    return CompiledRow(kind, field, rule, expression, may_cut=may_cut, table=table, default=mapping.default)


def _relationship_row(sync: Sync, describe: SObjectDescribe, mapping: Row) -> CompiledRow:
    found = parent_path(sync, describe, mapping.salesforce)
    if found is None:
        raise BrokenMapping(
            f"{mapping.salesforce} can be read but not pushed: a push finds a parent by its Name, or by what identifies it.",
            "Map the parent's Name, or its Id to the lookup field.",
        )
    expression = product_field(mapping.product)
    rule, table = mapping.write_rule or "if_empty", value_table(mapping)
    create, default = mapping.create_related and found.may_create, mapping.default
    return CompiledRow(
        "parent",
        found.lookup,
        rule,
        expression,
        create=create,
        table=table,
        default=default,
        sobjects=found.sobjects,
        by=found.by,
    )


def _condition(text: str | None) -> Expression | None:
    """Compile a condition; one that does not compile counts as false (the save check refuses it)."""
    if text is None:
        return None
    try:
        return condition(text)
    except BrokenMapping:
        return condition("`false`")


def _reads(expressions: Iterable[Expression | None]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the record, the account and the owner that the expressions name."""
    for expression in expressions:
        if expression is not None:
            yield from (path for path in expression.reads if path[0] in ("record", "account", "owner"))


def _selected(sync: Sync, describe: SObjectDescribe, rows: Iterable[CompiledRow]) -> Iterator[str]:
    """Yield the mapped fields, and what decides which of their picklist values are allowed."""
    for row in rows:
        here: FieldDescribe | None = row.field
        while here:
            yield here.name
            here = describe.field(here.controller_name) if here.controller_name else None
    if sync.direction == "bidirectional" and describe.field("LastModifiedDate"):
        yield "LastModifiedDate"  # decides which of two changes is newer
    if describe.field("RecordTypeId") and any(item.get("picklists") for item in describe.record_types):
        yield "RecordTypeId"
