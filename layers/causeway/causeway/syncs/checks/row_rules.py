"""Check what a row says about how and when it writes: its write rule, default and table of values, together and for its field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.coercion import is_supported
from causeway.salesforce.values.texts import is_blank, text_of
from causeway.syncs.mapping.evaluation import MAX_NAME_LENGTH, coerced_value
from causeway.syncs.mapping.parent_rows import parent_path
from causeway.syncs.mapping.rows import ABOUT, CONVERSATION
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Problem, Scalar, Sync


def row_problem(level: str, code: str, message: str, row: Row) -> Problem:
    """Return a finding about a row."""
    return Problem(level="error" if level == "error" else "warning", code=code, message=message, field=row.salesforce)


def rule_problems(sync: Sync, describe: SObjectDescribe, row: Row) -> Iterator[Problem]:
    """Yield what contradicts, never works, or has no effect in the options of one row."""
    yield from _overwriting(row)
    yield from _tables(row)
    if row.create_related and not row.salesforce.lower().endswith(".name"):
        message = "create_related counts for rows that name the parent, such as Account.Name, only."
        yield row_problem("warning", "option_without_effect", message, row)
    if sync.direction != "pull":
        yield from _appending(sync, describe, row)
        yield from _at_create_only(sync, describe, row)
        yield from _given_values(sync, describe, row)


def _overwriting(row: Row) -> Iterator[Problem]:
    is_conversation = row.product.strip() == CONVERSATION
    if row.overwrite == "always" and not is_conversation:
        message = "overwrite: always counts for the conversation only."
        yield row_problem("warning", "option_without_effect", message, row)
    if row.overwrite == "always" and row.write_rule in ("if_empty", "create_only", "append"):
        message = f"The row says both '{row.write_rule}' and overwrite: always. Choose one."
        yield row_problem("error", "options_contradict", message, row)


def _tables(row: Row) -> Iterator[Problem]:
    if row.fallback is not None and not row.values:
        message = (
            "fallback counts together with values only; a default for what the product does not send is 'default'."
        )
        yield row_problem("warning", "option_without_effect", message, row)
    if row.values and row.product.strip() in (CONVERSATION, ABOUT):
        message = (
            f"'{row.product.strip()}' is no single value, so a table of values cannot translate it. Remove values."
        )
        yield row_problem("error", "options_contradict", message, row)
    said: dict[str, Scalar | None] = {}
    for name, value in row.values.items():
        if said.setdefault(name.strip().casefold(), value) != value:
            message = f"values names '{name}' twice in different case, with different results. Remove one."
            yield row_problem("error", "options_contradict", message, row)


def _appending(sync: Sync, describe: SObjectDescribe, row: Row) -> Iterator[Problem]:
    if row.write_rule != "append":
        return
    target = describe.field(row.salesforce)
    if row.product.strip() in (CONVERSATION, ABOUT):
        message = f"'{row.product.strip()}' is written as a whole and cannot be appended. Choose another write rule."
        yield row_problem("error", "options_contradict", message, row)
    elif "." in row.salesforce or (target is not None and target.type != "textarea"):
        named = f"{target.label} is of type {target.type}" if target else f"{row.salesforce} is a lookup"
        message = f"'append' adds dated entries to a text area, and {named}. Choose another write rule or a text area."
        yield row_problem("error", "append_needs_text_area", message, row)
    elif sync.direction == "bidirectional":
        message = "'append' cannot be bidirectional: the product would get its own entries back and append them again. "
        yield row_problem("error", "options_contradict", message + "Append in a push sync of its own.", row)
    elif _identifies(sync, row):
        message = f"Records are found by {row.salesforce}, so nothing can be appended to it. Choose another write rule."
        yield row_problem("error", "options_contradict", message, row)


def _at_create_only(sync: Sync, describe: SObjectDescribe, row: Row) -> Iterator[Problem]:
    """Yield what is wrong with a row, or the default of one, that counts for new records only."""
    named = [
        name
        for name, is_said in (("create_only", row.write_rule == "create_only"), ("default", row.default is not None))
        if is_said
    ]
    target = _lookup(sync, describe, row) or describe.field(row.salesforce)
    for name in named:
        if not sync.push.create_when_missing:
            message = f"'{name}' counts when a record is created, and this sync creates none (create_when_missing)."
            yield row_problem("warning", "option_without_effect", message, row)
        elif target is not None and not target.createable and target.updateable:
            message = f"'{name}' counts when a record is created, and {target.label} can only be changed afterwards."
            yield row_problem("error", "options_contradict", message, row)
    if row.default is not None and _identifies(sync, row):
        message = (
            f"Records are found by {row.salesforce}; with a default, different records would count as one. Remove it."
        )
        yield row_problem("error", "options_contradict", message, row)


def _identifies(sync: Sync, row: Row) -> bool:
    names = (*sync.push.match_fields, sync.push.external_id_field or "")
    return row.salesforce.lower() in {name.lower() for name in names}


def _lookup(sync: Sync, describe: SObjectDescribe, row: Row) -> FieldDescribe | None:
    found = parent_path(sync, describe, row.salesforce)
    return found.lookup if found else None


def _given_values(sync: Sync, describe: SObjectDescribe, row: Row) -> Iterator[Problem]:
    """Yield which of the values that the row itself names do not fit its field."""
    lookup, target = _lookup(sync, describe, row), describe.field(row.salesforce)
    for what, value in _named_values(row):
        if is_blank(value):
            continue
        if lookup is not None:
            is_name = len(text_of(value) or "") <= MAX_NAME_LENGTH
            yield from (
                () if is_name else (row_problem("error", "value_does_not_fit", f"{what}: too long for a name.", row),)
            )
        elif target is not None and is_supported(target):
            kept = coerced_value(describe, target, value)
            yield from _misfits(row, what, kept.warnings, is_lost=not kept.keep)


def _misfits(row: Row, what: str, warnings: Iterable[Warning], *, is_lost: bool) -> Iterator[Problem]:
    for warning in warnings:
        yield row_problem("error" if is_lost else "warning", "value_does_not_fit", f"{what}: {warning.detail}", row)


def _named_values(row: Row) -> Iterator[tuple[str, Scalar | None]]:
    yield "default", row.default
    yield "fallback", row.fallback if row.values else None
    yield from ((f"values['{name[:80]}']", value) for name, value in row.values.items())


def fixed_values(row: Row) -> set[str]:
    """Return the values that the row itself names, in lower case."""
    found = (text_of(value) for _, value in _named_values(row))
    return {text.lower() for text in found if text}
