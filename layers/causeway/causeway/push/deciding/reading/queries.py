"""What one pass asks of the org: lookups of people, of records by name, and of other records. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from causeway.push.deciding.describes import Described
from causeway.push.deciding.keys import PersonKeys, comparable, spellings
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.tasks import Task
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.mapping.compiled import CompiledSync
from causeway.syncs.mapping.parent_rows import NAME, identifies
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.people.columns import Parents, account_fields, became_columns, person_fields, record_fields
from causeway.syncs.people.lookups import Values, lookups

_OWNER_COLUMNS = {"User": ("IsActive",), "Group": ("Type",)}  # who may own records is known by these


class Scope(NamedTuple):
    """What one pass reads for: its tasks, the describes, and what is known of the sObjects that lookups lead to."""

    prepared_tasks: Sequence[PreparedTask]
    described: Described
    parents: Parents

    def of(self, sobject: str) -> Iterator[PreparedTask]:
        """Yield the tasks of one sObject."""
        return (prepared for prepared in self.prepared_tasks if prepared.task.sync.sobject == sobject)


def people_lookups(scope: Scope) -> Iterator[Lookup]:
    """Yield the lookups of leads, with the contacts that they became, and of contacts: by address, by Id, by external ID."""
    keys = [prepared.keys for prepared in scope.prepared_tasks if prepared.task.sync.sobject in PEOPLE]
    keys += [prepared.about for prepared in scope.prepared_tasks if prepared.about]
    if not keys:
        return
    lead, contact = scope.described("Lead"), scope.described("Contact")
    columns = person_columns(contact, scope) if contact else ()
    if lead:
        yield from _lookups_of(lead, keys, scope, (*person_columns(lead, scope), *became_columns(lead, columns)))
    if contact:
        yield from _lookups_of(contact, keys, scope, columns)


def _lookups_of(
    describe: SObjectDescribe, keys: Sequence[PersonKeys], scope: Scope, columns: Sequence[str]
) -> Iterator[Lookup]:
    named = {record_id for prepared in scope.of(describe.name) for record_id in prepared.task.named}
    criteria = {
        "Email": _emails(describe, keys, scope),
        "Id": _ids(describe.name, keys) | named,
        **_external_ids(describe, scope),
    }
    return lookups(describe.name, tuple(columns), criteria)


def _ids(sobject: str, keys: Iterable[PersonKeys]) -> set[str]:
    """Return the Ids of one sObject of people that the keys name."""
    if sobject == "Lead":
        found = {record_id for key in keys for record_id in (key.lead_id, key.linked_lead, key.remembered_lead)}
    else:
        found = {
            record_id for key in keys for record_id in (key.contact_id, key.linked_contact, key.remembered_contact)
        }
    return {record_id for record_id in found if record_id}


def _emails(describe: SObjectDescribe, keys: Iterable[PersonKeys], scope: Scope) -> set[str]:
    """
    Return the addresses to look for in an sObject: none where the user cannot filter by them.

    A sync of that sObject asks all the same and is refused by Salesforce; otherwise it would create who is there already.
    """
    email = describe.field("Email")
    is_pushed = any(prepared.keys.email for prepared in scope.of(describe.name))
    if is_pushed or (email is not None and email.filterable):
        return {key.email for key in keys if key.email}
    return set()


def external_fields(scope: Scope) -> dict[tuple[str, str], None]:
    """Return the fields by whose values people are found or told apart: sObject and field, each once."""
    found = (each for prepared in scope.prepared_tasks for each in prepared.keys.externals)
    return dict.fromkeys((each.sobject, each.name) for each in found)


def _external_ids(describe: SObjectDescribe, scope: Scope) -> dict[str, set[Any]]:
    """Return the external IDs by which people of one sObject are found, by field."""
    found: dict[str, set[Any]] = defaultdict(set)
    for each in (each for prepared in scope.prepared_tasks for each in prepared.keys.externals):
        if each.sobject == describe.name and each.text:
            found[each.name] |= spellings(_comparable(describe, each.name, each.text))
    return found


def named_lookups(scope: Scope) -> Iterator[Lookup]:
    """Yield lookups by name: accounts of people's companies, and parents that rows ask for by name or another field."""
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for prepared in scope.prepared_tasks:
        company = [("Account", NAME, prepared.company)] if prepared.company else []
        for sobject, by, name in (*company, *prepared.names):
            names[sobject][by].add(name)
    for sobject, found in sorted(names.items()):
        describe = scope.described(sobject)
        if describe is not None:
            criteria = {
                by: _spelt_names(describe, by, values) for by, values in found.items() if identifies(describe, by)
            }
            yield from lookups(sobject, _named_columns(describe, scope, criteria), criteria)


