"""Read everything that a tenant's batch needs to know of the org, in as few calls as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from causeway.errors import OrgRefused
from causeway.push.deciding.describes import Described
from causeway.push.deciding.matching.people import PeopleRows, comparable
from causeway.push.deciding.prepare import PreparedTask
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.refused_fields import PARENTS, refused_parents
from causeway.syncs.mapping.mappings import PEOPLE, normalized_name
from causeway.syncs.people import Parents, account_fields, lookups, person_fields, record_fields, rows_by_name

MAX_SURVIVOR_READS = 5

type Read = Callable[[list[Lookup]], list[list[Row]]]
type Answered = tuple[Lookup, list[Row]]


@dataclass(slots=True)
class View:
    """What the org looks like to this batch; `read_started_ms` tells which claims were completed later."""

    read_started_ms: int
    people: PeopleRows = field(default_factory=PeopleRows)
    named: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)


def read_view(
    prepared_tasks: list[PreparedTask],
    described: Described,
    read: Read,
    now_ms: Callable[[], int],
    is_described: Callable[[str], bool] = lambda sobject: False,
) -> View:
    """
    Read leads, contacts, what leads became, accounts and other records of all prepared tasks in one go; then survivors, if any.

    Accounts and owners are told beside a match, so what the user can not see of them is left out. They are described when
    they are known anyhow, else once something of them was refused: hardly ever anything is hidden, and a describe is a call.
    """
    is_named = {"Account"} if any(prepared.company for prepared in prepared_tasks) else set()
    parents = {sobject: described(sobject) for sobject in PARENTS if sobject in is_named or is_described(sobject)}
    while True:
        try:
            return _read_view(prepared_tasks, described, parents, read, now_ms)
        except OrgRefused as error:
            unknown = refused_parents(error) - parents.keys()
            if not unknown:
                raise
            parents |= {sobject: described(sobject) for sobject in unknown}


def _read_view(
    prepared_tasks: list[PreparedTask], described: Described, parents: Parents, read: Read, now_ms: Callable[[], int]
) -> View:
    view = View(now_ms())
    people = list(_people_lookups(prepared_tasks, described, parents))
    named = list(_named_lookups(prepared_tasks, described, parents))
    records = list(_record_lookups(prepared_tasks, described))
    found = _answered([*people, *named, *records], read)
    _take_people(view, islice(found, len(people)))
    _index_externals(view, prepared_tasks, described)
    view.named = {sobject: rows_by_name(rows.values()) for sobject, rows in _by_id(islice(found, len(named))).items()}
    view.rows = _by_id(found)
    _read_survivors(view, prepared_tasks, described, parents, read)
    return view


def _index_externals(view: View, prepared_tasks: list[PreparedTask], described: Described) -> None:
    """Make people findable by the external IDs of their syncs."""
    for sobject in {prepared.keys.external[0] for prepared in prepared_tasks if prepared.keys.external}:
        describe = described(sobject)
        for name in _externals(describe, prepared_tasks) if describe else ():
            if describe and (planned := describe.field(name)):
                view.people.index(sobject, planned)


def _answered(asked: list[Lookup], read: Read) -> Iterator[Answered]:
    return zip(asked, read(asked) if asked else (), strict=True)


def _take_people(view: View, found: Iterable[Answered]) -> None:
    for lookup, rows in found:
        view.people.add(lookup.sobject, rows)


def _by_id(found: Iterable[Answered]) -> dict[str, dict[str, Row]]:
    """Return rows by sObject and Id: one that several lookups found is one."""
    known: dict[str, dict[str, Row]] = {}
    for lookup, rows in found:
        known.setdefault(lookup.sobject, {}).update((row["Id"], row) for row in rows)
    return known


def _people_lookups(prepared_tasks: list[PreparedTask], described: Described, parents: Parents) -> Iterator[Lookup]:
    keys = [prepared.keys for prepared in prepared_tasks if prepared.task.sync.sobject in PEOPLE]
    keys += [prepared.about for prepared in prepared_tasks if prepared.about]
    if not keys:
        return
    emails = {item.email for item in keys if item.email}
    lead_ids = {found for item in keys for found in (item.lead_id, item.linked_lead, item.remembered_lead) if found}
    contact_ids = {
        found for item in keys for found in (item.contact_id, item.linked_contact, item.remembered_contact) if found
    }
    named: dict[str, set[str]] = defaultdict(set)
    for prepared in prepared_tasks:
        named[prepared.task.sync.sobject].update(prepared.task.named)
    lead, contact = described("Lead"), described("Contact")
    lead_emails = emails if lead and _may_ask_for_email(lead, prepared_tasks) else set()
    if lead:
        ids = lead_ids | named["Lead"]
        yield from lookups(
            "Lead",
            _fields(lead, prepared_tasks, parents),
            {"Email": lead_emails, "Id": ids, **_externals(lead, prepared_tasks)},
        )
    if contact:
        fields = _fields(contact, prepared_tasks, parents)
        contact_emails = emails if _may_ask_for_email(contact, prepared_tasks) else set()
        ids = contact_ids | named["Contact"]
        yield from lookups(
            "Contact", fields, {"Email": contact_emails, "Id": ids, **_externals(contact, prepared_tasks)}
        )
        if lead and lead.field("ConvertedContactId"):
            yield from lookups("Contact", fields, {"Email": lead_emails, "Id": lead_ids}, via="ConvertedContactId")


def _externals(describe: SObjectDescribe, prepared_tasks: list[PreparedTask]) -> dict[str, set[Any]]:
    """Return the external IDs by which people of one sObject are found, by field."""
    found: dict[str, set[Any]] = defaultdict(set)
    for prepared in prepared_tasks:
        for name, value in prepared.task.values if prepared.task.sync.sobject == describe.name else ():
            planned = describe.field(name)
            found[name].add(comparable(planned, value) if planned else value)
    return found


def _may_ask_for_email(describe: SObjectDescribe, prepared_tasks: list[PreparedTask]) -> bool:
    """
    Tell whether people of an sObject are looked for by address: not when the user can not.

    A sync of that sObject is let run into Salesforce's refusal all the same, or it would create who is there already.
    """
    email = describe.field("Email")
    is_pushed = any(prepared.keys.email and prepared.task.sync.sobject == describe.name for prepared in prepared_tasks)
    return is_pushed or (email is not None and email.filterable)


def _named_lookups(prepared_tasks: list[PreparedTask], described: Described, parents: Parents) -> Iterator[Lookup]:
    """Yield lookups by name: accounts of people's companies, and parents that rows want by name."""
    names: dict[str, set[str]] = defaultdict(set)
    for prepared in prepared_tasks:
        if prepared.company:
            names["Account"].add(prepared.company)
        for sobject, name in prepared.names:
            names[sobject].add(name)
    more = {
        ".".join(path[1:])
        for prepared in prepared_tasks
        for path in prepared.rules.reads
        if path[0] == "account" and len(path) > 1
    }
    for sobject, found in sorted(names.items()):
        describe = described(sobject)
        if describe is not None:
            is_account = sobject == "Account"
            fields = account_fields(describe, more, parents) if is_account else record_fields(describe, ("Name",))
            yield from lookups(sobject, fields, {"Name": found})


