"""Prepare tasks before anything is read of the org: who or what each is about, and what it asks for by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from causeway.contract.changes import Change
from causeway.contract.outcomes import Warning
from causeway.push.deciding.identifying import LinksOf, about_key, given_emails, value_of_row
from causeway.push.deciding.keys import PersonKeys
from causeway.push.memory.entity import Entity
from causeway.push.memory.identifiers import memory_key
from causeway.push.memory.known_externals import records_of_others
from causeway.push.memory.links import linked_by_email, linked_records
from causeway.push.tasks import Task
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.ids import KEY_PREFIXES, valid_id
from causeway.salesforce.values.emails import email_fault, normalized_email
from causeway.salesforce.values.texts import is_blank, storable, text_of
from causeway.syncs.mapping.compiled import CompiledRow, CompiledSync, compiled
from causeway.syncs.mapping.conditions import document
from causeway.syncs.mapping.expression_budget import Document
from causeway.syncs.mapping.rows import PEOPLE

MAX_COMPANY = 255
_ID_FIELDS = {"salesforce_lead_id": "Lead", "salesforce_contact_id": "Contact"}


class PreparedTask(NamedTuple):
    """
    A task with what is known before the read: its compiled sync and document, who or what it is, whom it is about.

    `given` is the document that expressions see. `names` are the parents it asks for: sObject, field, value; `link` is the
    record of another sObject that its key stands for. `unusable_email` says what keeps the address that was sent from being one.
    """

    task: Task
    rules: CompiledSync
    given: Document
    keys: PersonKeys
    company: str = ""
    names: tuple[tuple[str, str, str], ...] = ()
    link: str | None = None
    about: PersonKeys | None = None
    warnings: tuple[Warning, ...] = ()
    unusable_email: str = ""


def _unusable_email(task: Task, describe: SObjectDescribe) -> str:
    """Return what is wrong with the address that a change gives; nothing when it is usable or blank."""
    if task.email or task.unseen_external or describe.name not in PEOPLE:
        return ""
    return next((email_fault(given) for given in given_emails(task, describe) if not is_blank(given)), "")


def prepare(task: Task, describe: SObjectDescribe, entities: Mapping[str, Entity], people: LinksOf) -> PreparedTask:
    """Prepare a task; `entities` are what is remembered, `people` the links of the keys that changes concern."""
    task.memory_key = task.memory_key or memory_key(task.change.source, task.change.key)
    links, remembered = _links_of_key(task, entities), _links_of_email(task, entities)
    rules, given, is_person = compiled(task.sync, describe), document(task.change), describe.name in PEOPLE
    return PreparedTask(
        task,
        rules,
        given,
        keys=_person_keys(task, links, remembered, entities),
        company=_company(rules, given) if is_person else "",
        names=tuple(_parent_names(rules, given)),
        link=links.get(task.sync.sobject),
        about=_about_keys(task, people),
        warnings=_bad_ids(task.change) if is_person else (),
        unusable_email=_unusable_email(task, describe),
    )


def _links_of_key(task: Task, entities: Mapping[str, Entity]) -> Mapping[str, str]:
    """Return the records that the task's key stands for, by sObject."""
    entity = entities.get(task.entities[0]) if task.entities else None
    return linked_records(entity, task.memory_key) if entity is not None else {}


def _links_of_email(task: Task, entities: Mapping[str, Entity]) -> Mapping[str, str]:
    """Return the records that are remembered of the task's address, by sObject."""
    entity = entities.get(task.shared_entity) if task.email else None
    return linked_by_email(entity, task.email) if entity is not None and task.email else {}


def _others(task: Task, entities: Mapping[str, Entity]) -> frozenset[str]:
    """Return the records that are known to be of other people of the task's address."""
    entity = entities.get(task.shared_entity) if task.email and task.externals else None
    return records_of_others(entity, task.externals) if entity is not None else frozenset()


def _bad_ids(change: Change) -> tuple[Warning, ...]:
    """Return a warning for each given Id that cannot be one."""
    given = [(name, what, change.fields.get(name)) for name, what in _ID_FIELDS.items()]
    return tuple(
        Warning(name, "id_invalid", f"{name} is not the Id of a {what}, so the record was looked for in other ways.")
        for name, what, value in given
        if not is_blank(value) and valid_id(value, KEY_PREFIXES[what]) is None
    )


def _person_keys(
    task: Task, links: Mapping[str, str], remembered: Mapping[str, str], entities: Mapping[str, Entity]
) -> PersonKeys:
    change = task.change
    return PersonKeys(
        lead_id=valid_id(change.fields.get("salesforce_lead_id"), "00Q"),
        contact_id=valid_id(change.fields.get("salesforce_contact_id"), "003"),
        linked_lead=links.get("Lead"),
        linked_contact=links.get("Contact"),
        email=None if task.unseen_external else task.email or normalized_email(change.fields.get("email")),
        remembered_lead=remembered.get("Lead"),
        remembered_contact=remembered.get("Contact"),
        externals=task.externals,
        others=_others(task, entities),
    )


def _about_keys(task: Task, people: LinksOf) -> PersonKeys | None:
    about = task.change.about
    if about is None:
        return None
    links = people.get(about_key(task) or ("", ""), {})
    return PersonKeys(
        linked_lead=links.get("Lead"), linked_contact=links.get("Contact"), email=normalized_email(about.email)
    )


def _parent_names(rules: CompiledSync, given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the sObject of each parent that a row asks for by name, or by another field, also for a new record only."""
    for row in rules.rows:
        if row.kind == "parent":
            for value in (value_of_row(row, given), row.usual_value(given)):
                if name := _name((normalized_email(value) or value) if row.by == "Email" else value):
                    yield from ((sobject, row.by, name) for sobject in row.sobjects)


def _company(rules: CompiledSync, given: Mapping[str, Any]) -> str:
    """Return the company's name as the change gives it: what is mapped to Company or to an account's name, else `company`."""
    for row in rules.rows:
        if _names_company(row) and (name := _name(value_of_row(row, given))):
            return name
    return _name(given["fields"].get("company"))


def _name(value: Any) -> str:
    """Return a value as the name of a record, empty when it is none or too long to be one."""
    text, _ = storable(text_of(value) or "")
    name = " ".join(text.split())
    return name if len(name) <= MAX_COMPANY else ""


def _names_company(row: CompiledRow) -> bool:
    return row.field.name == "Company" or (row.kind == "parent" and (row.sobjects, row.by) == (("Account",), "Name"))
