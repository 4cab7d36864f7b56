"""What push asks of an org: lookups that share one call, and collections of records to save. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal, NamedTuple

type Row = Mapping[str, Any]

MAX_RECORDS_PER_COLLECTION = 200  # Salesforce limit: sObject Collections, REST API guide
MAX_COLLECTIONS_PER_CALL = 5  # Salesforce limit: queries and collections in one composite request
MAX_QUERIES_PER_CALL = 5
MAX_SINGLES_PER_CALL = 25  # Salesforce limit: subrequests of one composite request
MAX_TYPE_RUNS = 10  # Salesforce limit: runs of one type inside a collection
REFERENCE = (
    "@{"  # begins a reference in any text of a composite call, which Salesforce resolves (REST API guide, Composite)
)


class Lookup(NamedTuple):
    """
    Rows of one sObject, deleted ones included, that hold one of the values of a field (`any_of`), or one of the values of each
    field of a combination (`all_of`: combinations of fields with their values).

    With `via` the criteria are about records of `via_sobject`, and the rows are what this field of theirs refers to, such as the
    contacts that leads became (ConvertedContactId). With `created_since_ms` only rows created since then (epoch ms).
    `open_children` are child relationships (such as Cases) of which the rows carry what is not closed; with `first_page` further
    pages are left unread.
    """

    sobject: str
    fields: tuple[str, ...]
    any_of: tuple[tuple[str, tuple[Any, ...]], ...]
    via: str = ""
    created_since_ms: int | None = None
    all_of: tuple[tuple[tuple[str, tuple[Any, ...]], ...], ...] = ()
    via_sobject: str = "Lead"
    open_children: tuple[str, ...] = ()
    first_page: bool = False


class Save(NamedTuple):
    """
    One record to save: `record_id` for an update; `external_id` names the field (present in `values`) for an upsert.

    `alone` asks for a subrequest of its own (no upsert), whose answer names what duplicate rules found also where collections do not.
    """

    sobject: str
    values: Mapping[str, Any]
    record_id: str | None = None
    external_id: str | None = None
    allow_duplicates: bool = False
    assign: bool = False
    alone: bool = False

    @property
    def kind(self) -> tuple[str, str, bool, bool]:
        """Return what all records of one collection share."""
        if self.external_id:
            return ("upsert", f"{self.sobject}/{self.external_id}", self.allow_duplicates, self.assign)
        return ("update" if self.record_id else "create", "", self.allow_duplicates, self.assign)

    @property
    def is_literal(self) -> bool:
        """Whether a composite call would take a part of a value for a reference."""
        return has_reference(self.values)


class SaveError(NamedTuple):
    """Why one record was not saved, in Salesforce's words; for DUPLICATES_DETECTED the records it names and whether saving is allowed."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    may_save: bool = False


Certainty = Literal["saved", "refused", "not_applied", "unknown"]


class Saved(NamedTuple):
    """
    The result of saving one record.

    `refused`: Salesforce refused this record. `not_applied`: the request surely had no effect, and may be repeated.
    `unknown`: it may have been saved. `whole`: the answer was about the whole collection, so one of its records is to blame.
    `lasts`: what was not applied may never be, so after a few tries it counts as refused.
    """

    certainty: Certainty
    record_id: str | None = None
    created: bool = False
    error: SaveError | None = None
    whole: bool = False
    lasts: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """Up to 200 records of one kind, saved each on its own."""

    saves: tuple[Save, ...] = field(default_factory=tuple)

    @property
    def is_literal(self) -> bool:
        """Whether it needs a call of its own, in which nothing is a reference."""
        return any(save.is_literal for save in self.saves)

    @property
    def is_single(self) -> bool:
        """Whether it is a record that goes alone."""
        return self.saves[0].alone


def has_reference(value: Any) -> bool:
    """Return whether a text at any depth of a JSON value holds what a composite call takes for the begin of a reference."""
    if isinstance(value, str):
        return REFERENCE in value
    if isinstance(value, Mapping):
        return any(has_reference(name) or has_reference(each) for name, each in value.items())
    return isinstance(value, list | tuple) and any(has_reference(each) for each in value)


def collections_of(
    saves: list[Save], most: Callable[[str], int] = lambda sobject: MAX_RECORDS_PER_COLLECTION
) -> list[tuple[int, ...]]:
    """
    Group records into collections and return the positions in each; `most` is how many may stand with a record of an sObject.

    Records of one kind share a collection, literal ones first, then sorted by sObject (at most ten runs) and by the parent
    account, whose row a save may lock. A record that is to be saved alone has a group of its own.
    """
    order = sorted(range(len(saves)), key=lambda place: _place(saves[place], place))
    groups: list[list[int]] = []
    runs, room = 0, 0
    before: Save | None = None
    for place in order:
        save = saves[place]
        same_kind = before is not None and before.kind == save.kind and not (before.alone or save.alone)
        new_run = not (same_kind and before is not None and before.sobject == save.sobject)
        runs = runs + 1 if new_run else runs
        room = min(room, most(save.sobject))
        if not same_kind or len(groups[-1]) >= room or runs > MAX_TYPE_RUNS:
            groups.append([])
            runs, room = 1, min(MAX_RECORDS_PER_COLLECTION, most(save.sobject))
        groups[-1].append(place)
        before = save
    return [tuple(group) for group in groups]


def _place(save: Save, place: int) -> tuple[Any, ...]:
    account = str(save.values.get("AccountId") or "")
    return (save.alone, save.kind, not save.is_literal, save.sobject, account, place)


def share_of_next_call(collections: Sequence[Collection], most: int) -> int:
    """
    Return how many of the next collections share a call: at most `most`, or a full call of single records.

    A literal collection has a call of its own.
    """
    first = collections[0]
    if first.is_literal:
        return 1
    alike = takewhile(lambda each: not each.is_literal and each.is_single == first.is_single, collections)
    return min(MAX_SINGLES_PER_CALL if first.is_single else most, len(list(alike)))
