"""Read everything that a tenant's batch needs to know of the org, in as few calls as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jmespath.exceptions import JMESPathError

from causeway.domain.changes import Change
from causeway.domain.claims import Home, memory_key
from causeway.domain.conditions import document
from causeway.domain.describe import SObjectDescribe
from causeway.domain.emails import normalized_email
from causeway.domain.ids import KEY_PREFIXES, valid_id
from causeway.domain.mappings import PEOPLE, CompiledRow, CompiledSync, compiled, normalized_name
from causeway.domain.matching import PeopleRows, PersonKeys, comparable
from causeway.domain.org_calls import Lookup, Row
from causeway.domain.outcomes import Warning
from causeway.domain.people import account_fields, lookups, person_fields, record_fields, rows_by_name
from causeway.domain.texts import is_blank, storable, text_of
from causeway.domain.wanted import CLEAR
from causeway.errors import NotFound
from causeway.services.push_ports import Task

MAX_SURVIVOR_READS = 5
MAX_COMPANY = 255
_ID_FIELDS = {"salesforce_lead_id": "Lead", "salesforce_contact_id": "Contact"}


@dataclass(slots=True)
class Wish:
    """
    A task with what was worked out before the read: its compiled sync and document, who or what it is, whom it is about.

    `names` are the parents it wants by name, by sObject; `link` is the record of another sObject that its key stands for.
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


@dataclass(slots=True)
class View:
    """What the org looks like to this batch; `read_started_ms` tells which claims were completed later."""

    read_started_ms: int
    people: PeopleRows = field(default_factory=PeopleRows)
    named: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)


type Described = Callable[[str], SObjectDescribe | None]
type Read = Callable[[list[Lookup]], list[list[Row]]]


def optional(described: Callable[[str], SObjectDescribe]) -> Described:
    """Return a describe that gives None for an sObject which the connected user can not see."""

    def found(sobject: str) -> SObjectDescribe | None:
        try:
            return described(sobject)
        except NotFound:
            return None

    return found


def values_of(task: Task, describe: SObjectDescribe) -> tuple[tuple[str, str], ...]:
    """Return what a sync's match fields (or external ID) hold for a change; empty when one of them has no usable value."""
    rules = task.sync.push
    names = (rules.external_id_field,) if rules.external_id_field else rules.match_fields
    if not names:
        return ()
    wanted = compiled(task.sync, describe).wanted(task.change, document(task.change)).fields
    found: list[tuple[str, str]] = []
    for name in names:
        target = describe.field(name)
        wish = wanted.get(target.name) if target else None
        value = text_of(wish.value) if wish and wish.value is not CLEAR else None
        if target is None or not value:
            return ()
        found.append((target.name, value))
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


def settle_identity(task: Task, describe: SObjectDescribe) -> None:
    """Work out by which values the record of a task is found, besides its key: they are claimed before anything is read."""
    if task.sync.sobject in PEOPLE:
        task.email = email_of(task, describe)
    else:
        task.values = values_of(task, describe)


def about_key(task: Task) -> tuple[str, str] | None:
    """Return the record key of the person that a change concerns, if it is told so."""
    about = task.change.about
    return (about.source, about.key) if about and about.source and about.key else None


type LinksOf = Mapping[tuple[str, str], Mapping[str, str]]


def wish_of(task: Task, describe: SObjectDescribe, homes: Mapping[str, Home], people: LinksOf) -> Wish:
    """Work out what can be known of a task before anything is read; `people` are the links of the keys that changes concern."""
    change = task.change
    task.memory_key = task.memory_key or memory_key(change.source, change.key)
    links = homes[task.homes[0]].links(task.memory_key) if task.homes and task.homes[0] in homes else {}
    rules = compiled(task.sync, describe)
    given = document(change)
    remembered: Mapping[str, str] = {}
    if task.email and not rules.writes_email and task.shared_home in homes:
        remembered = homes[task.shared_home].links_of_email(task.email)
    recovered = _recovered(homes.get(task.homes[0]) if task.homes else None)
    remembered = {**remembered, **recovered}
    return Wish(
        task,
        rules,
        given,
        _person_keys(task, links, remembered),
        _company(rules, given) if describe.name in PEOPLE else "",
        tuple(_parent_names(rules, given)),
        links.get(task.sync.sobject) or recovered.get(task.sync.sobject),
        _about_keys(task, people),
        _bad_ids(change) if describe.name in PEOPLE else (),
    )


