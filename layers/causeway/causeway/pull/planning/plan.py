"""What one pull reads and what each row becomes: compiled once from the sync and the describe, then run for every row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from causeway.errors import BrokenMapping
from causeway.pull.pages.own_writes import OwnWriteFields, own_write_fields
from causeway.pull.pages.pulled import Kind, converted_of
from causeway.pull.pages.texts import gone_record
from causeway.pull.planning.row_reading import Reader, Row, compiled_reader, picker
from causeway.push.memory.two_way import synced_mark
from causeway.salesforce import soql
from causeway.salesforce.describe import SObjectDescribe
from causeway.syncs.mapping.conditions import Expression, condition, product_field
from causeway.syncs.mapping.mappings import CONVERSATION, PEOPLE, automatic_rows
from causeway.syncs.people import NONE_KNOWN, Parents, account_of, is_visible, owner_of, person_data, person_fields
from causeway.syncs.sync import Problem, Sync

SYSTEM_FIELDS = ("Id", "SystemModstamp", "CreatedDate", "IsDeleted", "MasterRecordId", "IsConverted")
CONVERSION_FIELDS = ("ConvertedContactId", "ConvertedAccountId", "ConvertedOpportunityId")
COMPOUND_TYPES = frozenset({"address", "location"})  # not readable by Bulk API 2.0 queries, and their parts are
PARENT_FIELDS = frozenset(
    {"OwnerId", "AccountId", "ConvertedAccountId", "IsConverted"}
)  # what account and owner hang on
MAX_VIEWS = 1_000  # many people share an account and an owner
ACCOUNT_RELATIONS = {"Contact": "Account", "Lead": "ConvertedAccount"}


@dataclass(frozen=True)
class PullPlan:
    """
    The compiled reading of one sync.

    `columns`: the Salesforce fields and relationship paths to select, in the order in which `read` gives their values.
    `products`: product field → column. `sweeps`: whether some columns can change without a stamp (formulas, parents' fields).
    `problems`: what the org does not show any more; the run goes on with the rest. `rule`: the sync's filter as a WHERE text.
    `types`: column → Salesforce field type, where known.
    """

    sync: Sync
    describe: SObjectDescribe
    columns: tuple[str, ...]
    read: Reader
    products: Mapping[str, str]
    sweeps: bool
    problems: tuple[Problem, ...]
    rule: str
    signals: tuple[tuple[str, Expression], ...]
    own_writes: OwnWriteFields
    types: Mapping[str, str]
    _pick: Callable[[Sequence[Any]], tuple[Any, ...]]
    _pick_parents: Callable[[Sequence[Any]], tuple[Any, ...]]
    _views: dict[tuple[Any, ...], PersonView] = field(default_factory=dict, compare=False)

    def has(self, name: str) -> bool:
        """Return whether the sObject shows this field, so that it is selected."""
        return self.describe.field(name) is not None

    def without(self, missing: Collection[str]) -> Sync:
        """Return the sync with only the rows that need none of these columns, for a query that was made before they were."""
        kept = {product for product, column in self.products.items() if column not in missing}
        rows = tuple(row for row in self.sync.mappings if product_name(row.product) in kept)
        email = self.sync.email if "Email" not in missing else "off"
        return self.sync.model_copy(update={"mappings": rows, "signals": {}, "email": email})

    def values(self, content: Sequence[Any]) -> dict[str, Any]:
        """Return the product fields of a row's content."""
        return dict(zip(self.products, self._pick(content), strict=True))

    def fingerprints(self, content: Sequence[Any]) -> dict[str, str]:
        """Return the marks of the mapped columns, by which bidirectional syncs compare."""
        values = dict(zip(self.products.values(), self._pick(content), strict=True))
        return {column: synced_mark(self.describe.field(column), value) for column, value in values.items()}

    def record(
        self, row: Row, content: Sequence[Any], kind: Kind, key: str | None, person: PersonView | None = None
    ) -> dict[str, Any]:
        """
        Return the record as the product is told of it (contracts.md §4).

        `person`: whom a look-up found behind it; None: what the record's own relationships tell.
        """
        if kind in ("deleted", "merged"):
            survivor = row["MasterRecordId"] if kind == "merged" else None
            return gone_record(row["Id"], row["SystemModstamp"], key, kind, survivor, converted_of(row))
        view = person or self._own_view(row, content)
        told = {
            "kind": kind,
            "salesforce_id": row["Id"],
            "key": key,
            "system_modstamp": row["SystemModstamp"],
            "values": self.values(content),
            "data": view.data,
            "signals": [],
            "merged_into": None,
            "converted": converted_of(row),
        }
        if self.signals:
            told["signals"] = self._signals(row, told, view)
        return told

    def _own_view(self, row: Row, content: Sequence[Any]) -> PersonView:
        """Return the account and owner data of product.md §6 as far as the record's own relationships tell them."""
        if self.describe.name not in PEOPLE:
            return NOBODY
        parents = self._pick_parents(content)
        known = self._views.get(parents)
        if known is None:
            if len(self._views) >= MAX_VIEWS:
                self._views.clear()
            known = self._views[parents] = (
                person_view(row, None) if self.describe.name == "Lead" else person_view(None, row)
            )
        own = "salesforce_lead_id" if self.describe.name == "Lead" else "salesforce_contact_id"
        return PersonView({**known.data, own: row["Id"]}, known.account, known.owner)

    def _signals(self, row: Row, told: Mapping[str, Any], view: PersonView) -> list[str]:
        given = {
            "key": told["key"],
            "source": self.sync.source,
            "occurred_at": told["system_modstamp"],
            "fields": told["values"],
            "conversation": None,
            "about": None,
            "record": row,
            "account": view.account,
            "owner": view.owner,
        }
        return [name for name, expression in self.signals if expression.holds(given)]


class PersonView(NamedTuple):
    """Whom a record is about: the names of product.md §6, and the account and owner as signals see them."""

    data: dict[str, Any]
    account: Row | None = None
    owner: Row | None = None


NOBODY = PersonView({})


def person_view(lead: Row | None, contact: Row | None, named: Iterable[Row] = ()) -> PersonView:
    """Return the view of a lead and a contact; `named` are the accounts of the company's name."""
    account, owner = account_of(lead, contact, named), owner_of(lead, contact)
    return PersonView(person_data(lead, contact, account, owner), account, owner)


def planned(
    sync: Sync, describe: SObjectDescribe, rule: str = "", parents: Parents = NONE_KNOWN, missing: Collection[str] = ()
) -> PullPlan:
    """
    Compile the reading of a sync against the present describe; fields that are gone become problems.

    `rule` is the sync's filter, compiled to a WHERE text; `parents` what is known of parents. What the user can not see of a
    person's account and owner is left out, and what is `missing` in a query that was made before.
    """
    desired = _Selection(sync, describe, parents)
    products = dict(desired.products())
    signals = tuple(desired.signals())
    related = [name for name in _people(describe, parents) if name not in missing]
    columns, read = compiled_reader(
        [*_system_fields(describe), *products.values(), *desired.more, *related, *_lookups(describe, products)]
    )
    place = {column: index for index, column in enumerate(columns)}
    return PullPlan(
        sync,
        describe,
        columns,
        read,
        products,
        desired.sweeps,
        tuple(desired.problems),
        rule,
        signals,
        own_write_fields(describe, products.values(), place),
        {column: found.type for column in columns if (found := soql.field_at(describe, column, desired.related))},
        picker(place[column] for column in products.values()),
        picker(place[column] for column in columns if "." in column or column in PARENT_FIELDS),
    )


def mapped_paths(sync: Sync) -> tuple[str, ...]:
    """Return the Salesforce paths that a sync's mappings and signals name: for `related_describes`."""
    expressions = [found for text in sync.signals.values() if (found := _expression(text))]
    named = (path for expression in expressions for path in _read_paths(expression, sync.sobject))
    return (*(mapping.salesforce for mapping in sync.mappings), *named)


class _Selection:
    """What the sync's rows and signals select, found step by step; what the org does not show becomes a problem."""

    def __init__(self, sync: Sync, describe: SObjectDescribe, parents: Parents) -> None:
        self._sync, self._describe, self._parents = sync, describe, parents
        self.related = {name: parent for name, parent in parents.items() if parent}
        self.problems: list[Problem] = []
        self.more: list[str] = []
        self.sweeps = False

    def products(self) -> Iterator[tuple[str, str]]:
        """Yield product field and column of each mapping that a pull can read."""
        automatic = [row for row in automatic_rows(self._sync, self._describe) if row.salesforce == "Email"]
        for mapping in (*self._sync.mappings, *automatic):
            product = product_name(mapping.product)
            column = self._column(mapping.salesforce) if product else None
            if product and column:
                yield product, column

    def signals(self) -> Iterator[tuple[str, Expression]]:
        """Yield the signals; the Salesforce fields that they name join the SELECT."""
        for name, text in self._sync.signals.items():
            expression = _expression(text)
            if expression is None:
                continue
            yield name, expression
            found = (self._column(path) for path in _read_paths(expression, self._describe.name))
            self.more += [column for column in found if column]

    def _column(self, path: str) -> str | None:
        """Return the path as describe spells it, None (and a problem) when it can not be read."""
        try:
            column = soql.identifier(self._describe, path, self.related)
        except BrokenMapping:
            column = ""
        found = soql.field_at(self._describe, column, self.related) if column else None
        is_hidden = not column or not is_visible(self._describe, column, self._parents)
        if is_hidden or (found and found.type in COMPOUND_TYPES):
            message = f"{self._sync.sobject}.{path} can not be read: it was removed, or hidden from the connected user."
            self.problems.append(Problem(level="warning", code="field_not_readable", message=message, field=path))
            return None
        self.sweeps = self.sweeps or "." in column or bool(found and found.calculated)
        return column


def _expression(text: str) -> Expression | None:
    try:
        return condition(text)
    except BrokenMapping:
        return None  # the save check refuses it


def _read_paths(expression: Expression, sobject: str) -> Iterator[str]:
    """Yield the fields of the sObject, its account and its owner that an expression names."""
    prefixes = {"record": "", "owner": "Owner.", "account": f"{ACCOUNT_RELATIONS.get(sobject, '')}."}
    for root, *path in sorted(expression.reads):
        if path and prefixes.get(root, ".") != ".":
            yield prefixes[root] + ".".join(path)


def product_name(expression: str) -> str | None:
    """Return the plain product field that an expression names, None for a computed one, which only a push can use."""
    if expression.strip() == CONVERSATION:
        return None
    try:
        path = product_field(expression).path
    except BrokenMapping:
        return None
    return path[1] if len(path) == 2 and path[0] == "fields" else None


def _system_fields(describe: SObjectDescribe) -> Iterator[str]:
    yield from (name for name in SYSTEM_FIELDS if describe.field(name))
    if describe.field("IsConverted"):
        yield from (name for name in CONVERSION_FIELDS if describe.field(name))


def _people(describe: SObjectDescribe, parents: Parents) -> tuple[str, ...]:
    return person_fields(describe, (), parents=parents) if describe.name in PEOPLE else ()


def _lookups(describe: SObjectDescribe, products: Mapping[str, str]) -> Iterator[str]:
    """Yield the lookup fields behind mapped relationships, by which a push writes them."""
    for column in products.values():
        lookup = describe.relationship(column.partition(".")[0]) if "." in column else None
        if lookup:
            yield lookup.name
