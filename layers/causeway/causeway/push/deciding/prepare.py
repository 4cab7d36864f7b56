"""What can be known of a tenant's changes before anything is read of the org: who they are about, and what they want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jmespath.exceptions import JMESPathError

from causeway.contract.changes import Change
from causeway.contract.outcomes import Warning
from causeway.push.deciding.keys import PersonKeys, external_key
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import memory_key
from causeway.push.memory.links import linked_by_email, linked_records
from causeway.push.tasks import Task
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.emails import normalized_email
from causeway.salesforce.ids import KEY_PREFIXES, valid_id
from causeway.salesforce.texts import is_blank, storable, text_of
from causeway.syncs.mapping.compiled import CompiledRow, CompiledSync, compiled
from causeway.syncs.mapping.conditions import document
from causeway.syncs.mapping.desired import CLEAR
from causeway.syncs.mapping.evaluation import desired_fields
from causeway.syncs.mapping.rows import PEOPLE

MAX_COMPANY = 255
_ID_FIELDS = {"salesforce_lead_id": "Lead", "salesforce_contact_id": "Contact"}


@dataclass(frozen=True, slots=True)
class PreparedTask:
    """
    A task with what is known before the read: its compiled sync and document, who or what it is, whom it is about.

    `given` is the document that expressions see. `names` are the parents it asks for by name, by sObject; `link` is the
    record of another sObject that its key stands for.
    """

    task: Task
    rules: CompiledSync
    given: dict[str, Any]
    keys: PersonKeys
    company: str = ""
    names: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    about: PersonKeys | None = None
    warnings: tuple[Warning, ...] = ()


def values_of(task: Task, describe: SObjectDescribe) -> tuple[tuple[str, str], ...]:
    """Return what a sync's match fields (or external ID) hold for a change; empty when one of them has no usable value."""
    rules = task.sync.push
    names = (rules.external_id_field,) if rules.external_id_field else rules.match_fields
    if not names:
        return ()
    desired = desired_fields(compiled(task.sync, describe), task.change, document(task.change)).fields
    found: list[tuple[str, str]] = []
    for name in names:
        planned = describe.field(name)
        prepared = desired.get(planned.name) if planned else None
        value = text_of(prepared.value) if prepared and prepared.value is not CLEAR else None
        if planned is None or not value:
            return ()
        found.append((planned.name, value))
    return tuple(found)


def email_of(task: Task, describe: SObjectDescribe) -> str | None:
    """Return by which address a person is found: the product field `email`, else what a row maps to Email; normalized."""
    known = normalized_email(task.change.fields.get("email"))
    if known:
        return known
    rows = (row for row in compiled(task.sync, describe).rows if row.field.name == "Email" and row.expression)
    for row in rows:
        try:
            return normalized_email(row.expression.value(document(task.change))) if row.expression else None
        except JMESPathError:
            return None
    return None


def settle_identifier(task: Task, describe: SObjectDescribe) -> None:
    """Work out by which values the record of a task is found, besides its key: they are claimed before anything is read."""
    if task.sync.sobject in PEOPLE:
        task.email = email_of(task, describe)
    if task.sync.sobject not in PEOPLE or task.sync.push.external_id_field:
        task.values = values_of(task, describe)


def about_key(task: Task) -> tuple[str, str] | None:
    """Return the record key of the person that a change concerns, if it is told so."""
    about = task.change.about
    return (about.source, about.key) if about and about.source and about.key else None


type LinksOf = Mapping[tuple[str, str], Mapping[str, str]]


def prepare(task: Task, describe: SObjectDescribe, entities: Mapping[str, Entity], people: LinksOf) -> PreparedTask:
    """Work out what can be known of a task before anything is read; `people` are the links of the keys that changes concern."""
    change = task.change
    task.memory_key = task.memory_key or memory_key(change.source, change.key)
    links = (
        linked_records(entities[task.entities[0]], task.memory_key)
        if task.entities and task.entities[0] in entities
        else {}
    )
    rules = compiled(task.sync, describe)
    given = document(change)
    remembered: Mapping[str, str] = {}
    if task.email and task.shared_entity in entities:
        remembered = linked_by_email(entities[task.shared_entity], task.email)
    return PreparedTask(
        task,
        rules,
        given,
        _person_keys(task, describe, links, remembered),
        _company(rules, given) if describe.name in PEOPLE else "",
        tuple(_parent_names(rules, given)),
        links.get(task.sync.sobject),
        _about_keys(task, people),
        _bad_ids(change) if describe.name in PEOPLE else (),
    )


def _bad_ids(change: Change) -> tuple[Warning, ...]:
    """Return a warning for each Id that the change gives and that can not be one."""
    given = [(name, what, change.fields.get(name)) for name, what in _ID_FIELDS.items()]
    return tuple(
        Warning(name, "id_invalid", f"{name} is not the Id of a {what}, so the record was looked for in other ways.")
        for name, what, value in given
        if not is_blank(value) and valid_id(value, KEY_PREFIXES[what]) is None
    )


def _external(task: Task, describe: SObjectDescribe) -> tuple[str, str, Any] | None:
    """Return by which external ID a person is found, if the sync has one and the change gives it."""
    if describe.name not in PEOPLE or not task.values:
        return None
    name, value = task.values[0]
    planned = describe.field(name)
    return external_key(describe.name, planned, value) if planned else None


def _person_keys(
    task: Task, describe: SObjectDescribe, links: Mapping[str, str], remembered: Mapping[str, str]
) -> PersonKeys:
    change = task.change
    return PersonKeys(
        lead_id=valid_id(change.fields.get("salesforce_lead_id"), "00Q"),
        contact_id=valid_id(change.fields.get("salesforce_contact_id"), "003"),
        linked_lead=links.get("Lead"),
        linked_contact=links.get("Contact"),
        email=task.email or normalized_email(change.fields.get("email")),
        remembered_lead=remembered.get("Lead"),
        remembered_contact=remembered.get("Contact"),
        external=_external(task, describe),
    )


def _about_keys(task: Task, people: LinksOf) -> PersonKeys | None:
    about = task.change.about
    if about is None:
        return None
    links = people.get(about_key(task) or ("", ""), {})
    return PersonKeys(
        linked_lead=links.get("Lead"), linked_contact=links.get("Contact"), email=normalized_email(about.email)
    )


def _parent_names(rules: CompiledSync, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the sObject and name of each parent that is wanted by name."""
    for row in rules.rows:
        if row.kind == "parent" and row.expression is not None:
            try:
                name = _name(row.expression.value(given))
            except JMESPathError:
                continue
            if name:
                yield row.field.reference_to[0], name


def _company(rules: CompiledSync, given: Mapping[str, Any]) -> str:
    """Return the company's name as the change gives it: what is mapped to Company or to an account's name, else `company`."""
    for row in rules.rows:
        if row.expression is not None and _names_company(row):
            try:
                name = _name(row.expression.value(given))
            except JMESPathError:
                continue
            if name:
                return name
    return _name(given["fields"].get("company"))


def _name(value: Any) -> str:
    """Return a value as the name of a record, empty when it is none or too long to be one."""
    text, _ = storable(text_of(value) or "")
    name = " ".join(text.split())
    return name if len(name) <= MAX_COMPANY else ""


def _names_company(row: CompiledRow) -> bool:
    return row.field.name == "Company" or (row.kind == "parent" and row.field.reference_to == ("Account",))
