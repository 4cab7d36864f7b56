"""Check one mapping row against describe: the field exists, can be written or read, and its type fits the product field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from causeway.errors import BrokenMapping
from causeway.salesforce import field_paths
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.coercion import NUMBER_TYPES, TEXT_TYPES, is_supported
from causeway.syncs.checks.pull_rows import pull_row_problems
from causeway.syncs.checks.row_rules import row_problem, rule_problems
from causeway.syncs.discovery.product_fields import FieldType, ProductField
from causeway.syncs.mapping.conditions import ROOTS, Expression, is_too_costly, product_field
from causeway.syncs.mapping.evaluation import coerced_value
from causeway.syncs.mapping.name_parts import takes_whole_name
from causeway.syncs.mapping.parent_rows import NAME, ParentPath, identifies, parent_path
from causeway.syncs.mapping.rows import ABOUT, CONVERSATION, PEOPLE
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Problem, Sync

_SHORT_FOR_CONVERSATION = 1_000
_TEXTUAL = TEXT_TYPES | {"email", "picklist", "multipicklist"}
_TAKES: dict[FieldType, frozenset[str]] = {
    "string": _TEXTUAL | NUMBER_TYPES | {"boolean", "date", "datetime", "time", "reference"},
    "number": TEXT_TYPES | NUMBER_TYPES | {"picklist", "boolean"},
    "boolean": TEXT_TYPES | {"boolean", "picklist"},
    "date": TEXT_TYPES | {"date"},
    "datetime": TEXT_TYPES | {"date", "datetime"},
    "list": frozenset({"multipicklist"}),
    "object": frozenset(),
}


def row_problems(
    sync: Sync,
    describe: SObjectDescribe,
    row: Row,
    types: Mapping[str, ProductField],
    related: field_paths.Related | None,
) -> Iterator[Problem]:
    """Yield what is wrong with one row; `types` are the source's registered product fields by name."""
    yield from _expression(sync, row)
    yield from rule_problems(sync, describe, row)
    yield from pull_row_problems(sync, describe, row, related)
    if "." in row.salesforce:
        yield from _relationship(sync, describe, row, related)
        return
    target = describe.field(row.salesforce)
    if target is None:
        message = f"{describe.label} has no field {row.salesforce}, or the connected user may not see it. "
        yield row_problem(
            "error", "unknown_field", message + "Correct the row, or ask the Salesforce admin for access.", row
        )
    elif takes_whole_name(sync, describe, row.salesforce):
        yield from _fit(describe, row, describe.field("LastName") or target, types)
    elif sync.direction != "pull":
        yield from _writing(describe, row, target)
        yield from _fit(describe, row, target, types)


def _parsed(row: Row) -> Expression | None:
    if row.product.strip() in (CONVERSATION, ABOUT):
        return None
    try:
        return product_field(row.product)
    except BrokenMapping:
        return None


def _expression(sync: Sync, row: Row) -> Iterator[Problem]:
    if row.product.strip() in (CONVERSATION, ABOUT):
        return
    try:
        parsed = product_field(row.product)
    except BrokenMapping as error:
        yield row_problem("error", "invalid_expression", f"{error.message} {error.remedy}", row)
        return
    if is_too_costly(parsed):
        message = f"'{row.product[:80]}' takes more work than an expression may. Simplify it: it may not multiply lists or texts."
        yield row_problem("error", "expression_too_costly", message, row)
    if parsed.path and parsed.path[0] not in ROOTS:
        message = f"'{row.product}' names nothing: an expression sees {', '.join(sorted(ROOTS))}. Did you mean fields.{row.product}?"
        yield row_problem("error", "expression_reads_nothing", message, row)
    if sync.direction != "push" and not (len(parsed.path) == 2 and parsed.path[0] == "fields"):
        message = f"'{row.product}' is computed, so the row is not pulled; only a plain product field can be."
        yield row_problem("warning", "expression_not_pulled", message, row)


def _relationship(
    sync: Sync, describe: SObjectDescribe, row: Row, related: field_paths.Related | None
) -> Iterator[Problem]:
    try:
        field_paths.identifier(describe, row.salesforce, related)
    except BrokenMapping as error:
        if sync.direction == "pull" and field_paths.leads_to_several(describe, row.salesforce, related):
            yield row_problem("warning", "field_not_readable", f"{error.message} The row is left out.", row)
        else:
            yield row_problem("error", "unknown_field", f"{error.message} {error.remedy}", row)
        return
    if sync.direction == "pull":
        return
    found = parent_path(sync, describe, row.salesforce)
    if found is None or not _identifies_parents(found, related):
        message = (
            f"{row.salesforce} can be pulled but not pushed: a push finds a parent by its Name, an external ID or another unique field, "
            "a user also by Email or Username."
        )
        yield row_problem("error" if sync.direction == "push" else "warning", "relationship_not_pushable", message, row)
    else:
        yield from _writable(describe, row, found.lookup)


