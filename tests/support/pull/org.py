"""A fake org for pulls: commits become visible later than their stamps."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from causeway.pull.jobs import (
    Deleted,
    QueryPage,
    Row,
)
from causeway.salesforce.calls import Lookup
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe

ORG = "00D000000000001EAA"
START_MS = 1_780_000_000_000


def rest_time(at_ms: int) -> str:
    """Return a moment as REST writes it."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def contact_describe(*extra: FieldDescribe) -> SObjectDescribe:
    """Return a Contact describe with what a pull asks of one."""
    kinds = {"Id": "id", "SystemModstamp": "datetime", "CreatedDate": "datetime", "IsDeleted": "boolean"}
    system = [FieldDescribe(name, name, kind, createable=False, updateable=False) for name, kind in kinds.items()]
    more = [
        FieldDescribe("MasterRecordId", "Master", "reference"),
        FieldDescribe("LastName", "Last Name", "string", 80),
    ]
    return SObjectDescribe("Contact", "Contact", "003", fields=(*system, *more, *extra))


def described(name: str, *fields: str) -> SObjectDescribe:
    """Return a describe of an sObject with these fields and its Id; names that end in Id are lookups to users."""
    found = (
        FieldDescribe(each, each, "reference", relationship_name=each[:-2], reference_to=("User",))
        if each.endswith("Id")
        else FieldDescribe(each, each, "string", 255)
        for each in fields
    )
    return SObjectDescribe(name, name, fields=(FieldDescribe("Id", "Id", "id"), *found))


def lead_describe() -> SObjectDescribe:
    """Return a Lead describe: a Contact's fields and those of conversion."""
    names = ("ConvertedContactId", "ConvertedAccountId", "ConvertedOpportunityId")
    fields = (FieldDescribe("IsConverted", "Converted", "boolean"), *(FieldDescribe(n, n, "reference") for n in names))
    return replace(contact_describe(*fields), name="Lead", label="Lead", key_prefix="00Q")


ADDRESS = FieldDescribe("Email", "Email", "email", 80)
PARENTS = {
    "Account": described("Account", "Name", "Website", "OwnerId"),
    "User": described("User", "Name", "Email", "IsActive"),
    "Contact": contact_describe(ADDRESS),
    "Lead": replace(lead_describe(), fields=(*lead_describe().fields, ADDRESS)),
}
"""What a pull may ask of besides its own sObject, as a user sees it from whom nothing is hidden."""


@dataclass(slots=True)
class Version:
    """One committed version of a record: when it becomes visible, its stamp, its row; hard-deleted rows have none."""

    number: int
    visible_ms: int
    stamp_ms: int
    row: dict[str, Any] | None


