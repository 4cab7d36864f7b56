"""The rows that a lookup read: people as push keeps them, accounts by Id and name, other records by what was asked for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from causeway.errors import QueryTimedOut
from causeway.lookups.queries import Asked, Plan, accounts_of, survivors
from causeway.lookups.targets import Wanted
from causeway.push.deciding.keys import compared
from causeway.push.deciding.reading.people_rows import MAX_MERGE_HOPS, PeopleRows
from causeway.salesforce.calls import Lookup, Row
from causeway.salesforce.values.texts import text_of
from causeway.syncs.mapping.rows import PEOPLE, normalized_name
from causeway.syncs.people.person_data import rows_by_name

type Read = Callable[[Sequence[Lookup]], list[list[Row]]]


@dataclass(slots=True)
class Rows:
    """What was read; `accounts` are those that carry what was asked for of accounts."""

    people: PeopleRows = field(default_factory=PeopleRows)
    accounts: dict[str, Row] = field(default_factory=dict)
    records: dict[str, dict[str, Row]] = field(default_factory=dict)
    named: dict[str, list[Row]] = field(default_factory=dict)

    def of_company(self, company: str) -> list[Row]:
        """Return the live accounts of a company's name."""
        return self.named.get(normalized_name(company), []) if company else []

    def of(self, wanted: Wanted) -> list[Row]:
        """Return the live records that hold the wanted value, newest first."""
        rows = self.accounts if wanted.sobject == "Account" else self.records.get(wanted.sobject, {})
        found = [row for row in rows.values() if not row.get("IsDeleted") and _holds(row, wanted)]
        return sorted(found, key=lambda row: (str(row.get("CreatedDate") or ""), row["Id"]), reverse=True)

    def is_deleted(self, wanted: Wanted) -> bool:
        """Return whether the wanted record is there as a deleted one."""
        rows = self.accounts if wanted.sobject == "Account" else self.records.get(wanted.sobject, {})
        return any(row.get("IsDeleted") and _holds(row, wanted) for row in rows.values())


def _holds(row: Row, wanted: Wanted) -> bool:
    if wanted.field is None:
        return bool(row["Id"] in wanted.values)
    text = text_of(row.get(wanted.field.name))
    return text is not None and compared(wanted.field, text) == wanted.compared


def read_rows(plan: Plan, asked: Asked, read: Read) -> Rows:
    """
    Read everything in one call, as a rule.

    What costs one more: accounts of people that were too many queries, or too slow for a large org, to be read through the people;
    and people who were merged into others that were not read, which is rare.
    """
    rows = Rows()
    has_accounts = _read_first(rows, asked, read)
    for _ in range(MAX_MERGE_HOPS):
        missing = _unread_survivors(rows.people)
        again = survivors(plan, missing) if missing else []
        if not again:
            break
        _read_into(rows, again, read)
    if not has_accounts:
        _read_into(rows, accounts_of(plan, rows.people.by_id.values(), rows.accounts), read)
    _index(rows, plan)
    rows.named = rows_by_name(rows.accounts.values())
    return rows


def _read_first(rows: Rows, asked: Asked, read: Read) -> bool:
    """Read what is asked for at first; return whether the accounts of people are among it."""
    try:
        _read_into(rows, [*asked.first, *asked.through], read)
    except QueryTimedOut:
        if not asked.through:
            raise
        _read_into(rows, asked.first, read)
        return False
    return bool(asked.through)


def _read_into(rows: Rows, asked: Sequence[Lookup], read: Read) -> None:
    for lookup, found in zip(asked, read(asked) if asked else (), strict=True):
        _add(rows, lookup, found)


def _add(rows: Rows, lookup: Lookup, found: Sequence[Row]) -> None:
    if lookup.sobject in PEOPLE:
        rows.people.add(lookup.sobject, found)
    elif lookup.sobject == "Account":
        rows.accounts.update((row["Id"], row) for row in found)
    else:
        rows.records.setdefault(lookup.sobject, {}).update((row["Id"], row) for row in found)


def _unread_survivors(people: PeopleRows) -> set[str]:
    merged = (row for row in people.by_id.values() if row.get("IsDeleted") and row.get("MasterRecordId"))
    return {str(row["MasterRecordId"]) for row in merged} - people.by_id.keys()


def _index(rows: Rows, plan: Plan) -> None:
    """Make people findable by the external IDs that were asked for."""
    externals: dict[tuple[str, str], Any] = {}
    for target in plan.targets:
        for each in target.keys.externals if target.keys else ():
            externals[each.sobject, each.name] = None
    for sobject, name in externals:
        describe = plan.described(sobject)
        if describe and (key := describe.field(name)):
            rows.people.index(sobject, key)
