"""Read everything that a tenant's batch needs to know of the org, in as few calls as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jmespath.exceptions import JMESPathError

from causeway.domain.claims import Home, memory_key
from causeway.domain.conditions import document
from causeway.domain.describe import SObjectDescribe
from causeway.domain.emails import normalized_email
from causeway.domain.ids import valid_id
from causeway.domain.mappings import PEOPLE, CompiledRow, CompiledSync, compiled, normalized_name
from causeway.domain.matching import PeopleRows, PersonKeys
from causeway.domain.org_calls import Lookup, Row
from causeway.domain.people import account_fields, accounts_by_name, lookups, person_fields
from causeway.domain.texts import storable, text_of
from causeway.errors import NotFound
from causeway.services.push_ports import Task

MAX_SURVIVOR_READS = 5
MAX_COMPANY = 255


@dataclass(slots=True)
class Wish:
    """A task with what was worked out before the read: its compiled sync, document, and whom it is about."""

    task: Task
    rules: CompiledSync
    given: dict[str, Any]
    keys: PersonKeys
    company: str = ""


@dataclass(slots=True)
class View:
    """What the org looks like to this batch; `read_started_ms` tells which claims were completed later."""

    read_started_ms: int
    people: PeopleRows = field(default_factory=PeopleRows)
    accounts: dict[str, list[Row]] = field(default_factory=dict)
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


def wish_of(task: Task, describe: SObjectDescribe, homes: Mapping[str, Home]) -> Wish:
    """Work out what can be known of a task before anything is read."""
    change = task.change
    task.memory_key = task.memory_key or memory_key(change.source, change.key)
    links = homes[task.homes[0]].links(task.memory_key) if task.homes and task.homes[0] in homes else {}
    keys = PersonKeys(
        lead_id=valid_id(change.fields.get("salesforce_lead_id"), "00Q"),
        contact_id=valid_id(change.fields.get("salesforce_contact_id"), "003"),
        linked_lead=links.get("Lead"),
        linked_contact=links.get("Contact"),
        email=normalized_email(change.fields.get("email")),
    )
    rules = compiled(task.sync, describe)
    given = document(change)
    return Wish(task, rules, given, keys, _company(rules, given))


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
    name, _ = storable(text_of(value) or "")
    return name if len(name) <= MAX_COMPANY else ""


def _names_company(row: CompiledRow) -> bool:
    return row.field.name == "Company" or (row.kind == "parent" and row.field.reference_to == ("Account",))


def read_view(wishes: list[Wish], described: Described, read: Read, now_ms: Callable[[], int]) -> View:
    """Read leads, contacts, what leads became and accounts of all wishes in one go; then survivors of merges, if any."""
    view = View(now_ms())
    people = [wish for wish in wishes if wish.task.sync.sobject in PEOPLE]
    asked = list(_people_lookups(people, described)) if people else []
    for lookup, rows in zip(asked, read(asked) if asked else [], strict=True):
        if lookup.sobject == "Account":
            _merge_accounts(view, rows)
        else:
            view.people.add(lookup.sobject, rows)
    if people:
        _read_survivors(view, people, described, read)
    return view


def _merge_accounts(view: View, rows: Iterable[Row]) -> None:
    for name, found in accounts_by_name(rows).items():
        view.accounts.setdefault(name, []).extend(found)


def _people_lookups(wishes: list[Wish], described: Described) -> Iterator[Lookup]:
    emails = {wish.keys.email for wish in wishes if wish.keys.email}
    lead_ids = {item for wish in wishes for item in (wish.keys.lead_id, wish.keys.linked_lead) if item}
    contact_ids = {item for wish in wishes for item in (wish.keys.contact_id, wish.keys.linked_contact) if item}
    lead, contact = described("Lead"), described("Contact")
    if lead:
        yield from lookups("Lead", _fields(lead, wishes), {"Email": emails, "Id": lead_ids})
    if contact:
        fields = _fields(contact, wishes)
        yield from lookups("Contact", fields, {"Email": emails, "Id": contact_ids})
        if lead and lead.field("ConvertedContactId"):
            yield from lookups("Contact", fields, {"Email": emails, "Id": lead_ids}, via="ConvertedContactId")
    names = {wish.company for wish in wishes if wish.company}
    account = described("Account") if names else None
    if account:
        more = {".".join(path[1:]) for wish in wishes for path in wish.rules.reads if path[0] == "account"}
        yield from lookups("Account", account_fields(account, more), {"Name": names})


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
        for lookup, rows in zip(wanted, read(wanted) if wanted else [], strict=True):
            view.people.add(lookup.sobject, rows)


def named_accounts(view: View, company: str) -> list[Row]:
    """Return the live accounts of a company's name."""
    return view.accounts.get(normalized_name(company), []) if company else []