def _recovered(home: Home | None) -> Mapping[str, str]:
    """Return the records that unremembered creates of a home made: sObject → Id."""
    if home is None:
        return {}
    return {sobject: found for sobject, _ in home.intents() if (found := home.adopted(sobject))}


def _bad_ids(change: Change) -> tuple[Warning, ...]:
    """Return a warning for each Id that the change gives and that can not be one."""
    given = [(name, what, change.fields.get(name)) for name, what in _ID_FIELDS.items()]
    return tuple(
        Warning(name, "id_invalid", f"{name} is not the Id of a {what}, so the record was looked for in other ways.")
        for name, what, value in given
        if not is_blank(value) and valid_id(value, KEY_PREFIXES[what]) is None
    )


def _person_keys(task: Task, links: Mapping[str, str], remembered: Mapping[str, str]) -> PersonKeys:
    change = task.change
    return PersonKeys(
        lead_id=valid_id(change.fields.get("salesforce_lead_id"), "00Q"),
        contact_id=valid_id(change.fields.get("salesforce_contact_id"), "003"),
        linked_lead=links.get("Lead"),
        linked_contact=links.get("Contact"),
        email=task.email or normalized_email(change.fields.get("email")),
        remembered_lead=remembered.get("Lead"),
        remembered_contact=remembered.get("Contact"),
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


def read_view(wishes: list[Wish], described: Described, read: Read, now_ms: Callable[[], int]) -> View:
    """Read leads, contacts, what leads became, accounts and other records of all wishes in one go; then survivors, if any."""
    view = View(now_ms())
    asked = [
        *_people_lookups(wishes, described),
        *_named_lookups(wishes, described),
        *_record_lookups(wishes, described),
    ]
    _take_in(view, asked, read)
    _read_survivors(view, wishes, described, read)
    return view


def _take_in(view: View, asked: list[Lookup], read: Read) -> None:
    for lookup, rows in zip(asked, read(asked) if asked else [], strict=True):
        by_name = any(name == "Name" for name, _ in lookup.any_of)
        if lookup.sobject in PEOPLE:
            view.people.add(lookup.sobject, rows)
        elif by_name and not lookup.via:
            known = view.named.setdefault(lookup.sobject, {})
            for name, found in rows_by_name(rows).items():
                known.setdefault(name, []).extend(found)
        if lookup.sobject not in PEOPLE:
            view.rows.setdefault(lookup.sobject, {}).update((row["Id"], row) for row in rows)


def _people_lookups(wishes: list[Wish], described: Described) -> Iterator[Lookup]:
    keys = [wish.keys for wish in wishes if wish.task.sync.sobject in PEOPLE]
    keys += [wish.about for wish in wishes if wish.about]
    if not keys:
        return
    emails = {item.email for item in keys if item.email}
    lead_ids = {found for item in keys for found in (item.lead_id, item.linked_lead, item.remembered_lead) if found}
    contact_ids = {
        found for item in keys for found in (item.contact_id, item.linked_contact, item.remembered_contact) if found
    }
    named: dict[str, set[str]] = defaultdict(set)
    for wish in wishes:
        named[wish.task.sync.sobject].update(wish.task.named)
    lead, contact = described("Lead"), described("Contact")
    if lead:
        ids = lead_ids | named["Lead"]
        yield from lookups("Lead", _fields(lead, wishes), {"Email": emails, "Id": ids})
    if contact:
        fields = _fields(contact, wishes)
        ids = contact_ids | named["Contact"]
        yield from lookups("Contact", fields, {"Email": emails, "Id": ids})
        if lead and lead.field("ConvertedContactId"):
            yield from lookups("Contact", fields, {"Email": emails, "Id": lead_ids}, via="ConvertedContactId")


def _named_lookups(wishes: list[Wish], described: Described) -> Iterator[Lookup]:
    """Yield lookups by name: accounts of people's companies, and parents that rows want by name."""
    names: dict[str, set[str]] = defaultdict(set)
    for wish in wishes:
        if wish.company:
            names["Account"].add(wish.company)
        for sobject, name in wish.names:
            names[sobject].add(name)
    more = {
        ".".join(path[1:]) for wish in wishes for path in wish.rules.reads if path[0] == "account" and len(path) > 1
    }
    for sobject, found in sorted(names.items()):
        describe = described(sobject)
        if describe is not None:
            fields = account_fields(describe, more) if sobject == "Account" else record_fields(describe, ("Name",))
            yield from lookups(sobject, fields, {"Name": found})


def _record_lookups(wishes: list[Wish], described: Described) -> Iterator[Lookup]:
    """Yield lookups of other sObjects: by the links of their keys, and by their match fields."""
    by_sobject: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        if wish.task.sync.sobject not in PEOPLE:
            by_sobject[wish.task.sync.sobject].append(wish)
    for sobject, found in sorted(by_sobject.items()):
        describe = described(sobject)
        if describe is None:
            continue
        criteria: dict[str, set[Any]] = {"Id": {wish.link for wish in found if wish.link}}
        for wish in found:
            if wish.task.values:
                name, value = wish.task.values[0]
                target = describe.field(name)
                criteria.setdefault(name, set()).add(comparable(target, value) if target else value)
        yield from lookups(sobject, _record_fields(describe, found), criteria)


def _record_fields(describe: SObjectDescribe, wishes: list[Wish]) -> tuple[str, ...]:
    names: set[str] = set()
    for rules in {id(wish.rules): wish.rules for wish in wishes}.values():
        names |= rules.selected
        names |= {".".join(path[1:]) for path in rules.reads if path[0] == "record" and len(path) > 1}
    names |= {name for wish in wishes for name, _ in wish.task.values}
    return record_fields(describe, sorted(names))


def _fields(describe: SObjectDescribe, wishes: list[Wish]) -> tuple[str, ...]:
    selected: set[str] = set()
    account: set[str] = set()
    for rules in {id(wish.rules): wish.rules for wish in wishes}.values():
        if rules.sync.sobject == describe.name:
            selected |= rules.selected
            selected |= {".".join(path[1:]) for path in rules.reads if path[0] == "record" and len(path) > 1}
        account |= {".".join(path[1:]) for path in rules.reads if path[0] == "account" and len(path) > 1}
    return person_fields(describe, sorted(selected), sorted(account))


def _read_survivors(view: View, wishes: list[Wish], described: Described, read: Read) -> None:
    """Follow merges and conversions that lead to rows not read yet; hardly ever needed."""
    asked: set[str] = set()
    for _ in range(MAX_SURVIVOR_READS):
        missing = view.people.unread() - asked
        if not missing:
            return
        asked |= missing
        by_sobject: dict[str, set[str]] = defaultdict(set)
        for record_id in missing:
            by_sobject["Lead" if record_id.startswith("00Q") else "Contact"].add(record_id)
        wanted = [
            lookup
            for sobject, ids in by_sobject.items()
            if (describe := described(sobject)) is not None
            for lookup in lookups(sobject, _fields(describe, wishes), {"Id": ids})
        ]
        _take_in(view, wanted, read)


def named_accounts(view: View, company: str) -> list[Row]:
    """Return the live accounts of a company's name."""
    return view.named.get("Account", {}).get(normalized_name(company), []) if company else []
