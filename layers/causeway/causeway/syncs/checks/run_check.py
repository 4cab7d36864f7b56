"""Check what a run of a sync would refuse, or leave out of every change, because of the sync's own shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from causeway.errors import BrokenMapping
from causeway.salesforce import field_paths
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.required_groups import REQUIRED_GROUPS
from causeway.syncs.checks.row_rules import row_problem
from causeway.syncs.mapping.compiled import compiled
from causeway.syncs.mapping.conditions import product_field
from causeway.syncs.mapping.parent_rows import NAME, parent_path
from causeway.syncs.mapping.rows import ABOUT, CONVERSATION, PEOPLE, automatic_rows
from causeway.syncs.sync import Mapping, Problem, Sync

_ACCOUNT_OF = {"Lead": "ConvertedAccount", "Contact": "Account"}
_OF_OWNER = frozenset({"Id", "Name", "Email"})


def run_problems(sync: Sync, describe: SObjectDescribe, related: field_paths.Related | None) -> Iterator[Problem]:
    """Yield what every change of a pushing sync, or every one that creates, would meet."""
    yield from _nothing_written(sync)
    yield from _identity(sync, describe)
    yield from _groups(sync, describe)
    yield from _reads(sync, describe, related)
    for row in sync.mappings:
        yield from _expressions(sync, describe, row)
        yield from _created_parent(sync, describe, row, related)


def read_paths(sync: Sync, describe: SObjectDescribe) -> tuple[str, ...]:
    """Return the field paths, from the sObject, that the sync's expressions read."""
    reads = sorted(path for path in compiled(sync, describe).reads if len(path) > 1)
    relation = _ACCOUNT_OF.get(describe.name)
    record = [".".join(path[1:]) for path in reads if path[0] == "record"]
    account = [f"{relation}.{'.'.join(path[1:])}" for path in reads if path[0] == "account" and relation]
    return (*record, *account)


def _error(code: str, message: str, field: str | None = None) -> Problem:
    return Problem(level="error", code=code, message=message, field=field)


def _warning(code: str, message: str, field: str | None = None) -> Problem:
    return Problem(level="warning", code=code, message=message, field=field)


def _nothing_written(sync: Sync) -> Iterator[Problem]:
    if not sync.push.update_existing and not sync.push.create_when_missing:
        message = "The sync neither updates nor creates, so it skips every change. Switch update_existing on."
        yield _warning("writes_nothing", message)


def _identity(sync: Sync, describe: SObjectDescribe) -> Iterator[Problem]:
    """Yield why records would not be found, or not be found again."""
    push, label = sync.push, describe.label or describe.name
    if describe.name in PEOPLE:
        email = describe.field("Email")
        if email is None or not email.filterable:
            message = f"{label} records are found by Email, which the user cannot search by: changes with an address are refused."
            yield _warning("match_field_not_filterable", message, "Email")
        if push.match_fields:
            message = f"match_fields have no effect: {label} records are found by Id, external ID and e-mail address."
            yield _warning("option_without_effect", message)
    elif push.match_fields and push.external_id_field:
        message = f"match_fields have no effect together with external_id_field ({push.external_id_field})."
        yield _warning("option_without_effect", message)
    for name in _identifiers(sync, describe):
        target = describe.field(name)
        if target is not None and push.create_when_missing and not target.createable:
            message = (
                f"Records are found by {target.label}, which new ones are not given: the connected user may not set it. The next "
                "change would create them again. Ask the Salesforce admin for edit access, or choose another field."
            )
            yield _error("match_field_not_createable", message, target.name)


def _identifiers(sync: Sync, describe: SObjectDescribe) -> Sequence[str]:
    if sync.push.external_id_field:
        return (sync.push.external_id_field,)
    return () if describe.name in PEOPLE else sync.push.match_fields


def _groups(sync: Sync, describe: SObjectDescribe) -> Iterator[Problem]:
    """Yield what Salesforce requires at creation of which describe says nothing: one of several fields."""
    if not sync.push.create_when_missing:
        return
    rows = (*sync.mappings, *automatic_rows(sync, describe))
    mapped = {
        path.lookup.name if (path := parent_path(sync, describe, row.salesforce)) else row.salesforce for row in rows
    }
    for group in REQUIRED_GROUPS.get(describe.name, ()):
        if not {name.lower() for name in mapped}.intersection(name.lower() for name in group):
            message = (
                f"{describe.label} records cannot be created without {' or '.join(group)}, and no row maps one. Map it."
            )
            yield _error("required_field_not_mapped", message, group[0])


def _reads(sync: Sync, describe: SObjectDescribe, related: field_paths.Related | None) -> Iterator[Problem]:
    """Yield the fields that expressions read and the org does not show: of people Salesforce refuses the whole read."""
    for path in read_paths(sync, describe):
        try:
            field_paths.identifier(describe, path, related)
        except BrokenMapping as error:
            message = f"A row, condition or signal reads {path}. {error.message} {error.remedy}"
            yield (_error if describe.name in PEOPLE else _warning)("unknown_field", message)
    for root, *names in sorted(compiled(sync, describe).reads):
        if root == "owner" and names and names[0] not in _OF_OWNER:
            message = f"An expression reads owner.{names[0]}; of an owner it sees {', '.join(sorted(_OF_OWNER))}."
            yield _warning("expression_reads_nothing", message)


def _expressions(sync: Sync, describe: SObjectDescribe, row: Mapping) -> Iterator[Problem]:
    """Yield a fixed value that is none."""
    if row.product.strip() in (CONVERSATION, ABOUT):
        return
    try:
        parsed = product_field(row.product)
    except BrokenMapping:
        return
    syntax = parsed.compiled.parsed
    if syntax["type"] == "literal" and syntax["value"] is None and row.default is None:
        target = describe.field(row.salesforce)
        is_needed = target is not None and target.required_at_create and sync.push.create_when_missing
        message = (
            f"'{row.product}' is no value, so the row never writes {row.salesforce}. Map a value, or remove the row."
        )
        yield row_problem("error" if is_needed else "warning", "value_does_not_fit", message, row)


def _created_parent(
    sync: Sync, describe: SObjectDescribe, row: Mapping, related: field_paths.Related | None
) -> Iterator[Problem]:
    """Yield why a missing parent could not be created by its name."""
    found = parent_path(sync, describe, row.salesforce) if row.create_related else None
    parent = (related or {}).get(found.sobjects[0]) if found and found.may_create else None
    if parent is None:
        return
    name = parent.field(NAME)
    needed = [each.name for each in parent.fields if each.required_at_create and each.name != NAME]
    if not parent.createable or name is None or not name.createable:
        why = f"the connected user may not create {parent.label} records by a name"
    elif needed:
        why = f"{parent.label} records also need {', '.join(needed)}"
    else:
        return
    message = f"create_related has no effect: {why}. Parents that exist are still found."
    yield row_problem("warning", "parent_not_createable", message, row)
