"""What a change says about who or what it is, before anything is claimed or read: an address, match values, external IDs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from jmespath.exceptions import JMESPathError

from causeway.push.deciding.describes import Described
from causeway.push.deciding.keys import compared
from causeway.push.deciding.missing_fields import lacks_external_id
from causeway.push.faults.crashes import each_alone
from causeway.push.tasks import External, MatchValue, Task
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.values.emails import normalized_email
from causeway.salesforce.values.texts import text_of
from causeway.syncs.mapping.compiled import CompiledRow, compiled
from causeway.syncs.mapping.conditions import MISSING, document
from causeway.syncs.mapping.desired import CLEAR, DesiredFields
from causeway.syncs.mapping.evaluation import desired_fields
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.mapping.translation import NotInTable
from causeway.syncs.sync import Sync


class Identity(NamedTuple):
    """
    What a change gives for one sync: its match values, and its external ID where the sync is about people.

    `awaits` are the match fields whose values are known once a person or a parent is read; there are no values before.
    """

    values: tuple[MatchValue, ...] = ()
    external: External | None = None
    awaits: tuple[str, ...] = ()


type LinksOf = Mapping[tuple[str, str], Mapping[str, str]]
"""The records that the keys of people stand for: source and key → sObject → Id."""
NOTHING_RESOLVED: Mapping[str, str] = {}

type Identities = dict[tuple[int, str], Identity]
"""By change and sync: each is worked out once."""


def settle_identifiers(tasks: Iterable[Task], described: Described, people: LinksOf) -> None:
    """
    Set the values by which the records of tasks are found, apart from their keys: they are claimed before anything is read.

    A person is known by the external IDs of all syncs of the source: whoever is another person as a contact is one as a lead.
    A match field that a person fills takes the person's link (`people`); what is read later corrects it.
    """
    known: Identities = {}
    described = cache(described)
    list(each_alone(tasks, lambda task: task, lambda task: _settle_identifiers(task, described, people, known)))


def _settle_identifiers(task: Task, described: Described, people: LinksOf, known: Identities) -> None:
    describe = described(task.sync.sobject)
    if describe is None:
        return
    identity = _identity(task, task.sync, describe, known)
    if identity.awaits and (linked := _linked(task, describe, identity.awaits, people)):
        task.resolved = linked
        identity = _identity_of(task, task.sync, describe)
    task.values, task.awaits = identity.values, identity.awaits
    if task.sync.sobject in PEOPLE:
        task.unseen_external = next(_unseen_externals(task, described), "")
        task.email = None if task.unseen_external else _email_of(task, describe)
        task.externals = tuple(dict.fromkeys(_externals(task, described, known)))


def _unseen_externals(task: Task, described: Described) -> Iterator[str]:
    """Yield the external ID fields of the source's syncs that are gone, or hidden: without them an address says nothing of who it is."""
    for sync in (task.sync, *task.source_syncs):
        describe = described(sync.sobject) if sync.sobject in PEOPLE else None
        if describe is not None and lacks_external_id(sync, describe):
            yield f"{sync.sobject}.{sync.push.external_id_field}"


def _externals(task: Task, described: Described, known: Identities) -> Iterator[External]:
    """Yield the external IDs that a change gives for the syncs of its source, its own sync first."""
    for sync in (task.sync, *task.source_syncs):
        describe = described(sync.sobject) if sync.sobject in PEOPLE and sync.push.external_id_field else None
        if describe is not None and (external := _identity(task, sync, describe, known).external):
            yield external


def _identity(task: Task, sync: Sync, describe: SObjectDescribe, known: Identities) -> Identity:
    place = (id(task.change), sync.id)
    if place not in known:
        known[place] = _identity_of(task, sync, describe)
    return known[place]