@dataclass
class FakeOrg:
    """
    An org of one sObject whose commits become visible later than their stamp.

    Answers the four queries of `pull_queries` by reading their conditions, so a wrong watermark reads wrong rows.
    """

    describe: SObjectDescribe
    now_ms: int = START_MS
    page_size: int = 2_000
    versions: dict[str, list[Version]] = field(default_factory=dict)
    calls: int = 0
    commits: int = 0
    parents: dict[str, SObjectDescribe | None] = field(default_factory=lambda: {**PARENTS})
    people: dict[str, list[Row]] = field(default_factory=dict)
    deleted_log: list[tuple[int, int, str]] = field(default_factory=list)
    _current: dict[str, Version] = field(default_factory=dict)
    _order: list[tuple[int, str]] = field(default_factory=list)
    _hidden: list[tuple[int, int, str]] = field(default_factory=list)
    _cursors: dict[str, list[Row]] = field(default_factory=dict)

    # ── what happens in the org ──

    def commit(self, record_id: str, delay_ms: int = 0, **values: Any) -> Version:
        """Save a version stamped now that others see `delay_ms` later."""
        before = self.versions.get(record_id, [])
        base = before[-1].row if before and before[-1].row else {"Id": record_id, "CreatedDate": rest_time(self.now_ms)}
        empty = {each.name: None for each in self.describe.fields}
        row = {**empty, "IsDeleted": False, **base, **values, "SystemModstamp": rest_time(self.now_ms)}
        return self._add(record_id, delay_ms, row)

    def purge(self, record_id: str) -> None:
        """Delete for good: no row remains, only the delete log names it."""
        self.deleted_log.append((self.now_ms, self.now_ms, record_id))
        self._add(record_id, 0, None)

    def _add(self, record_id: str, delay_ms: int, row: dict[str, Any] | None) -> Version:
        self.commits += 1
        stamp = self.now_ms // 1000 * 1000
        visible = max([self.now_ms + delay_ms, *(v.visible_ms for v in self.versions.get(record_id, [])[-1:])])
        version = Version(self.commits, visible, stamp, row)
        self.versions.setdefault(record_id, []).append(version)
        insort(self._hidden, (visible, version.number, record_id))
        self.surface()
        return version

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ms += int(seconds * 1000)
        self.surface()

    def surface(self) -> None:
        """Make visible what is due."""
        due = bisect_right(self._hidden, (self.now_ms, 1 << 60, ""))
        for _, number, record_id in self._hidden[:due]:
            self._show(record_id, number)
        del self._hidden[:due]

    def _show(self, record_id: str, number: int) -> None:
        old = self._current.pop(record_id, None)
        if old is not None:
            self._order.pop(bisect_left(self._order, (old.stamp_ms, record_id)))
        version = next(v for v in reversed(self.versions[record_id]) if v.number == number)
        if version.row is not None:
            self._current[record_id] = version
            insort(self._order, (version.stamp_ms, record_id))

    def visible(self) -> Mapping[str, Version]:
        """Return what a reader sees now."""
        return self._current

    # ── the port ──

    def described(self, sobject: str) -> SObjectDescribe:
        return self.describe

    def described_again(self, sobject: str) -> SObjectDescribe:
        return self.describe

    def parent_described(self, sobject: str, *, fresh: bool = False) -> SObjectDescribe | None:
        return self.parents[sobject]

    def read(self, lookups: Sequence[Lookup]) -> list[list[Row]]:
        self.calls += 1
        return [self.people.get(lookup.sobject, []) for lookup in lookups]

    def org_now_ms(self) -> int:
        return self.now_ms // 1000 * 1000

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        self.calls += 1
        self.surface()
        return self._page([row for row in self._matching(soql) if with_deleted or not row["IsDeleted"]])

    def ahead(self, next_url: str) -> Callable[[], QueryPage]:
        self.calls += 1
        page = self._page(self._cursors.pop(next_url))
        return lambda: page

    def close(self) -> None:
        """Nothing runs."""

    def _page(self, rows: list[Row]) -> QueryPage:
        if len(rows) <= self.page_size:
            return QueryPage(rows, None, len(rows))
        name = f"cursor-{self.calls}"
        self._cursors[name] = rows[self.page_size :]
        return QueryPage(rows[: self.page_size], name)

    def count(self, soql: str, *, with_deleted: bool) -> int:
        self.calls += 1
        return sum(1 for row in self._matching(soql) if with_deleted or not row["IsDeleted"])

    def about_how_many(self, sobject: str) -> int:
        self.calls += 1
        return len(self._current)

    def deleted(self, sobject: str, start_ms: int, end_ms: int) -> Deleted:
        self.calls += 1
        found = [(each, at) for at, _, each in self.deleted_log if start_ms <= at <= end_ms]
        return Deleted(found, self.now_ms - 15 * 86_400_000)

    def start_bulk(self, soql: str, *, with_deleted: bool) -> str:
        self.calls += 1
        job = f"750{self.calls:012d}AAA"
        self._cursors[job] = [row for row in self._matching(soql) if with_deleted or not row["IsDeleted"]]
        return job

    def bulk_is_complete(self, job: str) -> bool:
        self.calls += 1
        return True

    def bulk_ahead(self, job: str, locator: str, types: Mapping[str, str]) -> Callable[[], tuple[Iterator[Row], str]]:
        self.calls += 1
        start = int(locator or 0)
        upto = start + 5 * self.page_size
        rows = self._cursors[job]
        return lambda: (iter(rows[start:upto]), str(upto) if upto < len(rows) else "")

    def api_calls(self) -> int:
        return self.calls

    # ── reading a query's conditions ──

    def _matching(self, soql: str) -> list[Row]:
        meets = self.rule_of(soql)
        return [self._row(each) for each in self._ids(soql) if meets(self._current[each])]

    def rule_of(self, soql: str) -> Callable[[Version], bool]:
        """Return the test that a query puts records to beyond stamps and Ids; this org knows of none."""
        return lambda version: True

    def _ids(self, soql: str) -> Iterator[str]:
        upto = max(map(_moment, re.findall(r"SystemModstamp <= ([\dT:-]+Z)", soql)), default=1 << 60)
        if ids := re.search(r"Id IN \(([^)]*)\)", soql):
            wanted = [each for each in re.findall(r"'(\w+)'", ids[1]) if each in self._current]
        elif "ORDER BY Id" in soql:
            after = re.findall(r"Id > '(\w+)'", soql)
            wanted = sorted(each for each in self._current if each > (after[0] if after else ""))
        else:
            return (each for _, each in self._order[_first(self._order, soql) : self._upto(upto)])
        return (each for each in wanted if self._current[each].stamp_ms <= upto)

    def _upto(self, upto_ms: int) -> int:
        return bisect_right(self._order, (upto_ms, "~"))

    def _row(self, record_id: str) -> dict[str, Any]:
        row = self._current[record_id].row
        if row is None:
            raise LookupError(record_id)
        return dict(row)


def _first(order: list[tuple[int, str]], soql: str) -> int:
    if inclusive := re.search(r"SystemModstamp >= ([\dT:-]+Z)", soql):
        return bisect_left(order, (_moment(inclusive[1]), ""))
    if same := re.search(r"SystemModstamp = ([\dT:-]+Z)\) AND \(Id > '(\w+)'", soql):
        return bisect_right(order, (_moment(same[1]), same[2]))
    if strict := re.search(r"SystemModstamp > ([\dT:-]+Z)", soql):
        return bisect_right(order, (_moment(strict[1]), "~"))
    return 0


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
