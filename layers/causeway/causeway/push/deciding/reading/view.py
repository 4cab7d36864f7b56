"""Read everything that one pass needs to know of the org, in as few calls as possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from causeway.errors import OrgRefused
from causeway.push.deciding.describes import Described
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.deciding.reading.people_rows import PeopleRows
from causeway.push.deciding.reading.queries import (
    Scope,
    external_fields,
    named_fields,
    named_lookups,
    people_lookups,
    person_columns,
    record_lookups,
)
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.refused_fields import PARENTS, refused_parents
from causeway.syncs.mapping.parent_rows import place_of
from causeway.syncs.mapping.rows import normalized_name
from causeway.syncs.people.lookups import lookups
from causeway.syncs.people.person_data import rows_by_field, rows_by_name

MAX_SURVIVOR_READS = 5

type Read = Callable[[list[Lookup]], list[list[Row]]]
type Answered = tuple[Lookup, list[Row]]


@dataclass(slots=True)
class View:
    """
    The org as one pass read it; claims completed after `read_started_ms` are not in it.

    `named` are live records by sObject and normalized name (by another field under `place_of`), `rows` records of other sObjects
    than people by sObject and Id.
    """

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
    Read leads, contacts, what leads became, accounts and other records of all tasks in one go; then survivors, if any.

    Outcomes carry data of accounts and owners, and leave out what the user cannot see of them. Those sObjects are described
    when their describe is known anyhow, else once the org refused something of them: hidden fields are rare, and a describe
    is a call.
    """
    is_named = {"Account"} if any(prepared.company for prepared in prepared_tasks) else set()
    parents = {sobject: described(sobject) for sobject in PARENTS if sobject in is_named or is_described(sobject)}
    while True:
        try:
            return _read_view(Scope(prepared_tasks, described, parents), read, now_ms())
        except OrgRefused as error:
            unknown = refused_parents(error) - parents.keys()
            if not unknown:
                raise
            parents |= {sobject: described(sobject) for sobject in unknown}


def _read_view(scope: Scope, read: Read, read_started_ms: int) -> View:
    view = View(read_started_ms)
    people = list(people_lookups(scope))
    named = list(named_lookups(scope))
    found = _answered([*people, *named, *record_lookups(scope)], read)
    _add_people(view, islice(found, len(people)))
    view.named = _named(_by_id(islice(found, len(named))), scope)
    view.rows = _by_id(found)
    _read_survivors(view, scope, read)
    _index_external_ids(view, scope)
    return view


def _answered(asked: list[Lookup], read: Read) -> Iterator[Answered]:
    return zip(asked, read(asked) if asked else (), strict=True)


def _add_people(view: View, found: Iterable[Answered]) -> None:
    for lookup, rows in found:
        view.people.add(lookup.sobject, rows)


def _named(rows: Mapping[str, Mapping[str, Row]], scope: Scope) -> dict[str, dict[str, list[Row]]]:
    """Return what was found by name, and what was found by other fields, each under its value."""
    named = {sobject: rows_by_name(found.values()) for sobject, found in rows.items()}
    for sobject, fields in named_fields(scope).items():
        describe = scope.described(sobject)
        for by in fields:
            if describe and (field := describe.field(by)):
                named[place_of(sobject, by)] = rows_by_field(rows.get(sobject, {}).values(), field)
    return named


def _index_external_ids(view: View, scope: Scope) -> None:
    """Make people findable by the external IDs of their syncs."""
    for sobject, name in external_fields(scope):
        describe = scope.described(sobject)
        if describe and (key := describe.field(name)):
            view.people.index(sobject, key)


def _by_id(found: Iterable[Answered]) -> dict[str, dict[str, Row]]:
    """Return rows by sObject and Id; a row that several lookups found is there once."""
    known: dict[str, dict[str, Row]] = {}
    for lookup, rows in found:
        known.setdefault(lookup.sobject, {}).update((row["Id"], row) for row in rows)
    return known


def _read_survivors(view: View, scope: Scope, read: Read) -> None:
    """Follow merges and conversions that lead to rows not read yet; rarely needed."""
    asked: set[str] = set()
    for _ in range(MAX_SURVIVOR_READS):
        missing = view.people.unread() - asked
        if not missing:
            return
        asked |= missing
        _add_people(view, _answered(list(_survivor_lookups(missing, scope)), read))


def _survivor_lookups(record_ids: Iterable[str], scope: Scope) -> Iterator[Lookup]:
    by_sobject: dict[str, set[str]] = defaultdict(set)
    for record_id in record_ids:
        by_sobject["Lead" if record_id.startswith("00Q") else "Contact"].add(record_id)
    for sobject, ids in by_sobject.items():
        describe = scope.described(sobject)
        if describe is not None:
            yield from lookups(sobject, person_columns(describe, scope), {"Id": ids})


def named_accounts(view: View, company: str) -> list[Row]:
    """Return the live accounts of a company's name."""
    return view.named.get("Account", {}).get(normalized_name(company), []) if company else []