def _spelt_names(describe: SObjectDescribe, by: str, values: Iterable[str]) -> set[Any]:
    return {each for value in values for each in spellings(_comparable(describe, by, value))}


def named_fields(scope: Scope) -> dict[str, set[str]]:
    """Return the fields other than Name by which parents are looked for, by sObject."""
    found: dict[str, set[str]] = defaultdict(set)
    for sobject, by, _ in (each for prepared in scope.prepared_tasks for each in prepared.names):
        if by != NAME:
            found[sobject].add(by)
    return found


def _named_columns(describe: SObjectDescribe, scope: Scope, found_by: Iterable[str]) -> tuple[str, ...]:
    if describe.name == "Account":
        paths = _paths("account", _rules(scope.prepared_tasks))
        return account_fields(describe, (*paths, *found_by), scope.parents)
    return record_fields(describe, (NAME, *_OWNER_COLUMNS.get(describe.name, ()), *found_by))


def record_lookups(scope: Scope) -> Iterator[Lookup]:
    """Yield lookups of other sObjects: by the links of their keys, and by their match fields."""
    sobjects = {prepared.task.sync.sobject for prepared in scope.prepared_tasks} - set(PEOPLE)
    for sobject in sorted(sobjects):
        describe = scope.described(sobject)
        if describe is not None:
            found = list(scope.of(sobject))
            columns, single, together = _record_columns(describe, found), dict[str, set[Any]](), list[Values]()
            single["Id"] = {prepared.link for prepared in found if prepared.link}
            for values in (values for prepared in found for values in _spelt(prepared.task, describe)):
                if len(values) > 1:
                    together.append(values)
                else:
                    single.setdefault(values[0][0], set()).add(values[0][1])
            yield from lookups(sobject, columns, single, together=together)


def _spelt(task: Task, describe: SObjectDescribe) -> Iterator[Values]:
    """Yield what a task's match fields hold, in every spelling in which Salesforce may keep it."""
    given = [each for each in task.values if each.text]
    if given:
        names = [each.name for each in given]
        spelt = [sorted(spellings(_comparable(describe, each.name, each.text))) for each in given]
        yield from (tuple(zip(names, values, strict=True)) for values in product(*spelt))


def _record_columns(describe: SObjectDescribe, prepared_tasks: Sequence[PreparedTask]) -> tuple[str, ...]:
    rules = _rules(prepared_tasks)
    names = {name for each in rules for name in each.selected} | _paths("record", rules)
    names |= {each.name for prepared in prepared_tasks for each in prepared.task.values}
    return record_fields(describe, sorted(names))


def person_columns(describe: SObjectDescribe, scope: Scope) -> tuple[str, ...]:
    """Return the fields to select of people of one sObject."""
    rules = _rules(scope.prepared_tasks)
    own = [each for each in rules if each.sync.sobject == describe.name]
    selected = {name for each in own for name in each.selected} | _paths("record", own)
    selected |= {name for sobject, name in external_fields(scope) if sobject == describe.name}
    return person_fields(describe, sorted(selected), sorted(_paths("account", rules)), scope.parents)


def _rules(prepared_tasks: Iterable[PreparedTask]) -> list[CompiledSync]:
    """Return the compiled syncs of the tasks, each once."""
    return list({id(prepared.rules): prepared.rules for prepared in prepared_tasks}.values())


def _paths(root: str, rules: Iterable[CompiledSync]) -> set[str]:
    """Return the field paths that expressions name below a root of the document."""
    return {".".join(path[1:]) for each in rules for path in each.reads if path[0] == root and len(path) > 1}


def _comparable(describe: SObjectDescribe, name: str, text: str) -> Any:
    field = describe.field(name)
    return comparable(field, text) if field else text