def _identity_of(task: Task, sync: Sync, describe: SObjectDescribe) -> Identity:
    """Return what a sync's match fields (or external ID) hold for a change; no values when one of them has no usable one."""
    rules, is_person = sync.push, sync.sobject in PEOPLE
    names = (rules.external_id_field,) if rules.external_id_field else () if is_person else rules.match_fields
    names = task.natural_key or names
    if not names:
        return Identity()
    desired = desired_fields(compiled(sync, describe), task.change, document(task.change))
    fields = [describe.field(name) for name in names]
    found = [_value_of(field, desired, task.resolved) for field in fields]
    values = tuple(value for value in found if value) if all(found) else ()
    awaits = tuple(field.name for field, value in zip(fields, found, strict=True) if field and not value)
    if values or not set(awaits) <= _looked_up(desired) or len(awaits) < found.count(None):
        awaits = ()
    return Identity(values, _external(describe, names[0], values, desired) if is_person else None, awaits)


def _looked_up(desired: DesiredFields) -> set[str]:
    """Return the fields that a person or a parent fills."""
    parents = {each.field.name for each in desired.parents if not each.is_default and each.name is not CLEAR}
    return parents | {each.field.name for each in desired.lookups}


def _linked(task: Task, describe: SObjectDescribe, awaits: tuple[str, ...], people: LinksOf) -> dict[str, str]:
    """Return what the awaited fields hold when the links of the person's key say it all, else nothing."""
    links = people.get(about_key(task) or ("", ""), {})
    person = next(((sobject, links[sobject]) for sobject in ("Contact", "Lead") if sobject in links), None)
    desired = desired_fields(compiled(task.sync, describe), task.change, document(task.change))
    lookups = {each.field.name: each.sobjects for each in desired.lookups}
    if person is None or not set(awaits) <= lookups.keys():
        return {}
    found = {name: person[1] if person[0] in lookups[name] else "" for name in awaits}
    return found if any(found.values()) else {}


def about_key(task: Task) -> tuple[str, str] | None:
    """Return the record key of the person that a change concerns, if it names one."""
    about = task.change.about
    return (about.source, about.key) if about and about.source and about.key else None


def _value_of(
    field: FieldDescribe | None, desired: DesiredFields, resolved: Mapping[str, str] = NOTHING_RESOLVED
) -> MatchValue | None:
    """Return what a change gives a field, None without a usable value; an empty one where the person is no such record."""
    if field and field.name in resolved:
        return MatchValue(field.name, resolved[field.name], compared(field, resolved[field.name]))
    given = desired.fields.get(field.name) if field else None
    text = text_of(given.value) if given and given.value is not CLEAR else None
    return MatchValue(field.name, text, compared(field, text)) if field and text else None


def _external(
    describe: SObjectDescribe, name: str, values: tuple[MatchValue, ...], desired: DesiredFields
) -> External | None:
    """Return a person's external ID; a value that the field cannot hold is no absent one: it tells people apart all the same."""
    field = describe.field(name)
    if field is None:
        return None
    if values:
        return External(describe.name, *values[0])
    was_given = field.name not in desired.fields and any(each.field == field.name for each in desired.warnings)
    return External(describe.name, field.name, "", None) if was_given else None


def _email_of(task: Task, describe: SObjectDescribe) -> str | None:
    """Return the address by which a person is found: the product field `email`, else what a row maps to Email; normalized."""
    return next((address for given in given_emails(task, describe) if (address := normalized_email(given))), None)


def given_emails(task: Task, describe: SObjectDescribe) -> Iterator[Any]:
    """Yield what a change gives as the address of its person: the product field `email`, then what rows map to Email."""
    yield task.change.fields.get("email")
    for row in compiled(task.sync, describe).rows:
        if row.field.name == "Email" and row.expression:
            given = value_of_row(row, document(task.change))
            yield None if given is MISSING else given


def value_of_row(row: CompiledRow, given: Mapping[str, Any]) -> Any:
    """Return what a row takes from a change, MISSING where it cannot be worked out."""
    try:
        return row.value(given)
    except (JMESPathError, NotInTable):
        return MISSING