def _identifies_parents(found: ParentPath, related: field_paths.Related | None) -> bool:
    """Return whether the field that a parent is found by is one record's only, as far as the user sees it."""
    known = [item for sobject in found.sobjects if (item := (related or {}).get(sobject))]
    return found.by == NAME or (bool(known) and all(identifies(item, found.by) for item in known))


def _writing(describe: SObjectDescribe, row: Row, target: FieldDescribe) -> Iterator[Problem]:
    problems = list(_writable(describe, row, target))
    yield from problems
    if problems and problems[0].level == "error":
        return
    if not is_supported(target):
        message = f"{target.label} is of type {target.type}, which cannot be written. Map its parts instead."
        yield row_problem("error", "type_not_supported", message, row)
    if target.type == "boolean" and row.write_rule == "if_empty":
        message = (
            f"{target.label} is a checkbox, which is never empty: 'if_empty' only sets it when a record is created."
        )
        yield row_problem("warning", "if_empty_never_applies", message, row)


def _writable(describe: SObjectDescribe, row: Row, target: FieldDescribe) -> Iterator[Problem]:
    """Yield an error for what nobody can ever write, a warning for what this user may not: such values are left out."""
    if _is_never_writable(describe, target):
        message = f"{target.label} is kept by Salesforce and cannot be written. Map another field."
        yield row_problem("error", "field_not_writable", message, row)
    elif not target.createable and not target.updateable:
        message = f"The connected user may not write {target.label}, so its values are left out. "
        yield row_problem("warning", "field_not_writable", message + "Ask the Salesforce admin for edit access.", row)
    elif not target.updateable and row.write_rule != "create_only":
        message = f"{target.label} can be set when a record is created and not changed afterwards."
        yield row_problem("warning", "field_not_updateable", message, row)
    elif not target.createable:
        message = f"{target.label} cannot be set when a record is created, only changed afterwards."
        yield row_problem("warning", "field_not_createable", message, row)


def _is_never_writable(describe: SObjectDescribe, target: FieldDescribe) -> bool:
    """Return whether no profile could grant writing: formulas, compounds, and fields that have no permission to set at all."""
    if target.createable or target.updateable:
        return target.calculated
    is_compound = any(item.compound_field_name == target.name and item is not target for item in describe.fields)
    return target.calculated or is_compound or target.type in ("address", "location") or not target.permissionable


def _fit(
    describe: SObjectDescribe, row: Row, target: FieldDescribe, types: Mapping[str, ProductField]
) -> Iterator[Problem]:
    product = row.product.strip()
    if product == CONVERSATION:
        yield from _conversation(row, target)
    elif product == ABOUT:
        if not any(name in target.reference_to for name in (*PEOPLE, "Account")):
            message = f"'about' is a person, and {target.label} does not refer to a Lead, Contact or Account."
            yield row_problem("error", "about_needs_lookup", message, row)
    elif (parsed := _parsed(row)) is not None and is_supported(target):
        yield from _constant(describe, row, target, parsed)
        if not row.values:
            yield from _registered(row, target, parsed, types)


def _conversation(row: Row, target: FieldDescribe) -> Iterator[Problem]:
    if target.type not in ("textarea", "string"):
        message = f"A conversation is text, and {target.label} is of type {target.type}. Choose a long text area."
        yield row_problem("error", "conversation_needs_text", message, row)
    elif target.length and target.length < _SHORT_FOR_CONVERSATION:
        message = f"{target.label} holds {target.length} characters, so only the newest messages of a conversation fit."
        yield row_problem("warning", "conversation_short_field", message, row)


def _constant(describe: SObjectDescribe, row: Row, target: FieldDescribe, parsed: Expression) -> Iterator[Problem]:
    """Yield what is wrong with a value that is the same for every change, such as 'Web'."""
    if parsed.compiled.parsed["type"] == "literal" and not row.values:
        kept = coerced_value(describe, target, parsed.compiled.parsed["value"])
        for warning in kept.warnings:
            yield row_problem("warning" if kept.keep else "error", "value_does_not_fit", warning.detail, row)


def _registered(
    row: Row, target: FieldDescribe, parsed: Expression, types: Mapping[str, ProductField]
) -> Iterator[Problem]:
    """Yield a misfit of the product field's type: an error where it was registered, a warning where it was only seen."""
    known = types.get(parsed.path[1]) if len(parsed.path) == 2 and parsed.path[0] == "fields" else None
    if known is not None and target.type not in _TAKES[known.type]:
        message = f"{row.product} is of type {known.type}, and {target.label} of type {target.type}; its values would be left out."
        yield row_problem("warning" if known.learned else "error", "type_does_not_fit", message, row)
