"""Check a sync against the org's describe before it is saved: errors keep it from being enabled, warnings do not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from causeway.errors import BrokenMapping
from causeway.salesforce import field_paths
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.natural_keys import natural_keys
from causeway.syncs.checks.row_check import row_problems
from causeway.syncs.checks.run_check import run_problems
from causeway.syncs.discovery.product_fields import ProductField
from causeway.syncs.filters import filter_paths, filter_problems
from causeway.syncs.mapping.conditions import ROOTS, condition, is_too_costly
from causeway.syncs.mapping.name_parts import takes_whole_name
from causeway.syncs.mapping.parent_rows import parent_path
from causeway.syncs.mapping.rows import PEOPLE, automatic_rows
from causeway.syncs.signals import conditions_of
from causeway.syncs.sync import Mapping, Problem, Sync


def save_problems(
    sync: Sync,
    describe: SObjectDescribe,
    others: Sequence[Sync],
    *,
    product_fields: Iterable[ProductField] = (),
    related: field_paths.Related | None = None,
) -> tuple[Problem, ...]:
    """
    Return everything wrong with `sync`, errors first; `others` are the tenant's other syncs.

    `product_fields` (the source's registered list) let types be compared; `related` are the describes of parents that
    relationship paths lead to. Both are optional: what needs them is not checked without them.
    """
    found = [
        *_rules(sync, describe),
        *_rows(sync, describe, tuple(product_fields), related),
        *_conditions(sync),
    ]
    if sync.direction != "pull":
        found += [*_required(sync, describe), *_matching(sync, describe), *_same_person(sync, describe, others)]
        found += [*_delivery(sync, others), *run_problems(sync, describe, related)]
    if sync.direction != "push":
        found += [*filter_problems(sync.pull.filter, describe, related), *_schedule(sync)]
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.level == "warning"))


def paths_of(sync: Sync) -> tuple[str, ...]:
    """Return the field paths of a sync's rows and filter, for `field_paths.related_describes`."""
    return (*(mapping.salesforce for mapping in sync.mappings), *filter_paths(sync.pull.filter))


def _error(code: str, message: str, field: str | None = None) -> Problem:
    return Problem(level="error", code=code, message=message, field=field)


def _warning(code: str, message: str, field: str | None = None) -> Problem:
    return Problem(level="warning", code=code, message=message, field=field)


def _rules(sync: Sync, describe: SObjectDescribe) -> Iterator[Problem]:
    push, label = sync.push, describe.label or describe.name
    if not describe.queryable:
        yield _error("sobject_not_queryable", f"The connected user cannot read {label} records.")
    if sync.direction == "pull":
        return
    if push.create_when_missing and not push.update_existing:
        message = (
            "Creating missing records needs updating existing ones: a record just created must not be created again. "
        )
        yield _error("create_needs_update", message + "Switch update_existing on as well.")
    if push.create_when_missing and not describe.createable:
        yield _error("sobject_not_createable", f"The connected user cannot create {label} records.")
    if push.update_existing and not describe.updateable:
        yield _error("sobject_not_updateable", f"The connected user cannot change {label} records.")


def _rows(
    sync: Sync, describe: SObjectDescribe, product_fields: tuple[ProductField, ...], related: field_paths.Related | None
) -> Iterator[Problem]:
    if not sync.mappings and not any(automatic_rows(sync, describe)):
        yield _warning("no_mappings", "The sync maps no field, so nothing will be written or read.")
    types = {item.name: item for item in product_fields}
    targets: set[str] = set()
    for mapping in sync.mappings:
        yield from row_problems(sync, describe, mapping, types, related)
        target = _target(sync, describe, mapping)
        if target in targets and sync.direction != "pull":
            message = (
                f"{mapping.salesforce} is mapped more than once; only the first row would count. Remove the others."
            )
            yield _error("field_mapped_twice", message, mapping.salesforce)
        targets.add(target)


def _target(sync: Sync, describe: SObjectDescribe, mapping: Mapping) -> str:
    """Return the field that a push of this row would write, in lower case; of a whole name its last part."""
    if takes_whole_name(sync, describe, mapping.salesforce):
        return "lastname"
    found = parent_path(sync, describe, mapping.salesforce)
    return (found.lookup.name if found else mapping.salesforce).lower()


def _conditions(sync: Sync) -> Iterator[Problem]:
    named = [("when", sync.push.when), *((f"signal {name}", text) for name, text in conditions_of(sync).items())]
    for what, text in named:
        if text is None:
            continue
        try:
            parsed = condition(text)
        except BrokenMapping as error:
            yield _error("invalid_expression", f"The condition '{what}' cannot be used: {error.message} {error.remedy}")
            continue
        if is_too_costly(parsed):
            message = f"The condition '{what}' takes more work than a condition may. Simplify it: it may not multiply lists or texts."
            yield _error("expression_too_costly", message)
        if not parsed.reads:
            message = f"The condition '{what}' reads nothing of a change; it sees {', '.join(sorted(ROOTS))}."
            yield _warning("expression_reads_nothing", message)


def _required(sync: Sync, describe: SObjectDescribe) -> Iterator[Problem]:
    """Yield what a create would miss (object reference guide, Required Fields)."""
    if not sync.push.create_when_missing:
        return
    mapped = {_target(sync, describe, mapping) for mapping in (*sync.mappings, *automatic_rows(sync, describe))}
    for item in describe.fields:
        if item.required_at_create and item.name.lower() not in mapped:
            message = f"{describe.label} records cannot be created without {_shown(item)}, which no row maps. Map it."
            yield _error("required_field_not_mapped", message, item.name)


def _matching(sync: Sync, describe: SObjectDescribe) -> Iterator[Problem]:
    push = sync.push
    mapped = {_target(sync, describe, mapping) for mapping in sync.mappings}
    for name in push.match_fields:
        target = describe.field(name)
        if target is None:
            yield _error("match_field_unknown", f"{describe.label} has no field {name} to match by.", name)
        elif not target.filterable:
            yield _error(
                "match_field_not_filterable",
                f"Salesforce cannot search by {_shown(target)}; match by another field.",
                name,
            )
        elif name.lower() not in mapped:
            yield _error(
                "match_field_not_mapped", f"Records are matched by {_shown(target)}, which no row maps. Map it.", name
            )
    if push.external_id_field is not None:
        yield from _external_id(describe, push.external_id_field, mapped)
    elif push.create_when_missing and not push.match_fields:
        yield from _unmatched(describe, mapped)


def _unmatched(describe: SObjectDescribe, mapped: Collection[str]) -> Iterator[Problem]:
    """Yield what a sync should match by that names neither match fields nor an external ID."""
    if describe.name in PEOPLE or describe.field("WhoId"):
        return
    keys = natural_keys(describe)
    given = [key for key in keys if set(mapped).issuperset(name.lower() for name in key)]
    if keys:
        names = list(dict.fromkeys(name for key in given or keys[:1] for name in key))
        message = (
            f"Salesforce takes one {describe.label} record per {' and '.join(keys[0])} only. Match by them, so that the record is "
            f"found before it is created: match_fields {', '.join(names)}."
        )
        yield _warning("match_fields_proposed", message)
        return
    unique = [each.name for each in describe.fields if each.unique and each.name.lower() in mapped]
    proposed = f" Match by {' or '.join(unique)}, which no two records share." if unique else ""
    message = f"Without match fields, {describe.label} records that Causeway did not create are not found, and may be created again."
    yield _warning("no_match_rule", message + proposed)


def _external_id(describe: SObjectDescribe, name: str, mapped: set[str]) -> Iterator[Problem]:
    target = describe.field(name)
    if target is None or not target.external_id:
        yield _error("external_id_unsuitable", f"{name} is no external ID field of {describe.label}.", name)
    elif name.lower() not in mapped:
        yield _error(
            "match_field_not_mapped", f"Records are matched by {_shown(target)}, which no row maps. Map it.", name
        )


def _same_person(sync: Sync, describe: SObjectDescribe, others: Sequence[Sync]) -> Iterator[Problem]:
    """Yield a warning for each sync at the same position that could create the same person."""
    if describe.name not in PEOPLE or not sync.push.create_when_missing:
        return
    for other in others:
        rivals = other.id != sync.id and other.source == sync.source and other.direction != "pull"
        creates = other.sobject.lower() in ("lead", "contact") and other.push.create_when_missing
        minds = "person_exists" in (sync.push.create_unless, other.push.create_unless)
        if rivals and creates and minds and other.position == sync.position:
            message = f"The sync '{other.id}' could create the same person and has the same position, so it is not said which one does. "
            yield _warning("same_person_twice", message + "Give one of them a lower position.")


def _delivery(sync: Sync, others: Sequence[Sync]) -> Iterator[Problem]:
    """Yield a warning for each sync of the source whose changes may be gathered for less time: they are the same changes."""
    for other in others:
        shares = other.id != sync.id and other.source == sync.source and other.pushes
        if shares and other.push.deliver_within_s < sync.push.deliver_within_s:
            message = f"The sync '{other.id}' takes the same changes and has them delivered within {other.push.deliver_within_s} s, "
            yield _warning("delivered_sooner", message + "so this sync's are gathered no longer than that, either.")


def _schedule(sync: Sync) -> Iterator[Problem]:
    schedule = sync.pull.schedule
    if (schedule.every_minutes is None) == (schedule.daily_at is None) and not schedule.paused:
        yield _error("schedule_invalid", "A schedule has either every_minutes or daily_at.")


def _shown(item: FieldDescribe) -> str:
    return f"{item.label} ({item.name})" if item.label and item.label != item.name else item.name
