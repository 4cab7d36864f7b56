"""What one pull reads and what each row becomes: compiled once from the sync and the describe, used for every row. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from causeway.pull.pages.kinds import Kind, converted_of
from causeway.pull.pages.own_writes import OwnWriteFields, own_write_fields
from causeway.pull.pages.texts import gone_record, incomplete_row, stamp_ms
from causeway.pull.planning.person_view import NOBODY, PersonView, person_view
from causeway.pull.planning.row_reader import Reader, Row, compiled_reader, picker
from causeway.pull.planning.selection import labels_of, selected, translations_of, without_columns
from causeway.push.memory.two_way import synced_mark
from causeway.salesforce import field_paths
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.stamps import STAMPS, stamp_of
from causeway.salesforce.values.texts import text_of
from causeway.syncs.mapping.conditions import Expression, holds_in_budget
from causeway.syncs.mapping.rows import PEOPLE
from causeway.syncs.people.columns import NONE_KNOWN, Parents, person_fields
from causeway.syncs.signals import Look, SignalRule, looks
from causeway.syncs.sync import Problem, Sync

SYSTEM_FIELDS = ("Id", *STAMPS, "IsDeleted", "MasterRecordId", "IsConverted")
CONVERSION_FIELDS = ("ConvertedContactId", "ConvertedAccountId", "ConvertedOpportunityId")
# The fields that decide which account and owner a record has.
PARENT_FIELDS = frozenset({"OwnerId", "AccountId", "ConvertedAccountId", "IsConverted"})
MAX_VIEWS = 1_000  # many people share an account and an owner


@dataclass(frozen=True)
class PullPlan:
    """
    The compiled reading of one sync.

    `columns`: the Salesforce fields and relationship paths to select, in the order in which `read` gives their values.
    `products`: product field → column. `sweeps`: whether some columns can change without a stamp (formulas, parents' fields).
    `problems`: what the org no longer shows; the run goes on with the rest. `rule`: the sync's filter as a WHERE text.
    `types`: column → Salesforce field type, where known. `stamp`: the field by which changes are found, "" for none.
    `translations`: product field → Salesforce value in lower case → what the product says for it.
    `labels`: product field → picklist value → label, where the row is pulled as a label.
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
    signal_rules: tuple[SignalRule, ...]
    own_writes: OwnWriteFields
    types: Mapping[str, str]
    stamp: str
    _pick: Callable[[Sequence[Any]], tuple[Any, ...]]
    _pick_parents: Callable[[Sequence[Any]], tuple[Any, ...]]
    translations: tuple[tuple[str, Mapping[str, str]], ...] = ()
    labels: tuple[tuple[str, Mapping[str, str]], ...] = ()
    _views: dict[tuple[Any, ...], PersonView] = field(default_factory=dict, compare=False)

    def has(self, name: str) -> bool:
        """Return whether the sObject shows this field, so that it is selected."""
        return self.describe.field(name) is not None

    @cached_property
    def stamp_field(self) -> str:
        """Return the field that holds when a row was stamped, or read where the sObject has no stamp."""
        return self.stamp or "SystemModstamp"

    def stamp_ms(self, row: Row) -> int:
        """Return the stamp of a row, epoch ms."""
        return stamp_ms(row.get(self.stamp_field))

    def content_of(self, row: Row) -> list[Any]:
        """Return a row's values in the order of the columns; raises OutcomeUnknown for a row that lacks some."""
        try:
            return self.read(row)
        except (LookupError, TypeError) as error:
            raise incomplete_row() from error

    def without(self, missing: Collection[str]) -> Sync:
        """Return the sync with only the rows that need none of these columns, for a query that was made before they were."""
        return without_columns(self.sync, self.products, missing)

    def values(self, content: Sequence[Any]) -> dict[str, Any]:
        """Return the product fields of a row's content."""
        values = dict(zip(self.products, self._pick(content), strict=True))
        for product, labels in self.labels:
            if isinstance(values[product], str):
                values[product] = ";".join(labels.get(each, each) for each in values[product].split(";"))
        for product, table in self.translations:
            text = text_of(values[product])
            values[product] = values[product] if text is None else table.get(text.strip().casefold(), values[product])
        return values

    def fingerprints(self, content: Sequence[Any]) -> dict[str, str]:
        """Return the fingerprints of the mapped columns, by which bidirectional syncs compare."""
        values = dict(zip(self.products.values(), self._pick(content), strict=True))
        return {column: synced_mark(self.describe.field(column), value) for column, value in values.items()}

    def record(
        self, row: Row, content: Sequence[Any], kind: Kind, key: str | None, person: PersonView | None = None
    ) -> dict[str, Any]:
        """
        Return the record as the product receives it (docs/pull.md).

        `person`: whom a look-up found for it; None: what the record's own relationships show.
        """
        if kind in ("deleted", "merged"):
            survivor = row["MasterRecordId"] if kind == "merged" else None
            return gone_record(row["Id"], row[self.stamp_field], key, kind, survivor, converted_of(row))
        view = person or self._own_view(row, content)
        record = {
            "kind": kind,
            "salesforce_id": row["Id"],
            "key": key,
            "system_modstamp": row[self.stamp_field],
            "values": self.values(content),
            "data": view.data,
            "signals": [],
            "merged_into": None,
            "converted": converted_of(row),
        }
        if self.signals:
            record["signals"] = self._signals(row, record, view)
        return record

    def _own_view(self, row: Row, content: Sequence[Any]) -> PersonView:
        """Return the account and owner data (docs/messages.md) as far as the record's own relationships show them."""
        if self.describe.name not in PEOPLE:
            return NOBODY
        parents = self._pick_parents(content)
        known = self._views.get(parents) or self._remembered_view(parents, row)
        own = "salesforce_lead_id" if self.describe.name == "Lead" else "salesforce_contact_id"
        return PersonView({**known.data, own: row["Id"]}, known.account, known.owner)

    def _remembered_view(self, parents: tuple[Any, ...], row: Row) -> PersonView:
        if len(self._views) >= MAX_VIEWS:
            self._views.clear()
        view = person_view(row, None) if self.describe.name == "Lead" else person_view(None, row)
        self._views[parents] = view
        return view

    def _signals(self, row: Row, record: Mapping[str, Any], view: PersonView) -> list[str]:
        given = self._document(row, record["values"], record["key"], view)
        return [name for name, expression in self.signals if holds_in_budget(expression, given)]

    def looks(
        self, row: Row, content: Sequence[Any], key: str | None, person: PersonView | None = None
    ) -> tuple[Look, ...]:
        """Return what the signals see of a record as it is now."""
        view = person or self._own_view(row, content)
        return looks(self.signal_rules, self._document(row, self.values(content), key, view))

    def _document(self, row: Row, values: Mapping[str, Any], key: str | None, view: PersonView) -> dict[str, Any]:
        return {
            "key": key,
            "source": self.sync.source,
            "occurred_at": row[self.stamp_field],
            "fields": values,
            "conversation": None,
            "about": None,
            "record": row,
            "account": view.account,
            "owner": view.owner,
        }


def planned(
    sync: Sync, describe: SObjectDescribe, rule: str = "", parents: Parents = NONE_KNOWN, missing: Collection[str] = ()
) -> PullPlan:
    """
    Compile the reading of a sync against the present describe; fields that are gone become problems.

    `rule` is the sync's filter, compiled to a WHERE text; `parents` what is known of parents. What the user cannot see of a
    person's account and owner is left out, and what is `missing` in a query that was made before.
    """
    chosen = selected(sync, describe, parents)
    mapped = chosen.products.values()
    people = [name for name in _people(describe, parents) if name not in missing]
    columns, read = compiled_reader(
        [*_system_fields(describe), *mapped, *chosen.more, *people, *_lookups(describe, mapped)]
    )
    place = {column: index for index, column in enumerate(columns)}
    return PullPlan(
        sync,
        describe,
        columns,
        read,
        chosen.products,
        chosen.sweeps,
        chosen.problems,
        rule,
        chosen.signals,
        chosen.rules,
        own_write_fields(describe, mapped, place),
        _types(describe, columns, parents),
        stamp_of(describe),
        picker(place[column] for column in mapped),
        picker(place[column] for column in columns if "." in column or column in PARENT_FIELDS),
        translations_of(sync, chosen.products),
        labels_of(sync, chosen.products, describe, parents),
    )


def _types(describe: SObjectDescribe, columns: Iterable[str], parents: Parents) -> dict[str, str]:
    known = {name: parent for name, parent in parents.items() if parent}
    return {column: found.type for column in columns if (found := field_paths.field_at(describe, column, known))}


def _system_fields(describe: SObjectDescribe) -> Iterator[str]:
    stamp = stamp_of(describe)
    others = {*STAMPS} - {"SystemModstamp", "CreatedDate", stamp}  # read only where changes are found by them
    yield from (name for name in SYSTEM_FIELDS if name not in others and describe.field(name))
    if describe.field("IsConverted"):
        yield from (name for name in CONVERSION_FIELDS if describe.field(name))


def _people(describe: SObjectDescribe, parents: Parents) -> tuple[str, ...]:
    return person_fields(describe, (), parents=parents) if describe.name in PEOPLE else ()


def _lookups(describe: SObjectDescribe, mapped: Iterable[str]) -> Iterator[str]:
    """Yield the lookup fields of mapped relationships, by which a push writes them."""
    for column in mapped:
        lookup = describe.relationship(column.partition(".")[0]) if "." in column else None
        if lookup:
            yield lookup.name