def _record_lookups(prepared_tasks: list[PreparedTask], described: Described) -> Iterator[Lookup]:
    """Yield lookups of other sObjects: by the links of their keys, and by their match fields."""
    by_sobject: dict[str, list[PreparedTask]] = defaultdict(list)
    for prepared in prepared_tasks:
        if prepared.task.sync.sobject not in PEOPLE:
            by_sobject[prepared.task.sync.sobject].append(prepared)
    for sobject, found in sorted(by_sobject.items()):
        describe = described(sobject)
        if describe is None:
            continue
        criteria: dict[str, set[Any]] = {"Id": {prepared.link for prepared in found if prepared.link}}
        for prepared in found:
            if prepared.task.values:
                name, value = prepared.task.values[0]
                planned = describe.field(name)
                criteria.setdefault(name, set()).add(comparable(planned, value) if planned else value)
        yield from lookups(sobject, _record_fields(describe, found), criteria)


def _record_fields(describe: SObjectDescribe, prepared_tasks: list[PreparedTask]) -> tuple[str, ...]:
    names: set[str] = set()
    for rules in {id(prepared.rules): prepared.rules for prepared in prepared_tasks}.values():
        names |= rules.selected
        names |= {".".join(path[1:]) for path in rules.reads if path[0] == "record" and len(path) > 1}
    names |= {name for prepared in prepared_tasks for name, _ in prepared.task.values}
    return record_fields(describe, sorted(names))


def _fields(describe: SObjectDescribe, prepared_tasks: list[PreparedTask], parents: Parents) -> tuple[str, ...]:
    selected: set[str] = set()
    account: set[str] = set()
    for rules in {id(prepared.rules): prepared.rules for prepared in prepared_tasks}.values():
        if rules.sync.sobject == describe.name:
            selected |= rules.selected
            selected |= {".".join(path[1:]) for path in rules.reads if path[0] == "record" and len(path) > 1}
        account |= {".".join(path[1:]) for path in rules.reads if path[0] == "account" and len(path) > 1}
    return person_fields(describe, sorted(selected), sorted(account), parents)


def _read_survivors(
    view: View, prepared_tasks: list[PreparedTask], described: Described, parents: Parents, read: Read
) -> None:
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
        desired = [
            lookup
            for sobject, ids in by_sobject.items()
            if (describe := described(sobject)) is not None
            for lookup in lookups(sobject, _fields(describe, prepared_tasks, parents), {"Id": ids})
        ]
        _take_people(view, _answered(desired, read))


def named_accounts(view: View, company: str) -> list[Row]:
    """Return the live accounts of a company's name."""
    return view.named.get("Account", {}).get(normalized_name(company), []) if company else []
